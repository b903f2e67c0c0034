/**
 * The programs that the faults need.
 *
 * @module
 */

/** A program. */
export type Program = "redis-server" | "PostgreSQL" | "nginx";

/** Debian keeps the programs of PostgreSQL out of the PATH, by version. */
const POSTGRES = "/usr/lib/postgresql";

/** Why a fault cannot be tried: the first of the programs that is missing. `null` if none is. */
export async function missingProgram(programs: readonly Program[]): Promise<string | null> {
  for (const program of programs) {
    const isThere = program === "PostgreSQL"
      ? await postgresFolder() !== null
      : await runs(program, program === "nginx" ? "-v" : "--version");
    if (!isThere) return `${program} is not installed`;
  }
  return await runs("pgrep", "--version") ? null : "pgrep is not installed";
}

async function runs(program: string, flag: string): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(program, { args: [flag] }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The folder of initdb and postgres of the newest version. */
export async function postgresFolder(): Promise<string | null> {
  try {
    const versions = await Array.fromAsync(Deno.readDir(POSTGRES), ({ name }) => Number(name));
    const folder = `${POSTGRES}/${Math.max(...versions.filter((one) => !Number.isNaN(one)))}/bin`;
    await Deno.stat(`${folder}/initdb`);
    return folder;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Runs a program to its end, and gives what it wrote. */
export async function output(command: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${command} failed: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout).trim();
}
