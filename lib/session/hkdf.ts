/**
 * HKDF-SHA-256 (RFC 5869): keys for each purpose out of one secret.
 *
 * @module
 */

const NO_SALT = new Uint8Array(0);

/**
 * Takes a secret for {@linkcode hkdfSha256}.
 *
 * @param secret Input keying material.
 * @internal
 */
export function importHkdfSecret(secret: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
}

/**
 * Derives bytes for one purpose.
 *
 * @param secret From {@linkcode importHkdfSecret}.
 * @param info The purpose; another info gives bytes that have nothing to do with these.
 * @param length Number of bytes, 1 to 8,160.
 * @param salt Default empty.
 * @internal
 */
export async function hkdfSha256(
  secret: CryptoKey,
  info: Uint8Array<ArrayBuffer>,
  length: number,
  salt: Uint8Array<ArrayBuffer> = NO_SALT,
): Promise<Uint8Array<ArrayBuffer>> {
  const algorithm = { name: "HKDF", hash: "SHA-256", salt, info };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, secret, length * 8));
}
