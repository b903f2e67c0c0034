/**
 * Programs that end by themselves, or are ended.
 *
 * @module
 */

/** How a program ended. */
export interface Ended {
  /** Whether it ended well. */
  readonly success: boolean;
  /** Whether it had to be ended. */
  readonly late: boolean;
  /** Milliseconds that it took. */
  readonly took: number;
  /** What it printed. */
  readonly output: string;
  /** What it complained about. */
  readonly complaint: string;
}

/** How a program is run. */
export interface CommandOptions {
  /** In which folder. */
  readonly cwd: string;
  /** Milliseconds after which it is ended, and all that it started; none: never. */
  readonly limit?: number;
  /** What is added to its environment. */
  readonly env?: Record<string, string>;
}

const running = new Set<number>();

/** Ends everything that still runs. */
export function endAll(): void {
  for (const pid of running) end(pid);
}

/**
 * Runs a program.
 *
 * @param program The program.
 * @param args Its arguments.
 * @param options How it is run.
 */
export async function run(
  program: string,
  args: readonly string[],
  { cwd, limit, env = {} }: CommandOptions,
): Promise<Ended> {
  const started = performance.now();
  const child = new Deno.Command(program, {
    args: [...args],
    cwd,
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    // A group of its own, to be ended as one: tests start servers.
    detached: true,
  }).spawn();
  running.add(child.pid);
  let late = false;
  const timer = limit === undefined ? undefined : setTimeout(() => {
    late = true;
    end(child.pid);
  }, limit);
  try {
    const { success, stdout, stderr } = await child.output();
    const [output, complaint] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    const took = performance.now() - started;
    return { success, late, took, output: output ?? "", complaint: complaint ?? "" };
  } finally {
    clearTimeout(timer);
    running.delete(child.pid);
    // What it has left behind.
    end(child.pid);
  }
}

function end(pid: number): void {
  try {
    Deno.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/**
 * Runs a program that has to end well.
 *
 * @returns What it printed.
 * @throws {Error} If it does not.
 */
export async function outputOf(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<string> {
  const { success, output, complaint } = await run(program, args, { cwd });
  if (!success) throw new Error(`${program} ${args.join(" ")} failed: ${complaint}`);
  return output;
}
