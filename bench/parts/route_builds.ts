/**
 * What it takes to build many routes, each time in a fresh process.
 *
 * @module
 */

import { figure, type Table, type Target } from "../result.ts";
import { progress } from "../say.ts";
import { median } from "../statistics.ts";

/** The samples of one thing that is built. */
export interface Build {
  /** Its name. */
  readonly name: string;
  /** Milliseconds of building. */
  readonly milliseconds: number[];
  /** How much the process grew. */
  readonly residentMegabytes: number[];
  /** What is live afterwards. */
  readonly heapMegabytes: number[];
}

const BUILDS: readonly [name: string, what: string, count: number][] = [
  ["Pyramidion, routing table alone, 10,000", "table", 10_000],
  ["Pyramidion, Configurator with a view each, 10,000", "app", 10_000],
  ["memoirist, 10,000", "memoirist", 10_000],
  ["`new URLPattern()`, 1,000", "urlpattern", 1000],
];

/** Builds everything so many times. */
export async function measureBuilds(times: number): Promise<Build[]> {
  const builds: Build[] = BUILDS.map(([name]) => (
    { name, milliseconds: [], residentMegabytes: [], heapMegabytes: [] }
  ));
  for (let time = 0; time < times; time++) {
    for (const [at, [name, what, count]] of BUILDS.entries()) {
      progress(`routes: building ${name}`);
      const script = new URL("./build_routes.ts", import.meta.url).pathname;
      const args = ["run", "-A", "--no-check", "--v8-flags=--expose-gc", script, what, `${count}`];
      const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), { args })
        .output();
      if (!success) throw new Error(new TextDecoder().decode(stderr));
      const line = JSON.parse(new TextDecoder().decode(stdout));
      builds[at]?.milliseconds.push(line.milliseconds);
      builds[at]?.residentMegabytes.push(line.residentMegabytes);
      builds[at]?.heapMegabytes.push(line.heapMegabytes);
    }
  }
  return builds;
}

/** The medians. */
export function buildTable(builds: readonly Build[]): Table {
  return {
    id: "routes-build",
    columns: ["building", "ms", "MB resident", "MB live heap"],
    rows: builds.map(({ name, milliseconds, residentMegabytes, heapMegabytes }) => [
      name,
      figure(median(milliseconds)),
      figure(median(residentMegabytes)),
      figure(median(heapMegabytes)),
    ]),
  };
}

/** What ours may take. */
export function buildTargets(builds: readonly Build[]): Target[] {
  return builds.slice(0, 2).flatMap(({ name, milliseconds, residentMegabytes }) => [
    {
      what: `building: ${name}`,
      measured: median(milliseconds),
      unit: "ms",
      must: "at most",
      limit: 100,
    },
    {
      what: `building: ${name}`,
      measured: median(residentMegabytes),
      unit: "MB",
      must: "at most",
      limit: 30,
    },
  ]);
}
