/**
 * Peer: Hono with a signed cookie (HMAC-SHA-256) of `hono/cookie`. It has no session of its own:
 * the state is JSON in the cookie, with the times as in ours.
 *
 * @module
 */

import { type Context, Hono } from "hono";
import { getSignedCookie, setSignedCookie } from "hono/cookie";
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

// Bytes: a string would be encoded anew for each request.
const secret = new TextEncoder().encode(SECRET);
const app = new Hono();

async function read(c: Context): Promise<{ created: number; state: State } | null> {
  const text = await getSignedCookie(c, secret, "session");
  if (!text) return null;
  const [renewed, created, state] = JSON.parse(text);
  return Date.now() - renewed > TIMEOUT ? null : { created, state };
}

function write(c: Context, created: number, state: State): Promise<void> {
  const text = JSON.stringify([Date.now(), created, state]);
  return setSignedCookie(c, "session", text, secret, {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
  });
}

app.get("/hello", (c) => c.text(HELLO));
app.get("/start", async (c) => {
  await write(c, Date.now(), stateOf(visitorOf(c.req.url)));
  return c.text(STARTED);
});
app.get("/read", async (c) => {
  const stored = await read(c);
  return stored === null ? c.text(NOBODY, 401) : c.text(welcome(stored.state.user));
});
app.get("/count", async (c) => {
  const { created, state } = await read(c) ?? { created: Date.now(), state: stateOf(0) };
  state.visits++;
  await write(c, created, state);
  return c.text(String(state.visits));
});

serve(app.fetch);
