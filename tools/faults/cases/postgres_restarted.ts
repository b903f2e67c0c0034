/**
 * PostgreSQL is shut down at once, as by a crash, and started again.
 *
 * @module
 */

import { AppProcess } from "../app_process.ts";
import { placeOf } from "../app_settings.ts";
import { type Fault, judgePlain, judgeStatuses, outcomeOf } from "../fault.ts";
import { pause } from "../keeper.ts";
import { Load } from "../load.ts";
import { judgeRecovery, judgeRefusals, untilAnswered } from "../phases.ts";
import { PostgresServer } from "../servers/postgres.ts";

/** The fault. */
export const postgresRestarted: Fault = {
  name: "PostgreSQL is shut down at once and restarted",
  shows:
    "Nothing that was acknowledged is lost. Pages that need the session are a 503 meanwhile, " +
    "and the others do not notice.",
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
    postgres.shutDownImmediately();
    await pause(phase);
    const to = performance.now();
    await postgres.restart();
    const back = performance.now();
    await untilAnswered(load, back);
    await pause(phase);
    await load.end();
    return await outcomeOf(
      load,
      judgeStatuses(load.ledger),
      judgeRefusals(load.ledger, from, to),
      judgePlain(load.ledger, from, to, slack),
      judgeRecovery(load.ledger, back, 8000 + slack),
    );
  },
};
