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
  RedisReplyOptions,
  RedisSendClient,
  RedisSentinelClient,
} from "./redis_client.ts";

/** The options of {@linkcode redisStore}. */
export interface RedisStoreOptions {
  /** The first characters of every key. @default {"pyramidion:"} */
  readonly prefix?: string;
  /** Gives the time in milliseconds. Revocations expire by it. @default {Date.now} */
  readonly clock?: () => number;
  /** The logger that gets the warnings of `ready()`. Default: the app's, or the console. */
  readonly logger?: Logger;
}

/**
 * A store of sessions, and of revocations of cookie sessions, as {@linkcode redisStore} returns it.
 */
export interface RedisStore extends SessionStore, RevocationStore {
  /**
   * Rejects if the server cannot be reached, is a replica, or may remove sessions when its memory
   * is full.
   *
   * If the clock of the server differs by more than 5 seconds, then it logs a warning.
   */
  ready(now: number): Promise<void>;
  /** Takes the logger of the app. */
  useLogger(logger: Logger): void;
}

const KINDS: OptionKinds<RedisStoreOptions> = { prefix: TEXT, clock: FUNCTION, logger: LOGGER };

/**
 * Makes a store that keeps sessions in Redis, for all processes of all machines.
 *
 * Loading costs one round trip, and saving costs one. A save that signs a user in, or that renews
 * the session of a user, costs one to three more. Redis removes a session or a revocation 60
 * seconds after its end.
 *
 * Redis must have `maxmemory-policy noeviction`, which is its default. With another policy
 * `ready()` rejects. The option `appendonly` of Redis decides what a crash of the server loses.
 *
 * The store sets no time limits. Set those of the client. Also forbid the client to queue commands
 * while it is not connected. The options are `disableOfflineQueue: true` of `npm:redis`, and
 * `enableOfflineQueue: false` of `npm:ioredis`. Otherwise requests wait for as long as Redis is
 * down.
 *
 * Keys are `pyramidion:session:ID` (a hash), `pyramidion:account:ACCOUNT` (a sorted set of ids by
 * their end), `pyramidion:ended:ID` and `pyramidion:epoch:USER`. On a cluster each key can be on
 * another node. The store does not read from replicas.
 *
 * @param client A client of `npm:redis` or `npm:ioredis`, or one with the same interface. It can be
 * for one server, a cluster, or sentinels. You connect and close it.
 * @param options The keys' prefix, the clock and the logger.
 * @throws {ConfigurationError} If the client has neither interface, or may read replicas, or if an
 * option is wrong or unknown.
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
