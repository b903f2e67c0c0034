/**
 * What the task tells while it runs.
 *
 * @module
 */

const ENCODER = new TextEncoder();

/** Prints a line. */
export function say(line: string): void {
  Deno.stdout.writeSync(ENCODER.encode(`${line}\n`));
}
