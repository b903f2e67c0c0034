/**
 * An app behind a real server, with its log kept.
 *
 * @module
 */

import type { App, Logger } from "@pyramidion/pyramidion";
import { missingPermission } from "../requirements.ts";

/** What tests over the socket need; `null` where it is there. */
export const missingForSocket: string | null = missingPermission({
  name: "net",
  host: "127.0.0.1",
});

/** A secret for the sessions of these tests. */
export const SECRET = "w1pQ2ZyqJmS4nT6vK8xB0cD3eF5gH7iL9oR-uYaNbMs=";

/** Keeps what an app logs. */
export class RecordingLogger implements Logger {
  /** Everything logged, oldest first. */
  readonly lines: string[] = [];

  /** Keeps a warning. */
  warn(message: string): void {
    this.lines.push(`warn: ${message}`);
  }

  /** Keeps an error and its cause. */
  error(message: string, cause: unknown): void {
    this.lines.push(`error: ${message}: ${cause}`);
  }
}

/** A server of an app on a free port of 127.0.0.1; disposing of it shuts it down. */
export class WireServer implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  /** What `Deno.serve` itself caught: streams that broke, and whatever the app let through. */
  readonly caught: unknown[] = [];

  /** Serves an app, as `Deno.serve(app.fetch)` does. */
  constructor(app: Pick<App, "fetch">) {
    this.#server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      onListen() {},
      onError: (error) => {
        this.caught.push(error);
        return new Response(null, { status: 500 });
      },
    }, app.fetch);
  }

  /** The port. */
  get port(): number {
    return this.#server.addr.port;
  }

  /** Ends every connection that is done. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}
