/**
 * The lines of the guide, by each client.
 *
 * @module
 */

import { testUnless } from "../../../requirements.ts";
import { runGuideBlock } from "../guide_block.ts";
import { noRedis, startRedis } from "./redis_server.ts";

for (const client of ["npm:redis@6.3.1", "npm:ioredis@6.0.0"]) {
  testUnless(noRedis, `docs/stores.md sets up redisStore() by ${client}`, async () => {
    await using server = await startRedis();
    await runGuideBlock(client, "redis://localhost:6379", `redis://127.0.0.1:${server.port}`);
  });
}
