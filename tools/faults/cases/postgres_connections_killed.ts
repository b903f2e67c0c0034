/**
 * PostgreSQL ends all connections, again and again.
 *
 * @module
 */

import { AppProcess } from "../app_process.ts";
import { placeOf } from "../app_settings.ts";
import { type Fault, judgePlain, judgeStatuses, noted, outcomeOf } from "../fault.ts";
import { pause } from "../keeper.ts";
import { Load } from "../load.ts";
import { judgeRecovery, judgeService, untilAnswered } from "../phases.ts";
import { PostgresServer } from "../servers/postgres.ts";

/** How often. */
const TIMES = 5;

/** The fault. */
export const postgresConnectionsKilled: Fault = {
  name: "PostgreSQL's connections are killed",
  shows: "Nothing that was acknowledged is lost, and visitors are served meanwhile.",
  needs: ["PostgreSQL"],
  on: ["npm:pg", "npm:postgres"],
  async run(client, { visitors, phase, slack }) {
    await using postgres = await PostgresServer.start();
    await using app = await AppProcess.start({ place: placeOf(client, postgres.port) });
    await using load = new Load(visitors, [app.origin]);
    await load.signIn();
    load.begin();
    await pause(phase);
    const from = performance.now();
    for (let time = 0; time < TIMES; time++) {
      await postgres.endConnections();
      await pause(phase / TIMES);
    }
    const back = performance.now();
    await untilAnswered(load, back);
    await pause(phase);
    await load.end();
    return await outcomeOf(
      load,
      noted(`all connections were killed ${TIMES} times`, true),
      judgeStatuses(load.ledger),
      judgeService(load.ledger, from, back),
      judgePlain(load.ledger, from, back, slack),
      judgeRecovery(load.ledger, back, 8000 + slack),
    );
  },
};
