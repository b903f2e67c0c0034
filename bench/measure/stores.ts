/**
 * Every store of sessions, each on a real engine, with what is missing named.
 *
 * @module
 */

import pg from "pg";
import postgres from "postgres";
import { denoKvStore } from "../../lib/session/stores/deno_kv.ts";
import { memoryStore } from "../../lib/session/stores/memory.ts";
import { type PgClient, postgresStore } from "../../lib/session/stores/postgres/postgres_store.ts";
import { redisStore } from "../../lib/session/stores/redis/redis_store.ts";
import { sqliteStore } from "../../lib/session/stores/sqlite.ts";
import type { SessionStore } from "../../lib/session/stored/session_store.ts";
import { connectIoredis, connectRedis } from "../redis_connection.ts";
import { startPostgres, startRedis, type StoreServer } from "./store_server.ts";

/** A store with the name that tables give it, or why there is none. */
export interface NamedStore {
  /** Its name. */
  readonly name: string;
  /** The store; `null` if its server is not installed. */
  readonly store: SessionStore | null;
}

/** The stores, until they are disposed of. */
export interface Stores extends AsyncDisposable {
  /** All of them. */
  readonly all: readonly NamedStore[];
}

/** It has no types of its own, and those of others bring all of Node's. */
type PgPool = PgClient & { end(): Promise<void> };

/** Opens every store. */
export async function openStores(): Promise<Stores> {
  await using opened = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "pyramidion-bench-" });
  opened.defer(() => Deno.remove(folder, { recursive: true }));
  const sqlite = opened.use(sqliteStore(`${folder}/sessions.db`));
  await sqlite.createTables();
  const kv = opened.adopt(await Deno.openKv(`${folder}/kv.db`), (kv) => kv.close());
  const redis = await kept(opened, startRedis());
  const database = await kept(opened, startPostgres());
  const all: NamedStore[] = [
    { name: "memory", store: memoryStore() },
    { name: "SQLite", store: sqlite },
    { name: "Deno KV, a file", store: denoKvStore(kv) },
    ...await inRedis(opened, redis),
    ...await inPostgres(opened, database),
  ];
  const stack = opened.move();
  return { all, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function kept(
  opened: AsyncDisposableStack,
  starting: Promise<StoreServer | null>,
): Promise<StoreServer | null> {
  const server = await starting;
  if (server !== null) opened.use(server);
  return server;
}

async function inRedis(
  opened: AsyncDisposableStack,
  server: StoreServer | null,
): Promise<NamedStore[]> {
  const names = ["Redis, `npm:redis`", "Redis, `npm:ioredis`"] as const;
  if (server === null) return names.map((name) => ({ name, store: null }));
  const [first, second] = names;
  const redis = opened.adopt(await connectRedis(server.port), (client) => client.destroy());
  const ioredis = opened.adopt(await connectIoredis(server.port), (client) => client.disconnect());
  return [
    { name: first, store: redisStore(redis) },
    { name: second, store: redisStore(ioredis) },
  ];
}

async function inPostgres(
  opened: AsyncDisposableStack,
  server: StoreServer | null,
): Promise<NamedStore[]> {
  const names = ["PostgreSQL, `npm:pg`", "PostgreSQL, `npm:postgres`"] as const;
  if (server === null) return names.map((name) => ({ name, store: null }));
  const { pool, sql } = connectPostgres(opened, server.port);
  const [first, second] = names;
  const store = postgresStore(pool);
  await store.createTables();
  return [{ name: first, store }, { name: second, store: postgresStore(sql) }];
}

/** Both clients of PostgreSQL. */
export function connectPostgres(opened: AsyncDisposableStack, port: number) {
  const address = { host: "127.0.0.1", port, user: "postgres" };
  const pool: PgPool = opened.adopt(new pg.Pool(address), (pool: PgPool) => pool.end());
  const sql = opened.adopt(
    postgres({ ...address, onnotice: () => {} }),
    (sql) => sql.end({ timeout: 1 }),
  );
  return { pool, sql };
}
