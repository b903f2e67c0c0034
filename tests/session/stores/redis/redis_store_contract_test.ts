/**
 * A store in Redis keeps the contract, by each client, on one server and on a cluster.
 *
 * @module
 */

import { storeSuite } from "@pyramidion/pyramidion/testing";
import { testUnless } from "../../../requirements.ts";
import {
  CLIENT_NAMES,
  type ClientName,
  noRedis,
  openStore,
  type RedisServer,
  startRedis,
  startRedisCluster,
} from "./redis_server.ts";

const server = noRedis === null ? await startRedis() : undefined;
const cluster = noRedis === null ? await startRedisCluster() : undefined;
globalThis.addEventListener("unload", () => {
  for (const one of [server, cluster]) void one?.[Symbol.asyncDispose]();
});

function testClient(client: ClientName, of: RedisServer | undefined, rounds: number): void {
  const open = (clock: () => number) => openStore(client, of?.port ?? 0, { clock });
  for (const { name, run } of storeSuite(open, { sweep: false, rounds })) {
    testUnless(noRedis, `redisStore() by ${client}: ${name}`, run, sanitizersOf(client));
  }
}

/** This one closes connections behind the answer, by which it had asked where keys are. */
function sanitizersOf(client: ClientName) {
  return client === "a cluster of npm:ioredis"
    ? { sanitizeOps: false, sanitizeResources: false }
    : {};
}

for (const client of CLIENT_NAMES) testClient(client, server, 300);
testClient("a cluster of npm:redis", cluster, 100);
testClient("a cluster of npm:ioredis", cluster, 100);
