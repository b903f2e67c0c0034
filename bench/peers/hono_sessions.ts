/**
 * Peer: Hono with the cookie store of `hono-sessions`: iron-webcrypto 1 (PBKDF2 with one
 * iteration for two keys, HMAC-SHA-256, AES-256-CBC), so it encrypts. It writes on every request.
 *
 * @module
 */

import { Hono } from "hono";
import { CookieStore, type Session, sessionMiddleware } from "hono-sessions";
import {
  HELLO,
  NOBODY,
  SECRET,
  STARTED,
  type State,
  stateOf,
  visitorOf,
  welcome,
} from "../payload.ts";
import { serve } from "../serve.ts";

const app = new Hono<{ Variables: { session: Session<{ state: State }> } }>();
const session = sessionMiddleware({
  store: new CookieStore(),
  encryptionKey: SECRET,
  expireAfterSeconds: 1200,
  cookieOptions: { path: "/", httpOnly: true, sameSite: "Lax" },
});

app.get("/hello", (c) => c.text(HELLO));
app.get("/start", session, (c) => {
  c.get("session").set("state", stateOf(visitorOf(c.req.url)));
  return c.text(STARTED);
});
app.get("/read", session, (c) => {
  const state = c.get("session").get("state");
  return state ? c.text(welcome(state.user)) : c.text(NOBODY, 401);
});
app.get("/count", session, (c) => {
  const state = c.get("session").get("state") ?? stateOf(0);
  state.visits++;
  c.get("session").set("state", state);
  return c.text(String(state.visits));
});

serve(app.fetch);
