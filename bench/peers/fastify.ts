/**
 * Peer: Fastify with @fastify/secure-session: XSalsa20-Poly1305 by libsodium, native and
 * synchronous, so it encrypts.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import secureSession from "@fastify/secure-session";
import fastify from "fastify";
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

declare module "@fastify/secure-session" {
  interface SessionData extends State {}
}

const app = fastify();
await app.register(secureSession, {
  key: Buffer.from(SECRET, "base64"),
  cookieName: "session",
  expiry: 1200,
  cookie: { path: "/", httpOnly: true, sameSite: "lax" },
});

app.get("/hello", () => HELLO);
app.get("/start", (request) => {
  const { session } = request;
  const { user, email, role, theme, visits } = stateOf(visitorOf(request.url));
  session.set("user", user);
  session.set("email", email);
  session.set("role", role);
  session.set("theme", theme);
  session.set("visits", visits);
  return STARTED;
});
app.get("/read", (request, reply) => {
  const user = request.session.get("user");
  return user === undefined ? reply.code(401).send(NOBODY) : welcome(String(user));
});
app.get("/count", (request) => {
  const visits = Number(request.session.get("visits") ?? 0) + 1;
  request.session.set("visits", visits);
  return String(visits);
});

await app.listen({ host: "127.0.0.1", port: Number(Deno.args[0]) });
