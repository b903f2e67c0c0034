/**
 * Yardstick: as `hand_subtle.ts`, and the cookies that were verified or signed here are remembered,
 * at most 4,096 of them in two generations.
 *
 * @module
 */

import { HELLO, NOBODY, SECRET, STARTED, stateOf, visitorOf, welcome } from "../payload.ts";
import { serve } from "../serve.ts";
import {
  bytesOf,
  cookieOf,
  openText,
  seal,
  type Stored,
  TAG_LENGTH,
  textOf,
  tokenOf,
  withCookie,
} from "./hand_cookie.ts";

const MOST_PER_GENERATION = 2048;

const algorithm = { name: "HMAC", hash: "SHA-256" };
const secret = new TextEncoder().encode(SECRET);
const key = await crypto.subtle.importKey("raw", secret, algorithm, false, ["sign", "verify"]);
const decoder = new TextDecoder();

let young = new Map<string, string>();
let old = new Map<string, string>();

function remember(cookie: string, text: string): void {
  if (young.size === MOST_PER_GENERATION) [old, young] = [young, new Map()];
  young.set(cookie, text);
}

function read(request: Request): Stored | null | Promise<Stored | null> {
  const cookie = cookieOf(request);
  if (cookie === null) return null;
  const text = young.get(cookie) ?? old.get(cookie);
  return text === undefined ? verify(cookie) : openText(text);
}

async function verify(cookie: string): Promise<Stored | null> {
  const token = bytesOf(cookie);
  if (token === null) return null;
  const signed = token.subarray(0, -TAG_LENGTH);
  const verified = await crypto.subtle.verify("HMAC", key, token.subarray(-TAG_LENGTH), signed);
  if (!verified) return null;
  const text = decoder.decode(signed);
  remember(cookie, text);
  return openText(text);
}

async function write(body: string, stored: Stored): Promise<Response> {
  const text = textOf(stored);
  const token = tokenOf(text);
  const signed = token.subarray(0, -TAG_LENGTH);
  token.set(new Uint8Array(await crypto.subtle.sign("HMAC", key, signed)), signed.length);
  const cookie = seal(token);
  remember(cookie, text);
  return withCookie(body, cookie);
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
