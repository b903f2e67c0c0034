/**
 * A burst of requests at a server, and what they cost it.
 *
 * @module
 */

import { isInstalled, onLoadCore } from "../machine.ts";
import type { ServerProcess } from "./server_process.ts";

/** What is sent. */
export interface BurstOptions {
  /** Path and query. */
  readonly target: string;
  /** Connections that are kept busy. */
  readonly connections: number;
  /** How long. */
  readonly milliseconds?: number;
  /** How many requests, instead of a time; only with the own load. */
  readonly count?: number;
  /** A file of `Cookie` headers to send by turns. */
  readonly cookieFile?: string;
  /** Whether not to use wrk. */
  readonly ownLoad: boolean;
  /** The server that keeps the sessions. */
  readonly store?: { cpu(): number };
}

/** What it gave. */
export interface Burst {
  /** Requests a second. */
  readonly perSecond: number;
  /** CPU time of the server for one request, in microseconds. */
  readonly cpu: number;
  /** CPU time of the store's server for one request, in microseconds, where there is one. */
  readonly storeCpu?: number;
  /** Half of the requests took less, in microseconds. */
  readonly p50: number;
  /** All but a hundredth took less, in microseconds. */
  readonly p99: number;
}

/**
 * Sends a burst.
 *
 * @throws {Error} If a request failed or was answered with an error.
 */
export async function burst(server: ServerProcess, options: BurstOptions): Promise<Burst> {
  const { store } = options;
  const before = server.cpu(), storeBefore = store?.cpu() ?? 0;
  const line = await load(server.origin + options.target, options);
  const used = server.cpu() - before, storeUsed = (store?.cpu() ?? 0) - storeBefore;
  const { requests, microseconds, failed, p50, p99 } = line;
  if (failed > 0 || requests === 0) {
    throw new Error(`${failed} of ${requests} requests for ${options.target} failed`);
  }
  const perSecond = requests / microseconds * 1e6, cpu = used / requests;
  if (store === undefined) return { perSecond, cpu, p50, p99 };
  return { perSecond, cpu, storeCpu: storeUsed / requests, p50, p99 };
}

interface LoadLine {
  requests: number;
  microseconds: number;
  failed: number;
  p50: number;
  p99: number;
}

async function load(url: string, options: BurstOptions): Promise<LoadLine> {
  const wrk = !options.ownLoad && options.count === undefined && isInstalled("wrk");
  const { command, args } = wrk ? wrkCommand(url, options) : ownCommand(url, options);
  const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
  const text = new TextDecoder().decode(stdout);
  if (!success) throw new Error(`The load failed: ${new TextDecoder().decode(stderr)}${text}`);
  return JSON.parse(text.trim().split("\n").at(-1) ?? "");
}

function wrkCommand(url: string, options: BurstOptions): { command: string; args: string[] } {
  const { connections, milliseconds = 1000, cookieFile } = options;
  const script = new URL("./wrk.lua", import.meta.url).pathname;
  // wrk takes whole seconds alone.
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  const args = ["-t1", `-c${connections}`, `-d${seconds}s`, "-s", script, url];
  if (cookieFile !== undefined) args.push("--", cookieFile);
  return onLoadCore("wrk", args);
}

function ownCommand(url: string, options: BurstOptions): { command: string; args: string[] } {
  const { connections, milliseconds = 0, count = 0, cookieFile } = options;
  const script = new URL("./own_load.ts", import.meta.url).pathname;
  const args = [
    "run",
    "-A",
    "--no-check",
    script,
    url,
    ...[connections, milliseconds, count].map(String),
  ];
  if (cookieFile !== undefined) args.push(cookieFile);
  return onLoadCore(Deno.execPath(), args);
}
