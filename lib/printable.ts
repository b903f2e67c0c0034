/**
 * Text from elsewhere that a terminal shows and does not obey.
 *
 * @module
 */

/** Control and format characters (bidirectional overrides among them), lone surrogates, and separators of lines and paragraphs. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const NAMED: ReadonlyMap<string, string> = new Map([["\n", "\\n"], ["\r", "\\r"], ["\t", "\\t"]]);

/**
 * The text in one line, with every character escaped that would move the cursor, change colours,
 * turn the order of writing round, or not be seen: `\n`, `\x1b`, `\u{202e}`.
 *
 * @param text Anything at all.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

/** {@linkcode printable}, line by line. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

/** JSON that a terminal does not obey: what is escaped stays the same JSON. */
export function printableJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2) ?? "null";
  return text.split("\n").map((line) => line.replace(UNPRINTABLE, codeUnits)).join("\n");
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  return NAMED.get(character) ?? (code < 0x100 ? `\\x${hex.padStart(2, "0")}` : `\\u{${hex}}`);
}

function codeUnits(character: string): string {
  return Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`,
  ).join("");
}
