/**
 * Peer: Elysia with its signed cookies (HMAC-SHA-256). It has no session of its own: the state is
 * the cookie's value, with the times as in ours. Under Deno it compares the tags with `===`.
 *
 * @module
 */

import { type Cookie, Elysia } from "elysia";
import {
  HELLO,
  NOBODY,
  SECRET,
  STARTED,
  type State,
  stateOf,
  TIMEOUT,
  visitorOf,
  welcome,
} from "../payload.ts";
import { serve } from "../serve.ts";

type Stored = [renewed: number, created: number, state: State];

function read(value: unknown): Stored | null {
  const stored = (typeof value === "string" ? JSON.parse(value) : value) as Stored | undefined;
  return stored === undefined || Date.now() - stored[0] > TIMEOUT ? null : stored;
}

function write(cookie: Cookie<unknown> | undefined, created: number, state: State): void {
  cookie?.set({
    value: JSON.stringify([Date.now(), created, state]),
    path: "/",
    httpOnly: true,
    sameSite: "lax",
  });
}

const app = new Elysia({ cookie: { secrets: SECRET, sign: ["session"] } })
  .get("/hello", () => HELLO)
  .get("/start", ({ cookie: { session }, request }) => {
    write(session, Date.now(), stateOf(visitorOf(request.url)));
    return STARTED;
  })
  .get("/read", ({ cookie: { session }, status }) => {
    const stored = read(session?.value);
    return stored === null ? status(401, NOBODY) : welcome(stored[2].user);
  })
  .get("/count", ({ cookie: { session } }) => {
    const [, created, state] = read(session?.value) ?? [0, Date.now(), stateOf(0)];
    state.visits++;
    write(session, created, state);
    return String(state.visits);
  })
  // A cookie whose signature is wrong is an error to Elysia, not a fresh start.
  .onError(({ code, status }) => status(code === "INVALID_COOKIE_SIGNATURE" ? 401 : 500, NOBODY));

serve((request) => app.fetch(request));
