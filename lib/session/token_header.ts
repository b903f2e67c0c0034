/**
 * The first six bytes of our own formats: version, flags, key id.
 *
 * @module
 */

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
