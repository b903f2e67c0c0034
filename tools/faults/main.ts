/**
 * Tries what happens to sessions when something breaks, with real processes:
 * `deno task faults [words of a fault] [--short] [--list] [--json]`.
 *
 * It starts Redis, PostgreSQL, nginx and apps on free ports, and ends them. Its exit code is 1 if
 * something was lost or refused that should not be, or if a program is missing, and 130 if it was
 * interrupted.
 *
 * @module
 */

import { type Fault, LONG, SHORT } from "./fault.ts";
import { isGood, reportText, type Run } from "./report.ts";
import { missingProgram } from "./servers/programs.ts";
import { FAULTS } from "./table.ts";

const FLAGS = ["--short", "--list", "--json"] as const;

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const flags = new Set(args.filter((arg) => arg.startsWith("--")));
  const words = args.filter((arg) => !arg.startsWith("--")).map((word) => word.toLowerCase());
  for (const flag of flags) {
    if (FLAGS.some((one) => one === flag)) continue;
    await say(`Cannot use the option ${flag}: there are ${FLAGS.join(", ")}\n`);
    return 2;
  }
  const isShort = flags.has("--short");
  const tries = FAULTS.flatMap((fault) =>
    (isShort ? fault.on.slice(0, 1) : fault.on).map((on) => ({ fault, on }))
  ).filter(({ fault, on }) => {
    const text = `${fault.name} ${on}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  if (flags.has("--list") || tries.length === 0) {
    await say(tries.map(({ fault, on }) => `${fault.name}, on ${on}: ${fault.shows}\n`).join(""));
    return tries.length === 0 ? 2 : 0;
  }
  const runs: Run[] = [];
  for (const { fault, on } of tries) {
    const run = await tryOne(fault, on, isShort);
    runs.push(run);
    if (!flags.has("--json")) {
      await say(`${isGood(run) ? "ok   " : "WRONG"} ${fault.name}, on ${on}\n`);
    }
  }
  await say(flags.has("--json") ? `${JSON.stringify(runs, null, 2)}\n` : `\n${reportText(runs)}`);
  return runs.every(isGood) ? 0 : 1;
}

async function tryOne(fault: Fault, on: string, isShort: boolean): Promise<Run> {
  const { name, shows, needs } = fault;
  const common = { fault: name, on, shows };
  const missing = await missingProgram(needs);
  if (missing !== null) return { ...common, failure: missing, outcome: null };
  try {
    return { ...common, failure: null, outcome: await fault.run(on, isShort ? SHORT : LONG) };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    return { ...common, failure, outcome: null };
  }
}

async function say(text: string): Promise<void> {
  await new Blob([text]).stream().pipeTo(Deno.stdout.writable, { preventClose: true });
}
