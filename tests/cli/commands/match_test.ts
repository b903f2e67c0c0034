/**
 * `match`: who answers a request, and why the others do not.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertThrows } from "jsr:@std/assert@^1.0.0";
import { type App, Configurator, html, HttpForbidden, not } from "@pyramidion/pyramidion";
import { recordingLogger } from "../../sample_app.ts";
import { CommandFailure } from "../../../lib/cli/command.ts";
import { isAnswered, matchText, requestOf } from "../../../lib/cli/commands/match.ts";

const PLAIN = { folder: "/app", isColoured: false };

function named(name: string): () => ReturnType<typeof html> {
  return Object.defineProperty(() => html`${name}`, "name", { value: name });
}

function bookApp(): App {
  const config = new Configurator({ logger: recordingLogger() });
  config.addRoute("secret", "/books/:id", { header: "x-secret" });
  config.addView(named("secret"), { routeName: "secret" });
  config.addRoute("book", "/books/:id");
  config.addView(named("page"), { routeName: "book", requestMethod: "GET", accept: "text/html" });
  config.addView(named("data"), {
    routeName: "book",
    requestMethod: "GET",
    accept: "application/json",
  });
  config.addView(named("save"), { routeName: "book", requestMethod: ["PUT", "PATCH"] });
  config.addView(named("remove"), {
    routeName: "book",
    requestMethod: "DELETE",
    matchParam: not("id=1"),
  });
  config.addRoute("empty", "/empty");
  config.addRoute("a\x1b[2J", "/evil", { view: named("x") });
  config.addRoute("broken", "/broken").addView(named("broken"), {
    routeName: "broken",
    custom: { fails: 1 },
  });
  config.addRoute("form", "/form", { requestMethod: "GET", view: named("form") });
  config.addRoute("send", "/form", { requestMethod: "POST", view: named("send") });
  config.addRoute("closed", "/closed", {
    factory: () => {
      throw new HttpForbidden();
    },
    view: named("closed"),
  });
  config.addViewPredicate("fails", () => ({
    text: "fails",
    holds() {
      throw new RangeError("no");
    },
  }));
  return config.makeApp();
}

Deno.test("matchText says who answers, and why the others do not", async (t) => {
  const app = bookApp();
  const rows: Record<string, [words: string[], headers: string[], text: string]> = {
    "a path that no route has": [
      ["GET", "/nope?a=1"],
      [],
      `GET /nope?a=1

No route has a pattern that matches this path.

404 Not Found
`,
    ],
    "the more welcome of two": [
      ["/books/7"],
      [
        "accept: text/html;q=0.5, application/json",
      ],
      `GET /books/7

route secret: passed over, because it needs header x-secret
route book: taken
  view data: answers

Answered by data of route book
`,
    ],
    "an earlier route": [
      ["/books/7"],
      ["X-Secret: 1"],
      `GET /books/7

route secret: taken
  view secret: answers

Answered by secret of route secret
`,
    ],
    "a view behind others": [
      ["PUT", "/books/7"],
      [],
      `PUT /books/7

route secret: passed over, because it needs header x-secret
route book: taken
  view page: does not answer, because it needs requestMethod GET HEAD
  view data: does not answer, because it needs requestMethod GET HEAD
  view remove: does not answer, because it needs requestMethod DELETE
  view save: answers

Answered by save of route book
`,
    ],
    "a method that none has": [
      ["post", "/books/7"],
      [],
      `POST /books/7

route secret: passed over, because it needs header x-secret
route book: taken
  view page: does not answer, because it needs requestMethod GET HEAD
  view data: does not answer, because it needs requestMethod GET HEAD
  view remove: does not answer, because it needs requestMethod DELETE
  view save: does not answer, because it needs requestMethod PATCH PUT

405 Method Not Allowed, Allow: DELETE, GET, HEAD, PATCH, PUT
`,
    ],
    "a route without a view": [
      ["/empty"],
      [],
      `GET /empty

route empty: taken
  It has no view.

404 Not Found
`,
    ],
    "a predicate that throws": [
      ["/broken"],
      [],
      `GET /broken

route broken: taken
  view broken: does not answer, because it needs fails (which threw RangeError)

500 Internal Server Error
`,
    ],
    "what a terminal would obey": [
      ["/evil"],
      [],
      `GET /evil

route a\\x1b[2J: taken
  view x: answers

Answered by x of route a\\x1b[2J
`,
    ],
  };
  for (const [name, [words, headers, text]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const request = requestOf(words, headers);
      assertEquals(matchText(request, await app.explain(request), PLAIN), text);
    });
  }
});

Deno.test("App.explain names whom the app asks, and refuses as it does", async () => {
  const app = bookApp();
  const paths = ["/books/1", "/books/2", "/empty", "/nope", "/broken", "/form", "/closed"];
  const accepts = [
    "*/*",
    "text/html",
    "application/json",
    "text/html;q=0.1, application/json",
    "image/png",
  ];
  let answered = 0;
  const refused = new Set<number>();
  for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
    for (const path of paths) {
      for (const accept of accepts) {
        for (const headers of [{ accept }, { accept, "x-secret": "1" }]) {
          const make = () => new Request(`http://localhost${path}`, { method, headers });
          const [response, explanation] = [await app.fetch(make()), await app.explain(make())];
          const what = `${method} ${path} ${JSON.stringify(headers)}`;
          assertEquals(response.ok, isAnswered(explanation), what);
          if (response.ok) {
            answered++;
            const view = explanation.views.at(-1)?.name;
            assertEquals(view, `view ${await response.text()}`, what);
          } else {
            const allow = response.headers.get("allow") ?? "";
            assertEquals(explanation.status, response.status, what);
            assertEquals(explanation.allow.join(", "), allow, what);
            refused.add(response.status);
          }
        }
      }
    }
  }
  assert(answered > 50);
  assertEquals([...refused].sort(), [403, 404, 405, 406, 500]);
});

Deno.test("requestOf refuses words that are no request", async (t) => {
  const rows: Record<string, [words: string[], headers: string[], message: RegExp]> = {
    "nothing": [
      [],
      [],
      /^Cannot make the request: it needs a method and a path: write GET \/path$/,
    ],
    "three": [["GET", "/", "/"], [], /^Cannot make the request/],
    "no slash": [["GET", "path"], [], /^Cannot request "path": must begin with a slash/],
    "no method": [["G T", "/"], [], /^Cannot request "\/" with method "G T": /],
    "a method that no Request has": [
      ["CONNECT", "/"],
      [],
      /^Cannot request "\/" with method "CONNECT": /,
    ],
    "no URL": [["GET", "http://"], [], /^Cannot request "http:\/\/" with method "GET": /],
    "no header": [["GET", "/"], ["accept"], /^Cannot send header "accept": write a name, a colon/],
    "an impossible header": [["GET", "/"], ["a b: c"], /^Cannot request /],
  };
  for (const [name, [words, headers, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      const failure = assertThrows(() => requestOf(words, headers), CommandFailure);
      assertEquals([message.test(failure.message), failure.code], [true, 2], failure.message);
    });
  }
});

Deno.test("matchText calls a view without a name by its place, as seen from the folder", async () => {
  const plain = new Configurator().addRoute("home", "/", { view: () => html`x` }).makeApp();
  const request = requestOf(["/"], []);
  const folder = new URL(".", import.meta.url).pathname.replace(/\/$/, "");
  assertMatch(
    matchText(request, await plain.explain(request), { folder, isColoured: false }),
    /\n {2}view at match_test\.ts:\d+: answers\n\nAnswered by view at match_test\.ts:\d+ of route home\n$/,
  );
});

Deno.test("matchText of an app of release 0.1.0 says that a view has no name", () => {
  const explanation = {
    routes: [],
    route: null,
    views: [{ name: "a view", answers: true, because: "" }],
    allow: [],
    status: null,
    scope: null,
  };
  assertMatch(
    matchText(requestOf(["/"], []), explanation, PLAIN),
    /\n {2}view without a name: answers\n/,
  );
});

Deno.test("matchText names the scoped part whose rules hold, also if nothing is found", async () => {
  const app = new Configurator().include(function api(config) {
    config.addRoute("note", "/note", { view: named("note") });
  }, { routePrefix: "/api", scoped: true }).addRoute("home", "/", { view: named("home") })
    .makeApp();
  const text = async (path: string) => {
    const request = requestOf([path], []);
    return matchText(request, await app.explain(request), PLAIN);
  };
  const line = "\nThe rules of the scoped part api (/api) hold.\n";
  assert((await text("/api/note")).includes(line));
  assert((await text("/api/none")).includes(line));
  assert(!(await text("/")).includes("scoped part"));
});
