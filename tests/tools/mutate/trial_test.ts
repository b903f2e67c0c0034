/**
 * By what a mutant is noticed.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import type { Ended } from "../../../tools/mutate/command.ts";
import { mutations } from "../../../tools/mutate/operators.ts";
import { type Outcome, tryMutant } from "../../../tools/mutate/trial.ts";

type End = "well" | "badly" | "late";

function ended(end: End): Ended {
  return { success: end === "well", late: end === "late", took: 1, output: "", complaint: "" };
}

const SOURCE = "f(1);";

/** Tries one mutant where tests and type check end as they are told; tells what was done. */
async function outcomeOf(near: End, far: End, check: End): Promise<[Outcome, string[]]> {
  const done: string[] = [];
  const [mutation] = mutations(SOURCE).filter(({ text }) => text === "2");
  if (mutation === undefined) throw new Error("There is no mutant");
  const outcome = await tryMutant(
    {
      write: (file, text) => Promise.resolve(void done.push(`${file}: ${text}`)),
      test: (tests, limit) => {
        done.push(`${tests} within ${limit}`);
        return Promise.resolve(ended(tests.includes("near_test.ts") ? near : far));
      },
      check: (file) => {
        done.push(`check ${file}`);
        return Promise.resolve(ended(check));
      },
    },
    SOURCE,
    { ...mutation, file: "a.ts" },
    [["near_test.ts"], ["far_test.ts"]],
    1,
  );
  return [outcome, done];
}

Deno.test("tryMutant() tells by what a mutant is noticed, and restores its file", async (t) => {
  const near = "a.ts,near_test.ts within 1", far = "far_test.ts within 1", check = "check a.ts";
  const rows: Record<string, [ends: [End, End, End], outcome: Outcome, done: string[]]> = {
    "by a test near by": [["badly", "well", "well"], "failed", [near]],
    "by any test": [["well", "badly", "well"], "failed", [near, far]],
    "by a test that does not end": [["late", "well", "well"], "hung", [near]],
    "by another that does not end": [["well", "late", "well"], "hung", [near, far]],
    "by the types": [["well", "well", "badly"], "refused by the types", [near, far, check]],
    "by nothing": [["well", "well", "well"], "survived", [near, far, check]],
  };
  for (const [name, [ends, outcome, done]] of Object.entries(rows)) {
    await t.step(name, async () => {
      assertEquals(await outcomeOf(...ends), [outcome, ["a.ts: f(2);", ...done, "a.ts: f(1);"]]);
    });
  }
});
