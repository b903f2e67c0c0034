/**
 * Stores filled with many sessions, past the slow way of one call for each.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { memoryStore } from "../../lib/session/stores/memory.ts";
import { postgresStore } from "../../lib/session/stores/postgres/postgres_store.ts";
import { redisStore } from "../../lib/session/stores/redis/redis_store.ts";
import { sqliteStore } from "../../lib/session/stores/sqlite.ts";
import type { SessionStore, StoredRecord } from "../../lib/session/stored/session_store.ts";
import { connectRedis } from "../redis_connection.ts";
import { startPostgres, startRedis } from "./store_server.ts";
import { connectPostgres } from "./stores.ts";

/** A session to put in. */
export interface OneOfMany {
  /** Its id. */
  readonly id: string;
  /** What it holds. */
  readonly record: StoredRecord;
}

/** A store that can be filled. */
export interface FilledStore {
  /** Its name. */
  readonly name: string;
  /** The store. */
  readonly store: SessionStore;
  /** Puts sessions in. */
  fill(sessions: readonly OneOfMany[]): Promise<void>;
  /** What all of them take, in bytes. */
  bytes(): Promise<number>;
  /** The most that are put in. @default {Infinity} */
  readonly most?: number;
}

/** Opens a store; `null` if its server is not installed. */
export type OpenFilled = (opened: AsyncDisposableStack) => Promise<FilledStore | null>;

/** The stores by their names. */
export const FILLED: ReadonlyMap<string, OpenFilled> = new Map<string, OpenFilled>([
  ["memory", () => Promise.resolve(inMemory())],
  ["SQLite", inSqlite],
  ["Redis", (opened) => inRedis(opened, "Redis")],
  ["Redis, its default settings", (opened) => inRedis(opened, "Redis, its default settings", [])],
  ["PostgreSQL", inPostgres],
]);

/** How many commands Redis gets at once. */
const PIPELINED = 2_000;

function inMemory(): FilledStore {
  const store = memoryStore({ maxEntries: 400_000, maxBytes: 2 ** 30 });
  return {
    name: "memory",
    store,
    most: 100_000,
    async fill(sessions) {
      for (const { id, record } of sessions) await store.create(id, record, record.renewed);
    },
    bytes() {
      const collect: unknown = Reflect.get(globalThis, "gc");
      // Without `--expose-gc` nobody knows what is live.
      if (typeof collect !== "function") return Promise.resolve(NaN);
      collect();
      return Promise.resolve(Deno.memoryUsage().heapUsed);
    },
  };
}

async function inSqlite(opened: AsyncDisposableStack): Promise<FilledStore> {
  const folder = await Deno.makeTempDir({ prefix: "pyramidion-bench-" });
  opened.defer(() => Deno.remove(folder, { recursive: true }));
  const file = `${folder}/sessions.db`;
  const store = opened.use(sqliteStore(file));
  await store.createTables();
  const db = opened.adopt(new DatabaseSync(file), (db) => db.close());
  const insert = db.prepare(
    `INSERT INTO pyramidion_sessions (id, account, head, renewed, expires, data)
    VALUES (?, ?, ?, ?, ?, ?)`,
  );
  return {
    name: "SQLite",
    store,
    fill(sessions) {
      db.exec("BEGIN");
      for (const { id, record } of sessions) {
        const { account, head, renewed, expires } = record;
        insert.run(id, account, head, renewed, expires, jsonOf(record));
      }
      db.exec("COMMIT");
      return Promise.resolve();
    },
    async bytes() {
      db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      return (await Deno.stat(file)).size;
    },
  };
}

async function inRedis(
  opened: AsyncDisposableStack,
  name: string,
  settings?: readonly string[],
): Promise<FilledStore | null> {
  const server = await startRedis(settings);
  if (server === null) return null;
  opened.use(server);
  const client = opened.adopt(
    await connectRedis(server.port, { timeout: 0 }),
    (client) => client.destroy(),
  );
  const bytes = async () =>
    Number(/^used_memory:(\d+)/m.exec(await client.info("memory"))?.[1] ?? NaN);
  return {
    name,
    store: redisStore(client),
    async fill(sessions) {
      const commands = sessions.flatMap(({ id, record }) => {
        const { account, head, renewed, expires, values } = record;
        const key = `pyramidion:session:${id}`, list = `pyramidion:account:${account}`;
        const fields = ["h", head, "r", String(renewed), "e", String(expires)];
        if (account !== null) fields.push("a", account);
        for (const [name, text] of values) fields.push(`:${name}`, text);
        return [
          ["HSET", key, ...fields],
          ["PEXPIREAT", key, String(expires + 60_000)],
          ["ZADD", list, String(expires), id],
          ["PEXPIREAT", list, String(expires + 60_000)],
        ];
      });
      for (let at = 0; at < commands.length; at += PIPELINED) {
        const some = commands.slice(at, at + PIPELINED);
        await Promise.all(some.map((command) => client.sendCommand(command)));
      }
    },
    bytes,
  };
}

async function inPostgres(opened: AsyncDisposableStack): Promise<FilledStore | null> {
  const server = await startPostgres();
  if (server === null) return null;
  opened.use(server);
  const { sql } = connectPostgres(opened, server.port);
  const store = postgresStore(sql);
  await store.createTables();
  return {
    name: "PostgreSQL",
    store,
    async fill(sessions) {
      const column = (of: (one: OneOfMany) => string | number | null) =>
        sessions.map((one) => {
          const value = of(one);
          return value === null ? null : String(value);
        });
      await sql`INSERT INTO pyramidion_sessions
        (id, account, head, renewed, expires, sweep, data)
        SELECT id, account, head, renewed::bigint, expires::bigint,
          (expires::bigint / 3600000)::integer, data::jsonb
        FROM unnest(
          ${column(({ id }) => id)}::text[], ${column(({ record }) => record.account)}::text[],
          ${column(({ record }) => record.head)}::text[],
          ${column(({ record }) => record.renewed)}::text[],
          ${column(({ record }) => record.expires)}::text[],
          ${column(({ record }) => jsonOf(record))}::text[]
        ) AS given (id, account, head, renewed, expires, data)`;
    },
    async bytes() {
      await sql`VACUUM ANALYZE pyramidion_sessions`;
      const [row] = await sql`SELECT pg_total_relation_size('pyramidion_sessions') AS size`;
      return Number(row?.size);
    },
  };
}

function jsonOf({ values }: StoredRecord): string {
  return JSON.stringify(Object.fromEntries(values));
}
