/**
 * Redirections that lead out of the site: a 400 for the visitor, and what to write for the developer.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import {
  Configurator,
  type ConfiguratorOptions,
  html,
  HttpBadRequest,
  HttpFound,
  redirect,
} from "@pyramidion/pyramidion";
import { ask } from "../ask.ts";

/** An app whose views redirect to where the query says, and what its log was told. */
function redirecting(options: ConfiguratorOptions<Record<string, unknown>> = {}) {
  const warnings: string[] = [];
  const errors: unknown[] = [];
  const config = new Configurator({
    ...options,
    logger: {
      warn: (message) => void warnings.push(message),
      error: (_message, cause) => void errors.push(cause),
    },
  })
    .addRoute("out", "/out").addView(function out(request) {
      return redirect(request.query.get("to") ?? "");
    }, { routeName: "out" })
    .addRoute("thrown", "/thrown").addView(function leave(request) {
      throw new HttpFound(request.query.get("to") ?? "");
    }, { routeName: "thrown" });
  return { config, warnings, errors };
}

const to = (path: string, location: string) => `${path}?to=${encodeURIComponent(location)}`;

Deno.test("a redirection that leads out is a 400, and the log says once for each view what to write", async () => {
  const { config, warnings, errors } = redirecting();
  const app = config.makeApp();
  for (const path of ["/out", "/out", "/thrown", "/thrown"]) {
    const response = await ask(app, to(path, "https://pay.test/x"));
    assertEquals([response.status, response.headers.has("location")], [400, false]);
    const text = await response.text();
    assert(!text.includes("pay.test") && !text.includes("external"), text);
  }
  assertEquals([warnings.length, errors.length], [2, 0]);
  assertMatch(
    warnings[0] ?? "",
    /^Cannot redirect to "https:\/\/pay\.test\/x", as view out does at file:.+error_pages_refused_redirection_test\.ts:3\d: it leads out of this site: write redirect\(location, \{ external: true \}\), but never for a location that a visitor sent; the visitor got a 400$/,
  );
  assertMatch(
    warnings[1] ?? "",
    /as view leave does at file:.+error_pages_refused_redirection_test\.ts:3\d: /,
  );
});

Deno.test("what no redirection can reach is told as that, and printable", async (t) => {
  const rows: Record<string, [location: string, message: RegExp]> = {
    "javascript:": ["javascript:alert(1)", /: it is no http or https URL; the visitor got a 400$/],
    "no URL": ["https://[", /: it is no URL; /],
    "control characters": [
      "//evil.test/\u001b[2J\u202e",
      /to "\/\/evil\.test\/\\x1b\[2J\\u\{202e\}"/,
    ],
    "a long one": [`//evil.test/${"x".repeat(500)}`, /to "\/\/evil\.test\/x{188}…"/],
  };
  for (const [name, [location, message]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { config, warnings } = redirecting();
      const app = config.makeApp();
      assertEquals((await ask(app, to("/out", location))).status, 400);
      assertEquals(warnings.length, 1);
      assertMatch(warnings[0] ?? "", message);
    });
  }
});

Deno.test("the development page of such a 400 says what to write, and where", async () => {
  const { config } = redirecting({ development: true });
  const app = config.makeApp();
  for (const path of ["/out", "/thrown"]) {
    const response = await ask(app, to(path, "//pay.test"), { headers: { accept: "text/html" } });
    const page = await response.text();
    assertEquals(response.status, 400);
    assert(page.includes("write redirect(location, { external: true })"), page);
    assert(page.includes("error_pages_refused_redirection_test.ts"), page);
  }
});

Deno.test("exception views answer the 400 of a redirection, and their own one is answered too", async () => {
  const { config, warnings } = redirecting();
  const app = config
    .addExceptionView((error) => html`mine: ${error.detail}`, { context: HttpBadRequest })
    .addForbiddenView(() => html`x`)
    .addNotFoundView(() => redirect("https://elsewhere.test"))
    .makeApp();
  for (const path of ["/out", "/thrown"]) {
    const response = await ask(app, to(path, "//pay.test"));
    assertEquals(response.status, 400);
    assertEquals(
      await response.text(),
      "mine: This page redirects to another site, which is not allowed.",
    );
  }
  const own = await ask(app, "/none");
  assertEquals([own.status, (await own.text()).includes("mine")], [400, false]);
  assertMatch(warnings.at(-1) ?? "", /as exception view of HttpNotFound does at/);
});

Deno.test("with external, and within the site, nothing is told", async () => {
  const { config, warnings } = redirecting();
  const app = config
    .addRoute("pay", "/pay", { view: () => redirect("https://pay.test/", { external: true }) })
    .makeApp();
  assertEquals((await ask(app, "/pay")).headers.get("location"), "https://pay.test/");
  assertEquals((await ask(app, to("/out", "/in"))).headers.get("location"), "/in");
  assertEquals(warnings, []);
});
