/**
 * What stands out in the output of a command, where there are colours.
 *
 * @module
 */

/** Sets text off; without colours it stays as it is. */
export interface Emphasis {
  /** For titles. */
  strong(text: string): string;
  /** For what matters less. */
  faint(text: string): string;
}

/** The way to set text off (ECMA-48, SGR). */
export function emphasis(isColoured: boolean): Emphasis {
  const set = (on: number, off: number) => (text: string): string =>
    isColoured && text !== "" ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return { strong: set(1, 22), faint: set(2, 22) };
}
