/**
 * Strict base64url without padding: each sequence of bytes has exactly one spelling.
 *
 * @module
 */

import { MAX_COOKIE_BYTES } from "../../http/cookies.ts";

/**
 * The most characters of a text that is decoded, because no browser keeps a longer cookie.
 *
 * @internal
 */
export const MAX_TEXT_LENGTH: number = MAX_COOKIE_BYTES;

const SPELLING = { alphabet: "base64url", omitPadding: true } as const;

/**
 * The length of bytes in base64url, in characters.
 *
 * @param bytes Number of bytes.
 * @internal
 */
export function base64urlLength(bytes: number): number {
  return Math.ceil(bytes * 4 / 3);
}

/**
 * Writes bytes as RFC 4648, section 5, without padding.
 *
 * @param bytes What to write.
 * @internal
 */
export function encodeBase64url(bytes: Uint8Array): string {
  return bytes.toBase64(SPELLING);
}

/**
 * Reads what {@linkcode encodeBase64url} wrote, and nothing else.
 *
 * @param text Any text.
 * @returns The bytes, or `null` if the text was not written so. Padding, white space, the other
 * alphabet and loose trailing bits give `null`. More than {@linkcode MAX_TEXT_LENGTH} characters do
 * too.
 * @internal
 */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  const { length } = text;
  const tail = length % 4;
  if (length > MAX_TEXT_LENGTH || tail === 1) return null;
  try {
    const bytes = Uint8Array.fromBase64(text, SPELLING);
    // The native decoder skips white space and padding, which the length tells, and ignores trailing
    // bits, which writing the last bytes again tells.
    if (bytes.length !== Math.floor(length * 3 / 4)) return null;
    if (tail === 0) return bytes;
    const last = bytes.subarray(1 - tail).toBase64(SPELLING);
    return text.endsWith(last) ? bytes : null;
  } catch {
    return null;
  }
}

/** Makes random bytes that an attacker cannot guess. */
export type RandomBytes = (length: number) => Uint8Array<ArrayBuffer>;

/** Makes random bytes with `crypto.getRandomValues()`. */
export function platformRandomBytes(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length));
}
