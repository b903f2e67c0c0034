/**
 * Cookies that Python's Pyramid reads and writes.
 *
 * @module
 */

import type { DecodedCookie, SessionCodec } from "../../../session.ts";
import { checkOptions, type OptionKinds, textThatIs } from "../../check_options.ts";
import { Lazy } from "../../lazy.ts";
import { base64urlLength, decodeBase64url, encodeBase64url } from "../crypto/bytes.ts";
import { HMAC_TAG_LENGTH, hmacSign, hmacVerify, importHmacKey } from "../crypto/hmac.ts";
import { checkSecretList, SECRETS_KINDS, type SecretsOptions } from "../crypto/secrets.ts";

/** A secret as Pyramid takes it: text or bytes. */
export type PyramidSecret = string | Uint8Array<ArrayBuffer>;

/** One secret, or a list with the newest first: the first signs, all verify. */
export type PyramidSecrets =
  | PyramidSecret
  | readonly [newest: PyramidSecret, ...older: PyramidSecret[]];

/** The options of {@linkcode pyramidCodec}. */
export interface PyramidCodecOptions extends SecretsOptions {
  /**
   * The text before the secret in the key. Use the `salt` of the Pyramid app.
   *
   * @default {"pyramid.session."}
   */
  readonly salt?: PyramidSecret;
  /** Pyramid's `hashalg`. A hash that SubtleCrypto lacks is refused. @default {"SHA-512"} */
  readonly hash?: "SHA-1" | "SHA-256" | "SHA-384" | "SHA-512";
}

/** The kinds of {@linkcode PyramidCodecOptions}. */
export const PYRAMID_CODEC_KINDS: OptionKinds<PyramidCodecOptions> = {
  ...SECRETS_KINDS,
  salt: {
    expected: "a string or bytes",
    is: (value) => typeof value === "string" || value instanceof Uint8Array,
  },
  hash: textThatIs("the name of a hash of the Web"),
};

/**
 * Makes the codec of Pyramid's `SignedCookieSessionFactory`: base64url of HMAC and payload.
 *
 * Use it to share a sign-in with a Pyramid app. Unlike Pyramid it accepts exactly one spelling of
 * base64url, and at most 4,096 characters.
 *
 * The format does not contain the cookie's name. Two cookies with one secret therefore accept each
 * other's values. The format has no key id either. With several secrets, the codec tries one after
 * the other, so a forged cookie costs one SubtleCrypto call for each.
 *
 * @param secrets One secret, or a list with the newest first. Pyramid itself has one secret only.
 * @param options Salt and hash of the Pyramid app, and the permission to use weak secrets.
 * @throws {ConfigurationError} If an option has a wrong type, or is unknown.
 * @throws {TypeError} If a secret is neither text nor bytes, or if a secret or the salt has lone
 * surrogates.
 * @throws {RangeError} If a secret is too weak, or SubtleCrypto lacks the hash.
 *
 * @example A cookie that Pyramid wrote
 * ```ts
 * import { pyramidCodec } from "@pyramidion/pyramidion";
 * import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const codec = pyramidCodec("abcQWE123!@#", { insecureAllowWeakSecret: true });
 * const decoded = await codec.decode(
 *   "GxmrBFb1KLyh9lPkV0PPP_A1k4RWjafa-os6MnPO6NWN8ghN7168QlohZoKC_fPyU5h0k9ljQh5KlzB86r_031sx" +
 *     "NzAwMDAwMDAwLCAxNzAwMDAwMDAwLjUsIHsidXNlciI6ICJBZG1pbiJ9XQ",
 * );
 * assert("payload" in decoded);
 * assertEquals(
 *   new TextDecoder().decode(decoded.payload),
 *   '[1700000000, 1700000000.5, {"user": "Admin"}]',
 * );
 * ```
 */
export function pyramidCodec(
  secrets: PyramidSecrets,
  options: PyramidCodecOptions = {},
): SessionCodec {
  checkOptions("pyramidCodec()", options, PYRAMID_CODEC_KINDS);
  return new PyramidCodec(secrets, options);
}

class PyramidCodec implements SessionCodec {
  readonly #keys: Lazy<readonly [newest: CryptoKey, ...older: CryptoKey[]]>;
  readonly #tagLength: number;

  constructor(secrets: PyramidSecrets, options: PyramidCodecOptions) {
    const { salt = "pyramid.session.", hash = "SHA-512" } = options;
    if (!Object.hasOwn(HMAC_TAG_LENGTH, hash)) {
      throw new RangeError(
        `Cannot use the hash ${JSON.stringify(hash)}: Web Cryptography has ` +
          Object.keys(HMAC_TAG_LENGTH).map((name) => `"${name}"`).join(", "),
      );
    }
    if (typeof salt === "string" && !salt.isWellFormed()) {
      throw new TypeError("Cannot use the salt: it contains lone surrogates, which have no UTF-8");
    }
    const [newest, ...older] = checkSecretList<PyramidSecret>(secrets, options);
    // Taken now: what is given as bytes may be wiped afterwards.
    const first = saltedKey(salt, newest), others = older.map((secret) => saltedKey(salt, secret));
    const keyOf = (bytes: Uint8Array<ArrayBuffer>) => importHmacKey(bytes, hash);
    this.#keys = new Lazy(() => Promise.all([keyOf(first), ...others.map(keyOf)]));
    this.#tagLength = HMAC_TAG_LENGTH[hash];
  }

  encodedLength(payloadBytes: number): number {
    return base64urlLength(this.#tagLength + payloadBytes);
  }

  async encode(payload: Uint8Array<ArrayBuffer>): Promise<string> {
    const ready = this.#keys.get();
    const [newest] = ready instanceof Promise ? await ready : ready;
    const tag = await hmacSign(newest, payload);
    const token = new Uint8Array(tag.length + payload.length);
    token.set(tag);
    token.set(payload, tag.length);
    return encodeBase64url(token);
  }

  async decode(text: string): Promise<DecodedCookie> {
    const token = decodeBase64url(text);
    if (token === null || token.length < this.#tagLength) return { refused: "malformed" };
    const ready = this.#keys.get();
    const keys = ready instanceof Promise ? await ready : ready;
    const tag = token.subarray(0, this.#tagLength);
    const payload = token.subarray(this.#tagLength);
    for (const [index, key] of keys.entries()) {
      if (await hmacVerify(key, tag, payload)) return { payload, stale: index > 0 };
    }
    return { refused: "bad-mac" };
  }
}

/**
 * Joins salt and secret, as `webob.cookies.SignedSerializer` does. Both are encoded in Latin-1, or
 * both in UTF-8 if one has a character outside of Latin-1. Bytes stay as they are.
 */
function saltedKey(salt: PyramidSecret, secret: PyramidSecret): Uint8Array<ArrayBuffer> {
  const bytesOf = [salt, secret].every(isLatin1) ? latin1 : utf8;
  const first = bytesOf(salt), second = bytesOf(secret);
  const key = new Uint8Array(first.length + second.length);
  key.set(first);
  key.set(second, first.length);
  return key;
}

function isLatin1(part: PyramidSecret): boolean {
  return typeof part !== "string" || /^[\0-\xff]*$/.test(part);
}

function latin1(part: PyramidSecret): Uint8Array {
  return typeof part === "string" ? Uint8Array.from(part, (char) => char.charCodeAt(0)) : part;
}

function utf8(part: PyramidSecret): Uint8Array {
  return typeof part === "string" ? new TextEncoder().encode(part) : part;
}
