/**
 * Whether Redis is ready, and what it refuses. The contract is tested with the other stores'.
 *
 * @module
 */

import { assertEquals, assertMatch, assertRejects } from "jsr:@std/assert@^1.0.0";
import { ChangeRefusedError, type StoredRecord } from "@pyramidion/pyramidion/stores";
import { redisStore } from "@pyramidion/pyramidion/stores/redis";
import { testUnless } from "../../../requirements.ts";
import { CLIENT_NAMES, noRedis, openStore, startRedis } from "./redis_server.ts";

const NOW = 1_700_000_000_000;

function record(parts: Partial<StoredRecord> = {}): StoredRecord {
  const times = { renewed: NOW, expires: NOW + 1000 };
  return { head: "1", ...times, account: null, values: new Map([["k", "1"]]), ...parts };
}

testUnless(noRedis, "redisStore().ready() demands that nothing is thrown away", async () => {
  await using server = await startRedis();
  await using store = await openStore("npm:redis", server.port);
  await store.ready(Date.now());
  for (const policy of ["allkeys-lru", "volatile-ttl"]) {
    await server.ask("CONFIG", "SET", "maxmemory-policy", policy);
    const error = await assertRejects(() => store.ready(Date.now()), Error);
    assertEquals(
      error.message,
      `Cannot keep sessions in Redis: its maxmemory-policy is ${policy}, which throws sessions away: set noeviction`,
    );
  }
});

testUnless(
  noRedis,
  "redisStore().ready() warns of a clock that is off by more than 5 seconds",
  async () => {
    await using server = await startRedis();
    const warned: string[] = [];
    const logger = { warn: (message: string) => warned.push(message), error: () => {} };
    await using store = await openStore("npm:ioredis", server.port, { logger });
    // The logger of the app comes behind one of its own.
    store.useLogger({ warn: () => {}, error: () => {} });
    await store.ready(Date.now());
    assertEquals(warned, []);
    await store.ready(Date.now() - 8000);
    await store.ready(Date.now() + 8000);
    assertEquals(warned.length, 2);
    assertMatch(
      warned[0] ?? "",
      /^The clock of Redis is 8 seconds ahead of the clock of this process/,
    );
    assertMatch(
      warned[1] ?? "",
      /^The clock of Redis is 8 seconds behind the clock of this process/,
    );
  },
);

Deno.test("redisStore().ready() warns if the server does not say what it throws away", async () => {
  const warned: string[] = [];
  const time = [String(NOW / 1000), "0"];
  const store = redisStore({ call: () => Promise.resolve(["used_memory:1", time]) });
  store.useLogger({ warn: (message) => warned.push(message), error: () => {} });
  await store.ready(NOW);
  assertEquals(warned, ["Redis does not say its maxmemory-policy: it must be noeviction"]);
});

Deno.test("redisStore() tells a change that Redis refuses from one that came to nothing", async (t) => {
  const rows: Record<string, boolean> = {
    "OOM command not allowed when used memory > 'maxmemory'.": true,
    "READONLY You can't write against a read only replica.": true,
    "NOREPLICAS Not enough good replicas to write.": true,
    "MISCONF Redis is configured to save RDB snapshots, but": true,
    "LOADING Redis is loading the dataset in memory": false,
    "Connection is closed.": false,
  };
  for (const [message, isRefusal] of Object.entries(rows)) {
    await t.step(message, async () => {
      const store = redisStore({ call: () => Promise.reject(new Error(message)) });
      const changes: Record<string, () => Promise<unknown>> = {
        create: () => store.create("a", record(), NOW),
        "a sign-in": () => store.update("a", "1", { account: "ada" }, NOW),
        update: () => store.update("a", "1", {}, NOW),
        delete: () => store.delete("a"),
      };
      for (const [name, change] of Object.entries(changes)) {
        const error = await assertRejects(change, Error, message);
        assertEquals(error instanceof ChangeRefusedError, isRefusal, name);
      }
    });
  }
});

Deno.test("redisStore() does not call a change refused whose entry in the list was", async () => {
  const call = (command: string, ...[, , key = ""]: string[]) =>
    command === "EVALSHA" && key.includes("account:")
      ? Promise.reject(new Error("OOM command not allowed"))
      : Promise.resolve([1, "ada", String(NOW + 1000), "ada"]);
  const store = redisStore({ call });
  const renewal = { renewed: NOW, expires: NOW + 1000 };
  const error = await assertRejects(() => store.update("a", "1", renewal, NOW), Error, "OOM");
  assertEquals(error instanceof ChangeRefusedError, false);
});

for (const name of CLIENT_NAMES) {
  testUnless(
    noRedis,
    `redisStore() by ${name}: a replica refuses, and calls no session gone`,
    async () => {
      await using server = await startRedis();
      await using store = await openStore(name, server.port);
      await store.create("a", record({ account: "ada" }), NOW);
      await store.add("id", Date.now() + 60_000);
      await server.ask("REPLICAOF", "127.0.0.1", "1");
      const calls: Record<string, () => unknown> = {
        "create() of another": () => store.create("b", record(), NOW),
        "create() of what is there": () => store.create("a", record(), NOW),
        "update()": () => store.update("a", "1", { set: new Map([["k", "2"]]) }, NOW),
        "update() by nothing": () => store.update("a", "1", {}, NOW),
        "update() by another head": () => store.update("a", "2", {}, NOW),
        "update() of what is gone": () => store.update("b", "1", {}, NOW),
        "update() of what expired": () => store.update("a", "1", {}, NOW + 1001),
        "a sign-in": () => store.update("a", "1", { account: "bob" }, NOW),
        "delete()": () => store.delete("a"),
        "delete() of what is gone": () => store.delete("b", "ada"),
        "deleteAll()": () => store.deleteAll("ada", [], NOW),
        "add()": () => store.add("other", Date.now() + 60_000),
        "add() again": () => store.add("id", Date.now() + 1000),
        "bump()": () => store.bump("ada"),
        "ready()": () => store.ready(NOW),
      };
      for (const [call, make] of Object.entries(calls)) {
        await assertRejects(async () => await make(), Error, "READONLY", call);
      }
      await server.ask("REPLICAOF", "NO", "ONE");
      assertEquals(await store.load("a", NOW), record({ account: "ada" }));
    },
  );

  testUnless(
    noRedis,
    `redisStore() by ${name}: a full memory refuses what is new, and ends what is there`,
    async () => {
      await using server = await startRedis();
      await using store = await openStore(name, server.port);
      await store.create("a", record({ account: "ada" }), NOW);
      await store.create("b", record({ account: "ada" }), NOW);
      await store.create("c", record({ account: "ada" }), NOW);
      await server.ask("CONFIG", "SET", "maxmemory", "1");
      const set = new Map([["k", "2"]]);
      await assertRejects(() => store.create("d", record(), NOW), Error, "OOM");
      await assertRejects(() => store.create("d", record({ account: "ada" }), NOW), Error, "OOM");
      await assertRejects(() => store.update("a", "1", { set }, NOW), Error, "OOM");
      await assertRejects(() => store.update("a", "1", { account: "bob" }, NOW), Error, "OOM");
      assertEquals(await store.load("a", NOW), record({ account: "ada" }));
      assertEquals((await store.list("ada", NOW)).length, 3);
      await store.delete("a", "ada");
      assertEquals(await store.load("a", NOW), null);
      assertEquals(await store.deleteAll("ada", ["c"], NOW), 1);
      await server.ask("CONFIG", "SET", "maxmemory", "0");
      assertEquals((await store.list("ada", NOW)).map(({ id }) => id), ["c"]);
      assertEquals(await store.update("c", "1", { set }, NOW), true);
    },
  );

  testUnless(
    noRedis,
    `redisStore() by ${name}: connections that are killed lose no answered change, and repeat none`,
    async () => {
      await using server = await startRedis();
      await using store = await openStore(name, server.port);
      await store.create("a", record({ values: new Map([["n", "0"]]) }), NOW);
      let failures = 0;
      const persistently = async <T>(call: () => Promise<T>): Promise<T> => {
        for (;;) {
          try {
            return await call();
          } catch {
            failures++;
            // The client connects again meanwhile.
            await new Promise((resolve) => setTimeout(resolve, 1));
          }
        }
      };
      for (let counted = 0; counted < 60; counted++) {
        const operation = `op-${counted}`;
        const text = (await persistently(() => store.load("a", NOW)))?.values.get("n") ?? "";
        assertEquals(text, String(counted));
        const set = new Map([["n", String(counted + 1)]]);
        const change = { set, expect: ["n", text], operation } as const;
        const saved = persistently(() => store.update("a", "1", change, NOW));
        if (counted % 10 === 5) await server.ask("CLIENT", "KILL", "TYPE", "normal");
        assertEquals(await saved, true);
      }
      assertEquals((await store.load("a", NOW))?.values.get("n"), "60");
      // The clients send again by themselves, or reject.
      assertEquals(name === "npm:ioredis" || failures > 0, true);
    },
  );
}
