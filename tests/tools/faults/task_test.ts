/**
 * `deno task faults` as a program.
 *
 * @module
 */

import { assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { reportText, type Run } from "../../../tools/faults/report.ts";
import { FAULTS } from "../../../tools/faults/table.ts";
import { missingProgram } from "../../../tools/faults/servers/programs.ts";
import { missingPermission, testUnless } from "../../requirements.ts";

const MAIN = new URL("../../../tools/faults/main.ts", import.meta.url).pathname;
const ROOT = new URL("../../../", import.meta.url).pathname;
const reason = missingPermission({ name: "read" }, { name: "run" }, {
  name: "net",
  host: "127.0.0.1",
});

async function task(...args: string[]): Promise<{ code: number; text: string }> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--frozen", "--no-check", "-A", MAIN, ...args],
    cwd: ROOT,
  }).output();
  return { code, text: new TextDecoder().decode(stdout) };
}

testUnless(reason, "deno task faults --list tells what each fault shows", async () => {
  const { code, text } = await task("--list");
  assertEquals(code, 0);
  const lines = FAULTS.flatMap(({ name, on, shows }) =>
    on.map((one) => `${name}, on ${one}: ${shows}`)
  );
  assertEquals(text.trim().split("\n"), lines);
  assertEquals((await task("--list", "stalls", "npm:PG")).text.split("\n").length, 2);
});

testUnless(
  reason,
  "deno task faults refuses an option and words that it does not know",
  async () => {
    const refused = "Cannot use the option --fast: there are --short, --list, --json\n";
    assertEquals(await task("--fast"), { code: 2, text: refused });
    assertEquals(await task("--list", "meteorite"), { code: 2, text: "" });
  },
);

testUnless(
  reason ?? await missingProgram([]),
  "deno task faults --json prints what each run showed",
  async () => {
    const { code, text } = await task("--short", "--json", "one of two processes on one file");
    assertEquals(code, 0);
    const runs: Run[] = JSON.parse(text);
    assertEquals(runs.map(({ on, failure }) => [on, failure]), [["SQLite", null]]);
    const { outcome } = runs[0] ?? {};
    assertEquals([outcome?.lost, outcome?.repeated, outcome?.signedOut], [0, 0, 0]);
    assertEquals(outcome?.wrong, []);
  },
);

Deno.test("reportText() is a table, with what is wrong below", () => {
  const outcome = {
    ...{ sent: 12, acknowledged: 10, lost: 2, repeated: 0, signedOut: 1 },
    ...{ median: 1.25, longest: 503.4, notes: ["it stalled"], wrong: ["2 are lost"] },
  };
  const text = reportText([
    { fault: "it stalls", on: "npm:redis", shows: "", failure: null, outcome },
    {
      fault: "it burns",
      on: "npm:pg",
      shows: "",
      failure: "PostgreSQL is not installed",
      outcome: null,
    },
  ]);
  assertMatch(text, /^fault +on +sent +acknowledged +lost +twice +signed out +p50 +max\n/);
  assertMatch(text, /\nit stalls +npm:redis +12 +10 +2 +0 +1 +1\.3 ms +503 ms\n/);
  assertMatch(text, /\nit burns +npm:pg +PostgreSQL is not installed\n/);
  assertMatch(text, /\nit stalls, on npm:redis: WRONG\n {2}it stalled\n {2}WRONG: 2 are lost\n/);
});
