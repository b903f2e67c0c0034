/**
 * `secret`: a secret that nobody can guess.
 *
 * @module
 */

const BYTES = 32;

/** Makes a secret: 32 random bytes in base64, 44 characters. */
export function makeSecret(): string {
  return crypto.getRandomValues(new Uint8Array(BYTES)).toBase64();
}
