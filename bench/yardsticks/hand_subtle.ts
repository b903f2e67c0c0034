/**
 * Yardstick: a switch and HMAC-SHA-256 by SubtleCrypto under a key imported once. What a careful
 * person writes without a library, and no more.
 *
 * @module
 */

import { HELLO, NOBODY, SECRET, STARTED, stateOf, visitorOf, welcome } from "../payload.ts";
import { serve } from "../serve.ts";
import {
  bytesOf,
  cookieOf,
  open,
  seal,
  type Stored,
  TAG_LENGTH,
  textOf,
  tokenOf,
  withCookie,
} from "./hand_cookie.ts";

const algorithm = { name: "HMAC", hash: "SHA-256" };
const secret = new TextEncoder().encode(SECRET);
const key = await crypto.subtle.importKey("raw", secret, algorithm, false, ["sign", "verify"]);

async function read(request: Request): Promise<Stored | null> {
  const text = cookieOf(request);
  const token = text === null ? null : bytesOf(text);
  if (token === null) return null;
  const signed = token.subarray(0, -TAG_LENGTH);
  const verified = await crypto.subtle.verify("HMAC", key, token.subarray(-TAG_LENGTH), signed);
  return verified ? open(signed) : null;
}

async function write(body: string, stored: Stored): Promise<Response> {
  const token = tokenOf(textOf(stored));
  const signed = token.subarray(0, -TAG_LENGTH);
  token.set(new Uint8Array(await crypto.subtle.sign("HMAC", key, signed)), signed.length);
  return withCookie(body, seal(token));
}

async function readPage(request: Request): Promise<Response> {
  const stored = await read(request);
  return stored === null
    ? new Response(NOBODY, { status: 401 })
    : new Response(welcome(stored.state.user));
}

async function countPage(request: Request): Promise<Response> {
  const stored = await read(request) ?? { created: Date.now(), state: stateOf(0) };
  stored.state.visits++;
  return await write(String(stored.state.visits), stored);
}

/** Answers the pages of the bench. */
export function fetch(request: Request): Response | Promise<Response> {
  const { url } = request;
  switch (url.slice(url.indexOf("/", 8))) {
    case "/hello":
      return new Response(HELLO);
    case "/read":
      return readPage(request);
    case "/count":
      return countPage(request);
    default:
      return write(STARTED, { created: Date.now(), state: stateOf(visitorOf(url)) });
  }
}

if (import.meta.main) serve(fetch);
