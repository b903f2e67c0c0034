/**
 * Measures the structure of the library:
 * `deno task house [checkout [checkout after]] [--rounds=N] [--faults] [--json]`.
 *
 * One script measures every checkout, the present one where none is named: files and lines by room,
 * the trips of requests and of a statement through the files, what is loaded at the start, and what
 * breaks the rules of the house. `trip.ts` says what a move and a return are.
 *
 * @module
 */

import { figuresOf } from "./house_figures.ts";
import { readTree } from "./house_tree.ts";
import { readOptions } from "./options.ts";
import { type Measured, type Report, reportText } from "./report.ts";
import { RULES } from "./rules.ts";
import { measureModules, measureStarts } from "./start.ts";
import { measureTrips } from "./trips.ts";

const PRESENT = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");

if (import.meta.main) Deno.exit(await main());

async function main(): Promise<number> {
  try {
    const { folders, rounds, json, faults } = readOptions(Deno.args, PRESENT);
    const houses: Measured[] = [];
    for (const folder of folders) houses.push(await measure(folder));
    const starts = rounds === 0 ? null : await measureStarts(folders, rounds);
    const report: Report = { houses, starts };
    await print(json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report, faults));
    return 0;
  } catch (error) {
    await print(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

async function measure(folder: string): Promise<Measured> {
  const tree = await readTree(folder);
  return {
    folder,
    figures: figuresOf(tree),
    trips: await measureTrips(folder),
    modules: await measureModules(folder),
    faults: Object.fromEntries(Object.entries(RULES).map(([name, rule]) => [name, rule(tree)])),
  };
}

async function print(text: string): Promise<void> {
  await new Blob([text]).stream().pipeTo(Deno.stdout.writable, { preventClose: true });
}
