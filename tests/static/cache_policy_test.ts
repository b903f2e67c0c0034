import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError } from "../../lib/configuration_error.ts";
import { cachePolicy } from "../../lib/static/cache_policy.ts";

Deno.test("cachePolicy() says how long caches may keep a file", async (t) => {
  const immutable = /-[0-9a-f]{8}\.\w+$/;
  const fingerprinted = "js/app-0a1b2c3d.js";
  const year = 31_536_000;
  const rows: Record<string, [Parameters<typeof cachePolicy>, path: string, value: string]> = {
    "nothing stated": [[{}, "public"], "a.css", "no-cache"],
    "nothing stated, not for everybody": [[{}, "private"], "a.css", "private, no-cache"],
    "an hour": [[{ cacheMaxAge: 3600 }, "public"], "a.css", "public, max-age=3600"],
    "an hour, not for everybody": [
      [{ cacheMaxAge: 3600 }, "private"],
      "a.css",
      "private, max-age=3600",
    ],
    "zero": [[{ cacheMaxAge: 0 }, "public"], "a.css", "public, max-age=0"],
    "a fingerprint": [
      [{ immutable }, "public"],
      fingerprinted,
      `public, max-age=${year}, immutable`,
    ],
    "a fingerprint, not for everybody": [
      [{ immutable, cacheMaxAge: 5 }, "private"],
      fingerprinted,
      `private, max-age=${year}, immutable`,
    ],
    "no fingerprint": [[{ immutable }, "public"], "index.html", "no-cache"],
  };
  for (const [name, [given, path, value]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(cachePolicy(...given)(path), value));
  }
  await t.step("an expression that remembers where it stopped", () => {
    const policy = cachePolicy({ immutable: /\.js$/g }, "public");
    const values = [policy("a.js"), policy("a.js")];
    assertEquals(values, Array(2).fill(`public, max-age=${year}, immutable`));
  });
});

Deno.test("cachePolicy() refuses what is not an integer of seconds", () => {
  for (const cacheMaxAge of [-1, 1.5, NaN, Infinity]) {
    assertThrows(() => cachePolicy({ cacheMaxAge }, "public"), ConfigurationError, "cacheMaxAge");
  }
});
