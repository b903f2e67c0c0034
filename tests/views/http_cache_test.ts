/**
 * How long caches may keep what a view answers.
 *
 * @module
 */

import { assertEquals, assertStrictEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError, Configurator, html, HttpNotFound } from "@pyramidion/pyramidion";
import type { HttpCache } from "@pyramidion/pyramidion/types";
import { ask } from "../ask.ts";
import { cachedFor } from "../../lib/views/http_cache.ts";

const NOW = Date.UTC(2026, 10, 24, 10, 0, 0);

Deno.test("cachedFor() writes Cache-Control and Expires", async (t) => {
  const rows: Record<string, [stated: HttpCache, control: string, expires: string]> = {
    "seconds": [60, "private, max-age=60", "Tue, 24 Nov 2026 10:01:00 GMT"],
    "never": [0, "no-store", "Tue, 24 Nov 2026 10:00:00 GMT"],
    "seconds by name": [{ maxAge: 60 }, "private, max-age=60", "Tue, 24 Nov 2026 10:01:00 GMT"],
    "everybody": [
      { maxAge: 86400, public: true },
      "public, max-age=86400",
      "Wed, 25 Nov 2026 10:00:00 GMT",
    ],
    "everybody, never": [{ maxAge: 0, public: true }, "no-store", "Tue, 24 Nov 2026 10:00:00 GMT"],
  };
  for (const [name, [stated, control, expires]] of Object.entries(rows)) {
    await t.step(name, () => {
      const { headers } = cachedFor(stated, () => NOW)(new Response());
      assertEquals([headers.get("cache-control"), headers.get("expires")], [control, expires]);
    });
  }
});

Deno.test("cachedFor() leaves alone what says something itself, and copies what cannot be changed", () => {
  const cache = cachedFor(60, () => NOW);
  const own = new Response("x", { headers: { "cache-control": "no-cache" } });
  assertStrictEquals(cache(own), own);
  assertEquals([own.headers.get("cache-control"), own.headers.has("expires")], ["no-cache", false]);
  const fixed = cache(Response.redirect("https://app.test/"));
  assertEquals([fixed.status, fixed.headers.get("cache-control")], [302, "private, max-age=60"]);
});

Deno.test("httpCache is refused when the app is made if it is no number of seconds", async (t) => {
  for (const stated of [-1, 1.5, NaN, Infinity, { maxAge: -1 }, {} as never]) {
    await t.step(JSON.stringify(stated), () => {
      const config = new Configurator().addRoute("x", "/x")
        .addView(() => html`x`, { routeName: "x", httpCache: stated });
      const { message } = assertThrows(() => config.makeApp(), ConfigurationError);
      assertEquals(
        /^Cannot add view at \S+: Cannot cache for \S+ seconds: httpCache must be an integer of seconds, 0 for never$/
          .test(message),
        true,
        message,
      );
    });
  }
});

Deno.test("httpCache is refused with its view where it has a wrong type or an unknown option", async (t) => {
  const rows: Record<string, [stated: unknown, message: string]> = {
    "text": [
      "5",
      'httpCache" of the view: must be a number of seconds or an object, not the string "5"',
    ],
    "misspelt": [{ maxage: 5 }, 'maxage" of httpCache: no such option: did you mean "maxAge"?'],
    "public as text": [
      { maxAge: 5, public: "no" },
      'public" of httpCache: must be true or false, not the string "no"',
    ],
  };
  for (const [name, [stated, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      const say = () =>
        new Configurator().addRoute("x", "/x")
          .addView(() => html`x`, { routeName: "x", httpCache: stated as never }).makeApp();
      const thrown = assertThrows(say, ConfigurationError);
      assertEquals(
        thrown.message.replace(/^Cannot add view at \S+: /, ""),
        `Cannot use option "${message}`,
      );
    });
  }
});

Deno.test("httpCache concerns what its view answers, and not what is thrown", async () => {
  const app = new Configurator().addRoute("x", "/x/:id")
    .addView(async (request) => {
      await Promise.resolve();
      if (request.matchdict.id === "lost") throw new HttpNotFound();
      return html`x`;
    }, { routeName: "x", httpCache: { maxAge: 60, public: true } })
    .makeApp();
  const found = await ask(app, "/x/1");
  assertEquals(found.headers.get("cache-control"), "public, max-age=60");
  const lost = await ask(app, "/x/lost");
  assertEquals(lost.headers.get("cache-control") === "public, max-age=60", false);
  const post = await ask(app, "/x/1", { method: "PUT" });
  assertEquals([post.status, post.headers.has("expires")], [405, false]);
});
