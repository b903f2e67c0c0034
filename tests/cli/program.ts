/**
 * The program as a process, and the environment of a command in a test.
 *
 * @module
 */

import type { CommandEnvironment } from "@pyramidion/pyramidion/cli";
import { missingPermission } from "../requirements.ts";

/** The folder of the library. */
export const root = new URL("../../", import.meta.url);

/** An environment that has nothing, except for what is given. */
export function environment(over: Partial<CommandEnvironment> = {}): CommandEnvironment {
  return {
    folder: root.pathname.replace(/\/$/, ""),
    columns: Infinity,
    isColoured: false,
    now: Date.now(),
    variable: () => undefined,
    readInput: () => Promise.resolve(""),
    ...over,
  };
}

/** What is missing to run the program; `null` where nothing is. */
export const programMissing = missingPermission(
  { name: "read" },
  { name: "write" },
  { name: "env" },
  { name: "run", command: Deno.execPath() },
);

/** Runs the program, as the task `cli` does, or with the given permissions only. */
export async function program(
  args: readonly string[],
  options: {
    cwd?: string | URL;
    secret?: string;
    input?: string;
    permissions?: readonly string[];
  } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { cwd = root, secret, input = "", permissions = ["-A"] } = options;
  const { SESSION_SECRET: _secret, ...inherited } = Deno.env.toObject();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      ...permissions,
      "--config",
      new URL("deno.json", root).pathname,
      new URL("lib/cli/mod.ts", root).pathname,
      ...args,
    ],
    cwd,
    clearEnv: true,
    env: { ...inherited, NO_COLOR: "1", ...secret === undefined ? {} : { SESSION_SECRET: secret } },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
