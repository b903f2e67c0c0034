/**
 * The store of an example, opened by an address such as that in `SESSION_STORE`.
 *
 * Your app needs one of these cases, and then imports that store at its top.
 *
 * @module
 */

import type { RevocationStore } from "@pyramidion/pyramidion";
import type { SessionStore } from "@pyramidion/pyramidion/stores";

/** A store of sessions, and of revocations of cookie sessions. */
export type Store = SessionStore & RevocationStore;

/**
 * Opens a store, makes the tables that are missing, and waits until it can be used.
 *
 * @param address `memory`, `sqlite:<file>`, `deno-kv:<file>`, `redis://…` or `postgres://…`.
 */
export async function openStore(address: string): Promise<Store> {
  const store = await storeOf(address);
  await store.ready?.(Date.now());
  return store;
}

async function storeOf(address: string): Promise<Store> {
  const [kind = ""] = address.split(":", 1);
  const file = address.slice(kind.length + 1);
  switch (kind) {
    case "memory": {
      const { memoryStore } = await import("@pyramidion/pyramidion/stores/memory");
      return memoryStore();
    }
    case "sqlite": {
      const { sqliteStore } = await import("@pyramidion/pyramidion/stores/sqlite");
      const store = sqliteStore(file);
      await store.createTables();
      return store;
    }
    case "deno-kv": {
      const { denoKvStore } = await import("@pyramidion/pyramidion/stores/deno-kv");
      return denoKvStore(await Deno.openKv(file));
    }
    case "redis":
    case "rediss": {
      const { createClient } = await import("npm:redis@^6");
      const { redisStore } = await import("@pyramidion/pyramidion/stores/redis");
      const client = createClient({
        url: address,
        disableOfflineQueue: true,
        maintNotifications: "disabled",
      });
      client.on("error", logged);
      await client.connect();
      return redisStore(client);
    }
    case "postgres":
    case "postgresql": {
      const { Pool } = await import("npm:pg@^8");
      const { postgresStore } = await import("@pyramidion/pyramidion/stores/postgres");
      const pool = new Pool({
        connectionString: address,
        connectionTimeoutMillis: 1_000,
        statement_timeout: 1_000,
      });
      pool.on("error", logged);
      const store = postgresStore(pool);
      await store.createTables();
      return store;
    }
  }
  // The rest of the address can hold a password.
  throw new TypeError(
    `Cannot open the store "${kind}": write memory, sqlite:<file>, deno-kv:<file>, redis://<host> or postgres://<host>/<database>`,
  );
}

/** A connection that breaks is made again. Without a listener it would end the process. */
function logged(error: Error): void {
  // deno-lint-ignore no-console -- what a person at the terminal should know
  console.error("The session store:", error.message);
}
