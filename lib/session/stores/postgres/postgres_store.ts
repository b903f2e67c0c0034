/**
 * Sessions and revocations in PostgreSQL: for all processes of all machines.
 *
 * @module
 */

import {
  BOOLEAN,
  checkOptions,
  checkValue,
  FUNCTION,
  type OptionKinds,
} from "../../../check_options.ts";
import { InheritedLogger, LOGGER, type Logger } from "../../../log.ts";
import type { RevocationStore } from "../../../../session.ts";
import { ChangeRefusedError } from "../../stored/record_errors.ts";
import type { SessionStore } from "../../stored/session_store.ts";
import { CONTENDED, untilUncontended } from "../contention.ts";
import { compareClocks } from "../server_clock.ts";
import {
  codeOf,
  databaseOf,
  POSTGRES_CLIENT,
  POSTGRES_TABLES,
  type PostgresClient,
  type PostgresRow,
} from "./postgres_database.ts";
import { PostgresRevocations } from "./postgres_revocations.ts";
import { PostgresSessions } from "./postgres_sessions.ts";

export type { Logger, RevocationStore } from "../../../../session.ts";
export type {
  AsyncCloser,
  ListedSession,
  SessionChange,
  SessionStore,
  StoredRecord,
} from "../../stored/session_store.ts";
export {
  type PgClient,
  POSTGRES_TABLES,
  type PostgresClient,
  type PostgresJsClient,
  type PostgresRow,
} from "./postgres_database.ts";

/** The options of {@linkcode postgresStore}. */
export interface PostgresStoreOptions {
  /**
   * Whether each connection keeps the prepared statements of the store, which doubles the rate.
   *
   * Not every pool between app and server allows it. PgBouncer does from version 1.21, with
   * `max_prepared_statements`.
   * @default {true}
   */
  readonly prepare?: boolean;
  /** Gives the time in milliseconds. Revocations expire by it. @default {Date.now} */
  readonly clock?: () => number;
  /** The logger that gets the warnings of `ready()`. Default: the app's, or the console. */
  readonly logger?: Logger;
}

/**
 * A store of sessions, and of revocations of cookie sessions, as {@linkcode postgresStore} returns
 * it.
 */
export interface PostgresStore extends SessionStore, RevocationStore {
  /** Creates the tables that are missing. It does not change existing tables. */
  createTables(): Promise<void>;
  /** Removes sessions and revocations that expired more than 60 seconds before `now`. */
  sweep(now: number, limit: number): Promise<number>;
  /**
   * Rejects if the server cannot be reached, is read-only, or lacks a table or a column.
   *
   * If the clock of the server differs by more than 5 seconds, then it logs a warning.
   */
  ready(now: number): Promise<void>;
  /** Takes the logger of the app. */
  useLogger(logger: Logger): void;
}

const KINDS: OptionKinds<PostgresStoreOptions> = {
  prepare: BOOLEAN,
  clock: FUNCTION,
  logger: LOGGER,
};
/** A transaction that lost against another and did nothing: a serialization failure, a deadlock. */
const LOST = new Set<unknown>(["40001", "40P01"]);
/** The server refuses a change, and made none: its disk is full, or it is a replica. */
const REFUSED = new Set<unknown>(["53100", "25006"]);
/** A table or a column is missing. */
const UNDEFINED = new Set<unknown>(["42P01", "42703"]);
const SERVER = {
  name: "pyramidion_server",
  text: `SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now,
  current_setting('transaction_read_only') AS read_only`,
};
/** The number of a lock, so that two processes do not make the same table. */
const TABLES_LOCK = 7_079_796_138;

/**
 * Makes a store that keeps sessions in PostgreSQL, for all processes of all machines.
 *
 * Sessions survive a restart. Loading costs one statement, and saving costs one. If a statement
 * lost to another transaction, then the store repeats it for about a second. After that it rejects.
 *
 * The tables must exist: call `createTables()`, or run {@linkcode POSTGRES_TABLES}. They are in the
 * first schema of the `search_path` of the connection. PostgreSQL does not remove expired entries:
 * call `sweepAll()` from a cron.
 *
 * The store sets no time limits. Set those of the client, and `statement_timeout`. The client must
 * be a pool, or a connection that only the store uses, without an open transaction. It must connect
 * to the primary server.
 *
 * @param client A pool of `npm:pg`, or the client that `npm:postgres` returns. You close it.
 * @param options Whether statements are prepared, the clock and the logger.
 * @throws {ConfigurationError} If the client is of neither package, or an option is wrong or
 * unknown.
 *
 * @example With npm:postgres
 * ```ts ignore
 * import postgres from "npm:postgres";
 * import { postgresStore } from "@pyramidion/pyramidion/stores/postgres";
 *
 * const store = postgresStore(postgres("postgres://localhost/app"));
 * await store.createTables();
 * await store.ready(Date.now());
 * ```
 */
export function postgresStore(
  client: PostgresClient,
  options: PostgresStoreOptions = {},
): PostgresStore {
  checkValue("the client of postgresStore()", client, POSTGRES_CLIENT);
  checkOptions("postgresStore()", options, KINDS);
  const { prepare = true, clock = Date.now } = options;
  const logger = new InheritedLogger(options.logger);
  const { run, exec } = databaseOf(client, prepare);
  const sessions = new PostgresSessions(run);
  const revocations = new PostgresRevocations(run, clock);
  return {
    load: (id, now) => attempt("load a session", () => sessions.load(id, now)),
    create: (id, record, now) => attempt("save", () => sessions.create(id, record, now)),
    update: (id, head, change, now) =>
      attempt("save", () => sessions.update(id, head, change, now)),
    delete: (id) => attempt("end a session", () => sessions.delete(id)),
    list: (account, now) => attempt("list sessions", () => sessions.list(account, now)),
    deleteAll: (account, except, now) =>
      attempt("end sessions", () => sessions.deleteAll(account, except, now)),
    has: (id) => attempt("ask for a revocation", () => revocations.has(id)),
    add: (id, until) => attempt("revoke a session", () => revocations.add(id, until)),
    epoch: (user) => attempt("ask for an epoch", () => revocations.epoch(user)),
    bump: (user) => attempt("begin an epoch", () => revocations.bump(user)),
    useLogger: (inherited) => logger.inherit(inherited),
    createTables: () =>
      attempt(
        "make the tables",
        () => exec(`SELECT pg_advisory_xact_lock(${TABLES_LOCK});\n${POSTGRES_TABLES}`),
      ),
    sweep: async (now, limit) => {
      const removed = await attempt("sweep", () => sessions.sweep(now, limit));
      return removed + await attempt("sweep", () => revocations.sweep(now, limit - removed));
    },
    ready: (now) =>
      attempt("ask the tables", async () => {
        const [[server]] = await Promise.all([run(SERVER), sessions.check(), revocations.check()]);
        judgeServer(server, logger, now);
      }),
  };
}

function judgeServer(server: PostgresRow | undefined, logger: Logger, now: number): void {
  if (server?.read_only !== "off") {
    throw new Error("Cannot keep sessions in PostgreSQL: the server, or the user, may only read");
  }
  compareClocks(logger, "PostgreSQL", Number(server.now), now);
}

/** A statement that lost did nothing, so it can run again. */
function attempt<T>(what: string, work: () => Promise<T | typeof CONTENDED>): Promise<T> {
  return untilUncontended(what, async () => {
    try {
      return await work();
    } catch (error) {
      if (LOST.has(codeOf(error))) return CONTENDED;
      throw hinted(what, error);
    }
  });
}

function hinted(what: string, error: unknown): unknown {
  if (error instanceof Error && REFUSED.has(codeOf(error))) return new ChangeRefusedError(error);
  if (!(error instanceof Error) || !UNDEFINED.has(codeOf(error))) return error;
  const text =
    `Cannot ${what}: ${error.message}: call createTables() of the store, or run POSTGRES_TABLES`;
  return new Error(text, { cause: error });
}
