/**
 * Redis and PostgreSQL in processes of their own, in folders that go away with them.
 *
 * @module
 */

import { onLoadCore } from "../machine.ts";
import { cpuOf, endLater, freePort } from "./server_process.ts";

/** A running server. */
export interface StoreServer extends AsyncDisposable {
  /** Where it listens on 127.0.0.1. */
  readonly port: number;
  /** CPU time that it has used so far, in microseconds; NaN where /proc is missing. */
  cpu(): number;
}

const POSTGRES_ROOT = "/usr/lib/postgresql";
const PATIENCE = 20_000;

/**
 * Starts Redis without persistence; `null` if it is not installed.
 *
 * @param settings Its options. Default: what docs/stores.md recommends for its memory.
 */
export async function startRedis(
  settings: readonly string[] = ["--hash-max-listpack-value", "1024"],
): Promise<StoreServer | null> {
  if (await outputOf("redis-server", "--version") === null) return null;
  const folder = await Deno.makeTempDir({ prefix: "pyramidion-bench-" });
  const port = freePort();
  const args = [
    ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder],
    ...["--save", "", "--appendonly", "no", ...settings],
  ];
  return await running("redis-server", args, {
    port,
    folder,
    signal: "SIGTERM",
    isReady: () => listens(port),
  });
}

/** Starts PostgreSQL as it is configured by default; `null` if it is not installed. */
export async function startPostgres(): Promise<StoreServer | null> {
  const binaries = await postgresBinaries();
  if (binaries === null) return null;
  const folder = await Deno.makeTempDir({ prefix: "pyramidion-bench-" });
  const port = freePort();
  const data = `${folder}/data`;
  // It refuses to run as root.
  const isRoot = (await outputOf("id", "-u"))?.trim() === "0";
  if (isRoot) await outputOf("chown", "postgres", folder);
  const [program = "env", ...before] = isRoot
    ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    : ["env"];
  const initial = ["-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C"];
  if (await outputOf(program, ...before, `${binaries}/initdb`, ...initial) === null) {
    throw new Error("PostgreSQL cannot make a database");
  }
  const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories="];
  const args = [
    ...[...before, `${binaries}/postgres`, "-D", data, "-p", String(port)],
    ...settings.flatMap((setting) => ["-c", setting]),
  ];
  // It listens before it answers.
  const isReady = async () =>
    await outputOf(`${binaries}/pg_isready`, "-h", "127.0.0.1", "-p", String(port)) !== null;
  // SIGQUIT ends it at once, whoever is connected.
  return await running(program, args, { port, folder, signal: "SIGQUIT", isReady });
}

/** Debian keeps its programs out of the PATH, by version. */
async function postgresBinaries(): Promise<string | null> {
  try {
    const versions = await Array.fromAsync(Deno.readDir(POSTGRES_ROOT), ({ name }) => Number(name));
    const version = Math.max(...versions.filter((one) => !Number.isNaN(one)));
    await Deno.stat(`${POSTGRES_ROOT}/${version}/bin/initdb`);
    return `${POSTGRES_ROOT}/${version}/bin`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** What a command prints; `null` if it is missing or fails. */
async function outputOf(command: string, ...args: string[]): Promise<string | null> {
  try {
    const { success, stdout } = await new Deno.Command(command, { args, stderr: "null" }).output();
    return success ? new TextDecoder().decode(stdout) : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function running(
  program: string,
  parameters: string[],
  { port, folder, signal, isReady }: {
    port: number;
    folder: string;
    signal: Deno.Signal;
    isReady: () => Promise<boolean>;
  },
): Promise<StoreServer> {
  const { command, args } = onLoadCore(program, parameters);
  const child = new Deno.Command(command, { args, stdout: "null", stderr: "null" }).spawn();
  const ended = endLater(child, folder);
  const server: StoreServer = {
    port,
    cpu: () => cpuOf(child.pid),
    [Symbol.asyncDispose]: () => ended(signal),
  };
  try {
    await until(isReady);
    return server;
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

async function until(isReady: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  while (!await isReady()) {
    if (performance.now() > deadline) throw new Error("A server does not answer");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function listens(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}
