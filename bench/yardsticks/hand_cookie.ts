/**
 * The cookie of the hand-written servers: base64url of `[renewed, created, state]` and 32 bytes
 * behind it, as in our own format.
 *
 * @module
 */

import { COOKIE_ATTRIBUTES, type State, TIMEOUT } from "../payload.ts";

/** Bytes of an HMAC-SHA-256. */
export const TAG_LENGTH = 32;

/** What the cookie says. */
export interface Stored {
  /** When the session began. */
  created: number;
  /** What it holds. */
  state: State;
}

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

/** The text of the session's cookie, if there is one. */
export function cookieOf(request: Request): string | null {
  const header = request.headers.get("cookie");
  if (header === null) return null;
  const start = header.indexOf("session=");
  if (start === -1) return null;
  const end = header.indexOf(";", start);
  return header.slice(start + 8, end === -1 ? header.length : end);
}

/** The bytes of a cookie's text. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
    return bytes.length > TAG_LENGTH ? bytes : null;
  } catch {
    return null;
  }
}

/** Reads the signed bytes; `null` where the session is over. */
export function open(signed: Uint8Array<ArrayBuffer>): Stored | null {
  return openText(DECODER.decode(signed));
}

/** Reads the signed text; `null` where the session is over. */
export function openText(text: string): Stored | null {
  const [renewed, created, state] = JSON.parse(text);
  return Date.now() - renewed > TIMEOUT ? null : { created, state };
}

/** The text to sign. */
export function textOf({ created, state }: Stored): string {
  return JSON.stringify([Date.now(), created, state]);
}

/** A token with room for the tag behind its payload. */
export function tokenOf(text: string): Uint8Array<ArrayBuffer> {
  const payload = ENCODER.encode(text);
  const token = new Uint8Array(payload.length + TAG_LENGTH);
  token.set(payload);
  return token;
}

/** The text of a finished token. */
export function seal(token: Uint8Array<ArrayBuffer>): string {
  return token.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** The answer that writes a cookie. */
export function withCookie(body: string, text: string): Response {
  return new Response(body, {
    headers: { "set-cookie": `session=${text}; ${COOKIE_ATTRIBUTES}` },
  });
}
