/**
 * The shortened form of `deno task faults`.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { SHORT } from "../../../tools/faults/fault.ts";
import { missingProgram } from "../../../tools/faults/servers/programs.ts";
import { FAULTS } from "../../../tools/faults/table.ts";
import { missingPermission, testUnless } from "../../requirements.ts";

const permission = missingPermission(
  { name: "read" },
  { name: "write" },
  { name: "run" },
  { name: "net", host: "127.0.0.1" },
);

for (const { name, shows, needs, on: [first = ""], run } of FAULTS) {
  const reason = permission ?? await missingProgram(needs);
  testUnless(reason, `${name}, on ${first}: ${shows}`, async () => {
    assertEquals((await run(first, SHORT)).wrong, []);
  });
}
