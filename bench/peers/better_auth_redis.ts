/**
 * Peer: better-auth with `secondaryStorage` in Redis, which holds its sessions. Users are in memory. It
 * verifies an HMAC-SHA-256 of the token.
 *
 * @module
 */

import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
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

const PASSWORD = "correct horse battery staple";

const client = await connectRedis();
const auth = betterAuth({
  baseURL: "http://127.0.0.1",
  secret: SECRET,
  database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
  secondaryStorage: {
    get: (key) => client.get(key),
    set: async (key, value, seconds) => {
      const expiration = { type: "EX", value: seconds ?? TIMEOUT / 1000 } as const;
      await client.set(key, value, { expiration });
    },
    delete: async (key) => void await client.del(key),
    getAndDelete: (key) => client.getDel(key),
    // For the limit of rates, which is off.
    increment: (key) => client.incr(key),
  },
  // Signing in is not what is measured.
  emailAndPassword: {
    enabled: true,
    password: {
      hash: (password) => Promise.resolve(password),
      verify: ({ hash, password }) => Promise.resolve(hash === password),
    },
  },
  session: {
    additionalFields: {
      role: { type: "string", defaultValue: "subscribing-editor" },
      theme: { type: "string", defaultValue: "dark-blue" },
      visits: { type: "number", defaultValue: 1 },
    },
  },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
});

async function start(visitor: number): Promise<Response> {
  const { user: name, email } = stateOf(visitor);
  const body = { email, password: PASSWORD };
  let signedIn: { headers: Headers };
  try {
    signedIn = await auth.api.signInEmail({ body, returnHeaders: true });
  } catch {
    signedIn = await auth.api.signUpEmail({ body: { ...body, name }, returnHeaders: true });
  }
  return withCookies(STARTED, signedIn.headers);
}

async function read({ headers }: Request): Promise<Response> {
  const found = await auth.api.getSession({ headers });
  return found === null
    ? new Response(NOBODY, { status: 401 })
    : new Response(welcome(found.user.name));
}

async function count({ headers }: Request): Promise<Response> {
  const found = await auth.api.getSession({ headers });
  const visits = Number(Reflect.get(found?.session ?? {}, "visits") ?? 0) + 1;
  const updated = await auth.api.updateSession({ headers, body: { visits }, returnHeaders: true });
  return withCookies(String(visits), updated.headers);
}

function withCookies(text: string, headers: Headers): Response {
  const response = new Response(text);
  for (const one of headers.getSetCookie()) response.headers.append("set-cookie", one);
  return response;
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
      return start(visitorOf(url));
  }
});
