import { assert } from "jsr:@std/assert@^1.0.0";
import {
  REVOKING,
  REVOKING_BESIDE_SESSIONS,
} from "../../../lib/testing/store_suite/revocations.ts";
import { FAULTS, planted, sound, trialOf } from "./planted_stores.ts";

const CHECKS = { ...REVOKING, ...REVOKING_BESIDE_SESSIONS };

Deno.test("REVOKING finds each planted fault of revocations by the check that is about it", async (t) => {
  for (const check of Object.values(CHECKS)) await check(trialOf((clock) => sound(clock).store));
  for (const [fault, { foundBy }] of Object.entries(FAULTS)) {
    if (!(foundBy in CHECKS)) continue;
    await t.step(fault, async () => {
      const found: string[] = [];
      for (const [name, check] of Object.entries(CHECKS)) {
        await check(trialOf((clock) => planted(fault, clock))).catch(() => found.push(name));
      }
      assert(found.includes(foundBy), `found by ${JSON.stringify(found)}`);
    });
  }
});
