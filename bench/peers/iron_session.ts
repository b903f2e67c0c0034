/**
 * Peer: iron-session behind a switch: an iron seal (PBKDF2 with one iteration for two keys,
 * HMAC-SHA-256, AES-256-CBC), so it encrypts.
 *
 * @module
 */

import { getIronSession, type SessionOptions } from "iron-session";
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

const options: SessionOptions = {
  cookieName: "session",
  password: SECRET,
  ttl: 1200,
  cookieOptions: { path: "/", httpOnly: true, sameSite: "lax", secure: false },
};

async function start(request: Request): Promise<Response> {
  const response = new Response(STARTED);
  const session = await getIronSession<State>(request, response, options);
  Object.assign(session, stateOf(visitorOf(request.url)));
  await session.save();
  return response;
}

async function read(request: Request): Promise<Response> {
  const { user } = await getIronSession<Partial<State>>(request, new Response(), options);
  return user === undefined ? new Response(NOBODY, { status: 401 }) : new Response(welcome(user));
}

async function count(request: Request): Promise<Response> {
  // The session writes into the headers of a response that exists before its body is known.
  const head = new Response();
  const session = await getIronSession<State>(request, head, options);
  session.visits = (session.visits ?? 0) + 1;
  await session.save();
  return new Response(String(session.visits), { headers: head.headers });
}

serve((request) => {
  const { url } = request;
  switch (url.slice(url.indexOf("/", 8))) {
    case "/hello":
      return new Response(HELLO);
    case "/read":
      return read(request);
    case "/count":
      return count(request);
    default:
      return start(request);
  }
});
