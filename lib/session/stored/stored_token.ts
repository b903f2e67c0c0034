/**
 * The cookie of a stored session: its id and its secret, signed.
 *
 * @module
 */

import type { SessionCodec } from "../../../session.ts";
import {
  base64urlLength,
  decodeBase64url,
  encodeBase64url,
  type RandomBytes,
} from "../crypto/bytes.ts";
import { sha256 } from "../crypto/sha256.ts";
import { HEADER_LENGTH } from "../formats/native_token.ts";
import type { VerifiedOrRefused } from "../cookies/verified_cookies.ts";

/** The bytes of an id. */
export const ID_LENGTH = 16;
/** The bytes of a secret. */
export const SECRET_LENGTH = 32;
const SECRET_START = HEADER_LENGTH + ID_LENGTH;
const ID_CHARACTERS = base64urlLength(ID_LENGTH);
const HASH_START = ID_CHARACTERS + base64urlLength(SECRET_LENGTH);
const ID = /^[\w-]{21}[AQgw]$/;
const MALFORMED = { refused: "malformed" } as const;

/** What a cookie holds to find its session. */
export interface SessionKey {
  /** The session's id: 22 characters of base64url. It stays for life. */
  readonly id: string;
  /** The secret: 43 characters of base64url. */
  readonly secret: string;
  /** Its SHA-256: 43 characters of base64url. The store holds only this hash. */
  readonly hash: string;
}

/** Whether a text has the shape of an id. */
export function isSessionId(text: unknown): text is string {
  return typeof text === "string" && ID.test(text);
}

/**
 * Makes a key of random bytes.
 *
 * @param randomBytes Where they come from.
 * @param id The session's id. Default: a new one.
 */
export function makeKey(
  randomBytes: RandomBytes,
  id: string = encodeBase64url(randomBytes(ID_LENGTH)),
): SessionKey {
  const secret = randomBytes(SECRET_LENGTH);
  return { id, secret: encodeBase64url(secret), hash: encodeBase64url(sha256(secret)) };
}

/** Writes a key as the text of a cookie. */
export async function writeKey(
  codec: SessionCodec,
  { id, secret }: SessionKey,
): Promise<string> {
  const bytes = new Uint8Array(ID_LENGTH + SECRET_LENGTH);
  bytes.set(decodeBase64url(id) ?? []);
  bytes.set(decodeBase64url(secret) ?? [], ID_LENGTH);
  return await codec.encode(bytes);
}

/** The length of every cookie of a codec, in characters. */
export function keyLength(codec: SessionCodec): number {
  return codec.encodedLength(ID_LENGTH + SECRET_LENGTH);
}

/**
 * Verifies the text of a cookie. What it gives is remembered as text, for {@linkcode keyOf}.
 *
 * The secret is hashed while another thread verifies the signature, so it takes no longer.
 */
export async function verifyKey(codec: SessionCodec, text: string): Promise<VerifiedOrRefused> {
  if (text.length !== keyLength(codec)) return MALFORMED;
  const decoding = codec.decode(text);
  const payload = keyTextIn(text);
  const decoded = await decoding;
  if ("refused" in decoded) return decoded;
  return payload === null ? MALFORMED : { payload, stale: decoded.stale };
}

/** The key in a token that may be forged. */
function keyTextIn(text: string): string | null {
  const token = decodeBase64url(text);
  if (token === null) return null;
  const id = encodeBase64url(token.subarray(HEADER_LENGTH, SECRET_START));
  const bytes = token.subarray(SECRET_START, SECRET_START + SECRET_LENGTH);
  const hash = encodeBase64url(sha256(bytes));
  return keyText({ id, secret: encodeBase64url(bytes), hash });
}

/** A key as it is remembered: each part has one length. */
export function keyText({ id, secret, hash }: SessionKey): string {
  return id + secret + hash;
}

/** The key that {@linkcode keyText} wrote. */
export function keyOf(text: string): SessionKey {
  return {
    id: text.slice(0, ID_CHARACTERS),
    secret: text.slice(ID_CHARACTERS, HASH_START),
    hash: text.slice(HASH_START),
  };
}
