/**
 * Peer: Hono with `@hono/session`: a JWE (`dir`, A256GCM), so it encrypts.
 *
 * @module
 */

import { type SessionEnv, useSession } from "@hono/session";
import { Hono } from "hono";
import { HELLO, NOBODY, STARTED, type State, stateOf, visitorOf, welcome } from "../payload.ts";
import { serve } from "../serve.ts";

const app = new Hono<SessionEnv<State>>();
const session = useSession<State>({
  secret: crypto.getRandomValues(new Uint8Array(32)),
  duration: { absolute: 2_592_000, inactivity: 1200 },
});

app.get("/hello", (c) => c.text(HELLO));
app.get("/start", session, async (c) => {
  await c.var.session.update(stateOf(visitorOf(c.req.url)));
  return c.text(STARTED);
});
app.get("/read", session, async (c) => {
  const state = await c.var.session.get();
  return state === null ? c.text(NOBODY, 401) : c.text(welcome(state.user));
});
app.get("/count", session, async (c) => {
  const state = await c.var.session.get() ?? stateOf(0);
  state.visits++;
  await c.var.session.update(state);
  return c.text(String(state.visits));
});

serve(app.fetch);
