/**
 * An app that a test types from a page of the documentation: files and commands, in a folder that
 * was empty, beside a checkout.
 *
 * @module
 */

import { missingPermission } from "../requirements.ts";
import { type Block, readPage } from "./prose.ts";

/** The folder of the repository. */
export const ROOT = new URL("../../", import.meta.url);

const LISTENING = /Listening on (http:\S+)/;

/** What typing needs; `null` if it is there. */
export const missingForTyping: string | null = missingPermission(
  { name: "read" },
  { name: "write" },
  { name: "env" },
  { name: "run", command: Deno.execPath() },
  { name: "net", host: "127.0.0.1" },
) ?? (Deno.build.os === "windows" ? "the commands are for a shell like bash" : null);

/**
 * The blocks of a page, in their order.
 *
 * @param page Such as `docs/start.md`.
 */
export async function blocksOf(page: string): Promise<readonly Block[]> {
  return readPage(await Deno.readTextFile(new URL(page, ROOT))).blocks;
}

/** A folder `my-app` beside a checkout `pyramidion`; disposing of it removes both. */
export class TypedApp implements AsyncDisposable {
  readonly #parent: string;
  #child: Deno.ChildProcess | undefined;

  private constructor(parent: string) {
    this.#parent = parent;
  }

  /** Makes the folders. */
  static async beside(): Promise<TypedApp> {
    const parent = await Deno.makeTempDir();
    await Deno.symlink(ROOT.pathname.replace(/\/$/, ""), `${parent}/pyramidion`);
    await Deno.mkdir(`${parent}/my-app`);
    return new TypedApp(parent);
  }

  /**
   * Writes a file into the folder of the app.
   *
   * @param name Its name.
   * @param block What stands in it.
   */
  async write(name: string, block: Block | undefined): Promise<void> {
    if (block === undefined) throw new Error(`The page has no block for ${name}`);
    if (!block.above.includes(`\`${name}\``)) throw new Error(`"${block.above}" is not ${name}`);
    await Deno.writeTextFile(`${this.#parent}/my-app/${name}`, block.text);
  }

  /**
   * Runs the commands of a block, of which the last serves the app, in place of what ran before.
   *
   * @param block The commands. They are run as they are, but at a free port and without `--watch`.
   * @returns Where the app listens.
   * @throws {Error} With what they wrote, if they end.
   */
  async serve(block: Block | undefined): Promise<string> {
    await this.#stop();
    const commands = (block?.text ?? "").replace(" --watch", "")
      .replace(/^deno serve /m, "exec deno serve --port 0 ");
    this.#child = this.#shell(commands, { stdout: "null", stderr: "piped" }).spawn();
    let told = "";
    const reader = this.#child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    try {
      while (!LISTENING.test(told)) {
        const { done, value = "" } = await reader.read();
        if (done) throw new Error(`The commands ended: ${told}`);
        told += value;
      }
    } finally {
      await reader.cancel();
    }
    return new URL(LISTENING.exec(told)?.[1] ?? "").origin;
  }

  /**
   * Runs commands to their end.
   *
   * @param commands What is typed.
   * @param env Variables that earlier commands exported.
   * @returns What they wrote, and the exit code of the last.
   */
  async run(
    commands: string,
    env: Record<string, string> = {},
  ): Promise<{ code: number; told: string }> {
    const { code, stdout, stderr } = await this.#shell(commands, {
      stdout: "piped",
      stderr: "piped",
      env,
    }).output();
    const decoder = new TextDecoder();
    return { code, told: decoder.decode(stdout) + decoder.decode(stderr) };
  }

  #shell(commands: string, options: Deno.CommandOptions): Deno.Command {
    const { PASSWORD: _password, ...inherited } = Deno.env.toObject();
    const deno = Deno.execPath().replace(/\/[^/]*$/, "");
    return new Deno.Command("sh", {
      ...options,
      args: ["-ec", commands],
      cwd: `${this.#parent}/my-app`,
      clearEnv: true,
      env: {
        SESSION_SECRET: crypto.getRandomValues(new Uint8Array(32)).toBase64(),
        ...inherited,
        ...options.env,
        PATH: `${deno}:${inherited.PATH ?? ""}`,
        NO_COLOR: "1",
        DENO_NO_PROMPT: "1",
        // The pages say that JSR is not asked.
        JSR_URL: "http://127.0.0.1:1/",
      },
      stdin: "null",
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    await Deno.remove(this.#parent, { recursive: true });
  }

  async #stop(): Promise<void> {
    if (this.#child === undefined) return;
    try {
      this.#child.kill("SIGTERM");
    } catch {
      // It ended by itself.
    }
    await this.#child.status;
    this.#child = undefined;
  }
}
