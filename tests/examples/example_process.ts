/**
 * An example as its own process, started as its task starts it.
 *
 * @module
 */

import { missingPermission } from "../requirements.ts";

const root = new URL("../../", import.meta.url);
const LISTENING = /Listening on (\S+)\s/;

/** What the tests of the example's process need; `null` where it is there. */
export const missingForExample: string | null = missingPermission(
  { name: "read" },
  { name: "env" },
  { name: "run", command: Deno.execPath() },
  { name: "net", host: "127.0.0.1" },
);

/** What a process wrote, and how it ended. */
export interface Ended {
  /** The exit code. */
  readonly code: number;
  /** Everything on standard output. */
  readonly stdout: string;
  /** Everything on standard error, where `Deno.serve` says that it listens. */
  readonly stderr: string;
}

/** The example's process; disposing of it ends it. */
export class ExampleProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #stdout: Output;
  readonly #stderr: Output;
  #ended: Promise<Ended> | undefined;

  /**
   * Starts the example; {@linkcode ExampleProcess.start} also waits for it.
   *
   * @param env `SESSION_SECRET` or nothing; the port is one that is free.
   * @param task The task.
   * @param permissions Flags besides those of the task.
   * @param folder Where it is started. Default: the root of the repository.
   */
  constructor(
    env: Readonly<Record<string, string>>,
    task = "example",
    permissions: readonly string[] = [],
    folder: string | URL = root,
  ) {
    const { SESSION_SECRET: _secret, PORT: _port, ...inherited } = Deno.env.toObject();
    this.#child = new Deno.Command(Deno.execPath(), {
      args: exampleArguments(task, permissions),
      cwd: folder,
      clearEnv: true,
      env: { ...inherited, NO_COLOR: "1", PORT: "0", ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#stdout = new Output(this.#child.stdout);
    this.#stderr = new Output(this.#child.stderr);
  }

  /**
   * Starts the example and waits until it listens.
   *
   * @throws {Error} With what it wrote, if it ends before.
   */
  static async start(
    env: Readonly<Record<string, string>> = {},
    task = "example",
    permissions: readonly string[] = [],
    folder: string | URL = root,
  ): Promise<ExampleProcess> {
    const process = new ExampleProcess(env, task, permissions, folder);
    if (LISTENING.test(await process.#stderr.until(LISTENING))) return process;
    const { code, stderr } = await process.ended();
    throw new Error(`The example ended with ${code} before it listened: ${stderr}`);
  }

  /** Where it listens: scheme, host and port. */
  get origin(): string {
    const url = LISTENING.exec(this.#stderr.text)?.[1] ?? "";
    return new URL(url).origin;
  }

  /** What it wrote on standard output, as soon as that matches a pattern. */
  output(pattern: RegExp): Promise<string> {
    return this.#stdout.until(pattern);
  }

  /** Waits until it has ended by itself. */
  ended(): Promise<Ended> {
    return this.#ended ??= this.#untilEnded();
  }

  /** Ends it. */
  async stop(): Promise<Ended> {
    if (this.#ended === undefined) this.#child.kill("SIGTERM");
    return await this.ended();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #untilEnded(): Promise<Ended> {
    const [{ code }, stdout, stderr] = await Promise.all([
      this.#child.status,
      this.#stdout.until(null),
      this.#stderr.until(null),
    ]);
    return { code, stdout, stderr };
  }
}

/** What a process writes. */
class Output {
  text = "";
  readonly #reader: ReadableStreamDefaultReader<string>;

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** The text, once it matches or has ended. */
  async until(pattern: RegExp | null): Promise<string> {
    while (pattern === null || !pattern.test(this.text)) {
      const { done, value = "" } = await this.#reader.read();
      this.text += value;
      if (done) break;
    }
    return this.text;
  }
}

/** The arguments of the task, with its permissions and the given ones. */
function exampleArguments(task: string, permissions: readonly string[]): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", root)));
  const [deno, ...args] = String(tasks[task]).split(" ");
  if (deno !== "deno" || args[0] !== "run") {
    throw new Error(`Cannot start the example: its task is not "deno run …": ${tasks[task]}`);
  }
  const script = args.pop() ?? "";
  const config = ["--config", new URL("deno.json", root).pathname];
  const given = args.filter((flag) => !permissions.some((one) => flag.startsWith(`${one}=`)));
  return [...given, ...permissions, ...config, new URL(script, root).pathname];
}
