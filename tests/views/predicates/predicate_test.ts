/**
 * `not()`, over every kind of predicate.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import {
  Configurator,
  html,
  not,
  type Predicate,
  type PredicateFactory,
  type ViewOptions,
} from "@pyramidion/pyramidion";
import { form, textOf } from "../../ask.ts";
import { predicateOf } from "../../../lib/views/predicates/predicate.ts";
import { requestParamPredicate } from "../../../lib/views/predicates/request_param.ts";

/** A predicate that needs `this`, as one of a class does. */
class Hosted implements Predicate {
  readonly text: string;
  readonly #host: string;
  constructor(host: string) {
    this.text = `host ${host}`;
    this.#host = host;
  }
  holds(request: { readonly url: URL }): boolean {
    return request.url.host === this.#host;
  }
}

const host: PredicateFactory = (value) => new Hosted(String(value));
const later: PredicateFactory = (value) => ({
  text: `later ${value}`,
  holds: (request) => Promise.resolve(request.query.has(String(value))),
});

Deno.test("not() turns every kind of predicate round", async (t) => {
  const rows: Record<
    string,
    [stated: ViewOptions, held: [string, RequestInit?], other: [string, RequestInit?]]
  > = {
    "requestMethod": [
      { requestMethod: not("POST") },
      ["/a", { method: "PUT" }],
      ["/a", { method: "POST" }],
    ],
    "requestMethod, several": [
      { requestMethod: not(["POST", "PUT"]) },
      ["/a"],
      ["/a", { method: "PUT" }],
    ],
    "requestMethod GET, which implies HEAD": [
      { requestMethod: not("GET") },
      ["/a", { method: "POST" }],
      ["/a"],
    ],
    "requestParam": [{ requestParam: not("user") }, ["/a"], ["/a?user=ada"]],
    "requestParam in a form": [
      { requestMethod: "POST", requestParam: not("user") },
      ["/a", form({ page: "1" })],
      ["/a", form({ user: "ada" })],
    ],
    "requestParam, all of a list": [{ requestParam: not(["a", "b"]) }, ["/a?a=1"], ["/a?a=1&b=2"]],
    "matchParam": [{ matchParam: not("action=b") }, ["/a"], ["/b"]],
    "header": [{ header: not("X-Api") }, ["/a"], ["/a", { headers: { "x-api": "1" } }]],
    "custom": [{ custom: { host: not("other.test") } }, ["/a"], ["/b"]],
    "custom that answers later": [{ custom: { later: not("x") } }, ["/a"], ["/a?x"]],
  };
  for (const [name, [stated, held, other]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new Configurator()
        .addViewPredicate("later", later)
        .addViewPredicate("host", (value) => {
          const predicate = host(value);
          return {
            text: predicate.text,
            holds: (request) => request.matchdict.action === "b" || predicate.holds(request),
          };
        })
        .addRoute("x", "/:action")
        .addView(() => html`held`, { routeName: "x", ...stated })
        .addView(() => html`else`, { routeName: "x", requestMethod: "*" })
        .makeApp();
      assertEquals(await textOf(app, ...held), "held");
      assertEquals(await textOf(app, ...other), "else");
    });
  }
});

Deno.test("not() keeps the `this` of a predicate that is a class's", async () => {
  const app = new Configurator()
    .addViewPredicate("host", host)
    .addRoute("x", "/x")
    .addView(() => html`held`, { routeName: "x", custom: { host: not("other.test") } })
    .makeApp();
  assertEquals(await textOf(app, "/x"), "held");
});

Deno.test("not() says so in words", () => {
  assertEquals(predicateOf(not("user"), requestParamPredicate).text, "not requestParam user");
  assertEquals(predicateOf("user", requestParamPredicate).text, "requestParam user");
});
