/**
 * `refusal`: 404, 405 or 406, by the views of one route and by the routes of one path.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { type App, Configurator, html, not } from "@pyramidion/pyramidion";
import { ask } from "../ask.ts";
import { recordingLogger } from "../sample_app.ts";

const JSON_TYPE = "application/json";
const view = () => html`x`;

const APPS: Record<string, (config: Configurator) => unknown> = {
  "two routes of one path differ in the method": (config) =>
    config.addRoute("list", "/x", { requestMethod: "GET", view })
      .addRoute("add", "/x", { requestMethod: "POST", view }),
  "a route's methods and its view's": (config) =>
    config.addRoute("x", "/x", { requestMethod: ["GET", "PUT", "DELETE"] })
      .addView(view, { routeName: "x", requestMethod: ["PUT", "PATCH"] }),
  "a route of all methods but one": (config) =>
    config.addRoute("x", "/x", { requestMethod: not("POST"), view }),
  "a view of all methods but one": (config) =>
    config.addRoute("x", "/x").addView(view, { routeName: "x", requestMethod: not("POST") }),
  "a route without a view": (config) => config.addRoute("x", "/x", { requestMethod: "POST" }),
  "a route whose other predicate fails": (config) =>
    config.addRoute("x", "/x", { requestMethod: "POST", header: "X-Api", view }),
  "two routes differ in the media type": (config) =>
    config.addRoute("page", "/x", { accept: "text/html", view })
      .addRoute("data", "/x", { accept: JSON_TYPE, view }),
  "media type and method": (config) =>
    config.addRoute("x", "/x")
      .addView(view, { routeName: "x", requestMethod: "GET", accept: JSON_TYPE })
      .addView(view, { routeName: "x", requestMethod: "POST", accept: "text/html" }),
  "media type and another predicate": (config) =>
    config.addRoute("x", "/x")
      .addView(view, { routeName: "x", accept: JSON_TYPE, requestParam: "a" }),
  "an earlier route, and one that takes the rest": (config) =>
    config.addRoute("form", "/x", { requestMethod: "POST", view })
      .addRoute("rest", "/*").addView(view, { routeName: "rest" }),
  "a predicate that counts on the media type": (config) =>
    config.addViewPredicate("counts", () => ({
      text: "counts",
      holds: ({ headers }) => headers.get("accept")!.startsWith(JSON_TYPE),
    })).addRoute("x", "/x")
      .addView(view, { routeName: "x", requestMethod: "PUT", custom: { counts: 1 } }),
};

type Row = [app: string, method: string, accept: string | null, answer: string];
const ROWS: readonly Row[] = [
  ["two routes of one path differ in the method", "GET", null, "200"],
  ["two routes of one path differ in the method", "HEAD", null, "200"],
  ["two routes of one path differ in the method", "POST", null, "200"],
  ["two routes of one path differ in the method", "PUT", null, "405 GET, HEAD, POST"],
  ["two routes of one path differ in the method", "OPTIONS", null, "405 GET, HEAD, POST"],
  ["a route's methods and its view's", "PUT", null, "200"],
  ["a route's methods and its view's", "POST", null, "405 PUT"],
  ["a route's methods and its view's", "GET", null, "405 PUT"],
  ["a route's methods and its view's", "DELETE", null, "405 PUT"],
  ["a route of all methods but one", "POST", null, "405 DELETE, GET, HEAD, OPTIONS, PATCH, PUT"],
  ["a view of all methods but one", "POST", null, "405 DELETE, GET, HEAD, OPTIONS, PATCH, PUT"],
  ["a route without a view", "GET", null, "404"],
  ["a route without a view", "POST", null, "404"],
  ["a route whose other predicate fails", "GET", null, "404"],
  ["two routes differ in the media type", "GET", JSON_TYPE, "200"],
  ["two routes differ in the media type", "GET", "image/png", "406 text/html or application/json"],
  ["two routes differ in the media type", "PUT", "image/png", "405 GET, HEAD"],
  ["media type and method", "GET", "text/html", "406 application/json"],
  ["media type and method", "POST", "text/html", "200"],
  ["media type and method", "PUT", "text/html", "405 GET, HEAD, POST"],
  ["media type and method", "DELETE", "image/png", "405 GET, HEAD, POST"],
  ["media type and another predicate", "GET", "text/html", "404"],
  ["an earlier route, and one that takes the rest", "GET", null, "200"],
  ["an earlier route, and one that takes the rest", "PUT", null, "405 GET, HEAD, POST"],
  ["a predicate that counts on the media type", "GET", null, "404"],
];

function made(name: string): App {
  const config = new Configurator({ logger: recordingLogger() });
  APPS[name]?.(config);
  return config.makeApp();
}

async function answerOf(app: App, method: string, accept: string | null): Promise<string> {
  const response = await ask(app, "/x", { method, headers: accept === null ? {} : { accept } });
  const text = await response.text();
  const types = /answers with (.+?)(?:<|\n|"|$)/.exec(text)?.[1];
  const more = response.headers.get("allow") ?? types ?? "";
  return `${response.status} ${more}`.trim();
}

Deno.test("a refusal says by its status what is wrong: 404 first, then 405, then 406", async (t) => {
  for (const [name, method, accept, answer] of ROWS) {
    await t.step(`${name}: ${method} ${accept ?? ""}`, async () => {
      assertEquals(await answerOf(made(name), method, accept), answer);
    });
  }
});

Deno.test("explain() says the status and the methods that the router answers with", async (t) => {
  for (const [name, method, accept, answer] of ROWS) {
    await t.step(`${name}: ${method} ${accept ?? ""}`, async () => {
      const headers: HeadersInit = accept === null ? {} : { accept };
      const request = new Request("https://app.test/x", { method, headers });
      const { allow, status } = await made(name).explain(request);
      const [said = "", ...rest] = answer.split(" ");
      assertEquals(String(status ?? 200), said);
      assertEquals(allow.join(", "), said === "405" ? rest.join(" ") : "");
    });
  }
});

Deno.test("a path that no route has, behind routes with predicates, has no matchedRoute", async () => {
  const app = new Configurator()
    .addRoute("x", "/x", { header: "X-Api", view })
    .addNotFoundView((_error, { matchedRoute }) => html`${String(matchedRoute?.name)}`)
    .makeApp();
  assertEquals(await (await ask(app, "/x")).text(), "undefined");
});
