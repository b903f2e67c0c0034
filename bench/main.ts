/**
 * Runs the bench: `deno task bench [parts] [--quick] [--rounds=N] [--own-load]`.
 *
 * Without parts all of them are run. `--quick` tries whether the bench itself works: few and short
 * rounds, results in bench/results/quick/, the documentation left alone. `docs` writes the tables of
 * bench/README.md and the chart of docs/ again from the stored results.
 *
 * @module
 */

import { describeMachine } from "./machine.ts";
import { endAllServers } from "./measure/server_process.ts";
import { measureHttp } from "./parts/http.ts";
import { measureMemory } from "./parts/memory.ts";
import { measureRoutes } from "./parts/routes.ts";
import { measureSessions } from "./parts/sessions.ts";
import { measureSize } from "./parts/size.ts";
import { measureStart } from "./parts/start.ts";
import { measureStored } from "./parts/stored.ts";
import { measureStoredHttp } from "./parts/stored_http.ts";
import { measureStoredMany } from "./parts/stored_many.ts";
import { measureStoredRedis } from "./parts/stored_redis.ts";
import { writeDocumentation } from "./report/documentation.ts";
import { textTable } from "./report/markdown_table.ts";
import {
  type Effort,
  figure,
  isMet,
  type Result,
  type StoredResult,
  type Target,
} from "./result.ts";
import { progressDone, say } from "./say.ts";

const PARTS: ReadonlyMap<string, (effort: Effort) => Promise<Result>> = new Map([
  ["size", measureSize],
  ["start", measureStart],
  ["memory", measureMemory],
  ["routes", measureRoutes],
  ["sessions", measureSessions],
  ["stored-process", measureStored],
  ["stored-redis", measureStoredRedis],
  ["stored-http", measureStoredHttp],
  ["stored-many", measureStoredMany],
  ["http", measureHttp],
]);

const RESULTS = new URL("./results/", import.meta.url);

const flags = Deno.args.filter((arg) => arg.startsWith("--"));
const named = Deno.args.filter((arg) => !arg.startsWith("--"));
const effort = effortOf(flags);
const unknown = named.find((name) => name !== "docs" && !PARTS.has(name));
const wanted = [...PARTS.keys()].filter((name) => named.length === 0 || isWanted(name));
if (unknown !== undefined) {
  say(`There is no part "${unknown}": parts are ${[...PARTS.keys(), "docs"].join(", ")}`);
  Deno.exit(2);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => {
    endAllServers();
    Deno.exit(130);
  });
}

const targets: Target[] = [];
for (const name of wanted) targets.push(...await run(name));
if (targets.length > 0) sayTargets(targets);
if (!effort.quick) await writeDocumentation(RESULTS);

/** `stored` stands for every part about stored sessions. */
function isWanted(name: string): boolean {
  return named.some((one) => name === one || name.startsWith(`${one}-`));
}

async function run(name: string): Promise<readonly Target[]> {
  const measurePart = PARTS.get(name);
  if (measurePart === undefined) return [];
  const started = performance.now();
  const result = await measurePart(effort);
  progressDone();
  say(`\n${name} (${figure((performance.now() - started) / 1000)} s)`);
  for (const table of result.tables) say(`\n${textTable(table)}`);
  await store(name, result);
  return result.targets;
}

async function store(part: string, result: Result): Promise<void> {
  const stored: StoredResult = {
    part,
    quick: effort.quick,
    rounds: effort.rounds,
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(effort.ownLoad),
    ...result,
  };
  const folder = effort.quick ? new URL("quick/", RESULTS) : RESULTS;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(new URL(`${part}.json`, folder), `${JSON.stringify(stored, null, 1)}\n`);
}

function sayTargets(all: readonly Target[]): void {
  say("\ntargets");
  for (const target of all) {
    const { what, measured, unit, must, limit } = target;
    const met = isMet(target) ? "met   " : "missed";
    say(`  ${met} ${figure(measured)} ${unit} (${must} ${limit}): ${what}`);
  }
}

function effortOf(given: readonly string[]): Effort {
  const quick = given.includes("--quick");
  const rounds = given.find((flag) => flag.startsWith("--rounds="))?.slice("--rounds=".length);
  return {
    quick,
    rounds: Number(rounds ?? (quick ? 2 : 9)),
    ownLoad: given.includes("--own-load"),
  };
}
