/**
 * Peer: Express with express-session and connect-redis. With `untouched` as third argument it does
 * not renew the session at each read.
 *
 * @module
 */

import { RedisStore } from "connect-redis";
import express from "express";
import session from "express-session";
import {
  HELLO,
  NOBODY,
  SECRET,
  STARTED,
  stateOf,
  TIMEOUT,
  visitorOf,
  welcome,
} from "../payload.ts";
import { connectRedis } from "../redis_connection.ts";

/** The little that the bench needs of Express, which ships no types. */
interface Call {
  url: string;
  session: Record<string, unknown>;
}
interface Answer {
  type(type: string): Answer;
  status(status: number): Answer;
  send(body: string): void;
}

const app = express();
app.disable("x-powered-by");
app.disable("etag");
const stored = session({
  store: new RedisStore({
    client: await connectRedis(),
    disableTouch: Deno.args[2] === "untouched",
  }),
  name: "session",
  secret: SECRET,
  resave: false,
  saveUninitialized: false,
  cookie: { maxAge: TIMEOUT, httpOnly: true, sameSite: "lax" },
});

app.get("/hello", (_: Call, answer: Answer) => answer.type("text/plain").send(HELLO));
app.get("/start", stored, (call: Call, answer: Answer) => {
  Object.assign(call.session, stateOf(visitorOf(call.url)));
  answer.type("text/plain").send(STARTED);
});
app.get("/read", stored, ({ session: { user } }: Call, answer: Answer) => {
  if (user === undefined) answer.status(401).type("text/plain").send(NOBODY);
  else answer.type("text/plain").send(welcome(String(user)));
});
app.get("/count", stored, ({ session }: Call, answer: Answer) => {
  const visits = Number(session.visits ?? 0) + 1;
  session.visits = visits;
  answer.type("text/plain").send(String(visits));
});

app.listen(Number(Deno.args[0]), "127.0.0.1");
