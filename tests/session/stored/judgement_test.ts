import { assertEquals } from "jsr:@std/assert@^1.0.0";
import {
  changeFields,
  type HeldRecord,
  judge,
  operationsAfter,
} from "../../../lib/session/stored/judgement.ts";

const NOW = 1_700_000_000_000;

function held(parts: Partial<HeldRecord> = {}): HeldRecord {
  const values = new Map([["k", "1"]]);
  const times = { renewed: NOW, expires: NOW + 1000 };
  return { head: "1", ...times, account: null, values, operations: ["old"], ...parts };
}

Deno.test("judge() asks whether it is gone, known, refused, in this order", () => {
  const failing = { expect: ["k", "2"] as const, operation: "old" };
  const rows: Record<
    string,
    [Parameters<typeof judge>[0], Parameters<typeof judge>[3], number, string]
  > = {
    "nothing": [undefined, failing, NOW, "gone"],
    "expired, and known": [held(), failing, NOW + 1001, "gone"],
    "known, with another head and expectation": [held({ head: "2" }), failing, NOW, "known"],
    "another head": [held({ head: "2" }), { expect: ["k", "1"], operation: "new" }, NOW, "refused"],
    "another value": [held(), { ...failing, operation: "new" }, NOW, "refused"],
    "a value that is not there": [held(), { expect: ["none", "1"] }, NOW, "refused"],
    "none expected, and one there": [held(), { expect: ["k", null] }, NOW, "refused"],
    "in its last millisecond": [held(), { expect: ["none", null] }, NOW + 1000, "applies"],
  };
  for (const [name, [record, change, now, verdict]] of Object.entries(rows)) {
    const valueOf = (key: string) => held().values.get(key);
    assertEquals(judge(record, valueOf, "1", change, now), verdict, name);
  }
});

Deno.test("judge() reads no value unless one is expected", () => {
  const refuse = () => {
    throw new Error("read");
  };
  assertEquals(judge(held(), refuse, "1", { operation: "new" }, NOW), "applies");
});

Deno.test("operationsAfter() keeps eight, the last ones", () => {
  let operations: readonly string[] = [];
  for (let index = 1; index <= 20; index++) {
    operations = operationsAfter(operations, { operation: `${index}` });
    assertEquals(operations.length, Math.min(index, 8));
    assertEquals(operations.at(-1), `${index}`);
    assertEquals(operationsAfter(operations, {}), operations);
  }
});

Deno.test("changeFields() leaves alone what is not named", () => {
  const record = held({ account: "ada" });
  changeFields(record, { head: undefined });
  assertEquals(record, held({ account: "ada" }));
  changeFields(record, { head: "", account: null, renewed: 0, expires: 1, operation: "new" });
  const wanted = { head: "", account: null, renewed: 0, expires: 1, operations: ["old", "new"] };
  assertEquals(record, held(wanted));
});
