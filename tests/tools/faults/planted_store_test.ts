/**
 * The harness can fail: it notices stores that lie.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { AppProcess } from "../../../tools/faults/app_process.ts";
import type { Plant } from "../../../tools/faults/app_settings.ts";
import { judgeStatuses, type Outcome, outcomeOf } from "../../../tools/faults/fault.ts";
import { until } from "../../../tools/faults/keeper.ts";
import { Load } from "../../../tools/faults/load.ts";
import { missingPermission, testUnless } from "../../requirements.ts";

const reason = missingPermission({ name: "read" }, { name: "run" }, {
  name: "net",
  host: "127.0.0.1",
});

/** What a load on a store in memory shows. */
async function showing(plant?: Plant): Promise<Outcome> {
  const planted = plant === undefined ? {} : { plant };
  await using app = await AppProcess.start({ place: { kind: "memory" }, ...planted });
  await using load = new Load(4, [app.origin]);
  await load.signIn();
  load.begin();
  await until("enough requests", () => Promise.resolve(load.ledger.asked.length > 200));
  return await outcomeOf(load, judgeStatuses(load.ledger));
}

testUnless(reason, "outcomeOf() finds nothing wrong where nothing is", async () => {
  const { sent, acknowledged, wrong } = await showing();
  assertEquals(wrong, []);
  assertEquals(acknowledged, sent);
});

testUnless(reason, "outcomeOf() notices changes that were acknowledged and not made", async () => {
  const { lost, wrong } = await showing("drops");
  assert(lost > 0);
  assertEquals(wrong.includes(`${lost} acknowledged changes are lost`), true);
});

testUnless(reason, "outcomeOf() notices counts that were made twice", async () => {
  const { repeated, wrong } = await showing("repeats");
  assert(repeated > 0);
  assertEquals(wrong.includes(`${repeated} changes were made twice`), true);
});

testUnless(reason, "outcomeOf() notices visitors who are signed out", async () => {
  const { signedOut, wrong } = await showing("forgets");
  assert(signedOut > 0);
  assertEquals(wrong.includes(`${signedOut} visitors are signed out`), true);
});
