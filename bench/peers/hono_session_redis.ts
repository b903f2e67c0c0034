/**
 * Peer: Hono with `@hono/session` and its session storage, in Redis. The cookie is an encrypted id.
 * It answers before Redis has stored the session, because its `set()` gives no promise.
 *
 * @module
 */

import { type SessionEnv, useSession, useSessionStorage } from "@hono/session";
import { Hono } from "hono";
import {
  HELLO,
  NOBODY,
  STARTED,
  type State,
  stateOf,
  TIMEOUT,
  visitorOf,
  welcome,
} from "../payload.ts";
import { connectRedis } from "../redis_connection.ts";
import { serve } from "../serve.ts";

const client = await connectRedis();
const app = new Hono<SessionEnv<State>>();
const storage = useSessionStorage<State, SessionEnv<State>>({
  delete(id) {
    client.del(id);
  },
  async get(id) {
    const text = await client.get(id);
    return text === null ? null : JSON.parse(text);
  },
  set(id, state) {
    client.set(id, JSON.stringify(state), { expiration: { type: "PX", value: TIMEOUT } });
  },
});
const session = useSession<State>({
  secret: crypto.getRandomValues(new Uint8Array(32)),
  duration: { absolute: 2_592_000 },
});

app.get("/hello", (c) => c.text(HELLO));
app.get("/start", storage, session, async (c) => {
  await c.var.session.update(stateOf(visitorOf(c.req.url)));
  return c.text(STARTED);
});
app.get("/read", storage, session, async (c) => {
  const state = await c.var.session.get();
  return state === null ? c.text(NOBODY, 401) : c.text(welcome(state.user));
});
app.get("/count", storage, session, async (c) => {
  const state = await c.var.session.get() ?? stateOf(0);
  state.visits++;
  await c.var.session.update(state);
  return c.text(String(state.visits));
});

serve(app.fetch);
