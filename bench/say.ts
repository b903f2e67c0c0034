/**
 * What the bench tells while it runs.
 *
 * @module
 */

const ENCODER = new TextEncoder();

/** Prints a line. */
export function say(line: string): void {
  Deno.stdout.writeSync(ENCODER.encode(`${line}\n`));
}

/** Prints how far a part has come: over the last line on a terminal, else on a line of its own. */
export function progress(line: string): void {
  if (Deno.stderr.isTerminal()) Deno.stderr.writeSync(ENCODER.encode(`\r\x1b[K${line}`));
  else Deno.stderr.writeSync(ENCODER.encode(`${line}\n`));
}

/** Ends a line of {@linkcode progress}. */
export function progressDone(): void {
  if (Deno.stderr.isTerminal()) Deno.stderr.writeSync(ENCODER.encode("\r\x1b[K"));
}
