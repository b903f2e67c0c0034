/**
 * The format of a session cookie, as its bytes tell it.
 *
 * @module
 */

import {
  GCM_NONCE_LENGTH,
  GCM_TAG_LENGTH,
  PADDING_BLOCK,
} from "../../../session/crypto/aes_gcm.ts";
import { decodeBase64url, MAX_TEXT_LENGTH } from "../../../session/crypto/bytes.ts";
import { HMAC_TAG_LENGTH } from "../../../session/crypto/hmac.ts";
import { HEADER_LENGTH } from "../../../session/formats/native_token.ts";
import type { PyramidCodecOptions } from "../../../session/formats/pyramid.ts";
import { KEY_LENGTH } from "./inspect_stored.ts";

/** The hash of a Pyramid cookie. */
export type PyramidHash = NonNullable<PyramidCodecOptions["hash"]>;

/** The format of a cookie, and the parts that are readable without a secret. */
export type RecognizedFormat =
  | {
    /** The formats 1 and 2 of this library. */
    readonly format: "signed" | "encrypted";
    /** The first byte. */
    readonly version: number;
    /** The second byte. Its bits have no meaning yet. */
    readonly flags: number;
    /** The identifier of the key: four bytes that are derived from its secret, in hexadecimal. */
    readonly keyId: string;
    /** The payload of a signed cookie. `null` for an encrypted cookie. */
    readonly payload: Uint8Array<ArrayBuffer> | null;
  }
  | {
    /** Format 3: the key of a stored session. */
    readonly format: "stored";
    /** The first byte. */
    readonly version: number;
    /** The second byte. Its bits have no meaning yet. */
    readonly flags: number;
    /** The identifier of the key that signed it: four bytes, in hexadecimal. */
    readonly keyId: string;
    /** Id and secret. They are never shown together. */
    readonly key: Uint8Array<ArrayBuffer>;
  }
  | {
    /** Pyramid's `SignedCookieSessionFactory`. */
    readonly format: "pyramid";
    /** The hash, which follows from the length of the signature. */
    readonly hash: PyramidHash;
    /** The payload. */
    readonly payload: Uint8Array<ArrayBuffer>;
  }
  | {
    /** An unknown format. */
    readonly format: "unknown";
    /** The reason. */
    readonly because: string;
  };

const SIGNED = 1;
const ENCRYPTED = 2;
const STORED = 3;
const PAYLOAD = /^\[\d+(?:\.\d+)?(?:e[+-]?\d+)?, ?\d+(?:\.\d+)?(?:e[+-]?\d+)?, ?\{/;

/**
 * Recognizes the format of a cookie's value.
 *
 * @param value Any text.
 */
export function recognizeFormat(value: string): RecognizedFormat {
  const token = value === "" ? null : decodeBase64url(value);
  if (token === null) return { format: "unknown", because: whyNotBase64url(value) };
  return nativeFormat(token) ?? pyramidFormat(token) ?? {
    format: "unknown",
    because: "its first bytes fit no format, or it is too short for the format that they name",
  };
}

function nativeFormat(token: Uint8Array<ArrayBuffer>): RecognizedFormat | null {
  const [version, flags] = token;
  if (version === undefined || flags === undefined) return null;
  const keyId = token.subarray(2, HEADER_LENGTH).toHex();
  if (version === SIGNED && token.length >= HEADER_LENGTH + HMAC_TAG_LENGTH["SHA-256"]) {
    // A signature of Pyramid can begin with our version number, so that the payload decides.
    const pyramid = pyramidFormat(token);
    const payload = token.slice(HEADER_LENGTH, -HMAC_TAG_LENGTH["SHA-256"]);
    if (pyramid !== null && !isPayload(payload)) return pyramid;
    return { format: "signed", version, flags, keyId, payload };
  }
  const tag = HMAC_TAG_LENGTH["SHA-256"];
  if (version === STORED && token.length === HEADER_LENGTH + KEY_LENGTH + tag) {
    const key = token.slice(HEADER_LENGTH, -tag);
    return pyramidFormat(token) ?? { format: "stored", version, flags, keyId, key };
  }
  const encrypted = token.length - HEADER_LENGTH - GCM_NONCE_LENGTH - GCM_TAG_LENGTH;
  if (version === ENCRYPTED && encrypted >= PADDING_BLOCK && encrypted % PADDING_BLOCK === 0) {
    return pyramidFormat(token) ?? { format: "encrypted", version, flags, keyId, payload: null };
  }
  return null;
}

function pyramidFormat(token: Uint8Array<ArrayBuffer>): RecognizedFormat | null {
  const hashes: readonly PyramidHash[] = ["SHA-512", "SHA-384", "SHA-256", "SHA-1"];
  for (const hash of hashes) {
    const payload = token.slice(HMAC_TAG_LENGTH[hash]);
    if (isPayload(payload)) return { format: "pyramid", hash, payload };
  }
  return null;
}

/** Whether it is `[renewed, created, {…}` in JSON of this library or of Python. */
function isPayload(bytes: Uint8Array<ArrayBuffer>): boolean {
  try {
    return PAYLOAD.test(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return false;
  }
}

function whyNotBase64url(value: string): string {
  if (value === "") return "it is empty";
  if (value.length > MAX_TEXT_LENGTH) {
    return `it has ${value.length} characters, and every format has at most ${MAX_TEXT_LENGTH}`;
  }
  const odd = /[^A-Za-z0-9_-]/u.exec(value)?.[0];
  if (odd === "=") return 'it ends with "=", and no format does';
  if (odd !== undefined) return `"${odd}" is not a character of base64url`;
  return "it is cut off, or changed at its end";
}
