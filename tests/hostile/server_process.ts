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
  readonly #wrote: Promise<unknown>;
  readonly #listens = Promise.withResolvers<number>();
  #output = "";
  #hasEnded = false;
  /** The port on 127.0.0.1. */
  port = 0;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#wrote = Promise.all([this.#read(child.stdout), this.#read(child.stderr)]);
    child.status.then(() => {
      this.#hasEnded = true;
      this.#listens.reject(new Error(`The server did not start:\n${this.#output}`));
    });
    this.#listens.promise.catch(() => {});
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
    const process = new ServerProcess(child);
    process.port = await process.#listens.promise;
    return process;
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

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.#output += text;
      const port = /Listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(this.#output)?.[1];
      if (port !== undefined) this.#listens.resolve(Number(port));
    }
  }
}
