/**
 * What a codec carries: the text that a session is written as.
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
  /** Whether what {@linkcode parse} reads was written by {@linkcode stringify}, so that the text itself tells whether a session changed. */
  readonly canonical: boolean;
  /**
   * Writes a session.
   *
   * @throws {TypeError} If a value could not be read back as it is.
   */
  stringify(record: WrittenRecord, renewed: number): string;
  /** Replaces the time of issue in a text that `stringify(record, from)` has just made. */
  restamp(text: string, record: WrittenRecord, renewed: number): string;
  /** Reads a text back; `null` where it is not of the right shape. */
  parse(text: string): WrittenRecord | null;
  /** What each key takes, for a session that is too large. */
  keySizes(record: WrittenRecord): { key: string; bytes: number }[];
}

/** The text of the app's keys alone, to compare two states by. */
export function stateText(payload: Payload, values: Map<string, unknown>): string {
  return payload.stringify({ values, flash: new Map(), created: 0, renewed: 0 }, 0);
}

/** The text of what a codec carried; `null` where it is not UTF-8. */
export function payloadText(bytes: Uint8Array): string | null {
  const text = LENIENT.decode(bytes);
  // What cannot be read becomes this, and somebody may have written it.
  if (!text.includes("\ufffd")) return text;
  try {
    return STRICT.decode(bytes);
  } catch {
    return null;
  }
}

/**
 * Bytes of the header.
 *
 * @internal
 */
export const HEADER_LENGTH = 6;

/**
 * Writes version, empty flags and key id at the start of a token.
 *
 * @param token At least {@linkcode HEADER_LENGTH} bytes, zero where the flags go.
 * @param version The format, 1 to 255.
 * @param keyId An unsigned 32-bit integer, written big-endian.
 * @internal
 */
export function writeHeader(token: Uint8Array<ArrayBuffer>, version: number, keyId: number): void {
  token[0] = version;
  token[2] = keyId >>> 24;
  token[3] = keyId >>> 16;
  token[4] = keyId >>> 8;
  token[5] = keyId;
}

/**
 * Reads the key id of a token.
 *
 * @param token At least {@linkcode HEADER_LENGTH} bytes.
 * @param version The only version that is accepted.
 * @returns `null` where the version is another or any flag is set.
 * @internal
 */
export function readKeyId(token: Uint8Array<ArrayBuffer>, version: number): number | null {
  if (token[0] !== version || token[1] !== 0) return null;
  return (token[2]! << 24 | token[3]! << 16 | token[4]! << 8 | token[5]!) >>> 0;
}
