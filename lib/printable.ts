/**
 * Escapes text from visitors, so that a terminal does not read it as commands.
 *
 * @module
 */

import { isInstanceOf } from "./promises.ts";

/** Control and format characters (bidirectional overrides among them), lone surrogates, and separators of lines and paragraphs. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const NAMED: ReadonlyMap<string, string> = new Map([["\n", "\\n"], ["\r", "\\r"], ["\t", "\\t"]]);

/** The most errors of a chain that are shown. */
const MAX_ERRORS = 10;
const UNREADABLE = "(it cannot be read)";
const FRAME = /^\s+at .+$/;

/**
 * Returns the text in one line, with control characters and invisible characters escaped.
 *
 * Such characters can move the cursor, change colours or reverse the direction of writing. An
 * escape is written as `\n`, `\x1b` or `\u{202e}`.
 *
 * @param text Any text.
 */
export function printable(text: string): string {
  return isPlain(text) ? text : text.replace(UNPRINTABLE, escaped);
}

/** Escapes each line as {@linkcode printable} does, and keeps the line breaks. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

/**
 * Writes a value as JSON with every control character escaped. `JSON.parse()` reads the same value.
 */
export function printableJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2) ?? "null";
  return text.split("\n").map((line) => line.replace(UNPRINTABLE, codeUnits)).join("\n");
}

/**
 * Writes a value as JSON in one line, with every control character escaped. `JSON.parse()` reads the
 * same value.
 */
export function printableJsonLine(value: unknown): string {
  const text = JSON.stringify(value) ?? "null";
  return isPlain(text) ? text : text.replace(UNPRINTABLE, codeUnits);
}

/** Whether a text is printable ASCII, as nearly all are. The whole class takes ten times as long. */
function isPlain(text: string): boolean {
  return !/[^\x20-\x7e]/.test(text);
}

/**
 * Prepares a thrown value for the console.
 *
 * An error that a terminal can print safely is returned unchanged. For any other error the result
 * is its text with control characters escaped. Line breaks in a stack are kept, and those in a
 * message are escaped.
 *
 * @param cause The thrown value.
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

/** Writes a thrown value as escaped text, an error with its stack and its causes. */
export function printableCauseText(cause: unknown): string {
  try {
    return cause instanceof Error
      ? chainOf(cause).map(safeText).join("\nCaused by: ")
      : inspected(cause);
  } catch {
    return UNREADABLE;
  }
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

/** Returns the error, its causes, and the errors of each `AggregateError`, at most 10. */
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

/**
 * Whether the console can print the value safely. A value whose getters throw cannot be printed.
 */
function isReadable(one: unknown): boolean {
  try {
    return isPrintable(one);
  } catch {
    return false;
  }
}

/**
 * The text of one error of a chain. If an error cannot be read, then the others are still shown.
 */
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
  // A message can look like stack frames, so only the text after it is searched.
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
