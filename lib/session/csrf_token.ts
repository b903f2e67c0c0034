/**
 * CSRF tokens: one secret a session, masked anew for every response, so that compressed pages do not
 * give it away letter by letter (BREACH).
 *
 * @module
 */

import { timingSafeEqual } from "jsr:@std/crypto@^1.0.0/timing-safe-equal";
import { base64urlLength, decodeBase64url } from "./base64url.ts";
import type { RandomBytes } from "./random_bytes.ts";

const LENGTH = 32;
const BASE64URL = { alphabet: "base64url", omitPadding: true } as const;

/** Makes a name of 256 random bits that nobody can guess: 43 characters of base64url. */
export function makeToken(randomBytes: RandomBytes): string {
  return randomBytes(LENGTH).toBase64(BASE64URL);
}

/** Hides a token behind random bytes: base64url of mask and masked token. */
export function maskToken(token: string, randomBytes: RandomBytes): string {
  const bytes = tokenBytes(token, LENGTH);
  if (bytes === null) return token;
  const masked = new Uint8Array(2 * LENGTH);
  masked.set(randomBytes(LENGTH));
  for (let i = 0; i < LENGTH; i++) masked[LENGTH + i] = masked[i]! ^ bytes[i]!;
  return masked.toBase64(BASE64URL);
}

/** Whether `presented` is `token` behind some mask. */
export function maskedTokenMatches(token: string, presented: string): boolean {
  const expected = tokenBytes(token, LENGTH);
  const masked = tokenBytes(presented, 2 * LENGTH);
  if (expected === null || masked === null) return false;
  const unmasked = new Uint8Array(LENGTH);
  for (let i = 0; i < LENGTH; i++) unmasked[i] = masked[i]! ^ masked[LENGTH + i]!;
  return timingSafeEqual(unmasked, expected);
}

function tokenBytes(text: string, length: number): Uint8Array<ArrayBuffer> | null {
  if (text.length !== base64urlLength(length)) return null;
  return decodeBase64url(text);
}
