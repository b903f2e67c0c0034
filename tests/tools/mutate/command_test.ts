/**
 * Programs that do not end by themselves.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { outputOf, run } from "../../../tools/mutate/command.ts";
import { missingPermission, testUnless } from "../../requirements.ts";

const missing = missingPermission({ name: "run" }, { name: "read" });
const deno = (code: string) => ["eval", "--no-config", code];

testUnless(missing, "run() ends a program at its limit, and all that it started", async () => {
  // The child keeps the output open: while it runs, the output does not end.
  const code = `new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-config", "setInterval(() => {}, 1000)"],
  }).spawn(); setInterval(() => {}, 1000);`;
  const ended = await run(Deno.execPath(), deno(code), { cwd: ".", limit: 1000 });
  assertEquals([ended.success, ended.late], [false, true]);
  assert(ended.took >= 990);
});

testUnless(missing, "run() tells how a program ended by itself", async () => {
  const code = "console.log('a'); console.error('b'); Deno.exit(3)";
  const { took, ...ended } = await run(Deno.execPath(), deno(code), { cwd: ".", limit: 60_000 });
  assertEquals(ended, { success: false, late: false, output: "a\n", complaint: "b\n" });
  assert(took > 0);
});

testUnless(missing, "outputOf() rejects with the complaint of a program that fails", async () => {
  assertEquals(await outputOf(Deno.execPath(), deno("console.log('a')"), "."), "a\n");
  await assertRejects(
    () => outputOf(Deno.execPath(), deno("console.error('no such'); Deno.exit(1)"), "."),
    Error,
    "failed: no such",
  );
});
