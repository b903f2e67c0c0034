/**
 * Times of revocations, and keys that others wrote. The contract is tested with the other stores'.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { testUnless } from "../../../requirements.ts";
import { noRedis, openStore, startRedis } from "./redis_server.ts";

const NOW = 1_700_000_000_000;

testUnless(
  noRedis,
  "redisStore() keeps a revocation for 60 seconds behind its time, and an epoch for ever",
  async () => {
    await using server = await startRedis();
    await using store = await openStore("npm:redis", server.port, {
      prefix: "p:",
      clock: () => NOW,
    });
    await store.add("id", NOW + 1000.25);
    await store.add("id", NOW + 500);
    await store.bump("ada");
    const left = Number(await server.ask("PTTL", "p:ended:id"));
    assert(left > 55_000 && left <= 61_001, String(left));
    assertEquals(await server.ask("GET", "p:ended:id"), String(NOW + 1001));
    assertEquals(await server.ask("GET", "p:epoch:ada"), String(NOW + 1));
    assertEquals(await server.ask("PTTL", "p:epoch:ada"), -1);
  },
);

testUnless(noRedis, "redisStore() rejects for a revocation that is no number", async () => {
  await using server = await startRedis();
  await using store = await openStore("npm:ioredis", server.port, { prefix: "p:" });
  for (const text of ["soon", "", "1.5"]) {
    await server.ask("MSET", "p:ended:id", text, "p:epoch:ada", text);
    await assertRejects(async () => await store.has("id"), Error, "p:ended:id holds no number");
    await assertRejects(async () => await store.epoch("ada"), Error, "p:epoch:ada holds no number");
  }
  await store.bump("ada");
  assert(await store.epoch("ada") > 0);
});
