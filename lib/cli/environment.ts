/**
 * What a command sees of the machine.
 *
 * @module
 */

/** What a command sees of the machine, so that tests can say what it is. */
export interface Surroundings {
  /** The folder from which paths are told and read. */
  readonly folder: string;
  /** How many columns the terminal has; Infinity where the output goes elsewhere. */
  readonly columns: number;
  /** Whether titles may be set off by colours. */
  readonly isColoured: boolean;
  /** The time in milliseconds. */
  readonly now: number;
  /** A variable of the environment. */
  variable(name: string): string | undefined;
  /** Everything on standard input. */
  readInput(): Promise<string>;
}

/**
 * The machine that this process runs on. Colours are for terminals, and for those who have not set
 * `NO_COLOR`.
 */
export function thisMachine(): Surroundings {
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
