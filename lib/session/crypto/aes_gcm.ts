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
 * Takes bytes as a key for {@linkcode aesGcmEncrypt} and {@linkcode aesGcmDecrypt}.
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
export async function aesGcmEncrypt(
  key: CryptoKey,
  nonce: Uint8Array<ArrayBuffer>,
  additionalData: Uint8Array<ArrayBuffer>,
  plaintext: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const algorithm = { name: "AES-GCM", iv: nonce, additionalData };
  return new Uint8Array(await crypto.subtle.encrypt(algorithm, key, plaintext));
}

/**
 * Decrypts what {@linkcode aesGcmEncrypt} made.
 *
 * @param key From {@linkcode importAesGcmKey}.
 * @param nonce The nonce of the encryption.
 * @param additionalData The additional data of the encryption.
 * @param ciphertext Ciphertext and tag.
 * @returns The plaintext, or `null` where anything differs.
 * @internal
 */
export async function aesGcmDecrypt(
  key: CryptoKey,
  nonce: Uint8Array<ArrayBuffer>,
  additionalData: Uint8Array<ArrayBuffer>,
  ciphertext: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const algorithm = { name: "AES-GCM", iv: nonce, additionalData };
  try {
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, ciphertext));
  } catch (error) {
    // The one error of a wrong tag (Web Cryptography, AES-GCM decrypt). Any other is a fault of ours.
    if (error instanceof DOMException && error.name === "OperationError") return null;
    throw error;
  }
}

/**
 * Padded text is a multiple of so many bytes.
 *
 * @internal
 */
export const PADDING_BLOCK = 32;

const MARK = 0x80;

/**
 * Length in bytes of a payload once it is padded: the next multiple above it.
 *
 * @param payloadBytes Length of the payload in bytes.
 * @internal
 */
export function paddedLength(payloadBytes: number): number {
  return payloadBytes - payloadBytes % PADDING_BLOCK + PADDING_BLOCK;
}

/**
 * Appends one byte 0x80, always, and then zeros up to the next multiple of {@linkcode PADDING_BLOCK}.
 *
 * @param payload Bytes of any length.
 * @internal
 */
export function pad(payload: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const padded = new Uint8Array(paddedLength(payload.length));
  padded.set(payload);
  padded[payload.length] = MARK;
  return padded;
}

/**
 * Takes the padding off.
 *
 * @param padded What {@linkcode pad} made.
 * @returns A view of the payload, or `null` for anything that `pad` does not make.
 * @internal
 */
export function unpad(padded: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | null {
  if (padded.length % PADDING_BLOCK !== 0) return null;
  const mark = padded.findLastIndex((byte) => byte !== 0);
  if (padded[mark] !== MARK || mark < padded.length - PADDING_BLOCK) return null;
  return padded.subarray(0, mark);
}
