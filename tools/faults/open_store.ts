/**
 * Opens the stores, with the settings of the guide (`docs/stores.md`).
 *
 * @module
 */

import type { SessionStore } from "@pyramidion/pyramidion/stores";
import type { PgClient } from "@pyramidion/pyramidion/stores/postgres";
import type { Place } from "./app_settings.ts";

/** `npm:pg` has no types of its own. */
type PgPool = PgClient & { on(event: "error", listener: (error: Error) => void): unknown };

/** Opens a store, and creates its tables. */
export async function openStore(place: Place): Promise<SessionStore> {
  switch (place.kind) {
    case "memory": {
      const { memoryStore } = await import("@pyramidion/pyramidion/stores/memory");
      return memoryStore();
    }
    case "sqlite": {
      const { sqliteStore } = await import("@pyramidion/pyramidion/stores/sqlite");
      const store = sqliteStore(place.file);
      await store.createTables();
      return store;
    }
    case "kv": {
      const { denoKvStore } = await import("@pyramidion/pyramidion/stores/deno-kv");
      return denoKvStore(await Deno.openKv(place.file));
    }
    case "redis":
      return await openRedis(place.client, place.port);
    case "postgres":
      return await openPostgres(place.client, place.port);
  }
}

async function openRedis(client: string, port: number): Promise<SessionStore> {
  const { redisStore } = await import("@pyramidion/pyramidion/stores/redis");
  if (client === "npm:ioredis") {
    const { Redis } = await import("npm:ioredis@6.0.0");
    const redis = new Redis(`redis://127.0.0.1:${port}`, {
      enableOfflineQueue: false,
      lazyConnect: true,
    });
    redis.on("error", noted);
    await redis.connect();
    return redisStore(redis);
  }
  const { createClient } = await import("npm:redis@6.3.1");
  const redis = createClient({ url: `redis://127.0.0.1:${port}`, disableOfflineQueue: true });
  redis.on("error", noted);
  await redis.connect();
  return redisStore(redis);
}

async function openPostgres(client: string, port: number): Promise<SessionStore> {
  const { postgresStore } = await import("@pyramidion/pyramidion/stores/postgres");
  const address = `postgres://postgres@127.0.0.1:${port}/postgres`;
  if (client === "npm:pg") {
    const { default: pg } = await import("npm:pg@8.23.1");
    const pool: PgPool = new pg.Pool({
      connectionString: address,
      connectionTimeoutMillis: 1000,
      statement_timeout: 1000,
    });
    pool.on("error", noted);
    const store = postgresStore(pool);
    await store.createTables();
    return store;
  }
  const { default: postgres } = await import("npm:postgres@3.4.9");
  const sql = postgres(address, {
    connect_timeout: 1,
    connection: { statement_timeout: 1000 },
    backoff: () => 0.2,
    onnotice: () => {},
  });
  const store = postgresStore(sql);
  await store.createTables();
  return store;
}

/** What fails is told by the calls, too. Without a listener it would end the process. */
function noted(): void {}
