/**
 * One test in each of the five stores.
 *
 * @module
 */

import { denoKvStore } from "@pyramidion/pyramidion/stores/deno-kv";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { sqliteStore } from "@pyramidion/pyramidion/stores/sqlite";
import type { SessionStore } from "@pyramidion/pyramidion/stores";
import { testUnless } from "../../../requirements.ts";
import {
  noPostgres,
  openStore as openPostgres,
  startPostgres,
} from "../../stores/postgres/postgres_server.ts";
import { noRedis, openStore as openRedis, startRedis } from "../../stores/redis/redis_server.ts";

type Check = (store: SessionStore) => Promise<void>;

/** Registers a test for each store. A store whose server is not installed is skipped. */
export function inEveryStore(name: string, check: Check): void {
  Deno.test(`${name} (memory)`, () => check(memoryStore()));
  Deno.test(`${name} (SQLite)`, async () => {
    await using store = sqliteStore(":memory:");
    await store.createTables();
    await check(store);
  });
  testUnless(
    typeof Deno.openKv === "function" ? null : "Deno KV needs --unstable-kv",
    `${name} (Deno KV)`,
    async () => {
      using kv = await Deno.openKv(":memory:");
      await check(denoKvStore(kv));
    },
  );
  testUnless(noRedis, `${name} (Redis)`, async () => {
    await using server = await startRedis();
    await using store = await openRedis("npm:redis", server.port);
    await check(store);
  });
  testUnless(noPostgres, `${name} (PostgreSQL)`, async () => {
    await using server = await startPostgres();
    await using store = await openPostgres("npm:pg", server);
    await check(store);
  });
}
