/**
 * Signed cookies: text that anyone can read and only the holder of a secret can write.
 *
 * @module
 */

import type { Decoded, SessionCodec } from "../../../session.ts";
import { checkOptions, oneOf, type OptionKinds, TEXT } from "../../check_options.ts";
import { base64urlLength, decodeBase64url, encodeBase64url } from "../crypto/bytes.ts";
import { HMAC_TAG_LENGTH, hmacSign, hmacVerify } from "../crypto/hmac.ts";
import { keyInfo, KeyRing } from "../crypto/key_ring.ts";
import {
  checkSecrets,
  type Secrets,
  SECRETS_KINDS,
  type SecretsOptions,
} from "../crypto/secrets.ts";
import { HEADER_LENGTH, readKeyId, writeHeader } from "./payload.ts";

/** What {@linkcode signedCodec} takes besides its secrets. */
export interface SignedCodecOptions extends SecretsOptions {
  /** The cookie's name without prefix; a token moved to another name does not verify. @default {"session"} */
  readonly cookieName?: string;
  /**
   * What the payload is: a whole session or the id of a stored one. A token of one does not verify
   * as the other.
   *
   * @default {"session"}
   * @internal
   */
  readonly purpose?: "session" | "stored";
}

const KINDS: OptionKinds<SignedCodecOptions> = {
  ...SECRETS_KINDS,
  cookieName: TEXT,
  purpose: oneOf("session", "stored"),
};

const VERSION = 1;
const TAG_LENGTH = HMAC_TAG_LENGTH["SHA-256"];

/**
 * Makes the codec of format 1: base64url of version, flags, key id, payload and HMAC-SHA-256.
 *
 * The keys come from the secrets by HKDF, with the cookie's name in the info. Encoding costs one
 * SubtleCrypto call; decoding one, or none where the text is not a token or its key is not ours,
 * however many secrets there are.
 *
 * @param secrets One secret, or a list with the newest first: the first signs, all verify.
 * @param options The cookie's name, and leave for weak secrets.
 * @throws {ConfigurationError} If an option is of a wrong type, or unknown.
 * @throws {TypeError} If a secret or the name is not what it ought to be.
 * @throws {RangeError} If a secret is too weak.
 *
 * @example Only the holder of the secret can write
 * ```ts
 * import { signedCodec } from "@pyramidion/pyramidion";
 * import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const secret = crypto.getRandomValues(new Uint8Array(32)).toBase64();
 * const codec = signedCodec(secret);
 * const text = await codec.encode(new TextEncoder().encode("hello"));
 *
 * const decoded = await codec.decode(text);
 * assert("payload" in decoded);
 * assertEquals(new TextDecoder().decode(decoded.payload), "hello");
 *
 * const cart = signedCodec(secret, { cookieName: "cart" });
 * assertEquals(await cart.decode(text), { refused: "bad-mac" });
 * ```
 */
export function signedCodec(secrets: Secrets, options: SignedCodecOptions = {}): SessionCodec {
  checkOptions("signedCodec()", options, KINDS);
  return new SignedCodec(secrets, options);
}

class SignedCodec implements SessionCodec {
  readonly cookieName: string;
  readonly #ring: KeyRing;

  constructor(secrets: Secrets, options: SignedCodecOptions) {
    const { cookieName = "session", purpose = "session" } = options;
    const info = keyInfo("1/signed", purpose, cookieName);
    this.#ring = new KeyRing(checkSecrets(secrets, options), { info, algorithm: "HMAC-SHA-256" });
    this.cookieName = cookieName;
  }

  encodedLength(payloadBytes: number): number {
    return base64urlLength(HEADER_LENGTH + payloadBytes + TAG_LENGTH);
  }

  async encode(payload: Uint8Array<ArrayBuffer>): Promise<string> {
    const keys = this.#ring.keys();
    const [{ id, key }] = keys instanceof Promise ? await keys : keys;
    const end = HEADER_LENGTH + payload.length;
    const token = new Uint8Array(end + TAG_LENGTH);
    writeHeader(token, VERSION, id);
    token.set(payload, HEADER_LENGTH);
    token.set(await hmacSign(key, token.subarray(0, end)), end);
    return encodeBase64url(token);
  }

  async decode(text: string): Promise<Decoded> {
    const token = decodeBase64url(text);
    if (token === null || token.length < HEADER_LENGTH + TAG_LENGTH) {
      return { refused: "malformed" };
    }
    const keyId = readKeyId(token, VERSION);
    if (keyId === null) return { refused: "malformed" };

    const ring = this.#ring.keys();
    const keys = ring instanceof Promise ? await ring : ring;
    const signed = token.subarray(0, -TAG_LENGTH);
    const tag = token.subarray(-TAG_LENGTH);
    let refused: "unknown-key" | "bad-mac" = "unknown-key";
    for (const { id, key, stale } of keys) {
      if (id !== keyId) continue;
      if (await hmacVerify(key, tag, signed)) {
        return { payload: signed.subarray(HEADER_LENGTH), stale };
      }
      refused = "bad-mac";
    }
    return { refused };
  }
}
