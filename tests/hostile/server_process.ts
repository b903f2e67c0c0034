/**
 * The hostile app as a process of its own, under each of the two servers.
 *
 * @module
 */

import { missingPermission } from "../requirements.ts";

/** What tests with a process of their own need; `null` where it is there. */
export const missingForProcess: string | null = missingPermission(
  { name: "run", command: Deno.execPath() },
  { name: "net", host: "127.0.0.1" },
);

/** How an app is served. */
export type Server = "Deno.serve" | "deno serve";

const APP = new URL("hostile_app.ts", import.meta.url).pathname;

const ARGUMENTS: Readonly<Record<Server, readonly string[]>> = {
  "Deno.serve": ["run", "--allow-net=127.0.0.1", "--allow-read", APP, "--serve"],
  "deno serve": ["serve", "--host=127.0.0.1", "--port=0", "--allow-read", APP],
};

/** A server that listens; disposing of it ends it. */
export class ServerProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #wrote: Promise<void>;
  #output = "";
  #hasEnded = false;
  /** The port on 127.0.0.1. */
  readonly port: number;

  private constructor(
    child: Deno.ChildProcess,
    port: number,
    output: string,
    wrote: Promise<void>,
  ) {
    this.#child = child;
    this.port = port;
    this.#output = output;
    this.#wrote = wrote;
    child.status.then(() => this.#hasEnded = true);
  }

  /** Starts it, and waits until it listens. */
  static async start(server: Server): Promise<ServerProcess> {
    const child = new Deno.Command(Deno.execPath(), {
      args: [...ARGUMENTS[server]],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    let output = "";
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> => {
      for await (const text of stream.pipeThrough(new TextDecoderStream())) {
        output += text;
        const port = /Listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1];
        if (port !== undefined) resolve(Number(port));
        if (started !== undefined) started.#output = output;
      }
    };
    let started: ServerProcess | undefined;
    const wrote = Promise.all([read(child.stdout), read(child.stderr)]).then(() => {
      reject(new Error(`The server did not start:\n${output}`));
    });
    promise.catch(() => {});
    started = new ServerProcess(child, await promise, output, wrote);
    return started;
  }

  /** Whether the process has ended by itself. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** What it wrote. */
  get output(): string {
    return this.#output;
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasEnded) this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#wrote;
  }
}
