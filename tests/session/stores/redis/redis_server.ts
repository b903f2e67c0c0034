/**
 * Redis and Valkey as real processes, and the clients on them.
 *
 * @module
 */

import { once } from "node:events";
import { createClient, createCluster } from "npm:redis@6.3.1";
import { Cluster, Redis } from "npm:ioredis@6.0.0";
import { Redis as Valkey } from "npm:iovalkey@0.4.0";
import {
  type RedisClient,
  redisStore,
  type RedisStoreOptions,
} from "@pyramidion/pyramidion/stores/redis";
import { missingPermission } from "../../../requirements.ts";
import { freePort } from "../free_port.ts";

const permission = missingPermission(
  { name: "read" },
  { name: "write" },
  { name: "run" },
  { name: "net", host: "127.0.0.1" },
);

/** Why Redis cannot be started; `null` where it can. */
export const noRedis: string | null = permission ?? await missing("redis-server");
/** Why Valkey cannot be started; `null` where it can. */
export const noValkey: string | null = permission ?? await missing("valkey-server");

async function missing(program: string): Promise<string | null> {
  try {
    const { success } = await new Deno.Command(program, { args: ["--version"] }).output();
    return success ? null : `${program} does not run`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return `${program} is not installed`;
    throw error;
  }
}

/** A server, which ends with its folder when it is disposed of. */
export interface RedisServer extends AsyncDisposable {
  /** Where it listens. */
  readonly port: number;
  /** Sends a command by a connection of its own. */
  ask(...command: string[]): Promise<unknown>;
}

/**
 * Starts Redis, and waits until it answers.
 *
 * @param settings Its options, such as `--maxmemory`.
 */
export async function startRedis(...settings: string[]): Promise<RedisServer> {
  return await start("redis-server", settings);
}

/** Starts Valkey, and waits until it answers. */
export async function startValkey(): Promise<RedisServer> {
  return await start("valkey-server", []);
}

async function start(program: string, settings: readonly string[]): Promise<RedisServer> {
  const folder = await Deno.makeTempDir();
  const port = await freePort();
  const child = new Deno.Command(program, {
    args: [
      ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder],
      ...["--save", "", "--appendonly", "no", ...settings],
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  const ask = async (...command: string[]) => {
    const client = await senders(port);
    try {
      return await client.sendCommand(command);
    } finally {
      client.destroy();
    }
  };
  // The client tries to connect until it can.
  await ask("PING");
  return {
    port,
    ask,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function senders(port: number) {
  const client = createClient({
    socket: { host: "127.0.0.1", port, reconnectStrategy: 5 },
    disableOfflineQueue: true,
  });
  // What fails is told by the commands, too.
  client.on("error", () => {});
  await client.connect();
  return client;
}

/**
 * Starts three servers that are a cluster, and waits until it can be written to.
 *
 * @returns The first of them. When it is disposed of, all end.
 */
export async function startRedisCluster(): Promise<RedisServer> {
  await using started = new AsyncDisposableStack();
  const nodes: RedisServer[] = [];
  for (const slots of [[0, 5460], [5461, 10922], [10923, 16383]]) {
    const node = started.use(await startRedis("--cluster-enabled", "yes"));
    await node.ask("CLUSTER", "ADDSLOTSRANGE", ...slots.map(String));
    nodes.push(node);
  }
  const [first, ...others] = nodes;
  if (first === undefined) throw new Error("no node was started");
  for (const { port } of others) await first.ask("CLUSTER", "MEET", "127.0.0.1", String(port));
  for (const node of nodes) {
    while (!String(await node.ask("CLUSTER", "INFO")).includes("cluster_state:ok"));
  }
  const all = started.move();
  return { ...first, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

/** A client that a test opened, and how to close it. */
interface OpenClient {
  readonly client: RedisClient;
  close(): unknown;
}

/** Options of `npm:ioredis`, and of what has its interface. */
const CALLER = {
  host: "127.0.0.1",
  enableOfflineQueue: false,
  lazyConnect: true,
  retryStrategy: () => 5,
};

/** Connects a client of `npm:ioredis`, or of what has its interface. */
async function connected(client: Redis | Valkey): Promise<OpenClient> {
  client.on("error", () => {});
  await client.connect();
  const close = async () => {
    const ended = once(client, "end");
    client.disconnect();
    await ended;
  };
  return { client, close };
}

/** Opens a client of each kind. */
export const CLIENTS = {
  async "npm:redis"(port: number): Promise<OpenClient> {
    const client = await senders(port);
    return { client, close: () => client.destroy() };
  },
  "npm:ioredis": (port: number) => connected(new Redis({ ...CALLER, port })),
  "npm:iovalkey": (port: number) => connected(new Valkey({ ...CALLER, port })),
  async "a cluster of npm:redis"(port: number): Promise<OpenClient> {
    const client = createCluster({ rootNodes: [{ socket: { host: "127.0.0.1", port } }] });
    client.on("error", () => {});
    await client.connect();
    return { client, close: () => client.destroy() };
  },
  async "a cluster of npm:ioredis"(port: number): Promise<OpenClient> {
    const client = new Cluster([{ host: "127.0.0.1", port }], { lazyConnect: true });
    client.on("error", () => {});
    await client.connect();
    return { client, close: () => client.quit() };
  },
} as const;

/** The clients by their names. */
export type ClientName = keyof typeof CLIENTS;
/** Those for one Redis. */
export const CLIENT_NAMES = ["npm:redis", "npm:ioredis"] as const;

/** A store with keys of its own, on a connection of its own, which it closes. */
export async function openStore(
  name: ClientName,
  port: number,
  options: RedisStoreOptions = {},
) {
  const { client, close } = await CLIENTS[name](port);
  let isOpen = true;
  return {
    ...redisStore(client, { prefix: `${crypto.randomUUID()}:`, logger: SILENT, ...options }),
    async [Symbol.asyncDispose]() {
      const wasOpen = isOpen;
      isOpen = false;
      if (wasOpen) await close();
    },
  };
}

/** The clocks of tests are not that of the server. */
const SILENT = { warn: () => {}, error: () => {} };
