/**
 * Loading a session from Redis, against a bare GET on the same connection.
 *
 * @module
 */

import process from "node:process";
import { redisStore } from "../../lib/session/stores/redis/redis_store.ts";
import { storedSessionFactory } from "../../mod.ts";
import { startRedis } from "../measure/store_server.ts";
import { PATIENT, SECRET } from "../payload.ts";
import { connectIoredis, connectRedis } from "../redis_connection.ts";
import { type Effort, figure, ratio, type Result, type Target } from "../result.ts";
import { progress } from "../say.ts";
import { median, pairedRatio } from "../statistics.ts";
import { cookieFor, requestWith } from "./sessions.ts";
import { stateOfSize } from "./stored.ts";

type Values = Record<string, unknown>;
type Act = () => Promise<unknown>;

/** What a round gives. */
interface Round {
  /** Microseconds for one, one at a time. */
  readonly latency: number;
  /** Microseconds of CPU time of this process for one, 32 at a time. */
  readonly cpu: number;
  /** How many a second, 32 at a time. */
  readonly perSecond: number;
}

const AT_ONCE = 32;
const GET = "bare GET";
const LOAD = "`load()` of the store";
const SIZES = [
  { title: "300 B", keys: 5, bytes: 300, latency: 1.3, cpu: 2 },
  { title: "3 kB", keys: 20, bytes: 3_000, latency: 1.8, cpu: 2.5 },
];

/** Measures loading from Redis. */
export async function measureStoredRedis(effort: Effort): Promise<Result> {
  await using server = await startRedis();
  if (server === null) {
    const rows = [["Redis is not installed", "–", "–", "–", "–", "–"]];
    return { tables: [{ ...TABLE, rows }], targets: [], samples: {} };
  }
  const redis = await connectRedis(server.port);
  const ioredis = await connectIoredis(server.port);
  try {
    const acts = new Map<string, Act>();
    for (const size of SIZES) {
      for (const [title, client] of [["npm:redis", redis], ["npm:ioredis", ioredis]] as const) {
        for (const [name, act] of await actsOf(client, title, size)) {
          acts.set(keyOf(size.title, title, name), act);
        }
      }
    }
    return report(await rounds(acts, effort));
  } finally {
    redis.destroy();
    ioredis.disconnect();
  }
}

type Client = Awaited<ReturnType<typeof connectRedis | typeof connectIoredis>>;

async function actsOf(
  client: Client,
  title: string,
  { keys, bytes }: typeof SIZES[number],
): Promise<[name: string, act: Act][]> {
  const state = stateOfSize(keys, bytes), key = `json ${title} ${bytes}`;
  await client.set(key, JSON.stringify(state));
  const store = redisStore(client);
  let id = "";
  const factory = storedSessionFactory<Values>(
    {
      ...store,
      create: (created, record, now) => store.create(id = created, record, now),
    },
    SECRET,
    PATIENT,
  );
  const request = requestWith(await cookieFor(factory, state));
  const get = async () => await client.get(key);
  return [
    [GET, get],
    ["GET and `JSON.parse`", async () => JSON.parse(await get() ?? "")],
    [LOAD, () => store.load(id, Date.now())],
    ["a session's load, cookie remembered", async () => await factory.load(request)],
  ];
}

async function rounds(acts: Map<string, Act>, effort: Effort): Promise<Map<string, Round[]>> {
  const all = [...acts], taken = new Map<string, Round[]>(all.map(([name]) => [name, []]));
  // Short and many: what disturbs the machine disturbs neighbours alike.
  const count = effort.quick ? 3 : effort.rounds * 5, warmUp = effort.quick ? 1 : 3;
  for (let round = -warmUp; round < count; round++) {
    progress(`stored-redis: round ${round + 1} of ${count}`);
    for (let turn = 0; turn < all.length; turn++) {
      const [name, act] = all[(turn + round + all.length) % all.length] ?? [];
      if (name === undefined || act === undefined) continue;
      const one = await measured(act, effort.quick ? 200 : 600);
      if (round >= 0) taken.get(name)?.push(one);
    }
  }
  return taken;
}

async function measured(act: Act, times: number): Promise<Round> {
  for (let time = 0; time < times / 4; time++) await act();
  const start = performance.now();
  for (let time = 0; time < times; time++) await act();
  const latency = (performance.now() - start) / times * 1000;
  let left = times * 5;
  const before = process.cpuUsage(), begun = performance.now();
  const lane = async () => {
    while (left-- > 0) await act();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(before);
  return { latency, cpu: (user + system) / (times * 5), perSecond: times * 5 / seconds };
}

const TABLE = {
  id: "stored-redis",
  columns: ["loading from Redis", "µs", "× GET", "µs CPU of the client", "× GET", "a second"],
};

function keyOf(size: string, client: string, name: string): string {
  return `${size}, \`${client}\`, ${name}`;
}

function report(taken: Map<string, Round[]>): Result {
  const column = (key: string, of: keyof Round) => (taken.get(key) ?? []).map((one) => one[of]);
  const rows: string[][] = [], targets: Target[] = [];
  for (const { title, latency, cpu } of SIZES) {
    for (const client of ["npm:redis", "npm:ioredis"]) {
      const bare = keyOf(title, client, GET);
      const against = (key: string, of: keyof Round) =>
        pairedRatio(column(key, of), column(bare, of));
      for (const key of taken.keys()) {
        if (!key.startsWith(keyOf(title, client, ""))) continue;
        rows.push([
          key,
          figure(median(column(key, "latency"))),
          ratio(against(key, "latency")),
          figure(median(column(key, "cpu"))),
          ratio(against(key, "cpu")),
          figure(median(column(key, "perSecond"))),
        ]);
      }
      const load = keyOf(title, client, LOAD);
      const what = `a session's load from Redis, ${title}, \`${client}\`, against a bare GET`;
      const rest = { unit: "×", must: "at most" as const };
      targets.push(
        { what: `${what}: latency`, measured: against(load, "latency"), limit: latency, ...rest },
        { what: `${what}: CPU`, measured: against(load, "cpu"), limit: cpu, ...rest },
      );
    }
  }
  return { tables: [{ ...TABLE, rows }], targets, samples: Object.fromEntries(taken) };
}
