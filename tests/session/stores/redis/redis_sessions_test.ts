/**
 * Fields, lives and lists, and records that others wrote. The contract is tested with the other
 * stores'.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { BrokenRecordError, type StoredRecord } from "@pyramidion/pyramidion/stores";
import { redisStore } from "@pyramidion/pyramidion/stores/redis";
import { testUnless } from "../../../requirements.ts";
import { noRedis, openStore, type RedisServer, startRedis } from "./redis_server.ts";

const NOW = 1_700_000_000_000;

function record(parts: Partial<StoredRecord> = {}): StoredRecord {
  const times = { renewed: NOW, expires: NOW + 1000 };
  return { head: "1", ...times, account: null, values: new Map([["k", "1"]]), ...parts };
}

const open = ({ port }: RedisServer) => openStore("npm:redis", port, { prefix: "p:" });

/** The milliseconds that a key has left, which have just begun. */
async function lifeOf({ ask }: RedisServer, key: string): Promise<number> {
  return Math.ceil(Number(await ask("PTTL", key)) / 10_000) * 10_000;
}

testUnless(
  noRedis,
  "redisStore() keeps a hash until 60 seconds behind the end, and puts it off by a renewal alone",
  async () => {
    await using server = await startRedis();
    await using store = await open(server);
    await store.create("a", record({ account: "ada", expires: NOW + 100_000 }), NOW);
    await store.update("a", "1", { set: new Map([["", "2"]]), operation: "op" }, NOW);
    assertEquals(await server.ask("HGETALL", "p:session:a"), {
      ...{ h: "1", r: String(NOW), e: String(NOW + 100_000), a: "ada", o: "op" },
      ...{ ":k": "1", ":": "2" },
    });
    assertEquals(await lifeOf(server, "p:session:a"), 160_000);
    await server.ask("PEXPIRE", "p:session:a", "50000");
    await store.update("a", "1", { head: "2", renewed: NOW + 1 }, NOW);
    assertEquals(await lifeOf(server, "p:session:a"), 50_000);
    await store.update("a", "2", { expires: NOW + 200_000 }, NOW + 10_000);
    assertEquals(await lifeOf(server, "p:session:a"), 250_000);
    // A list lives twice as long, since one renewal may be missing in it.
    assertEquals(await lifeOf(server, "p:account:ada"), 500_000);
    assertEquals(await server.ask("ZSCORE", "p:account:ada", "a"), NOW + 200_000);
    await store.update("a", "2", { expires: NOW - 100_000 }, NOW);
    // What ended long ago is gone within a millisecond; -2 says so.
    assert(Number(await server.ask("PTTL", "p:session:a")) <= 1);
  },
);

testUnless(
  noRedis,
  "redisStore() strikes sessions out of a list as they end or leave, and old ones at a sign-in",
  async () => {
    await using server = await startRedis();
    await using store = await open(server);
    const listed = () => server.ask("ZRANGE", "p:account:ada", "0", "-1");
    for (const id of ["a", "b", "c", "d"]) await store.create(id, record({ account: "ada" }), NOW);
    await store.delete("a");
    await store.update("b", "1", { account: "bob" }, NOW);
    assertEquals(await listed(), ["c", "d"]);
    assertEquals(await store.update("gone", "1", { account: "ada" }, NOW), null);
    assertEquals(typeof await store.update("b", "0", { account: "ada" }, NOW), "object");
    assertEquals(await store.create("b", record({ head: "2", account: "ada" }), NOW), false);
    assertEquals(await listed(), ["c", "d"]);
    // As Redis does when the time has come.
    await server.ask("DEL", "p:session:c");
    assertEquals((await store.list("ada", NOW)).map(({ id }) => id), ["d"]);
    assertEquals(await listed(), ["c", "d"]);
    await store.create("e", record({ account: "ada", expires: NOW + 900_000 }), NOW + 61_001);
    assertEquals(await listed(), ["d", "e"]);
    // A delete whose reply was lost had struck nothing out.
    await server.ask("DEL", "p:session:d");
    await store.delete("d", "ada");
    assertEquals(await listed(), ["e"]);
  },
);

testUnless(
  noRedis,
  "redisStore() lists a session whose renewal another process did not enter",
  async () => {
    await using server = await startRedis();
    await using store = await open(server);
    await store.create("a", record({ account: "ada" }), NOW);
    await store.update("a", "1", { expires: NOW + 900_000 }, NOW);
    await server.ask("ZADD", "p:account:ada", String(NOW + 1000), "a");
    const later = NOW + 61_001;
    await store.create("b", record({ account: "ada", expires: NOW + 900_000 }), later);
    assertEquals((await store.list("ada", later)).map(({ id }) => id).sort(), ["a", "b"]);
    assertEquals(await store.deleteAll("ada", [], later), 2);
  },
);

Deno.test("redisStore() enters a session before it signs in, and again behind", async () => {
  const sent: string[] = [];
  const store = redisStore({
    call: (command, ...parameters) => {
      sent.push(`${command} ${parameters.find((one) => one.startsWith("pyramidion:"))}`);
      return Promise.resolve(command === "EVALSHA" ? [1, "ada", String(NOW + 1000), null] : []);
    },
  });
  const session = "EVALSHA pyramidion:session:a", account = "EVALSHA pyramidion:account:ada";
  const old = "ZRANGEBYSCORE pyramidion:account:ada";
  await store.update("a", "1", { account: "ada" }, NOW);
  assertEquals(sent.splice(0), [account, session, account, old]);
  await store.create("a", record({ account: "ada" }), NOW);
  assertEquals(sent.splice(0), [account, session, account, old]);
  await store.update("a", "1", { expires: NOW + 1000 }, NOW);
  assertEquals(sent.splice(0), [session, account]);
  await store.update("a", "1", { set: new Map([["k", "1"]]) }, NOW);
  assertEquals(sent.splice(0), [session]);
  await store.load("a", NOW);
  assertEquals(sent.splice(0), ["HGETALL pyramidion:session:a"]);
});

Deno.test("redisStore() reads a hash as a list, an object and a map", async () => {
  const fields = {
    h: "1",
    r: String(NOW),
    e: String(NOW + 1000),
    a: "ada",
    ":k": "1",
    ":__proto__": "2",
  };
  const wanted = record({ account: "ada", values: new Map([["k", "1"], ["__proto__", "2"]]) });
  const replies = [Object.entries(fields).flat(), fields, new Map(Object.entries(fields))];
  for (const reply of replies) {
    const store = redisStore({ call: () => Promise.resolve(reply) });
    assertEquals(await store.load("a", NOW), wanted);
  }
});

testUnless(
  noRedis,
  "redisStore() rejects for a key that it did not write so, and removes it when told to",
  async (t) => {
    await using server = await startRedis();
    await using store = await open(server);
    const fields: Record<string, [command: string[], reason: string]> = {
      "no head": [["HDEL", "h"], "it has no head"],
      "no end": [["HDEL", "e"], "its end is not an integer"],
      "an end that is no number": [["HSET", "e", "soon"], "its end is not an integer"],
      "a renewal that is no integer": [
        ["HSET", "r", "1.5"],
        "its time of renewal is not an integer",
      ],
      "no time of renewal": [["HDEL", "r"], "its time of renewal is not an integer"],
      "a text": [["SET", "k=1"], "it is not a hash"],
      "a list": [["RPUSH", "k"], "it is not a hash"],
    };
    for (const [name, [[command = "", ...parameters], reason]] of Object.entries(fields)) {
      await t.step(name, async () => {
        const spoil = async () => {
          await store.delete("a");
          await store.create("a", record({ account: "ada" }), NOW);
          if (command !== "HSET" && command !== "HDEL") await server.ask("DEL", "p:session:a");
          await server.ask(command, "p:session:a", ...parameters);
        };
        await spoil();
        const error = await assertRejects(() => store.load("a", NOW), BrokenRecordError);
        assertEquals(error.message, `Cannot read session "a" from the store: ${reason}`);
        await assertRejects(() => store.update("a", "0", {}, NOW), BrokenRecordError);
        await assertRejects(() => store.list("ada", NOW), BrokenRecordError);
        const other = record({ head: "2" });
        const isTaken = name.includes("renewal") || name === "no head";
        if (isTaken) assertEquals(await store.create("a", other, NOW), false);
        else await assertRejects(() => store.create("a", other, NOW), BrokenRecordError);
        assertEquals(await server.ask("EXISTS", "p:session:a"), 1);
        await store.deleteAll("ada", [], NOW);
        assertEquals(await server.ask("EXISTS", "p:session:a"), 0);
        await spoil();
        await store.delete("a");
        assertEquals(await store.load("a", NOW), null);
      });
    }
  },
);

testUnless(noRedis, "redisStore() keeps what nobody else may write beside its fields", async () => {
  await using server = await startRedis();
  await using store = await open(server);
  await store.create("a", record(), NOW);
  const change = { set: new Map([["h", "2"], ["e", "0"], ["a", "eve"], ["o", "op"]]) };
  assertEquals(await store.update("a", "1", change, NOW), true);
  assert((await store.load("a", NOW))?.head === "1");
  assertEquals((await store.load("a", NOW))?.values.size, 5);
  assertEquals(await store.update("a", "1", { delete: ["h", "e", "r"] }, NOW), true);
  assertEquals((await store.load("a", NOW))?.expires, NOW + 1000);
});
