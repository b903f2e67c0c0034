/**
 * Sessions in Redis over HTTP: ours and the peers by turns, and ours with more connections.
 *
 * @module
 */

import { type Burst, burst } from "../measure/burst.ts";
import { ServerProcess } from "../measure/server_process.ts";
import { startRedis, type StoreServer } from "../measure/store_server.ts";
import { checkServer, startSessions, warmUp } from "../measure/visitor.ts";
import { type Effort, figure, ratio, type Result, type Table, type Target } from "../result.ts";
import { progress } from "../say.ts";
import type { Page, ServerEntry } from "../servers.ts";
import { median, pairedRatio } from "../statistics.ts";
import { BY_IOREDIS, BY_REDIS, STORED_SERVERS } from "../stored_servers.ts";

/** One kind of load. */
interface Cell {
  readonly page: Page;
  readonly connections: number;
  readonly entries: readonly ServerEntry[];
}

interface Running {
  readonly entry: ServerEntry;
  readonly process: ServerProcess;
}

type Samples = Map<Cell, Map<string, Burst[]>>;

const PAGES: readonly Page[] = ["/read", "/count"];
const CONNECTIONS = 32;
const MORE = [1, 8, 128, 512];
/** So many sessions take turns: requests of one would be waiting for each other. */
const VISITORS = 200;

/** Measures sessions in Redis over HTTP. */
export async function measureStoredHttp(effort: Effort): Promise<Result> {
  await using opened = new AsyncDisposableStack();
  const redis = await startRedis();
  if (redis === null) return report(new Map());
  opened.use(redis);
  const folder = await Deno.makeTempDir({ prefix: "pyramidion-bench-" });
  opened.defer(() => Deno.remove(folder, { recursive: true }));
  const running: Running[] = [];
  for (const entry of STORED_SERVERS) {
    progress(`stored-http: starting and checking ${entry.name}`);
    const args = [String(redis.port), ...entry.args ?? []];
    const process = opened.use(await ServerProcess.start(entry.file, { args }));
    running.push({ entry, process });
    await checkServer(process.origin, entry);
  }
  return report(await measure({ running, redis, folder }, effort));
}

function cells(): Cell[] {
  const ours = STORED_SERVERS.filter(({ kind }) => kind === "ours");
  return [CONNECTIONS, ...MORE].flatMap((connections) =>
    PAGES.map((page) => (
      { page, connections, entries: connections === CONNECTIONS ? STORED_SERVERS : ours }
    ))
  );
}

/** What is measured, and what with. */
interface Bench {
  readonly running: readonly Running[];
  readonly redis: StoreServer;
  readonly folder: string;
}

async function measure(bench: Bench, effort: Effort): Promise<Samples> {
  const { running } = bench;
  const all = cells();
  const samples: Samples = new Map(all.map((cell) => [cell, new Map()]));
  // Nobody is timed with code that was never compiled.
  for (const one of running) {
    progress(`stored-http: warming up ${one.entry.name}`);
    for (const page of PAGES) {
      await once(one, { page, connections: CONNECTIONS, entries: [] }, bench, effort);
    }
  }
  for (let round = 0; round < effort.rounds; round++) {
    for (const cell of all) {
      const turn = running.filter(({ entry }) => cell.entries.includes(entry));
      // Another goes first each time.
      const order = [...turn.slice(round % turn.length), ...turn.slice(0, round % turn.length)];
      for (const one of order) {
        const taken = await once(one, cell, bench, effort);
        const kept = samples.get(cell)?.get(one.entry.name) ?? [];
        samples.get(cell)?.set(one.entry.name, [...kept, taken]);
        const { perSecond, cpu } = taken;
        progress(
          `stored-http: round ${
            round + 1
          } of ${effort.rounds}: ${cell.page} c=${cell.connections} ${one.entry.name}: ${
            figure(perSecond)
          }/s, ${figure(cpu)} µs`,
        );
      }
    }
  }
  return samples;
}

async function once(
  { process, entry }: Running,
  { page, connections }: Cell,
  { redis, folder }: Bench,
  { ownLoad }: Effort,
): Promise<Burst> {
  // Made anew each time: an old one would be due for renewal.
  const cookies = await startSessions(process.origin, VISITORS);
  const cookieFile = `${folder}/${STORED_SERVERS.indexOf(entry)}`;
  await Deno.writeTextFile(cookieFile, cookies.join("\n"));
  await warmUp(process.origin + page, cookies[0]);
  const options = { target: page, connections, milliseconds: 1000, ownLoad, cookieFile };
  return await burst(process, { ...options, store: redis });
}

function report(samples: Samples): Result {
  const found: Found = (page, name, connections = CONNECTIONS) => {
    for (const [cell, byName] of samples) {
      if (cell.page === page && cell.connections === connections) return byName.get(name) ?? [];
    }
    return [];
  };
  return {
    tables: [peerTable(found), connectionTable(found), {
      id: "stored-peers-differ",
      columns: ["server", "what it does less or more"],
      text: ["what it does less or more"],
      rows: STORED_SERVERS.map(({ name, does }) => [name, does]),
    }],
    targets: samples.size === 0
      ? []
      : [BY_REDIS, BY_IOREDIS].flatMap((ours) =>
        PAGES.flatMap((page) => targetsOf(found, ours, page))
      ),
    samples: [...samples].map(([{ page, connections }, byName]) => ({
      load: `${page} c=${connections}`,
      servers: Object.fromEntries(byName),
    })),
  };
}

type Found = (page: Page, name: string, connections?: number) => readonly Burst[];

const perSecond = (bursts: readonly Burst[]) => bursts.map((one) => one.perSecond);
const cpu = (bursts: readonly Burst[]) => bursts.map((one) => one.cpu);

/** Against the peer that comes nearest. */
function targetsOf(found: Found, ours: string, page: Page): Target[] {
  const peers = STORED_SERVERS.filter(({ kind }) => kind === "peer");
  const least = (ratioTo: (peer: readonly Burst[]) => number) =>
    Math.min(...peers.map(({ name }) => ratioTo(found(page, name))));
  const own = found(page, ours), rest = { unit: "×", must: "at least" as const, limit: 1 };
  const what = `${ours}, \`${page}\` with sessions in Redis, against the best peer`;
  return [
    {
      what: `${what}, requests a second`,
      measured: least((peer) => pairedRatio(perSecond(own), perSecond(peer))),
      ...rest,
    },
    {
      what: `${what}, requests in the same CPU time`,
      measured: least((peer) => pairedRatio(cpu(peer), cpu(own))),
      ...rest,
    },
  ];
}

function peerTable(found: Found): Table {
  return {
    id: "stored-peers",
    columns: [
      "server, sessions in Redis",
      ...PAGES.flatMap((page) => [`\`${page}\` ×`, "µs CPU", "of Redis", "requests/s"]),
    ],
    rows: STORED_SERVERS.map(({ name }) => [
      found("/read", name).length === 0 ? `${name}: Redis is not installed` : name,
      ...PAGES.flatMap((page) => {
        const bursts = found(page, name);
        return [
          ratio(pairedRatio(cpu(found(page, BY_REDIS)), cpu(bursts))),
          figure(median(cpu(bursts))),
          figure(median(bursts.map(({ storeCpu = NaN }) => storeCpu))),
          figure(median(perSecond(bursts))),
        ];
      }),
    ]),
  };
}

function connectionTable(found: Found): Table {
  const numbers = [...MORE, CONNECTIONS].sort((one, other) => one - other);
  return {
    id: "stored-connections",
    columns: [
      "connections, sessions in Redis",
      "µs CPU",
      "requests/s",
      "half within µs",
      "99 % within µs",
    ],
    rows: [BY_REDIS, BY_IOREDIS].flatMap((name) =>
      PAGES.flatMap((page) =>
        numbers.map((connections) => {
          const bursts = found(page, name, connections);
          return [
            `${name}, \`${page}\`, ${connections}`,
            figure(median(cpu(bursts))),
            figure(median(perSecond(bursts))),
            figure(median(bursts.map(({ p50 }) => p50))),
            figure(median(bursts.map(({ p99 }) => p99))),
          ];
        })
      )
    ),
  };
}
