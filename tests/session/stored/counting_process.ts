/**
 * A process that shares a store with others: it counts by expectation, and writes keys of its own.
 *
 * Arguments: the store, its file or where its server is, the name of the process, how often.
 *
 * @module
 */

import { denoKvStore } from "@pyramidion/pyramidion/stores/deno-kv";
import type { SessionStore } from "@pyramidion/pyramidion/stores";
import { sqliteStore } from "@pyramidion/pyramidion/stores/sqlite";

const [kind, file = "", name = "", times = "0"] = Deno.args;
const OPENED: Readonly<Record<string, () => SessionStore | Promise<SessionStore>>> = {
  sqlite: () => sqliteStore(file),
  kv: async () => denoKvStore(await Deno.openKv(file)),
  redis: async () => {
    const { openStore } = await import("../stores/redis/redis_server.ts");
    // One process has another client than the other.
    const client = name === "one" ? "npm:redis" : "npm:ioredis";
    return await openStore(client, Number(file), { prefix: "shared:" });
  },
  postgres: async () => {
    const { openStoreIn } = await import("../stores/postgres/postgres_server.ts");
    const client = name === "one" ? "npm:pg" : "npm:postgres";
    const [port = "", schema = ""] = file.split(" ");
    return openStoreIn(client, Number(port), schema);
  },
};
const store = await OPENED[kind ?? ""]?.();
if (store === undefined) throw new Error(`no store is called ${kind}`);
const now = Date.now();

// Nobody is ahead: it begins when all have said that they are there.
await Deno.stdout.write(new TextEncoder().encode("."));
await Deno.stdin.read(new Uint8Array(1));

for (let index = 0; index < Number(times); index++) {
  await Promise.all([increment(store), writeOwnKey(store, index)]);
}

async function increment(store: SessionStore): Promise<void> {
  const operation = crypto.randomUUID();
  let record = await store.load("shared", now);
  while (record !== null) {
    const text = record.values.get("n") ?? null;
    const set = new Map([["n", String(Number(text ?? 0) + 1)]]);
    const answer = await store.update(
      "shared",
      record.head,
      { set, expect: ["n", text], operation },
      now,
    );
    if (answer === true) return;
    record = answer;
  }
  throw new Error("the session is gone");
}

async function writeOwnKey(store: SessionStore, index: number): Promise<void> {
  const set = new Map([[`${name} ${index}`, `${index}`]]);
  const answer = await store.update("shared", "1", { set }, now);
  if (answer !== true) throw new Error(`update() of a key gave ${answer}`);
}

// What was opened is left open.
Deno.exit(0);
