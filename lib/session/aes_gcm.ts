/**
 * AES-GCM (NIST SP 800-38D) with 12-byte nonces and 16-byte tags.
 *
 * @module
 */

/**
 * Bytes of the nonce.
 *
 * @internal
 */
export const GCM_NONCE_LENGTH = 12;

/**
 * Bytes of the tag, which follows the ciphertext.
 *
 * @internal
 */
export const GCM_TAG_LENGTH = 16;

/**
 * Takes bytes as a key for {@linkcode aesGcmSeal} and {@linkcode aesGcmOpen}.
 *
 * @param key 32 bytes for AES-256.
 * @internal
 */
export function importAesGcmKey(key: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/**
 * Encrypts and authenticates.
 *
 * @param key From {@linkcode importAesGcmKey}.
 * @param nonce 12 bytes, never used twice with one key.
 * @param additionalData Authenticated and not encrypted.
 * @param plaintext Encrypted and authenticated.
 * @returns Ciphertext and tag.
 * @internal
 */
export async function aesGcmSeal(
  key: CryptoKey,
  nonce: Uint8Array<ArrayBuffer>,
  additionalData: Uint8Array<ArrayBuffer>,
  plaintext: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const algorithm = { name: "AES-GCM", iv: nonce, additionalData };
  return new Uint8Array(await crypto.subtle.encrypt(algorithm, key, plaintext));
}

/**
 * Decrypts what {@linkcode aesGcmSeal} made.
 *
 * @param key From {@linkcode importAesGcmKey}.
 * @param nonce The nonce it was sealed with.
 * @param additionalData The additional data it was sealed with.
 * @param sealed Ciphertext and tag.
 * @returns The plaintext, or `null` where anything differs.
 * @internal
 */
export async function aesGcmOpen(
  key: CryptoKey,
  nonce: Uint8Array<ArrayBuffer>,
  additionalData: Uint8Array<ArrayBuffer>,
  sealed: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const algorithm = { name: "AES-GCM", iv: nonce, additionalData };
  try {
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, sealed));
  } catch (error) {
    // The one error of a wrong tag (Web Cryptography, AES-GCM decrypt); any other is a fault of ours.
    if (error instanceof DOMException && error.name === "OperationError") return null;
    throw error;
  }
}
