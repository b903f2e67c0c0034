/**
 * Sessions and revocations in Redis: for all processes of all machines.
 *
 * @module
 */

import {
  checkOptions,
  checkValue,
  FUNCTION,
  type OptionKinds,
  TEXT,
} from "../../../check_options.ts";
import { InheritedLogger, LOGGER, type Logger } from "../../../log.ts";
import type { RevocationStore } from "../../../../session.ts";
import type { SessionStore } from "../../stored/session_store.ts";
import { compareClocks } from "../server_clock.ts";
import { REDIS_CLIENT, type RedisClient, runScript, senderOf } from "./redis_client.ts";
import { RedisRevocations } from "./redis_revocations.ts";
import { LOOK } from "./redis_scripts.ts";
import { RedisSessions } from "./redis_sessions.ts";

export type { Logger, RevocationStore } from "../../../../session.ts";
export type {
  AsyncCloser,
  ListedSession,
  SessionChange,
  SessionStore,
  StoredRecord,
} from "../../stored/session_store.ts";
export type {
  RedisCallClient,
  RedisClient,
  RedisClusterClient,
  RedisSendClient,
  RedisSentinelClient,
} from "./redis_client.ts";

/** How {@linkcode redisStore} is set up. */
export interface RedisStoreOptions {
  /** What keys begin with. @default {"pyramidion:"} */
  readonly prefix?: string;
  /** The time in milliseconds, by which revocations pass. @default {Date.now} */
  readonly clock?: () => number;
  /** Where warnings of `ready()` go. Default: the app's, or the console. */
  readonly logger?: Logger;
}

/** What {@linkcode redisStore} gives: a store of sessions, and of revocations of cookie sessions. */
export interface RedisStore extends SessionStore, RevocationStore {
  /**
   * Rejects if the server cannot be reached, is a replica, or may throw sessions away when its memory
   * is full. Warns in the log if its clock differs by more than 5 seconds.
   */
  ready(now: number): Promise<void>;
  /** Takes the logger of the app. */
  useLogger(logger: Logger): void;
}

const KINDS: OptionKinds<RedisStoreOptions> = { prefix: TEXT, clock: FUNCTION, logger: LOGGER };

/**
 * Keeps sessions in Redis: across restarts, for all processes of all machines.
 *
 * Loading is one round trip, and saving is one. A save that signs a user in, or that renews the session
 * of a user, takes one to three more. Everything expires by itself, 60 seconds after its time.
 *
 * Redis must have `maxmemory-policy noeviction`, which is its default: `ready()` rejects otherwise.
 * What a crash of the server takes back is said by its option `appendonly`.
 *
 * The store sets no time limits. Set those of the client, and see to it that the client does not queue
 * commands while it is not connected: `disableOfflineQueue: true` of `npm:redis`,
 * `enableOfflineQueue: false` of `npm:ioredis`. Otherwise requests wait for as long as Redis is away.
 *
 * Keys are `pyramidion:session:ID` (a hash), `pyramidion:account:ACCOUNT` (a sorted set of ids by their
 * end), `pyramidion:ended:ID` and `pyramidion:epoch:USER`. On a cluster each may lie on a node of its
 * own. Nothing is read from replicas.
 *
 * @param client A client of `npm:redis` or `npm:ioredis`, or of what has the interface of one of them:
 * for one server, for a cluster, or by sentinels. You connect and close it.
 * @param options The keys' prefix, the clock and the logger.
 * @throws {ConfigurationError} If the client is none, or may read replicas, or an option is wrong or
 * unknown.
 *
 * @example With npm:redis
 * ```ts ignore
 * import { createClient } from "npm:redis";
 * import { redisStore } from "@pyramidion/pyramidion/stores/redis";
 *
 * const client = createClient({ url: "redis://localhost", disableOfflineQueue: true });
 * client.on("error", (error) => console.error("Redis:", error.message));
 * await client.connect();
 * const store = redisStore(client);
 * await store.ready(Date.now());
 * ```
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): RedisStore {
  checkValue("the client of redisStore()", client, REDIS_CLIENT);
  checkOptions("redisStore()", options, KINDS);
  const { prefix = "pyramidion:", clock = Date.now } = options;
  const logger = new InheritedLogger(options.logger);
  const send = senderOf(client);
  const sessions = new RedisSessions(send, prefix);
  const revocations = new RedisRevocations(send, prefix, clock);
  return {
    load: (id, now) => sessions.load(id, now),
    create: (id, record, now) => sessions.create(id, record, now),
    update: (id, head, change, now) => sessions.update(id, head, change, now),
    delete: (id, account) => sessions.delete(id, account),
    list: (account, now) => sessions.list(account, now),
    deleteAll: (account, except, now) => sessions.deleteAll(account, except, now),
    has: (id) => revocations.has(id),
    add: (id, until) => revocations.add(id, until),
    epoch: (user) => revocations.epoch(user),
    bump: (user) => revocations.bump(user),
    useLogger: (inherited) => logger.inherit(inherited),
    ready: async (now) => judgeServer(await runScript(send, LOOK, `${prefix}ready`), logger, now),
  };
}

function judgeServer(reply: unknown, logger: Logger, now: number): void {
  const [memory, time] = Array.isArray(reply) ? reply : [];
  const policy = /^maxmemory_policy:(\S+)/m.exec(String(memory))?.[1];
  if (policy === undefined) {
    logger.warn("Redis does not say its maxmemory-policy: it must be noeviction");
  } else if (policy !== "noeviction") {
    throw new Error(
      `Cannot keep sessions in Redis: its maxmemory-policy is ${policy}, which throws sessions away: set noeviction`,
    );
  }
  const [seconds, micros] = Array.isArray(time) ? time : [];
  compareClocks(logger, "Redis", Number(seconds) * 1000 + Number(micros) / 1000, now);
}
