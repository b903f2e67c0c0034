/**
 * How many columns of a terminal a text takes.
 *
 * @module
 */

/** Marks that stand over or under the character before them. */
const COMBINING = /^\p{M}$/u;

/** East Asian wide and fullwidth characters, and emoji that are pictures by themselves. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u;

/**
 * The columns of one character: 0, 1 or 2.
 *
 * @param character One code point, printable.
 */
export function characterWidth(character: string): 0 | 1 | 2 {
  if (COMBINING.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/**
 * The columns of a text, which must be printable.
 *
 * @param text One line.
 */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}
