/**
 * The predicate on media types, and which of several views is the most welcome.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError, Configurator, html } from "@pyramidion/pyramidion";
import { ask, textOf } from "../../ask.ts";
import { AcceptPredicate } from "../../../lib/views/predicates/accept.ts";

const app = new Configurator().addRoute("x", "/x")
  .addView(() => html`csv`, { routeName: "x", accept: "text/csv" })
  .addView(() => html`json`, {
    routeName: "x",
    accept: ["application/json", "application/ld+json"],
  })
  .addView(() => html`html`, { routeName: "x", accept: "text/html" })
  .makeApp();

Deno.test("of several views with accept the one answers that the client likes most", async (t) => {
  const rows: Record<string, [accept: string | null, answer: string]> = {
    "one type": ["application/json", "json"],
    "the second type of a list": ["application/ld+json", "json"],
    "in capitals": ["Application/JSON", "json"],
    "the heavier": ["text/html;q=0.4, application/json;q=0.5", "json"],
    "the heavier, first": ["application/json;q=0.5, text/html;q=0.4", "json"],
    "by a thousandth": ["text/html;q=0.500, text/csv;q=0.501", "csv"],
    "the exact type over the range": ["text/html;q=0.1, text/*;q=0.5, */*;q=0.3", "csv"],
    "a range": ["application/*", "json"],
    "a browser": ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"],
    "anything": ["*/*", "html"],
    "no header": [null, "html"],
    "as welcome as each other": ["text/csv, text/html, application/json", "html"],
    "as welcome as each other, without html": ["text/csv, application/json", "json"],
    "a client of Java": ["text/x, image/gif, image/jpeg, *; q=.2, */*; q=.2", "html"],
  };
  for (const [name, [accept, answer]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const headers: HeadersInit = accept === null ? {} : { accept };
      assertEquals(await textOf(app, "/x", { headers }), answer);
    });
  }
});

Deno.test("a client that accepts none of the types gets a 406 that says what there is", async (t) => {
  for (
    const accept of ["image/png", "text/html;q=0, application/json;q=0", "text/plain, */*;q=0"]
  ) {
    await t.step(accept, async () => {
      const response = await ask(app, "/x", { headers: { accept } });
      assertEquals([response.status, response.headers.get("vary")], [406, "accept"]);
      const text = await response.text();
      assert(text.includes("text/html") && text.includes("application/json"), text);
    });
  }
});

Deno.test("a view without accept answers those whom no view with it pleases", async () => {
  const app = new Configurator().addRoute("x", "/x")
    .addView(() => html`else`, { routeName: "x" })
    .addView(() => html`json`, { routeName: "x", accept: "application/json" })
    .makeApp();
  assertEquals(await textOf(app, "/x", { headers: { accept: "image/png" } }), "else");
  assertEquals(await textOf(app, "/x", { headers: { accept: "application/json" } }), "json");
});

Deno.test("more predicates go before a more welcome type", async () => {
  const app = new Configurator().addRoute("x", "/x")
    .addView(() => html`json`, { routeName: "x", accept: "application/json" })
    .addView(() => html`html page`, { routeName: "x", accept: "text/html", requestParam: "page" })
    .makeApp();
  const headers = { accept: "application/json, text/html;q=0.1" };
  assertEquals(await textOf(app, "/x?page=1", { headers }), "html page");
  assertEquals(await textOf(app, "/x", { headers }), "json");
});

Deno.test("a route's accept tries the next route where it does not hold", async () => {
  const app = new Configurator()
    .addRoute("json", "/x", { accept: "application/json", view: () => html`json` })
    .addRoute("page", "/x", { view: () => html`page` })
    .makeApp();
  assertEquals(await textOf(app, "/x", { headers: { accept: "application/json" } }), "json");
  assertEquals(await textOf(app, "/x", { headers: { accept: "text/html" } }), "page");
});

Deno.test("AcceptPredicate says the same in whatever order and capitals", () => {
  assertEquals(
    new AcceptPredicate(["text/html", "Application/JSON"]).text,
    "accept application/json text/html",
  );
});

Deno.test("AcceptPredicate refuses ranges, and what is no media type", async (t) => {
  for (const type of ["*/*", "text/*", "html", "", "text/html;level=1", "text /html"]) {
    await t.step(type || "(empty)", () => {
      assertEquals(
        assertThrows(() => new AcceptPredicate(type), ConfigurationError).message,
        `Cannot use accept "${type}": must be a media type without wildcard, such as "text/html"`,
      );
    });
  }
  assertThrows(
    () => new AcceptPredicate([]),
    ConfigurationError,
    'Cannot use accept: it has no media type: write one such as "text/html", or leave accept out',
  );
});
