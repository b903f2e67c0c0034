/**
 * Slow hashes of passwords: PBKDF2 of the Web Crypto API, which needs no package.
 *
 * @module
 */

import { timingSafeEqual } from "jsr:@std/crypto@^1.0.0/timing-safe-equal";

/** The hash of a password, and what it was salted with. */
export interface PasswordHash {
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly hash: Uint8Array<ArrayBuffer>;
}

/** OWASP Password Storage Cheat Sheet, PBKDF2 with HMAC-SHA-256. */
const ITERATIONS = 600_000;

// Without it, a quick answer would tell which names exist.
const decoy = hashPassword(crypto.randomUUID());

/** Makes the hash of a password. It takes as long as a verification. */
export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  return { salt, hash: await derive(password, salt) };
}

/**
 * Whether a hash is that of a password.
 *
 * @param known The hash, or `undefined` if there is no such user. The answer takes as long.
 */
export async function verifyPassword(
  password: string,
  known: PasswordHash | undefined,
): Promise<boolean> {
  const { salt, hash } = known ?? await decoy;
  const isEqual = timingSafeEqual(hash, await derive(password, salt));
  return isEqual && known !== undefined;
}

async function derive(
  password: string,
  salt: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  // One text can be typed as different code points. NFC makes them equal.
  const bytes = new TextEncoder().encode(password.normalize("NFC"));
  const key = await crypto.subtle.importKey("raw", bytes, "PBKDF2", false, ["deriveBits"]);
  const parameters = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ITERATIONS };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 256));
}
