/**
 * The environment of the program.
 *
 * @module
 */

/** The environment of the program. A test gives its own. */
export interface CommandEnvironment {
  /** The absolute path of the working folder. Paths and source locations are relative to it. */
  readonly folder: string;
  /** The number of columns of the terminal. `Infinity` if the output goes elsewhere. */
  readonly columns: number;
  /** Whether the terminal shows styles. */
  readonly isColoured: boolean;
  /** The time in milliseconds since 1970. */
  readonly now: number;
  /** The value of an environment variable. */
  variable(name: string): string | undefined;
  /** Reads standard input to its end. */
  readInput(): Promise<string>;
}

/**
 * The environment of this process. The program writes styles only to terminals, and only if
 * `NO_COLOR` is not set.
 */
export function thisMachine(): CommandEnvironment {
  const isTerminal = Deno.stdout.isTerminal();
  return {
    folder: Deno.cwd(),
    columns: isTerminal ? columnsOfTerminal() : Infinity,
    isColoured: isTerminal && !Deno.noColor,
    now: Date.now(),
    variable: (name) => Deno.env.get(name),
    readInput: () => new Response(Deno.stdin.readable).text(),
  };
}

function columnsOfTerminal(): number {
  try {
    return Math.max(40, Deno.consoleSize().columns);
  } catch {
    return 80;
  }
}
