/**
 * Escapes text from elsewhere, so that a terminal cannot take it for commands.
 *
 * @module
 */

import { isInstanceOf } from "./promises.ts";

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

/** JSON with every control character escaped; its value stays the same. */
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

/** The most errors of a chain that are shown. */
const MAX_ERRORS = 10;
const UNREADABLE = "(it cannot be read)";
const FRAME = /^\s+at .+$/;

/**
 * What was thrown, for the console: itself where a terminal can show it as it is, else its text with
 * every control character escaped. Line breaks of a stack stay; those of a message do not.
 *
 * @param cause What was thrown.
 */
export function printableCause(cause: unknown): unknown {
  try {
    if (typeof cause === "string") return printable(cause);
    if (typeof cause !== "object" || cause === null) return cause;
    if (!(cause instanceof Error)) return inspected(cause);
    const chain = chainOf(cause);
    return chain.every(isReadable) ? cause : printableCauseText(cause);
  } catch {
    return UNREADABLE;
  }
}

/** The same as text in every case, an error with its stack and its causes. */
export function printableCauseText(cause: unknown): string {
  try {
    return cause instanceof Error
      ? chainOf(cause).map(safeText).join("\nCaused by: ")
      : inspected(cause);
  } catch {
    return UNREADABLE;
  }
}

/** An error, its causes and what it is made of. */
function chainOf(error: Error): unknown[] {
  const chain: unknown[] = [];
  const add = (one: unknown): void => {
    if (one === undefined || chain.length === MAX_ERRORS || chain.includes(one)) return;
    chain.push(one);
    if (!isInstanceOf(one, Error)) return;
    if (one instanceof AggregateError) one.errors.forEach(add);
    add(one.cause);
  };
  add(error);
  return chain;
}

/** Whether the console can write it as it is. What throws when it is read would throw there, too. */
function isReadable(one: unknown): boolean {
  try {
    return isPrintable(one);
  } catch {
    return false;
  }
}

/** The text of one error; one that throws when it is read does not hide the others. */
function safeText(one: unknown): string {
  try {
    return textOf(one);
  } catch {
    return UNREADABLE;
  }
}

function isPrintable(one: unknown): boolean {
  if (one instanceof Error) {
    return [one.name, one.message].every((text) => printable(text) === text);
  }
  const text = inspected(one);
  return printableLines(text) === text;
}

function textOf(one: unknown): string {
  if (!(one instanceof Error)) return inspected(one);
  const { name, message, stack = "" } = one;
  // A message may look like frames, so only the text behind it is searched.
  const start = stack.indexOf(message);
  const behind = stack.slice(start === -1 ? 0 : start + message.length).split("\n");
  const frames = behind.filter((line) => FRAME.test(line)).map(printable);
  return [printable(`${name}: ${message}`), ...frames].join("\n");
}

function inspected(value: unknown): string {
  if (typeof value === "string") return printable(value);
  return "Deno" in globalThis
    ? printableLines(Deno.inspect(value, { colors: false }))
    : printable(String(value));
}
