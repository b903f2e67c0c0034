/**
 * Encrypted cookies: text that only the holder of a secret can read or write.
 *
 * @module
 */

import type { DecodedCookie, SessionCodec } from "../../../session.ts";
import { checkOptions } from "../../check_options.ts";
import {
  aesGcmDecrypt,
  aesGcmEncrypt,
  GCM_NONCE_LENGTH as NONCE_LENGTH,
  GCM_TAG_LENGTH as TAG_LENGTH,
  pad,
  paddedLength,
  PADDING_BLOCK,
  unpad,
} from "../crypto/aes_gcm.ts";
import {
  base64urlLength,
  decodeBase64url,
  encodeBase64url,
  platformRandomBytes,
  type RandomBytes,
} from "../crypto/bytes.ts";
import type { Secrets } from "../crypto/secrets.ts";
import {
  CODEC_KINDS,
  type CodecOptions,
  HEADER_LENGTH,
  type NativeFormat,
  NativeToken,
} from "./native_token.ts";

// Encrypted cookies were called sealed in release 0.1.0: the info of their keys is as it was.
const FORMAT: NativeFormat = { version: 2, info: "2/sealed", algorithm: "AES-256-GCM" };
const CIPHERTEXT_START = HEADER_LENGTH + NONCE_LENGTH;

/**
 * Makes the codec of format 2: base64url of version, flags, key id, nonce and AES-256-GCM.
 *
 * Version, flags and key id are authenticated as additional data. The plaintext is the payload, one
 * byte 0x80, and zeros up to the next multiple of 32 bytes. The padding hides the exact length. The
 * codec does not compress.
 *
 * Nonces are random. Change the secret before it has encrypted 2^32 cookies (NIST SP 800-38D,
 * section 8.3). At 100 cookies a second this takes a year and four months.
 *
 * @param secrets One secret, or a list with the newest first: the first encrypts, all decrypt.
 * @param options The cookie's name, and the permission to use weak secrets.
 * @throws {ConfigurationError} If an option has a wrong type, or is unknown.
 * @throws {TypeError} If a secret is not well-formed text, or the cookie's name is not valid or has
 * a prefix.
 * @throws {RangeError} If a secret is too weak.
 *
 * @example Only the holder of the secret can read
 * ```ts
 * import { encryptedCodec } from "@pyramidion/pyramidion";
 * import { assert, assertEquals, assertNotEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const codec = encryptedCodec(crypto.getRandomValues(new Uint8Array(32)).toBase64());
 * const payload = new TextEncoder().encode("hello");
 * const text = await codec.encode(payload);
 * assertNotEquals(await codec.encode(payload), text);
 *
 * const decoded = await codec.decode(text);
 * assert("payload" in decoded);
 * assertEquals(decoded.payload, payload);
 * ```
 */
export function encryptedCodec(secrets: Secrets, options: CodecOptions = {}): SessionCodec {
  checkOptions("encryptedCodec()", options, CODEC_KINDS);
  return new EncryptedCodec(secrets, options);
}

class EncryptedCodec implements SessionCodec {
  readonly cookieName: string;
  readonly #tokens: NativeToken;
  readonly #randomBytes: RandomBytes;

  constructor(secrets: Secrets, options: CodecOptions) {
    this.#tokens = new NativeToken(FORMAT, secrets, options);
    this.#randomBytes = options.randomBytes ?? platformRandomBytes;
    this.cookieName = this.#tokens.cookieName;
  }

  encodedLength(payloadBytes: number): number {
    return base64urlLength(CIPHERTEXT_START + paddedLength(payloadBytes) + TAG_LENGTH);
  }

  async encode(payload: Uint8Array<ArrayBuffer>): Promise<string> {
    const length = CIPHERTEXT_START + paddedLength(payload.length) + TAG_LENGTH;
    const begun = this.#tokens.begin(length);
    const { token, key } = begun instanceof Promise ? await begun : begun;
    const header = token.subarray(0, HEADER_LENGTH);
    const nonce = this.#randomBytes(NONCE_LENGTH);
    token.set(nonce, HEADER_LENGTH);
    token.set(await aesGcmEncrypt(key, nonce, header, pad(payload)), CIPHERTEXT_START);
    return encodeBase64url(token);
  }

  async decode(text: string): Promise<DecodedCookie> {
    const token = decodeBase64url(text);
    if (token === null) return { refused: "malformed" };
    const paddedBytes = token.length - CIPHERTEXT_START - TAG_LENGTH;
    if (paddedBytes < PADDING_BLOCK || paddedBytes % PADDING_BLOCK !== 0) {
      return { refused: "malformed" };
    }
    const header = token.subarray(0, HEADER_LENGTH);
    const nonce = token.subarray(HEADER_LENGTH, CIPHERTEXT_START);
    const ciphertext = token.subarray(CIPHERTEXT_START);
    const decoded = await this.#tokens.open(
      token,
      (key) => aesGcmDecrypt(key, nonce, header, ciphertext),
    );
    if ("refused" in decoded) return decoded;
    const payload = unpad(decoded.payload);
    return payload === null ? { refused: "malformed" } : { payload, stale: decoded.stale };
  }
}
