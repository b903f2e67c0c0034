/**
 * PostgreSQL as a real process, and both clients on it.
 *
 * @module
 */

import pg from "npm:pg@8.23.1";
import postgres from "npm:postgres@3.4.9";
import {
  type PgClient,
  type PostgresClient,
  type PostgresRow,
  postgresStore,
  type PostgresStoreOptions,
} from "@pyramidion/pyramidion/stores/postgres";
import { missingPermission } from "../../../requirements.ts";
import { freePort } from "../free_port.ts";

/** It has no types of its own, and those of others bring all of Node's. */
type PgConnection = PgClient & {
  connect(): Promise<unknown>;
  end(): Promise<void>;
  on(event: "error", listener: () => void): unknown;
};

const permission = missingPermission(
  { name: "read" },
  { name: "write" },
  { name: "run" },
  { name: "net", host: "127.0.0.1" },
);
const binaries = permission === null ? await findBinaries() : null;

/** Why no server can be started; `null` where it can. */
export const noPostgres: string | null = permission ??
  (binaries === null ? "PostgreSQL is not installed" : null);

/** The folder of initdb and postgres: Debian keeps them out of the PATH, by version. */
async function findBinaries(): Promise<string | null> {
  const root = "/usr/lib/postgresql";
  try {
    const versions = await Array.fromAsync(Deno.readDir(root), ({ name }) => Number(name));
    const version = Math.max(...versions.filter((one) => !Number.isNaN(one)));
    await Deno.stat(`${root}/${version}/bin/initdb`);
    return `${root}/${version}/bin`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function run(command: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${command} failed: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout).trim();
}

/** PostgreSQL refuses to run as root, so root runs it as the user `postgres`. */
async function asUser(folder: string): Promise<string[]> {
  if (await run("id", "-u") !== "0") return ["env"];
  await run("chown", "postgres", folder);
  return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"];
}

/** A server, which ends with its folder when it is disposed of. */
export interface PostgresServer extends AsyncDisposable {
  /** Where it listens. */
  readonly port: number;
  /** Carries statements out, on a connection of its own. */
  ask(sql: string): Promise<readonly PostgresRow[]>;
}

/**
 * Starts a server, and waits until it answers.
 *
 * @param settings Its settings, such as `max_connections=50`.
 */
export async function startPostgres(...settings: string[]): Promise<PostgresServer> {
  const folder = await Deno.makeTempDir();
  const port = await freePort();
  const [program = "", ...before] = await asUser(folder);
  const data = `${folder}/data`;
  const initial = ["-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C"];
  await run(program, ...before, `${binaries}/initdb`, "--no-sync", ...initial);
  const all = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", ...settings];
  const child = new Deno.Command(program, {
    args: [
      ...[...before, `${binaries}/postgres`, "-D", data, "-p", String(port)],
      ...all.flatMap((setting) => ["-c", setting]),
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  const ask = async (sql: string) => {
    const client: PgConnection = new pg.Client({ host: "127.0.0.1", port, user: "postgres" });
    // What fails is told by the statement, too.
    client.on("error", () => {});
    try {
      await client.connect();
      return (await client.query({ text: sql })).rows;
    } finally {
      await client.end();
    }
  };
  await untilItAnswers(() => ask("SELECT 1"));
  return {
    port,
    ask,
    async [Symbol.asyncDispose]() {
      // At once, whoever is connected.
      child.kill("SIGQUIT");
      await child.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function untilItAnswers(ask: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt++) {
    try {
      await ask();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  throw new Error("PostgreSQL does not answer");
}

/** A client that a test opened, and how to close it. */
interface OpenClient {
  readonly client: PostgresClient;
  close(): Promise<void>;
}

/** Opens a client of each kind, whose tables lie in a schema. */
export const CLIENTS = {
  "npm:pg"(port: number, schema: string): OpenClient {
    const options = `-c search_path=${schema}`;
    const client: PgConnection = new pg.Pool({
      host: "127.0.0.1",
      port,
      user: "postgres",
      max: 5,
      options,
    });
    client.on("error", () => {});
    return { client, close: () => client.end() };
  },
  "npm:postgres"(port: number, schema: string): OpenClient {
    const client = postgres({
      host: "127.0.0.1",
      port,
      user: "postgres",
      max: 5,
      connection: { search_path: schema },
      onnotice: () => {},
      // It waits longer after each failure.
      backoff: false,
      // A timer for each connection, which would outlast it.
      max_lifetime: null,
    });
    // It would wait for ever for a connection that was killed.
    return { client, close: () => client.end({ timeout: 0.1 }) };
  },
} as const;

/** The clients by their names. */
export type ClientName = keyof typeof CLIENTS;
/** All of them. */
export const CLIENT_NAMES = ["npm:pg", "npm:postgres"] as const;

/** The clocks of tests are not that of the server. */
const SILENT = { warn: () => {}, error: () => {} };

/** A store with tables of its own, on connections of its own, which it closes. */
export async function openStore(
  name: ClientName,
  { port, ask }: Pick<PostgresServer, "port" | "ask">,
  options: PostgresStoreOptions = {},
) {
  const schema = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  await ask(`CREATE SCHEMA ${schema}`);
  const store = openStoreIn(name, port, schema, options);
  await store.createTables();
  return store;
}

/** A store in a schema that is there. */
export function openStoreIn(
  name: ClientName,
  port: number,
  schema: string,
  options: PostgresStoreOptions = {},
) {
  const { client, close } = CLIENTS[name](port, schema);
  let isOpen = true;
  return {
    ...postgresStore(client, { logger: SILENT, ...options }),
    schema,
    async [Symbol.asyncDispose]() {
      const wasOpen = isOpen;
      isOpen = false;
      if (wasOpen) await close();
    },
  };
}
