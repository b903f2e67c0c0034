/**
 * The pages over HTTP: ours, the yardsticks and the peers by turns.
 *
 * @module
 */

import { type Burst, burst } from "../measure/burst.ts";
import { ServerProcess } from "../measure/server_process.ts";
import { checkServer, startSession, startSessions, warmUp } from "../measure/visitor.ts";
import { type Effort, figure, ratio, type Result, type Series, type Target } from "../result.ts";
import { progress } from "../say.ts";
import {
  NO_CRYPTO,
  type Page,
  REMEMBERS,
  type ServerEntry,
  SERVERS,
  SHIPPED,
  UNREMEMBERED,
  YARDSTICK,
} from "../servers.ts";
import { median, pairedRatio } from "../statistics.ts";

/** One kind of load. */
interface Cell {
  readonly page: Page;
  readonly connections: number;
  /** Whether each request has another visitor's cookie, none of which was seen lately. */
  readonly distinct: boolean;
  readonly entries: readonly ServerEntry[];
}

type Samples = Map<Cell, Map<string, Burst[]>>;

interface Running {
  readonly entry: ServerEntry;
  readonly process: ServerProcess;
}

/** Twice what the remembering servers keep, and more. */
const VISITORS = 12_000;
const CONNECTIONS = 32;

/** Measures the pages over HTTP. */
export async function measureHttp(effort: Effort): Promise<Result> {
  const folder = await Deno.makeTempDir({ prefix: "pyramidion-bench-" });
  const running: Running[] = [];
  try {
    for (const entry of SERVERS) {
      progress(`http: starting and checking ${entry.name}`);
      const process = await ServerProcess.start(entry.file, argsOf(entry));
      running.push({ entry, process });
      await checkServer(process.origin, entry);
    }
    return report(await measure(running, folder, effort));
  } finally {
    for (const { process } of running) await process[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  }
}

function argsOf({ args }: ServerEntry): { args?: readonly string[] } {
  return args === undefined ? {} : { args };
}

function cells({ quick }: Effort): Cell[] {
  const having = (page: Page): ServerEntry[] => SERVERS.filter(({ pages }) => pages.includes(page));
  const named = (...names: string[]): ServerEntry[] =>
    SERVERS.filter(({ name }) => names.includes(name));
  const close = named(YARDSTICK, NO_CRYPTO, REMEMBERS, SHIPPED, UNREMEMBERED);
  const cell = (page: Page, entries: ServerEntry[], rest: Partial<Cell> = {}): Cell => (
    { page, connections: CONNECTIONS, distinct: false, entries, ...rest }
  );
  const few: Cell[] = [1, 512].flatMap((connections) => [
    cell("/hello", close, { connections }),
    cell("/read", close, { connections }),
    cell("/count", close, { connections }),
  ]);
  const distinct = SERVERS.filter(({ sameKind, kind }) => sameKind || kind !== "peer");
  return [
    cell("/hello", having("/hello")),
    cell("/read", having("/read")),
    cell("/count", having("/count")),
    cell("/read", distinct, { distinct: true }),
    cell("/count", distinct, { distinct: true }),
    ...(quick ? [] : few),
  ];
}

async function measure(
  running: readonly Running[],
  folder: string,
  effort: Effort,
): Promise<Samples> {
  const all = cells(effort);
  const samples: Samples = new Map(all.map((cell) => [cell, new Map()]));
  // Nobody is timed with code that was never compiled.
  for (const one of running) {
    for (const page of one.entry.pages) {
      progress(`http: warming up ${one.entry.name} ${page}`);
      const warm = { page, connections: CONNECTIONS, distinct: false, entries: [] };
      await once(one, warm, folder, effort);
    }
  }
  for (let round = 0; round < effort.rounds; round++) {
    for (const cell of all) {
      const turn = running.filter(({ entry }) => cell.entries.includes(entry));
      // Another goes first each time.
      const order = [...turn.slice(round % turn.length), ...turn.slice(0, round % turn.length)];
      for (const one of order) {
        const { name } = one.entry;
        const taken = await once(one, cell, folder, effort);
        const kept = samples.get(cell)?.get(name) ?? [];
        samples.get(cell)?.set(name, [...kept, taken]);
        progress(
          `http: round ${round + 1} of ${effort.rounds}: ${titleOf(cell)} ${name}: ${
            figure(taken.perSecond)
          }/s, ${figure(taken.cpu)} µs`,
        );
      }
    }
  }
  return samples;
}

async function once(
  { process, entry }: Running,
  cell: Cell,
  folder: string,
  { ownLoad, quick }: Effort,
): Promise<Burst> {
  const { page, connections, distinct } = cell;
  const options = { target: page, connections, milliseconds: 1000, ownLoad };
  const url = process.origin + page;
  if (page === "/hello") {
    await warmUp(url);
    return await burst(process, options);
  }
  // Made anew each time: an old cookie would be due for renewal.
  const cookies = distinct
    ? await startSessions(process.origin, quick ? VISITORS / 4 : VISITORS)
    : [await startSession(process.origin, 7)];
  const cookieFile = `${folder}/${SERVERS.indexOf(entry)}`;
  await Deno.writeTextFile(cookieFile, cookies.join("\n"));
  await warmUp(url, cookies[0]);
  return await burst(process, { ...options, cookieFile });
}

function titleOf({ page, connections, distinct }: Cell): string {
  return `${page}${distinct ? " distinct" : ""} c=${connections}`;
}

class Figures {
  readonly #samples: Samples;

  constructor(samples: Samples) {
    this.#samples = samples;
  }

  cell(page: Page, connections: number, distinct: boolean): Map<string, Burst[]> {
    for (const [cell, samples] of this.#samples) {
      const same = cell.page === page && cell.connections === connections &&
        cell.distinct === distinct;
      if (same) return samples;
    }
    return new Map();
  }

  cpu(name: string, page: Page, distinct: boolean = false): number[] {
    return (this.cell(page, CONNECTIONS, distinct).get(name) ?? []).map(({ cpu }) => cpu);
  }

  /** How many requests a server answers in the CPU time in which another answers one. */
  readonly times = (name: string, than: string, page: Page, distinct: boolean = false): number =>
    pairedRatio(this.cpu(than, page, distinct), this.cpu(name, page, distinct));
}

function report(samples: Samples): Result {
  const figures = new Figures(samples);
  const plain = [...samples].map(([cell, byName]) => ({
    load: titleOf(cell),
    servers: Object.fromEntries(byName),
  }));
  return {
    tables: [
      pagesTable(figures),
      distinctTable(figures),
      connectionsTable(samples),
      {
        id: "peers",
        columns: ["server", "what it does less or more"],
        text: ["what it does less or more"],
        rows: SERVERS.map(({ name, does }) => [name, does]),
      },
    ],
    targets: targetsOf(figures),
    series: seriesOf(figures),
    samples: plain,
  };
}

const PAGES: readonly Page[] = ["/hello", "/read", "/count"];

function pagesTable(figures: Figures): Result["tables"][number] {
  return {
    id: "http",
    columns: ["server", ...PAGES.flatMap((page) => [`\`${page}\` ×`, "µs CPU", "requests/s"])],
    rows: SERVERS.map(({ name }) => [
      name,
      ...PAGES.flatMap((page) => rowOf(figures.cell(page, CONNECTIONS, false), name)),
    ]),
  };
}

function distinctTable(figures: Figures): Result["tables"][number] {
  const pages: readonly Page[] = ["/read", "/count"];
  const entries = SERVERS.filter(({ name }) => figures.cpu(name, "/read", true).length > 0);
  return {
    id: "http-distinct",
    columns: ["server", ...pages.flatMap((page) => [`\`${page}\` ×`, "µs CPU", "requests/s"])],
    rows: entries.map(({ name }) => [
      name,
      ...pages.flatMap((page) => rowOf(figures.cell(page, CONNECTIONS, true), name)),
    ]),
  };
}

function rowOf(cell: Map<string, Burst[]>, name: string): string[] {
  const bursts = cell.get(name) ?? [];
  const yardstick = cell.get(YARDSTICK) ?? [];
  const cpu = (of: readonly Burst[]): number[] => of.map((one) => one.cpu);
  return [
    ratio(pairedRatio(cpu(yardstick), cpu(bursts))),
    figure(median(cpu(bursts))),
    figure(median(bursts.map(({ perSecond }) => perSecond))),
  ];
}

function connectionsTable(samples: Samples): Result["tables"][number] {
  const rows: string[][] = [];
  for (const [cell, byName] of samples) {
    if (cell.distinct) continue;
    const yardstick = (byName.get(YARDSTICK) ?? []).map(({ perSecond }) => perSecond);
    for (const name of [YARDSTICK, NO_CRYPTO, REMEMBERS, SHIPPED, UNREMEMBERED]) {
      const bursts = byName.get(name) ?? [];
      const perSecond = bursts.map((one) => one.perSecond);
      rows.push([
        `\`${cell.page}\`, ${cell.connections}, ${name}`,
        ratio(pairedRatio(perSecond, yardstick)),
        figure(median(perSecond)),
        figure(median(bursts.map(({ p50 }) => p50))),
        figure(median(bursts.map(({ p99 }) => p99))),
      ]);
    }
  }
  return {
    id: "http-connections",
    columns: [
      "page, connections, server",
      "requests/s ×",
      "requests/s",
      "half within µs",
      "99 % within µs",
    ],
    rows,
  };
}

function targetsOf(figures: Figures): Target[] {
  const atLeast = (what: string, measured: number, limit: number): Target => (
    { what, measured, unit: "×", must: "at least", limit }
  );
  const { times } = figures;
  const againstBestPeer = (name: string, page: Page): number => {
    const peers = SERVERS.filter(({ sameKind }) => sameKind);
    return Math.min(...peers.map((peer) => times(name, peer.name, page)));
  };
  return [
    atLeast("`/hello` against hand-written", times(SHIPPED, YARDSTICK, "/hello"), 0.97),
    atLeast("`/read` against hand-written SubtleCrypto", times(SHIPPED, YARDSTICK, "/read"), 2.5),
    atLeast("`/read` against no crypto at all", times(SHIPPED, NO_CRYPTO, "/read"), 0.92),
    atLeast(
      "`/read`, nothing remembered, against hand-written",
      times(UNREMEMBERED, YARDSTICK, "/read"),
      0.95,
    ),
    atLeast(
      "`/read`, cookies first seen, against hand-written",
      times(SHIPPED, YARDSTICK, "/read", true),
      0.95,
    ),
    atLeast("`/count` against hand-written", times(SHIPPED, YARDSTICK, "/count"), 1.2),
    atLeast(
      "`/count`, nothing remembered, against hand-written",
      times(UNREMEMBERED, YARDSTICK, "/count"),
      0.95,
    ),
    atLeast("`/read` against the best peer of the same kind", againstBestPeer(SHIPPED, "/read"), 6),
    atLeast(
      "`/count` against the best peer of the same kind",
      againstBestPeer(SHIPPED, "/count"),
      2.5,
    ),
    atLeast(
      "`/read`, nothing remembered, against that peer",
      againstBestPeer(UNREMEMBERED, "/read"),
      2.5,
    ),
  ];
}

function seriesOf(figures: Figures): Series[] {
  return SERVERS.flatMap(({ name }) => {
    const points = PAGES.map((x) => ({ x, y: figures.times(name, YARDSTICK, x) }));
    return [{ chart: "http", name, points: points.filter(({ y }) => Number.isFinite(y)) }];
  });
}
