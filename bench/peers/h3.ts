/**
 * Peer: h3 with its own `useSession`: an iron seal (HMAC-SHA-256, AES-256-CBC), so it encrypts.
 * Two keys are derived from the password for each request, by default with 8,192 PBKDF2 iterations;
 * with `fast` as second argument with one, which its `seal` option allows for a random password.
 *
 * @module
 */

import { H3, type SessionConfig, useSession } from "h3";
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

const fast: SessionConfig["seal"] = {
  encryption: { saltBits: 256, algorithm: "aes-256-cbc", iterations: 1, minPasswordlength: 32 },
  integrity: { saltBits: 256, algorithm: "sha256", iterations: 1, minPasswordlength: 32 },
  ttl: 0,
  timestampSkewSec: 60,
  localtimeOffsetMsec: 0,
};
const config: SessionConfig = {
  password: SECRET,
  name: "session",
  maxAge: 2_592_000,
  cookie: { path: "/", httpOnly: true, sameSite: "lax", secure: false },
  sessionHeader: false,
  ...(Deno.args[1] === "fast" ? { seal: fast } : {}),
};
const app = new H3();

app.get("/hello", () => HELLO);
app.get("/start", async (event) => {
  const session = await useSession<State>(event, config);
  await session.update(stateOf(visitorOf(event.req.url)));
  return STARTED;
});
app.get("/read", async (event) => {
  const { user } = (await useSession<State>(event, config)).data;
  return user === undefined ? new Response(NOBODY, { status: 401 }) : welcome(user);
});
app.get("/count", async (event) => {
  const session = await useSession<State>(event, config);
  const visits = (session.data.visits ?? 0) + 1;
  await session.update({ visits });
  return String(visits);
});

serve((request) => app.fetch(request));
