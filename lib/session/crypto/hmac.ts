/**
 * HMAC (RFC 2104) over whole tags: a shortened tag never verifies.
 *
 * @module
 */

/** The hashes with which SubtleCrypto computes an HMAC. */
export type HmacHash = "SHA-1" | "SHA-256" | "SHA-384" | "SHA-512";

/**
 * Length of the tag in bytes, by hash.
 *
 * @internal
 */
export const HMAC_TAG_LENGTH: Readonly<Record<HmacHash, number>> = {
  "SHA-1": 20,
  "SHA-256": 32,
  "SHA-384": 48,
  "SHA-512": 64,
};

/**
 * Takes bytes as a key for {@linkcode hmacSign} and {@linkcode hmacVerify}.
 *
 * @param key One byte or more, because SubtleCrypto refuses an empty key.
 * @param hash The only hash the key will ever be used with.
 * @internal
 */
export function importHmacKey(key: Uint8Array<ArrayBuffer>, hash: HmacHash): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", key, { name: "HMAC", hash }, false, ["sign", "verify"]);
}

/**
 * Computes the tag of some bytes.
 *
 * @param key From {@linkcode importHmacKey}.
 * @param data What to sign.
 * @internal
 */
export async function hmacSign(
  key: CryptoKey,
  data: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, data));
}

/**
 * Checks in constant time whether a tag belongs to some bytes.
 *
 * @param key From {@linkcode importHmacKey}.
 * @param tag The whole tag.
 * @param data What was signed.
 * @internal
 */
export function hmacVerify(
  key: CryptoKey,
  tag: Uint8Array<ArrayBuffer>,
  data: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  return crypto.subtle.verify("HMAC", key, tag, data);
}

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
 * @param info The purpose. Another info gives independent bytes.
 * @param length Number of bytes, 1 to 8,160.
 * @param salt The salt. Default: empty.
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

/**
 * Computes a hash without a key.
 *
 * @param hash The name of the hash.
 * @param bytes What to hash.
 * @internal
 */
export async function digest(
  hash: HmacHash,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest(hash, bytes));
}
