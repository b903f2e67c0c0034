/**
 * The cookie of a stored session: its id and its secret, signed.
 *
 * @module
 */

import type { SessionCodec } from "../../../session.ts";
import { decodeBase64url, encodeBase64url, type RandomBytes } from "../crypto/bytes.ts";
import { sha256 } from "../crypto/hmac.ts";
import { HEADER_LENGTH } from "../formats/native_token.ts";
import type { VerifiedOrRefused } from "../cookies/verified_cookies.ts";

/** The bytes of an id. */
export const ID_LENGTH = 16;
/** The bytes of a secret. */
export const SECRET_LENGTH = 32;
const SECRET_START = HEADER_LENGTH + ID_LENGTH;
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
export async function makeKey(
  randomBytes: RandomBytes,
  id: string = encodeBase64url(randomBytes(ID_LENGTH)),
): Promise<SessionKey> {
  const secret = randomBytes(SECRET_LENGTH);
  return { id, secret: encodeBase64url(secret), hash: encodeBase64url(await sha256(secret)) };
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
 * The secret is hashed while the signature is verified: two calls at once take as long as one.
 */
export async function verifyKey(codec: SessionCodec, text: string): Promise<VerifiedOrRefused> {
  const token = decodeBase64url(text);
  if (token === null || text.length !== keyLength(codec)) return MALFORMED;
  const hashed = sha256(token.slice(SECRET_START, SECRET_START + SECRET_LENGTH));
  const decoded = await codec.decode(text);
  const hash = encodeBase64url(await hashed);
  if ("refused" in decoded) return decoded;
  const { payload, stale } = decoded;
  const id = encodeBase64url(payload.subarray(0, ID_LENGTH));
  const secret = encodeBase64url(payload.subarray(ID_LENGTH));
  return { payload: keyText({ id, secret, hash }), stale };
}

/** A key as it is remembered. */
export function keyText({ id, secret, hash }: SessionKey): string {
  return `${id}.${secret}.${hash}`;
}

/** The key that {@linkcode keyText} wrote. */
export function keyOf(text: string): SessionKey {
  const [id = "", secret = "", hash = ""] = text.split(".");
  return { id, secret, hash };
}
