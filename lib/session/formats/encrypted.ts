/**
 * Sealed cookies: text that only the holder of a secret can read or write.
 *
 * @module
 */

import type { Decoded, SessionCodec } from "../../../session.ts";
import { checkOptions, FUNCTION, type OptionKinds, TEXT } from "../../check_options.ts";
import {
  aesGcmOpen,
  aesGcmSeal,
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
import { keyInfo, KeyRing } from "../crypto/key_ring.ts";
import {
  checkSecrets,
  type Secrets,
  SECRETS_KINDS,
  type SecretsOptions,
} from "../crypto/secrets.ts";
import { HEADER_LENGTH, readKeyId, writeHeader } from "./payload.ts";

/** What {@linkcode sealedCodec} takes besides its secrets. */
export interface SealedCodecOptions extends SecretsOptions {
  /** The cookie's name without prefix; a token moved to another name does not open. @default {"session"} */
  readonly cookieName?: string;
  /**
   * Makes the nonces. For tests that need known tokens, and for nothing else: a nonce used twice
   * gives the key away.
   *
   * @default {crypto.getRandomValues}
   */
  readonly randomBytes?: RandomBytes;
}

const KINDS: OptionKinds<SealedCodecOptions> = {
  ...SECRETS_KINDS,
  cookieName: TEXT,
  randomBytes: FUNCTION,
};

const VERSION = 2;
const SEALED_START = HEADER_LENGTH + NONCE_LENGTH;

/**
 * Makes the codec of format 2: base64url of version, flags, key id, nonce and AES-256-GCM.
 *
 * Version, flags and key id are authenticated as additional data. The plaintext is the payload, one
 * byte 0x80, and zeros up to the next multiple of 32 bytes, so that the length says little. Nothing
 * is compressed. Nonces are random: change the secret before it has sealed 2^32 cookies (NIST
 * SP 800-38D, section 8.3), which at 100 a second is a year and four months.
 *
 * @param secrets One secret, or a list with the newest first: the first seals, all open.
 * @param options The cookie's name, and leave for weak secrets.
 * @throws {ConfigurationError} If an option is of a wrong type, or unknown.
 * @throws {TypeError} If a secret or the name is not what it ought to be.
 * @throws {RangeError} If a secret is too weak.
 *
 * @example Nobody else can read it
 * ```ts
 * import { sealedCodec } from "@pyramidion/pyramidion";
 * import { assert, assertEquals, assertNotEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const codec = sealedCodec(crypto.getRandomValues(new Uint8Array(32)).toBase64());
 * const payload = new TextEncoder().encode("hello");
 * const text = await codec.encode(payload);
 * assertNotEquals(await codec.encode(payload), text);
 *
 * const decoded = await codec.decode(text);
 * assert("payload" in decoded);
 * assertEquals(decoded.payload, payload);
 * ```
 */
export function sealedCodec(secrets: Secrets, options: SealedCodecOptions = {}): SessionCodec {
  checkOptions("sealedCodec()", options, KINDS);
  return new SealedCodec(secrets, options);
}

class SealedCodec implements SessionCodec {
  readonly cookieName: string;
  readonly #ring: KeyRing;
  readonly #randomBytes: (length: number) => Uint8Array<ArrayBuffer>;

  constructor(secrets: Secrets, options: SealedCodecOptions) {
    const { cookieName = "session", randomBytes = platformRandomBytes } = options;
    const info = keyInfo("2/sealed", "session", cookieName);
    this.#ring = new KeyRing(checkSecrets(secrets, options), { info, algorithm: "AES-256-GCM" });
    this.#randomBytes = randomBytes;
    this.cookieName = cookieName;
  }

  encodedLength(payloadBytes: number): number {
    return base64urlLength(SEALED_START + paddedLength(payloadBytes) + TAG_LENGTH);
  }

  async encode(payload: Uint8Array<ArrayBuffer>): Promise<string> {
    const keys = this.#ring.keys();
    const [{ id, key }] = keys instanceof Promise ? await keys : keys;
    const token = new Uint8Array(SEALED_START + paddedLength(payload.length) + TAG_LENGTH);
    writeHeader(token, VERSION, id);
    const header = token.subarray(0, HEADER_LENGTH);
    const nonce = this.#randomBytes(NONCE_LENGTH);
    token.set(nonce, HEADER_LENGTH);
    token.set(await aesGcmSeal(key, nonce, header, pad(payload)), SEALED_START);
    return encodeBase64url(token);
  }

  async decode(text: string): Promise<Decoded> {
    const token = decodeBase64url(text);
    if (token === null) return { refused: "malformed" };
    const paddedBytes = token.length - SEALED_START - TAG_LENGTH;
    if (paddedBytes < PADDING_BLOCK || paddedBytes % PADDING_BLOCK !== 0) {
      return { refused: "malformed" };
    }
    const keyId = readKeyId(token, VERSION);
    if (keyId === null) return { refused: "malformed" };

    const ring = this.#ring.keys();
    const keys = ring instanceof Promise ? await ring : ring;
    const header = token.subarray(0, HEADER_LENGTH);
    const nonce = token.subarray(HEADER_LENGTH, SEALED_START);
    const sealed = token.subarray(SEALED_START);
    let refused: "unknown-key" | "bad-mac" = "unknown-key";
    for (const { id, key, stale } of keys) {
      if (id !== keyId) continue;
      const padded = await aesGcmOpen(key, nonce, header, sealed);
      if (padded !== null) {
        const payload = unpad(padded);
        return payload === null ? { refused: "malformed" } : { payload, stale };
      }
      refused = "bad-mac";
    }
    return { refused };
  }
}
