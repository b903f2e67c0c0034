/**
 * What a command reads of the machine.
 *
 * @module
 */

/** What a command reads of the machine; a test gives its own. */
export interface CommandEnvironment {
  /** The absolute path from which paths are read, and to which source locations are relative. */
  readonly folder: string;
  /** How many columns the terminal has; `Infinity` where the output goes elsewhere. */
  readonly columns: number;
  /** Whether the terminal shows styles. */
  readonly isColoured: boolean;
  /** The time in milliseconds. */
  readonly now: number;
  /** The value of an environment variable. */
  variable(name: string): string | undefined;
  /** Reads standard input to its end. */
  readInput(): Promise<string>;
}

/**
 * The machine of this process. Styles are written to terminals only, and only if `NO_COLOR` is not
 * set.
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
