/**
 * Where random bytes come from.
 *
 * @module
 */

/** Makes so many random bytes that nobody can guess. */
export type RandomBytes = (length: number) => Uint8Array<ArrayBuffer>;

/** Random bytes of the platform. */
export function platformRandomBytes(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length));
}
