/**
 * A request for the last of many routes over HTTP, against a handler without routes.
 *
 * @module
 */

import { burst } from "../measure/burst.ts";
import { ServerProcess } from "../measure/server_process.ts";
import { warmUp } from "../measure/visitor.ts";
import { type Effort, figure, ratio, type Table, type Target, whole } from "../result.ts";
import { sectionOf } from "../route_patterns.ts";
import { progress } from "../say.ts";
import { median, pairedRatio } from "../statistics.ts";

const BARE = "bare `Deno.serve`, unrouted";

function routed(count: number): string {
  return `Pyramidion, ${whole(count)} routes`;
}

/** By server, CPU time of a request for the last route in each round, in microseconds. */
export async function measureServed(effort: Effort): Promise<Map<string, number[]>> {
  const servers: { name: string; target: string; process: ServerProcess }[] = [];
  const samples = new Map<string, number[]>();
  try {
    const bare = await ServerProcess.start("yardsticks/bare.ts");
    servers.push({ name: BARE, target: `/${sectionOf(9999)}/7`, process: bare });
    for (const count of [10, 10_000]) {
      const process = await ServerProcess.start("ours/routes.ts", { args: [String(count)] });
      servers.push({ name: routed(count), target: `/${sectionOf(count - 1)}/7`, process });
    }
    for (let round = -1; round < effort.rounds; round++) {
      for (const { name, target, process } of servers) {
        const options = { target, connections: 32, milliseconds: 1000, ownLoad: effort.ownLoad };
        await warmUp(process.origin + target);
        const { cpu } = await burst(process, options);
        progress(`routes: over HTTP: ${name}: ${figure(cpu)} µs`);
        // The first round warms up.
        if (round >= 0) samples.set(name, [...samples.get(name) ?? [], cpu]);
      }
    }
    return samples;
  } finally {
    for (const { process } of servers) await process[Symbol.asyncDispose]();
  }
}

/** The medians. */
export function servedTable(served: ReadonlyMap<string, number[]>): Table {
  const bare = served.get(BARE) ?? [];
  return {
    id: "routes-http",
    columns: ["a request for the last route over HTTP", "×", "µs CPU"],
    rows: [...served].map(([name, samples]) => [
      name,
      ratio(pairedRatio(bare, samples)),
      figure(median(samples)),
    ]),
  };
}

/** What ours may cost. */
export function servedTarget(served: ReadonlyMap<string, number[]>): Target {
  return {
    what: "a routed request at 10,000 routes over HTTP, against an unrouted handler",
    measured: pairedRatio(served.get(BARE) ?? [], served.get(routed(10_000)) ?? []),
    unit: "×",
    must: "at least",
    limit: 0.95,
  };
}
