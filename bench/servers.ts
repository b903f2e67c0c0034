/**
 * The servers that are measured over HTTP.
 *
 * @module
 */

/** A page of the bench. */
export type Page = "/hello" | "/read" | "/count";

/** A server. */
export interface ServerEntry {
  /** Its name in the tables. */
  readonly name: string;
  /** What it is to us. */
  readonly kind: "yardstick" | "ours" | "peer";
  /** Its file, relative to bench/. */
  readonly file: string;
  /** Its arguments behind the port. */
  readonly args?: readonly string[];
  /** The pages that it has. */
  readonly pages: readonly Page[];
  /** Whether it refuses a cookie that was changed. */
  readonly verifies: boolean;
  /** Whether it is a Web-standard peer with a stateless signed cookie, as ours is. */
  readonly sameKind?: boolean;
  /** What it does less or more than the yardstick. */
  readonly does: string;
}

const ALL: readonly Page[] = ["/hello", "/read", "/count"];

/** What everything is divided by. */
export const YARDSTICK = "hand-written, SubtleCrypto";
/** The floor. */
export const NO_CRYPTO = "hand-written, no crypto";
/** The floor with the header that ours sends. */
export const NO_CRYPTO_VARY = "hand-written, no crypto, `Vary`";
/** What remembering gives at best. */
export const REMEMBERS = "hand-written, remembers";
/** Ours as it is shipped. */
export const SHIPPED = "Pyramidion";
/** Ours with nothing remembered. */
export const UNREMEMBERED = "Pyramidion, nothing remembered";

const STRICT = { pages: ALL, verifies: true };

/** Every server, in the order of the tables. */
export const SERVERS: readonly ServerEntry[] = [
  {
    ...STRICT,
    name: YARDSTICK,
    kind: "yardstick",
    file: "yardsticks/hand_subtle.ts",
    does: "the yardstick: HMAC-SHA-256, key imported once",
  },
  {
    ...STRICT,
    name: NO_CRYPTO,
    kind: "yardstick",
    file: "yardsticks/hand_none.ts",
    verifies: false,
    does: "the floor: anybody can write the cookie",
  },
  {
    ...STRICT,
    name: NO_CRYPTO_VARY,
    kind: "yardstick",
    file: "yardsticks/hand_none.ts",
    args: ["vary"],
    verifies: false,
    does: "the floor, with the `Vary: Cookie` that ours sends",
  },
  {
    ...STRICT,
    name: REMEMBERS,
    kind: "yardstick",
    file: "yardsticks/hand_remembers.ts",
    does: "the yardstick, remembering 4,096 cookies",
  },
  {
    ...STRICT,
    name: SHIPPED,
    kind: "ours",
    file: "ours/shipped.ts",
    does: "HMAC-SHA-256, every default: remembers 4,096 cookies; sends `Vary: Cookie` too",
  },
  {
    ...STRICT,
    name: UNREMEMBERED,
    kind: "ours",
    file: "ours/unremembered.ts",
    does: "the same with `verifiedCookies: 0`",
  },
  {
    ...STRICT,
    name: "Pyramidion, encrypted",
    kind: "ours",
    file: "ours/encrypted.ts",
    does: "AES-256-GCM: encrypts",
  },
  {
    ...STRICT,
    name: "Hono, signed cookie",
    kind: "peer",
    file: "peers/hono_signed.ts",
    sameKind: true,
    does: "HMAC-SHA-256, imports the key each time; no session of its own",
  },
  {
    ...STRICT,
    name: "Elysia, signed cookie",
    kind: "peer",
    file: "peers/elysia.ts",
    sameKind: true,
    does: "HMAC-SHA-256, imports the key each time, compares with `===`; no session of its own",
  },
  {
    ...STRICT,
    name: "Remix 3, cookie session",
    kind: "peer",
    file: "peers/remix.ts",
    sameKind: true,
    does: "HMAC-SHA-256, imports the key each time; no idle limit",
  },
  {
    ...STRICT,
    name: "@hono/session",
    kind: "peer",
    file: "peers/hono_session.ts",
    does: "JWE `dir` A256GCM: encrypts",
  },
  {
    ...STRICT,
    name: "hono-sessions, cookie store",
    kind: "peer",
    file: "peers/hono_sessions.ts",
    does:
      "PBKDF2 (1 iteration) twice, HMAC-SHA-256, AES-256-CBC: encrypts; writes on every request",
  },
  {
    ...STRICT,
    name: "iron-session",
    kind: "peer",
    file: "peers/iron_session.ts",
    does: "PBKDF2 (1 iteration) twice, HMAC-SHA-256, AES-256-CBC: encrypts",
  },
  {
    ...STRICT,
    name: "h3 `useSession`",
    kind: "peer",
    file: "peers/h3.ts",
    does: "PBKDF2 (8,192 iterations) twice, HMAC-SHA-256, AES-256-CBC: encrypts",
  },
  {
    ...STRICT,
    name: "h3 `useSession`, 1 iteration",
    kind: "peer",
    file: "peers/h3.ts",
    args: ["fast"],
    does: "the same with its `seal` option set to 1 iteration",
  },
  {
    ...STRICT,
    name: "Express, cookie-session",
    kind: "peer",
    file: "peers/express.ts",
    does: "HMAC-SHA-1 by `node:crypto`, two cookies; no idle limit",
  },
  {
    ...STRICT,
    name: "Fastify, secure-session",
    kind: "peer",
    file: "peers/fastify.ts",
    does: "XSalsa20-Poly1305 by libsodium, native and synchronous: encrypts",
  },
  {
    name: "itty-router",
    kind: "peer",
    file: "peers/itty.ts",
    pages: ["/hello"],
    verifies: false,
    does: "no sessions",
  },
];
