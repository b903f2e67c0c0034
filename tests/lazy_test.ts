/**
 * `Lazy`: made when first wanted, once, and then there without a promise.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertStrictEquals } from "jsr:@std/assert@^1.0.0";
import { Lazy } from "../lib/lazy.ts";

Deno.test("Lazy makes nothing before it is asked, and one value for all who ask", async () => {
  let made = 0;
  const lazy = new Lazy(() => Promise.resolve({ number: ++made }));
  assertEquals(made, 0);
  const [one, other] = await Promise.all([lazy.get(), lazy.get()]);
  assertStrictEquals(one, other);
  assertEquals([one.number, made], [1, 1]);
});

Deno.test("Lazy gives the value without a promise once it is there", async () => {
  const value = {};
  const lazy = new Lazy(() => Promise.resolve(value));
  assert(lazy.get() instanceof Promise);
  await lazy.get();
  assertStrictEquals(lazy.get(), value);
});

Deno.test("Lazy tells a failure to whoever waits, and tries again for the next", async () => {
  let tries = 0;
  const lazy = new Lazy(() =>
    ++tries === 1 ? Promise.reject(new Error("not yet")) : Promise.resolve({ tries })
  );
  const [one, other] = await Promise.allSettled([lazy.get(), lazy.get()]);
  assertEquals([one.status, other.status, tries], ["rejected", "rejected", 1]);
  assertEquals((await lazy.get()).tries, 2);
});

Deno.test("Lazy tells what its maker throws at once as a rejection, and tries again", async () => {
  let tries = 0;
  const lazy = new Lazy(() => {
    if (++tries === 1) throw new RangeError("not yet");
    return Promise.resolve({ tries });
  });
  await assertRejects(async () => await lazy.get(), RangeError, "not yet");
  assertEquals((await lazy.get()).tries, 2);
});

Deno.test("Lazy tries again for who asks as soon as a failure is told", async () => {
  let tries = 0;
  const lazy = new Lazy(() =>
    ++tries === 1 ? Promise.reject(new Error("not yet")) : Promise.resolve({ tries })
  );
  const again = Promise.resolve(lazy.get()).catch(() => lazy.get());
  assertEquals((await again).tries, 2);
});
