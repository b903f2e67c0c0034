/**
 * Yardstick: the same pages without any cryptography: 32 bytes of zeros stand where the tag would.
 * Nobody may do this; it is the floor. With `vary` as second argument `/read` and `/count` also send
 * `Vary: Cookie`, as ours do.
 *
 * @module
 */

import { HELLO, NOBODY, STARTED, stateOf, visitorOf, welcome } from "../payload.ts";
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

const sendsVary = Deno.args[1] === "vary";

function read(request: Request): Stored | null {
  const text = cookieOf(request);
  const token = text === null ? null : bytesOf(text);
  return token === null ? null : open(token.subarray(0, -TAG_LENGTH));
}

function write(body: string, stored: Stored): Response {
  return withCookie(body, seal(tokenOf(textOf(stored))));
}

function readPage(request: Request): Response {
  const stored = read(request);
  return stored === null
    ? new Response(NOBODY, { status: 401 })
    : new Response(welcome(stored.state.user));
}

function countPage(request: Request): Response {
  const stored = read(request) ?? { created: Date.now(), state: stateOf(0) };
  stored.state.visits++;
  return write(String(stored.state.visits), stored);
}

function varied(response: Response): Response {
  if (sendsVary) response.headers.append("vary", "Cookie");
  return response;
}

/** Answers the pages of the bench. */
export function fetch(request: Request): Response {
  const { url } = request;
  switch (url.slice(url.indexOf("/", 8))) {
    case "/hello":
      return new Response(HELLO);
    case "/read":
      return varied(readPage(request));
    case "/count":
      return varied(countPage(request));
    default:
      return write(STARTED, { created: Date.now(), state: stateOf(visitorOf(url)) });
  }
}

if (import.meta.main) serve(fetch);
