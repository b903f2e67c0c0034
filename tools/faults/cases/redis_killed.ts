/**
 * Redis is killed under load, and started again.
 *
 * @module
 */

import { AppProcess } from "../app_process.ts";
import { placeOf } from "../app_settings.ts";
import { type Fault, judgePlain, judgeStatuses, outcomeOf } from "../fault.ts";
import { pause } from "../keeper.ts";
import { Load } from "../load.ts";
import { judgeRecovery, judgeRefusals, untilAnswered } from "../phases.ts";
import { RedisServer } from "../servers/redis.ts";

/** The fault. */
export const redisKilled: Fault = {
  name: "Redis is killed and restarted",
  shows: "With its file of changes (appendonly yes), Redis has everything that was acknowledged. " +
    "Pages that need the session are a 503 meanwhile, and the others do not notice.",
  needs: ["redis-server"],
  on: ["npm:redis", "npm:ioredis"],
  async run(client, { visitors, phase, slack }) {
    await using redis = await RedisServer.start();
    await using app = await AppProcess.start({ place: placeOf(client, redis.port) });
    await using load = new Load(visitors, [app.origin]);
    await load.signIn();
    load.begin();
    await pause(phase);
    const from = performance.now();
    redis.signal("SIGKILL");
    await pause(phase);
    const to = performance.now();
    await redis.restart();
    const back = performance.now();
    await untilAnswered(load, back);
    await pause(phase);
    await load.end();
    return await outcomeOf(
      load,
      judgeStatuses(load.ledger),
      judgeRefusals(load.ledger, from, to),
      judgePlain(load.ledger, from, to, slack),
      // The pause of the app, and that of the client.
      judgeRecovery(load.ledger, back, 8000 + slack),
    );
  },
};
