/**
 * Peer: Remix 3's fetch-router with its session middleware and its storage in Redis. The cookie is an
 * id, signed by HMAC-SHA-256.
 *
 * @module
 */

import { createCookie } from "@remix-run/cookie";
import { createRouter } from "@remix-run/fetch-router";
import { Session } from "@remix-run/session";
import { session } from "@remix-run/session-middleware";
import { createRedisSessionStorage } from "@remix-run/session-storage-redis";
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
import { serve } from "../serve.ts";

const cookie = createCookie("session", {
  secrets: [SECRET],
  path: "/",
  httpOnly: true,
  sameSite: "Lax",
});
const storage = createRedisSessionStorage(await connectRedis(), { ttl: TIMEOUT / 1000 });
const middleware = [session(cookie, storage)];
const router = createRouter();

router.get("/hello", () => new Response(HELLO));
router.get("/start", {
  middleware,
  handler(context) {
    const session = context.get(Session);
    const state = stateOf(visitorOf(context.request.url));
    for (const [key, value] of Object.entries(state)) session.set(key, value);
    return new Response(STARTED);
  },
});
router.get("/read", {
  middleware,
  handler(context) {
    const user = context.get(Session).get("user");
    return user === undefined
      ? new Response(NOBODY, { status: 401 })
      : new Response(welcome(String(user)));
  },
});
router.get("/count", {
  middleware,
  handler(context) {
    const session = context.get(Session);
    const visits = Number(session.get("visits") ?? 0) + 1;
    session.set("visits", visits);
    return new Response(String(visits));
  },
});

serve((request) => router.fetch(request));
