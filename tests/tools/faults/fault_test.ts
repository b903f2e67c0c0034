/**
 * What the judges of the faults call wrong.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { judgePlain, judgeStatuses } from "../../../tools/faults/fault.ts";
import { type Asked, Ledger } from "../../../tools/faults/ledger.ts";
import { judgeRecovery, judgeRefusals, judgeService } from "../../../tools/faults/phases.ts";

function ledgerOf(...asked: Partial<Asked>[]): Ledger {
  const ledger = new Ledger();
  const usual: Asked = { kind: "count", at: 10, waited: 5, status: 200, saysWhen: false };
  for (const one of asked) ledger.asked.push({ ...usual, ...one });
  return ledger;
}

Deno.test("judgeStatuses() wants success, or a 503 that says when, and no failure without a session", () => {
  const wrong = (...asked: Partial<Asked>[]) => judgeStatuses(ledgerOf(...asked)).wrong;
  assertEquals(wrong({}, { status: 503, saysWhen: true }, { kind: "plain" }), []);
  assertEquals(wrong({ status: 503 }), ["wrong responses: 503: 1"]);
  assertEquals(wrong({ kind: "plain", status: 503, saysWhen: true }), ["wrong responses: 503: 1"]);
  assertEquals(wrong({ status: 500 }, { status: 500 }, { status: -1 }, { status: 0 }), [
    "wrong responses: given up: 1, broken connections: 1, 500: 2",
  ]);
  assertEquals(judgeStatuses(ledgerOf({ status: 502 }), [502]).wrong, []);
});

Deno.test("judgePlain() wants pages without a session that did not wait", () => {
  const wrong = (...asked: Partial<Asked>[]) => judgePlain(ledgerOf(...asked), 0, 100, 500).wrong;
  assertEquals(wrong({ kind: "plain" }, { waited: 900 }), []);
  assertEquals(wrong({ kind: "plain", waited: 501 }).length, 1);
  assertEquals(wrong({}, { kind: "plain", at: 100 }).length, 1);
});

Deno.test("judgeRecovery() wants success behind the last failure, and that in time", () => {
  const wrong = (...asked: Partial<Asked>[]) => judgeRecovery(ledgerOf(...asked), 100, 50).wrong;
  assertEquals(wrong({ at: 100 }), []);
  assertEquals(wrong({ at: 140, status: 503 }, { at: 146 }), []);
  assertEquals(wrong({ at: 146, status: 503 }, { at: 160 }), [
    "all was well 51 ms after the fault",
  ]);
  const never = ["no page was answered after the fault"];
  assertEquals(wrong({ at: 101 }, { at: 120, status: 503 }), never);
  assertEquals(wrong({ at: 99 }), never);
});

Deno.test("judgeRefusals() and judgeService() want a run that showed something", () => {
  const refused = ledgerOf({ status: 503 }), served = ledgerOf({});
  assertEquals(judgeRefusals(refused, 0, 100).wrong, []);
  assertEquals(judgeRefusals(served, 0, 100).wrong, ["0 of 1 pages were refused meanwhile"]);
  assertEquals(judgeService(served, 0, 100).wrong, []);
  assertEquals(judgeService(refused, 0, 100).wrong, ["0 of 1 pages were served meanwhile"]);
});
