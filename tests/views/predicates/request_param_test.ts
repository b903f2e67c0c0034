/**
 * `requestParam`: parameters of the query and the form.
 *
 * @module
 */

import { assertEquals, assertInstanceOf, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError, Configurator, html, json } from "@pyramidion/pyramidion";
import { dummyRequest } from "@pyramidion/pyramidion/testing";
import { ask, form, textOf } from "../../ask.ts";
import {
  type ParamConditions,
  queryParamPredicate,
  REQUEST_PARAM,
  requestParamPredicate,
} from "../../../lib/views/predicates/request_param.ts";

/** An app with a view that states the parameter, and one that states nothing. */
function appOf(requestParam: ParamConditions) {
  return new Configurator().addRoute("x", "/x")
    .addView(() => html`held`, { routeName: "x", requestMethod: ["GET", "POST"], requestParam })
    .addView(() => html`else`, { routeName: "x", requestMethod: ["GET", "POST"] })
    .makeApp();
}

Deno.test("requestParam holds where the query string has the parameter, or has it as stated", async (t) => {
  const rows: Record<string, [stated: ParamConditions, search: string, answer: string]> = {
    "there": ["user", "?user=ada", "held"],
    "there without a value": ["user", "?user", "held"],
    "missing": ["user", "", "else"],
    "another in its place": ["user", "?users=ada", "else"],
    "in capitals": ["user", "?USER=ada", "else"],
    "as stated": ["user=ada", "?user=ada", "held"],
    "as stated, encoded": ["user=a b&c", "?user=a+b%26c", "held"],
    "otherwise": ["user=ada", "?user=bob", "else"],
    "stated empty": ["user=", "?user=", "held"],
    "stated empty, and not": ["user=", "?user=ada", "else"],
    "with an equals sign in the value": ["q=a=b", "?q=a%3Db", "held"],
    "with an equals sign first in the name": ["=q=b", "?%3Dq=b", "held"],
    "the first of several counts": ["user=ada", "?user=ada&user=bob", "held"],
    "a later one of several does not": ["user=bob", "?user=ada&user=bob", "else"],
    "all of a list": [["user", "page=2"], "?user=ada&page=2", "held"],
    "one of a list is missing": [["user", "page=2"], "?user=ada", "else"],
    "a name that every object has": ["constructor", "", "else"],
  };
  for (const [name, [stated, search, answer]] of Object.entries(rows)) {
    await t.step(
      name,
      async () => assertEquals(await textOf(appOf(stated), `/x${search}`), answer),
    );
  }
});

Deno.test("requestParam holds where a form in the body has what the query string has not", async (t) => {
  const text = (body: BodyInit, type: string): RequestInit => ({
    method: "POST",
    body,
    headers: { "content-type": type },
  });
  const multipart = new FormData();
  multipart.set("user", "ada");
  const file = new FormData();
  file.set("user", new File(["ada"], "ada.txt"));
  const rows: Record<string, [path: string, init: RequestInit, answer: string]> = {
    "in a form": ["/x", form({ user: "ada" }), "held"],
    "in a form of several parts": ["/x", { method: "POST", body: multipart }, "held"],
    "as a file": ["/x", { method: "POST", body: file }, "else"],
    "one in the query, one in the form": ["/x?page=1", form({ user: "ada" }), "held"],
    "in the query of a POST without body": ["/x?user=ada", { method: "POST" }, "held"],
    "neither": ["/x", form({ name: "ada" }), "else"],
    "in JSON": ["/x", text('{"user":"ada"}', "application/json"), "else"],
    "in text that looks like a form": ["/x", text("user=ada", "text/plain"), "else"],
  };
  for (const [name, [path, init, answer]] of Object.entries(rows)) {
    await t.step(name, async () => assertEquals(await textOf(appOf("user"), path, init), answer));
  }
});

Deno.test("a broken form that requestParam has to read is a 400, never a 500", async () => {
  const init = {
    method: "POST",
    body: "--nothing--",
    headers: { "content-type": "multipart/form-data" },
  };
  assertEquals((await ask(appOf("user"), "/x", init)).status, 400);
});

Deno.test("a view can read the form that a predicate has read before it", async () => {
  const app = new Configurator().addRoute("x", "/x")
    .addView(async (request) => json([...await request.form()]), {
      routeName: "x",
      requestMethod: "POST",
      requestParam: "user",
    })
    .makeApp();
  assertEquals(await textOf(app, "/x", form({ user: "ada" })), '[["user","ada"]]');
});

Deno.test("a route's requestParam asks the query string alone, and the next route is tried", async () => {
  const app = new Configurator()
    .addRoute("held", "/x", { requestParam: "user", requestMethod: "*", view: () => html`held` })
    .addRoute("else", "/x", { requestMethod: "*", view: () => html`else` })
    .makeApp();
  assertEquals(await textOf(app, "/x?user=ada"), "held");
  assertEquals(await textOf(app, "/x"), "else");
  assertEquals(await textOf(app, "/x", form({ user: "ada" })), "else");
});

Deno.test("a route's requestParam answers at once, also where a form was sent", () => {
  const request = dummyRequest({ method: "POST", url: "/x", form: { user: "ada" } });
  const ofView = REQUEST_PARAM.predicate({ requestParam: "user" }, false);
  const ofRoute = REQUEST_PARAM.predicate({ requestParam: "user" }, true);
  assertEquals(ofRoute?.holds(request), false);
  assertInstanceOf(ofView?.holds(request), Promise);
});

Deno.test("requestParam says the same in whatever order its conditions are stated", () => {
  assertEquals(requestParamPredicate(["b=2", "a"]).text, "requestParam a b=2");
  assertEquals(requestParamPredicate(["a", "b=2"]).text, "requestParam a b=2");
  assertEquals(queryParamPredicate("a").text, "requestParam a");
});

Deno.test("requestParam refuses what has no name", async (t) => {
  const rows: Record<string, [make: () => unknown, message: string]> = {
    "requestParam empty": [
      () => requestParamPredicate(""),
      'Cannot use requestParam: it has no name: write "name" or "name=value"',
    ],
    "requestParam of an empty list": [
      () => requestParamPredicate([]),
      'Cannot use requestParam: it has no name: write "name" or "name=value"',
    ],
    "a route's requestParam empty": [
      () => queryParamPredicate(""),
      'Cannot use requestParam: it has no name: write "name" or "name=value"',
    ],
  };
  for (const [name, [make, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertEquals(assertThrows(make, ConfigurationError).message, message);
    });
  }
});
