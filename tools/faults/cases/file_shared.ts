/**
 * Of two processes of the app that share a file, one is killed under load.
 *
 * @module
 */

import { AppProcess } from "../app_process.ts";
import { type Fault, judgeStatuses, noted, outcomeOf } from "../fault.ts";
import { Keeper, pause } from "../keeper.ts";
import { needsSession, statusesOf } from "../ledger.ts";
import { Load } from "../load.ts";

/** The fault. */
export const fileShared: Fault = {
  name: "one of two processes on one file is killed",
  shows: "The file has everything that was acknowledged by either, and the other process goes on.",
  needs: [],
  on: ["SQLite", "Deno KV"],
  async run(on, { visitors, phase }) {
    await using files = await Keeper.open();
    const file = `${files.folder}/sessions.db`;
    const place = { kind: on === "SQLite" ? "sqlite" : "kv", file } as const;
    await using one = await AppProcess.start({ place });
    await using other = await AppProcess.start({ place });
    await using load = new Load(visitors, [one.origin, other.origin]);
    await load.signIn();
    load.begin();
    await pause(phase);
    const before = load.ledger.asked.length;
    await one.kill();
    const from = performance.now();
    await pause(2 * phase);
    await load.end();
    const asked = load.ledger.between(from, Infinity, needsSession);
    const served = asked.filter(({ status }) => status === 200).length;
    return await outcomeOf(
      load,
      // Half of the requests go to the process that is no more.
      judgeStatuses(load.ledger, [0]),
      noted(`${before} requests before; afterwards ${statusesOf(asked)}`, served > 0),
    );
  },
};
