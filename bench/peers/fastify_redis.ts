/**
 * Peer: Fastify with @fastify/session and the store of connect-redis. It renews a session only when
 * it is written (`rolling: false`).
 *
 * @module
 */

import cookie from "@fastify/cookie";
import session from "@fastify/session";
import { RedisStore } from "connect-redis";
import fastify from "fastify";
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
import { connectRedis } from "../redis_connection.ts";

declare module "fastify" {
  interface Session extends State {}
}

const app = fastify();
await app.register(cookie);
await app.register(session, {
  secret: SECRET,
  cookieName: "session",
  store: new RedisStore({ client: await connectRedis() }),
  saveUninitialized: false,
  rolling: false,
  cookie: { path: "/", httpOnly: true, sameSite: "lax", secure: false, maxAge: TIMEOUT },
});

app.get("/hello", () => HELLO);
app.get("/start", (request) => {
  Object.assign(request.session, stateOf(visitorOf(request.url)));
  return STARTED;
});
app.get("/read", (request, reply) => {
  const { user } = request.session;
  return user === undefined ? reply.code(401).send(NOBODY) : welcome(user);
});
app.get("/count", (request) => {
  const visits = Number(request.session.visits ?? 0) + 1;
  request.session.visits = visits;
  return String(visits);
});

await app.listen({ host: "127.0.0.1", port: Number(Deno.args[0]) });
