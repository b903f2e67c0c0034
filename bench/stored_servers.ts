/**
 * The servers with sessions in Redis that are measured over HTTP.
 *
 * @module
 */

import type { ServerEntry } from "./servers.ts";

const STRICT = { pages: ["/hello", "/read", "/count"], verifies: true } as const;

/** Ours with `npm:redis`, which every peer uses too. */
export const BY_REDIS = "Pyramidion, `npm:redis`";
/** Ours with the other client. */
export const BY_IOREDIS = "Pyramidion, `npm:ioredis`";

/** Every server, in the order of the tables. */
export const STORED_SERVERS: readonly ServerEntry[] = [
  {
    ...STRICT,
    name: BY_REDIS,
    kind: "ours",
    file: "ours/stored_redis.ts",
    does: "changes keys one by one, in one step of Redis; renews once in two minutes",
  },
  {
    ...STRICT,
    name: BY_IOREDIS,
    kind: "ours",
    file: "ours/stored_redis.ts",
    args: ["ioredis"],
    does: "the same with the other client",
  },
  {
    ...STRICT,
    name: "express-session 1.19, connect-redis 10",
    kind: "peer",
    file: "peers/express_redis.ts",
    does: "the whole session at once: the last request wins; an `EXPIRE` for each read",
  },
  {
    ...STRICT,
    name: "the same, `disableTouch`",
    kind: "peer",
    file: "peers/express_redis.ts",
    args: ["untouched"],
    does: "the same, and reading does not keep a session alive",
  },
  {
    ...STRICT,
    name: "@fastify/session 11.1, connect-redis 10",
    kind: "peer",
    file: "peers/fastify_redis.ts",
    does: "the whole session at once; reading does not keep a session alive (`rolling: false`)",
  },
  {
    ...STRICT,
    name: "@hono/session 0.2, session storage",
    kind: "peer",
    file: "peers/hono_session_redis.ts",
    does: "the whole session at once; answers before Redis has stored it; encrypts the id",
  },
  {
    ...STRICT,
    name: "Remix 3, session-storage-redis 0.1",
    kind: "peer",
    file: "peers/remix_redis.ts",
    does: "the whole session at once; reading does not keep a session alive",
  },
  {
    ...STRICT,
    name: "better-auth 1.7, secondaryStorage",
    kind: "peer",
    file: "peers/better_auth_redis.ts",
    does: "session and user together; a write is a read, a read by the update, and the update",
  },
];
