/**
 * Which of the known formats a session cookie is of, as far as can be told without its secret.
 *
 * @module
 */

import { decodeBase64url, MAX_TEXT_LENGTH } from "../session/base64url.ts";
import { GCM_NONCE_LENGTH, GCM_TAG_LENGTH } from "../session/aes_gcm.ts";
import { HMAC_TAG_LENGTH } from "../session/hmac.ts";
import { PADDING_BLOCK } from "../session/padding.ts";
import type { PyramidCodecOptions } from "../session/pyramid_codec.ts";
import { HEADER_LENGTH } from "../session/token_header.ts";

/** The hash of a Pyramid cookie. */
export type PyramidHash = NonNullable<PyramidCodecOptions["hash"]>;

/** A cookie's format, with what stands openly in it. */
export type CookieFormat =
  | {
    /** Our formats 1 and 2. */
    readonly format: "signed" | "sealed";
    /** The first byte. */
    readonly version: number;
    /** The second byte: all bits unset, as yet. */
    readonly flags: number;
    /** Which key, by four bytes of its secret's derivation, in hexadecimal. */
    readonly keyId: string;
    /** The payload of a signed cookie, which anybody can read; `null` for a sealed one. */
    readonly payload: Uint8Array<ArrayBuffer> | null;
  }
  | {
    /** Pyramid's `SignedCookieSessionFactory`. */
    readonly format: "pyramid";
    /** By the length of what stands before the payload. */
    readonly hash: PyramidHash;
    /** The payload. */
    readonly payload: Uint8Array<ArrayBuffer>;
  }
  | {
    /** None that is known. */
    readonly format: "unknown";
    /** Why not. */
    readonly because: string;
  };

const SIGNED = 1;
const SEALED = 2;
const PAYLOAD = /^\[\d+(?:\.\d+)?(?:e[+-]?\d+)?, ?\d+(?:\.\d+)?(?:e[+-]?\d+)?, ?\{/;

/**
 * Tells the format of a cookie's value.
 *
 * @param value Anything at all.
 */
export function cookieFormat(value: string): CookieFormat {
  const token = value === "" ? null : decodeBase64url(value);
  if (token === null) return { format: "unknown", because: whyNotBase64url(value) };
  return nativeFormat(token) ?? pyramidFormat(token) ?? {
    format: "unknown",
    because: "it begins like none of the formats, or is too short for the one that it begins like",
  };
}

function nativeFormat(token: Uint8Array<ArrayBuffer>): CookieFormat | null {
  const [version, flags] = token;
  if (version === undefined || flags === undefined) return null;
  const keyId = token.subarray(2, HEADER_LENGTH).toHex();
  if (version === SIGNED && token.length >= HEADER_LENGTH + HMAC_TAG_LENGTH["SHA-256"]) {
    // A tag of Pyramid's that begins like our version: what follows tells.
    const pyramid = pyramidFormat(token);
    const payload = token.slice(HEADER_LENGTH, -HMAC_TAG_LENGTH["SHA-256"]);
    if (pyramid !== null && !isPayload(payload)) return pyramid;
    return { format: "signed", version, flags, keyId, payload };
  }
  const sealed = token.length - HEADER_LENGTH - GCM_NONCE_LENGTH - GCM_TAG_LENGTH;
  if (version === SEALED && sealed >= PADDING_BLOCK && sealed % PADDING_BLOCK === 0) {
    return pyramidFormat(token) ?? { format: "sealed", version, flags, keyId, payload: null };
  }
  return null;
}

function pyramidFormat(token: Uint8Array<ArrayBuffer>): CookieFormat | null {
  const hashes: readonly PyramidHash[] = ["SHA-512", "SHA-384", "SHA-256", "SHA-1"];
  for (const hash of hashes) {
    const payload = token.slice(HMAC_TAG_LENGTH[hash]);
    if (isPayload(payload)) return { format: "pyramid", hash, payload };
  }
  return null;
}

/** Whether it is `[renewed, created, {…}` as JSON writes it, ours or Python's. */
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
    return `it has ${value.length} characters, and none of the formats more than ${MAX_TEXT_LENGTH}`;
  }
  const odd = /[^A-Za-z0-9_-]/u.exec(value)?.[0];
  if (odd === "=") return 'it ends in "=", which none of the formats has';
  if (odd !== undefined) return `"${odd}" is no character of base64url`;
  return "it is cut off, or changed at its end";
}
