/**
 * A server of the bench in a process of its own.
 *
 * @module
 */

import { onServerCore } from "../machine.ts";

/** How a server is run. */
export interface ServerProcessOptions {
  /** Its arguments behind the port. */
  readonly args?: readonly string[];
  /** Flags of `deno run`. */
  readonly flags?: readonly string[];
}

/** Clock ticks a second in /proc: 100 on every Linux that Deno runs on. */
const TICKS = 100;

let lastPort = 8300;

/** What runs, and its folder if it has one. */
const running = new Map<Deno.ChildProcess, string | undefined>();

/** Ends every server: for when the bench itself is ended. */
export function endAllServers(): void {
  for (const [child, folder] of running) {
    kill(child, "SIGKILL");
    if (folder !== undefined) Deno.removeSync(folder, { recursive: true });
  }
}

/**
 * Has a process end with the bench, and gives what ends it before.
 *
 * @param child The process.
 * @param folder The folder that goes away with it, if it has one.
 */
export function endLater(
  child: Deno.ChildProcess,
  folder?: string,
): (signal: Deno.Signal) => Promise<void> {
  running.set(child, folder);
  return async (signal) => {
    kill(child, signal);
    await child.status;
    running.delete(child);
    if (folder !== undefined) await Deno.remove(folder, { recursive: true });
  };
}

function kill(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It has ended by itself.
  }
}

/**
 * CPU time that a process has used so far, user and system, in microseconds; NaN where /proc is
 * missing.
 */
export function cpuOf(pid: number): number {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    // The name of the process stands in brackets and may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS * 1e6;
  } catch {
    return NaN;
  }
}

/** A running server, on a core of its own where there are two. */
export class ServerProcess implements AsyncDisposable {
  /** Where it listens, without a slash at the end. */
  readonly origin: string;
  readonly #child: Deno.ChildProcess;
  readonly #end: (signal: Deno.Signal) => Promise<void>;
  /** The last that it complained about. */
  #complaint = "";

  private constructor(child: Deno.ChildProcess, port: number) {
    this.#child = child;
    this.#end = endLater(child);
    this.origin = `http://127.0.0.1:${port}`;
    this.#listen(child.stderr.pipeThrough(new TextDecoderStream()));
  }

  /**
   * Starts a server and waits until it answers.
   *
   * @param file Its file, relative to bench/.
   * @param options Its arguments and flags.
   * @throws {Error} If it does not answer within twenty seconds.
   */
  static async start(file: string, options: ServerProcessOptions = {}): Promise<ServerProcess> {
    const port = freePort();
    const path = new URL(`../${file}`, import.meta.url).pathname;
    const { args = [], flags = [] } = options;
    const run = ["run", "-A", "--no-check", ...flags, path, String(port), ...args];
    const { command, args: all } = onServerCore(Deno.execPath(), run);
    const child = new Deno.Command(command, {
      args: all,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const server = new ServerProcess(child, port);
    try {
      await server.#answers();
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw new Error(`${file} does not answer: ${server.#complaint}`, { cause: error });
    }
    return server;
  }

  /** CPU time that it has used so far, user and system, in microseconds; NaN where /proc is missing. */
  cpu(): number {
    return cpuOf(this.#child.pid);
  }

  /** Its resident memory in bytes; NaN where /proc is missing. */
  residentBytes(): number {
    try {
      const status = Deno.readTextFileSync(`/proc/${this.#child.pid}/status`);
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
    } catch {
      return NaN;
    }
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end("SIGKILL");
  }

  async #listen(complaints: ReadableStream<string>): Promise<void> {
    for await (const text of complaints) this.#complaint = (this.#complaint + text).slice(-2000);
  }

  async #answers(): Promise<void> {
    const deadline = performance.now() + 20_000;
    for (;;) {
      try {
        const response = await fetch(`${this.origin}/hello`);
        await response.body?.cancel();
        return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }
}

/** A port that nobody listens on at the moment. */
export function freePort(): number {
  for (;;) {
    lastPort++;
    try {
      Deno.listen({ hostname: "127.0.0.1", port: lastPort }).close();
      return lastPort;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}
