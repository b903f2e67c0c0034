/**
 * The app in a process of its own.
 *
 * @module
 */

import type { AppSecrets, AppSettings } from "./app_settings.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const APP = new URL("app.ts", import.meta.url).pathname;

const SECRETS: AppSecrets = { secret: randomSecret(), formerSecret: randomSecret() };

/** A process that runs the app. It ends when it is disposed of, and with this process. */
export class AppProcess implements AsyncDisposable {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Where it listens. */
  readonly port: number;
  readonly #child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
    this.origin = `http://127.0.0.1:${port}`;
  }

  /**
   * Starts the app, and waits until it listens.
   *
   * @throws {Error} If it ends before. Its own words are on the standard error stream.
   */
  static async start(settings: AppSettings): Promise<AppProcess> {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        "--frozen",
        APP,
        JSON.stringify({ ...SECRETS, ...settings }),
      ],
      cwd: ROOT,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value } = await reader.read();
    await reader.cancel();
    const port = Number(value);
    if (value !== undefined && Number.isSafeInteger(port)) return new AppProcess(child, port);
    await child.stdin.close();
    await child.status;
    throw new Error("The app ended before it listened");
  }

  /** The number of the process. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }

  /** Lets it answer what is under way, and ends it. */
  async shutDown(): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#child.stdin.close();
    } catch {
      // It ended before.
    }
    await this.#child.status;
  }
}

function randomSecret(): string {
  return crypto.getRandomValues(new Uint8Array(32)).toBase64();
}
