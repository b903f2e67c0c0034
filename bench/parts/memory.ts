/**
 * Memory after many visitors: resident, and live on the heap.
 *
 * @module
 */

import { burst } from "../measure/burst.ts";
import { ServerProcess } from "../measure/server_process.ts";
import { type Effort, figure, type Result, whole } from "../result.ts";
import { progress } from "../say.ts";

const BARE = "bare `Deno.serve`";
const SUBTLE = "hand-written, SubtleCrypto";
const REMEMBERS = "hand-written, remembers";
const SHIPPED = "Pyramidion";
const UNREMEMBERED = "Pyramidion, nothing remembered";

const SERVERS: readonly [name: string, file: string][] = [
  [BARE, "yardsticks/bare.ts"],
  [SUBTLE, "yardsticks/hand_subtle.ts"],
  [REMEMBERS, "yardsticks/hand_remembers.ts"],
  [SHIPPED, "ours/shipped.ts"],
  [UNREMEMBERED, "ours/unremembered.ts"],
];

/** Sessions between the first and the second look at the heap: few enough to be remembered. */
const FEW = 1500;

interface Memory {
  /** Bytes resident at the end. */
  resident: number;
  /** Bytes live on the heap at the start, after few sessions and after many. */
  heap: [start: number, few: number, many: number];
}

/** Measures memory. */
export async function measureMemory({ quick }: Effort): Promise<Result> {
  const many = quick ? 20_000 : 100_000;
  const memories = new Map<string, Memory>();
  for (const [name, file] of SERVERS) {
    progress(`memory: ${name}, ${whole(many)} new sessions`);
    memories.set(name, await memoryOf(file, many));
  }
  const bare = memories.get(BARE);
  const perCookie = grown(memories, SHIPPED) - grown(memories, UNREMEMBERED);
  const resident = (memories.get(UNREMEMBERED)?.resident ?? NaN) - (bare?.resident ?? NaN);
  return {
    tables: [{
      id: "memory",
      columns: [
        `after ${many.toLocaleString("en")} new sessions`,
        "MB resident",
        "MB live heap",
        "live bytes for each of the first 1,500",
      ],
      rows: [...memories].map(([name, { resident, heap }]) => [
        name,
        figure(resident / 1e6),
        figure(heap[2] / 1e6),
        figure((heap[1] - heap[0]) / FEW),
      ]),
    }],
    targets: [
      {
        what: "resident memory with nothing remembered, above bare `Deno.serve`",
        measured: resident / 1e6,
        unit: "MB",
        must: "at most",
        limit: 10,
      },
      {
        what: "live heap for each remembered cookie",
        measured: perCookie / FEW,
        unit: "B",
        must: "at most",
        limit: 600,
      },
    ],
    samples: Object.fromEntries(memories),
  };
}

function grown(memories: ReadonlyMap<string, Memory>, name: string): number {
  const heap = memories.get(name)?.heap;
  return heap === undefined ? NaN : heap[1] - heap[0];
}

async function memoryOf(file: string, many: number): Promise<Memory> {
  const flags = ["--v8-flags=--expose-gc"];
  await using server = await ServerProcess.start("parts/memory_probe.ts", { args: [file], flags });
  const begin = async (count: number): Promise<number> => {
    const target = "/start?n=#";
    await burst(server, { target, connections: 16, count, ownLoad: true });
    const response = await fetch(`${server.origin}/memory`);
    const { heapUsed }: Deno.MemoryUsage = await response.json();
    return heapUsed;
  };
  // A few first: what is compiled then is not counted as a session's.
  const start = await begin(500);
  const few = await begin(FEW);
  const end = await begin(many);
  return { resident: server.residentBytes(), heap: [start, few, end] };
}
