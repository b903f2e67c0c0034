/**
 * Which clients are taken, how commands reach them, and scripts that a server does not know.
 *
 * @module
 */

import { assertEquals, assertRejects, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError } from "@pyramidion/pyramidion";
import { redisStore } from "@pyramidion/pyramidion/stores/redis";
import { testUnless } from "../../../requirements.ts";
import { CLIENT_NAMES, CLIENTS, noRedis, startRedis } from "./redis_server.ts";

const NOW = 1_700_000_000_000;

Deno.test("redisStore() refuses what is no client, at once", () => {
  const rows: Record<string, [given: unknown, found: string]> = {
    "nothing": [undefined, "undefined"],
    "an address": ["redis://localhost", 'the string "redis://localhost"'],
    "an object without commands": [{}, "an object"],
    "a client that is being made": [Promise.resolve({ call: () => {} }), "a promise"],
    "a class": [class Redis {}, "a function"],
  };
  for (const [name, [given, found]] of Object.entries(rows)) {
    const error = assertThrows(() => redisStore(given as never), ConfigurationError, "", name);
    assertEquals(
      error.message,
      `Cannot use the client of redisStore(): must be a client of npm:redis or npm:ioredis, not ${found}`,
    );
  }
});

Deno.test("redisStore() refuses a cluster that reads replicas", () => {
  const call = () => Promise.resolve([]);
  for (const scaleReads of ["slave", "all", () => {}]) {
    const client = { call, options: { scaleReads } };
    assertThrows(() => redisStore(client), ConfigurationError, "scaleReads must be");
  }
  for (const options of [undefined, null, {}, { scaleReads: "master" }]) {
    redisStore(Object.assign({ call }, { options }));
  }
});

Deno.test("redisStore() sends each client what it takes, and names the node that is written to", async () => {
  const load = ["HGETALL", "p:session:a"];
  // A map of the protocol, which begins with "%", becomes a list.
  const options = { typeMapping: { ["%".charCodeAt(0)]: Array } };
  const cases: Record<string, [client: (sent: unknown[]) => object, sent: unknown[]]> = {
    "npm:ioredis": [(sent) => ({ call: answer(sent), sendCommand: () => {} }), load],
    "npm:redis": [(sent) => ({ sendCommand: answer(sent) }), [load, { ...options, timeout: 0 }]],
    "npm:redis, with other options": [
      (sent) => ({ sendCommand: answer(sent), options: { commandOptions: { asap: true } } }),
      [load, { ...options, timeout: 0 }],
    ],
    "npm:redis, with a time limit of the app": [
      (sent) => ({ sendCommand: answer(sent), options: { commandOptions: { timeout: 300 } } }),
      [load, options],
    ],
    "a cluster of npm:redis": [
      (sent) => ({ sendCommand: answer(sent), nodeClient: () => {} }),
      ["p:session:a", false, load, options],
    ],
    "sentinels of npm:redis": [
      (sent) => ({ sendCommand: answer(sent), getMasterNode: () => {} }),
      [false, load, options],
    ],
  };
  for (const [name, [clientOf, wanted]] of Object.entries(cases)) {
    const sent: unknown[] = [];
    const store = redisStore(clientOf(sent) as never, { prefix: "p:" });
    assertEquals(await store.load("a", NOW), null, name);
    assertEquals(sent, wanted, name);
  }
});

function answer(sent: unknown[]) {
  return (...parameters: unknown[]) => {
    sent.push(...parameters);
    return Promise.resolve([]);
  };
}

for (const name of CLIENT_NAMES) {
  testUnless(noRedis, `redisStore() by ${name} teaches a server its scripts again`, async () => {
    await using server = await startRedis();
    const { client, close } = await CLIENTS[name](server.port);
    const store = redisStore(client);
    const record = { head: "1", renewed: NOW, expires: NOW + 1000, account: null };
    assertEquals(await store.create("a", { ...record, values: new Map() }, NOW), true);
    await server.ask("SCRIPT", "FLUSH");
    const set = new Map([["k", "1"]]);
    assertEquals(await store.update("a", "1", { set }, NOW), true);
    await server.ask("CONFIG", "RESETSTAT");
    assertEquals(await store.update("a", "1", { set }, NOW), true);
    const stats = String(await server.ask("INFO", "commandstats"));
    assertEquals([stats.includes("cmdstat_evalsha:calls=1"), /cmdstat_eval:/.test(stats)], [
      true,
      false,
    ]);
    close();
  });
}

Deno.test("redisStore() hands on what a client rejects with", async () => {
  const failing = { call: () => Promise.reject(new Error("Connection is closed.")) };
  const store = redisStore(failing);
  await assertRejects(() => store.load("a", NOW), Error, "Connection is closed.");
  await assertRejects(() => store.update("a", "1", {}, NOW), Error, "Connection is closed.");
});
