/**
 * The options of stored sessions.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError, storedSessionFactory } from "@pyramidion/pyramidion";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { SECRET } from "./session_app.ts";

Deno.test("storedSessionFactory() refuses wrong options where it is called", async (t) => {
  const wrong: Record<string, [options: Record<string, unknown>, message: string]> = {
    "an unknown one": [{ maxByte: 1 }, "maxBytes"],
    "revocations, which a store makes needless": [{ revocations: memoryStore() }, "revocations"],
    "too few bytes": [{ maxBytes: 1_023 }, "from 1024"],
    "half a byte": [{ maxBytes: 2_000.5 }, "maxBytes"],
    "no time to load": [{ loadTimeout: 0 }, "loadTimeout"],
    "no time to save": [{ saveTimeout: NaN }, "saveTimeout"],
    "more time than a timer has": [{ saveTimeout: 2 ** 31 }, "saveTimeout"],
    "a look-up that is no function": [{ stampOf: "1" }, "stampOf"],
    "sessions without an end": [{ timeout: null, lifetime: null }, "never end"],
    "an idle limit that no store can note": [
      { timeout: Number.MAX_SAFE_INTEGER, lifetime: null },
      "at most 3153600000 seconds",
    ],
    "a lifetime that no store can note": [{ timeout: null, lifetime: 3_153_600_001 }, "100 years"],
    "half a cookie": [{ verifiedCookies: 0.5 }, "verifiedCookies"],
  };
  for (const [name, [options, message]] of Object.entries(wrong)) {
    await t.step(name, () => {
      const make = () => storedSessionFactory(memoryStore(), SECRET, options);
      assertThrows(make, ConfigurationError, message);
    });
  }
});

Deno.test("storedSessionFactory() refuses weak secrets, and what is no store", () => {
  assertThrows(() => storedSessionFactory(memoryStore(), "short"), RangeError, "32");
  assertThrows(() => storedSessionFactory({} as never, SECRET), ConfigurationError, "load()");
  storedSessionFactory(memoryStore(), "short", { insecureAllowWeakSecret: true });
});

Deno.test("storedSessionFactory() gives the store the logger of the app", () => {
  const told: unknown[] = [];
  const store = { ...memoryStore(), useLogger: (logger: unknown) => void told.push(logger) };
  storedSessionFactory(store, SECRET);
  assertEquals(told.length, 1);
});
