/** `RateLimit`: one time for each name, whatever lies in the store. */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { RateLimit } from "../../lib/authentication/rate_limit.ts";
import { platformRandomBytes } from "../../lib/session/crypto/bytes.ts";

const LIMIT = { attempts: 2, seconds: 10 };

Deno.test("take() says when the next attempt is free, and giveBack() frees one", async () => {
  const limit = new RateLimit(memoryStore(), platformRandomBytes);
  assertEquals(await limit.take(["a"], LIMIT, 0), { isFree: true });
  assertEquals(await limit.take(["a"], LIMIT, 1_000), { isFree: true });
  assertEquals(await limit.take(["a"], LIMIT, 1_000.5), { isFree: false, retryAfter: 4_000 });
  assertEquals(await limit.take(["b"], LIMIT, 1_000), { isFree: true });
  await limit.giveBack(["a"], LIMIT, 1_000);
  assertEquals(await limit.take(["a"], LIMIT, 1_000), { isFree: true });
  await limit.clear(["a"]);
  assertEquals(await limit.take(["a"], LIMIT, 1_000), { isFree: true });
  await limit.giveBack(["nobody"], LIMIT, 1_000);
});

Deno.test("giveBack() frees an attempt for each of two calls at the same time", async () => {
  const limit = new RateLimit(memoryStore(), platformRandomBytes);
  const take = () => limit.take(["a"], LIMIT, 0);
  await take();
  await take();
  await Promise.all([limit.giveBack(["a"], LIMIT, 0), limit.giveBack(["a"], LIMIT, 0)]);
  assertEquals([await take(), await take()], [{ isFree: true }, { isFree: true }]);
  assertEquals((await take()).isFree, false);
});

Deno.test("take() gives each of the attempts, also where their share of the time is a fraction", async () => {
  const now = 1_764_426_253_001;
  for (const attempts of [3, 7, 11, 13, 1_001]) {
    const limit = new RateLimit(memoryStore(), platformRandomBytes);
    let free = 0;
    while ((await limit.take(["a"], { attempts, seconds: 900 }, now)).isFree) free++;
    assertEquals(free, attempts);
  }
});

Deno.test("take(): a time far ahead or a broken one waits no longer than the limit", async () => {
  for (const text of ["9e15", "Infinity", "x", ""]) {
    const inner = memoryStore();
    const limit = new RateLimit({
      load: async (id, now) => {
        const record = await inner.load(id, now);
        record?.values.set("fullAt", text);
        return record;
      },
      create: (id, record, now) => inner.create(id, record, now),
      update: (id, head, change, now) => inner.update(id, head, change, now),
      delete: (id) => inner.delete(id),
      list: (account, now) => inner.list(account, now),
      deleteAll: (account, except, now) => inner.deleteAll(account, except, now),
    }, platformRandomBytes);
    await limit.take(["a"], LIMIT, 0);
    const answer = await limit.take(["a"], LIMIT, 1);
    // An empty text is the time 0, which is over.
    if (text !== "") assertEquals(answer, { isFree: false, retryAfter: 5_000 }, text);
  }
});
