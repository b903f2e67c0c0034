/**
 * Peer: Express with cookie-session: HMAC-SHA-1 by `node:crypto`, in a second cookie.
 *
 * @module
 */

import cookieSession from "cookie-session";
import express from "express";
import { HELLO, NOBODY, SECRET, STARTED, stateOf, visitorOf, welcome } from "../payload.ts";

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
const session = cookieSession({ name: "session", keys: [SECRET], httpOnly: true, sameSite: "lax" });

app.get("/hello", (_: Call, answer: Answer) => answer.type("text/plain").send(HELLO));
app.get("/start", session, (call: Call, answer: Answer) => {
  Object.assign(call.session, stateOf(visitorOf(call.url)));
  answer.type("text/plain").send(STARTED);
});
app.get("/read", session, ({ session: { user } }: Call, answer: Answer) => {
  if (user === undefined) answer.status(401).type("text/plain").send(NOBODY);
  else answer.type("text/plain").send(welcome(String(user)));
});
app.get("/count", session, ({ session }: Call, answer: Answer) => {
  session.visits = Number(session.visits ?? 0) + 1;
  answer.type("text/plain").send(String(session.visits));
});

app.listen(Number(Deno.args[0]), "127.0.0.1");
