/**
 * Signed cookies: text that anyone can read and only the holder of a secret can write.
 *
 * @module
 */

import type { DecodedCookie, SessionCodec } from "../../../session.ts";
import { checkOptions } from "../../check_options.ts";
import { base64urlLength, decodeBase64url, encodeBase64url } from "../crypto/bytes.ts";
import { HMAC_TAG_LENGTH, hmacSign, hmacVerify } from "../crypto/hmac.ts";
import type { Secrets, SecretsOptions } from "../crypto/secrets.ts";
import {
  CODEC_KINDS,
  type CodecOptions,
  HEADER_LENGTH,
  type NativeFormat,
  NativeToken,
} from "./native_token.ts";

// Signing needs no nonce.
const { randomBytes: _randomBytes, ...KINDS } = CODEC_KINDS;

const FORMAT: NativeFormat = { version: 1, info: "1/signed", algorithm: "HMAC-SHA-256" };
/** Of the key of a stored session. */
const KEY_FORMAT: NativeFormat = { version: 3, info: "3/signed", algorithm: "HMAC-SHA-256" };
/** Of links. */
const LINK_FORMAT: NativeFormat = { version: 4, info: "4/signed", algorithm: "HMAC-SHA-256" };
const TAG_LENGTH = HMAC_TAG_LENGTH["SHA-256"];

/**
 * Makes the codec of format 1: base64url of version, flags, key id, payload and HMAC-SHA-256.
 *
 * HKDF derives the keys from the secrets, with the cookie's name in the info. Encoding costs one
 * SubtleCrypto call. Decoding costs one too, for any number of secrets. A text that is no token, or
 * has an unknown key id, costs no call.
 *
 * @param secrets One secret, or a list with the newest first: the first signs, all verify.
 * @param options The cookie's name, and the permission to use weak secrets.
 * @throws {ConfigurationError} If an option has a wrong type, or is unknown.
 * @throws {TypeError} If a secret is not well-formed text, or the cookie's name is not valid or has
 * a prefix.
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
export function signedCodec(
  secrets: Secrets,
  options: Omit<CodecOptions, "randomBytes"> = {},
): SessionCodec {
  checkOptions("signedCodec()", options, KINDS);
  return new SignedCodec(FORMAT, secrets, options);
}

/**
 * Makes the codec of format 3, for the key of a stored session. It is built as format 1.
 *
 * @param secrets One secret, or a list with the newest first.
 * @param options The cookie's name, and the permission to use weak secrets.
 * @internal
 */
export function storedKeyCodec(secrets: Secrets, options: CodecOptions): SessionCodec {
  return new SignedCodec(KEY_FORMAT, secrets, { ...options, purpose: "stored" });
}

/**
 * Makes the codec of format 4, for the tokens of links. It is built as format 1.
 *
 * @param secrets One secret, or a list with the newest first.
 * @param options The permission to use weak secrets.
 * @internal
 */
export function linkCodec(secrets: Secrets, options: SecretsOptions): SessionCodec {
  return new SignedCodec(LINK_FORMAT, secrets, { ...options, cookieName: "link", purpose: "link" });
}

class SignedCodec implements SessionCodec {
  readonly cookieName: string;
  readonly #tokens: NativeToken;

  constructor(format: NativeFormat, secrets: Secrets, options: CodecOptions) {
    this.#tokens = new NativeToken(format, secrets, options);
    this.cookieName = this.#tokens.cookieName;
  }

  encodedLength(payloadBytes: number): number {
    return base64urlLength(HEADER_LENGTH + payloadBytes + TAG_LENGTH);
  }

  async encode(payload: Uint8Array<ArrayBuffer>): Promise<string> {
    const end = HEADER_LENGTH + payload.length;
    const begun = this.#tokens.begin(end + TAG_LENGTH);
    const { token, key } = begun instanceof Promise ? await begun : begun;
    token.set(payload, HEADER_LENGTH);
    token.set(await hmacSign(key, token.subarray(0, end)), end);
    return encodeBase64url(token);
  }

  decode(text: string): Promise<DecodedCookie> {
    const token = decodeBase64url(text);
    if (token === null || token.length < HEADER_LENGTH + TAG_LENGTH) {
      return Promise.resolve({ refused: "malformed" });
    }
    const signed = token.subarray(0, -TAG_LENGTH);
    const tag = token.subarray(-TAG_LENGTH);
    return this.#tokens.open(
      token,
      (key) =>
        hmacVerify(key, tag, signed)
          .then((isOurs) => isOurs ? signed.subarray(HEADER_LENGTH) : null),
    );
  }
}
