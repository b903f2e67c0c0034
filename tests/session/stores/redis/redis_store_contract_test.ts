/**
 * A store in Redis keeps the contract, by each client, on one server, on a cluster, and on Valkey.
 *
 * @module
 */

import { assertMatch } from "jsr:@std/assert@^1.0.0";
import { storeSuite } from "@pyramidion/pyramidion/testing";
import { testUnless } from "../../../requirements.ts";
import {
  CLIENT_NAMES,
  type ClientName,
  noRedis,
  noValkey,
  openStore,
  type RedisServer,
  startRedis,
  startRedisCluster,
  startValkey,
} from "./redis_server.ts";

const server = noRedis === null ? await startRedis() : undefined;
const cluster = noRedis === null ? await startRedisCluster() : undefined;
const valkey = noValkey === null ? await startValkey() : undefined;
globalThis.addEventListener("unload", () => {
  for (const one of [server, cluster, valkey]) void one?.[Symbol.asyncDispose]();
});

function testClient(
  client: ClientName,
  of: RedisServer | undefined,
  rounds: number,
  { server = "Redis", reason = noRedis } = {},
): void {
  const open = (clock: () => number) => openStore(client, of?.port ?? 0, { clock });
  for (const { name, run } of storeSuite(open, { sweep: false, rounds })) {
    const title = `redisStore() by ${client} on ${server}: ${name}`;
    testUnless(reason, title, run, sanitizersOf(client));
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
const onValkey = { server: "Valkey", reason: noValkey };
for (const client of [...CLIENT_NAMES, "npm:iovalkey"] as const) {
  testClient(client, valkey, 100, onValkey);
}
testUnless(noValkey, "the server of these tests is Valkey", async () => {
  assertMatch(String(await valkey?.ask("INFO", "server")), /^server_name:valkey/m);
});
