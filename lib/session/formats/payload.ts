/**
 * What a codec carries: a session as text.
 *
 * @module
 */

import type { SessionRecord } from "../../../session.ts";

const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Three times as fast as the strict one. */
const LENIENT = new TextDecoder("utf-8", { ignoreBOM: true });

/** The parts of a record that are written, with `renewed` as it was when the text was made. */
export type WrittenRecord = Omit<SessionRecord, "isNew">;

/** A way to write a session as text and to read it back. */
export interface Payload {
  /**
   * Whether {@linkcode stringify} wrote every text that {@linkcode parse} reads. Then equal texts
   * are equal sessions.
   */
  readonly canonical: boolean;
  /**
   * Writes a session.
   *
   * @throws {TypeError} If a value could not be read back as it is.
   */
  stringify(record: WrittenRecord, renewed: number): string;
  /** Replaces the time of issue in a text that `stringify(record, from)` has just made. */
  restamp(text: string, record: WrittenRecord, renewed: number): string;
  /** Reads a text back, or gives `null` if it does not have the right shape. */
  parse(text: string): WrittenRecord | null;
  /** What each key takes, for a session that is too large. */
  keySizes(record: WrittenRecord): { key: string; bytes: number }[];
}

/** The text of the app's keys alone: equal for equal values. */
export function valuesText(payload: Payload, values: Map<string, unknown>): string {
  return payload.stringify({ values, flash: new Map(), created: 0, renewed: 0 }, 0);
}

/** Decodes the bytes that a codec carried, or gives `null` if they are not UTF-8. */
export function payloadText(bytes: Uint8Array): string | null {
  const text = LENIENT.decode(bytes);
  // U+FFFD stands for bytes that are not UTF-8, and may also have been written as such.
  if (!text.includes("\ufffd")) return text;
  try {
    return STRICT.decode(bytes);
  } catch {
    return null;
  }
}
