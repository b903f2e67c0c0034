/**
 * The server of the store ends without a word under load, and is started again.
 *
 * @module
 */

import { AppProcess } from "../app_process.ts";
import { placeOf } from "../app_settings.ts";
import {
  type Fault,
  judgePlain,
  judgeStatuses,
  type Outcome,
  outcomeOf,
  type Scale,
} from "../fault.ts";
import { pause } from "../keeper.ts";
import { Load } from "../load.ts";
import { judgeRecovery, judgeRefusals, untilAnswered } from "../phases.ts";
import { PostgresServer } from "../servers/postgres.ts";
import { RedisServer } from "../servers/redis.ts";

const MEANWHILE = "Pages that need the session are a 503 meanwhile, and the others do not notice.";

/** Redis is killed. */
export const redisKilled: Fault = {
  name: "Redis is killed and restarted",
  shows: "With its file of changes (appendonly yes), Redis has everything that was acknowledged. " +
    MEANWHILE,
  needs: ["redis-server"],
  on: ["npm:redis", "npm:ioredis"],
  async run(client, scale) {
    await using redis = await RedisServer.start();
    return await outage(client, redis, () => redis.signal("SIGKILL"), scale);
  },
};

/** PostgreSQL is shut down at once, as by a crash. */
export const postgresRestarted: Fault = {
  name: "PostgreSQL is shut down at once and restarted",
  shows: `Nothing that was acknowledged is lost. ${MEANWHILE}`,
  needs: ["PostgreSQL"],
  on: ["npm:pg", "npm:postgres"],
  async run(client, scale) {
    await using postgres = await PostgresServer.start();
    return await outage(client, postgres, () => postgres.shutDownImmediately(), scale);
  },
};

async function outage(
  client: string,
  server: { readonly port: number; restart(): Promise<void> },
  crash: () => void,
  { visitors, phase, slack }: Scale,
): Promise<Outcome> {
  await using app = await AppProcess.start({ place: placeOf(client, server.port) });
  await using load = new Load(visitors, [app.origin]);
  await load.signIn();
  load.begin();
  await pause(phase);
  const from = performance.now();
  crash();
  await pause(phase);
  const to = performance.now();
  await server.restart();
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
}
