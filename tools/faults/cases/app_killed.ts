/**
 * Of two processes of the app behind nginx, one is killed under load.
 *
 * @module
 */

import { AppProcess } from "../app_process.ts";
import { placeOf } from "../app_settings.ts";
import { type Fault, judgeStatuses, outcomeOf } from "../fault.ts";
import { pause } from "../keeper.ts";
import { Load } from "../load.ts";
import { judgeService } from "../phases.ts";
import { Nginx } from "../servers/nginx.ts";
import { RedisServer } from "../servers/redis.ts";

/** What nginx answers if a process dies with a request that must not be sent twice. */
const BAD_GATEWAY = 502;

/** The fault. */
export const appKilled: Fault = {
  name: "one of two app processes is killed",
  shows: "Behind nginx, visitors go on with the other process, and nothing acknowledged is lost.",
  needs: ["redis-server", "nginx"],
  on: ["npm:redis"],
  async run(client, { visitors, phase }) {
    await using redis = await RedisServer.start();
    const place = placeOf(client, redis.port);
    await using one = await AppProcess.start({ place });
    await using other = await AppProcess.start({ place });
    await using nginx = await Nginx.start(one.port, other.port);
    await using load = new Load(visitors, [nginx.origin]);
    await load.signIn();
    load.begin();
    await pause(phase);
    await one.kill();
    const from = performance.now();
    await pause(2 * phase);
    await load.end();
    const broken = load.ledger.asked.filter(({ status }) => status === BAD_GATEWAY).length;
    return await outcomeOf(
      load,
      judgeStatuses(load.ledger, [BAD_GATEWAY]),
      {
        notes: [`${broken} requests died with the process (502)`],
        wrong: broken > visitors ? [`${broken} responses were a 502`] : [],
      },
      judgeService(load.ledger, from, Infinity),
    );
  },
};
