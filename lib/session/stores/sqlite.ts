/**
 * Sessions and revocations in an SQLite file: for the processes of one machine.
 *
 * @module
 */

import {
  checkOptions,
  checkValue,
  either,
  FUNCTION,
  NAME,
  oneOf,
  type OptionKinds,
  withFunctions,
} from "../../check_options.ts";
import type { RevocationStore } from "../../../session.ts";
import type { AsyncCloser, SessionStore } from "../stored/session_store.ts";
import { CONTENDED, isLocked, untilUncontended } from "./contention.ts";
import { SqliteRevocations } from "./sqlite_revocations.ts";
import { SqliteSessions } from "./sqlite_sessions.ts";
import { SQLITE_TABLES, type SqliteDatabase, SqliteStatements } from "./sqlite_database.ts";
import { fileWatch, openForApp } from "./sqlite_file.ts";

export type { RevocationStore } from "../../../session.ts";
export type {
  AsyncCloser,
  ListedSession,
  SessionChange,
  SessionStore,
  StoredRecord,
} from "../stored/session_store.ts";
export {
  SQLITE_TABLES,
  type SqliteDatabase,
  type SqliteRow,
  type SqliteStatement,
  type SqliteValue,
} from "./sqlite_database.ts";

/** The options of {@linkcode sqliteStore}. */
export interface SqliteStoreOptions {
  /**
   * What a power cut can undo, in a file that the store opens.
   *
   * `"NORMAL"`: the last writes, which the operating system has not put on the disk yet. `"FULL"`:
   * no write that the store has confirmed. With either value, a killed process loses no write.
   *
   * @default {"NORMAL"}
   */
  readonly synchronous?: "NORMAL" | "FULL";
  /** Gives the time in milliseconds. Revocations expire by it. @default {Date.now} */
  readonly clock?: () => number;
}

/**
 * A store of sessions, and of revocations of cookie sessions, as {@linkcode sqliteStore} returns
 * it.
 */
export type SqliteStore = SessionStore & RevocationStore & AsyncCloser & {
  /** Creates the tables that are missing. It does not change existing tables. */
  createTables(): Promise<void>;
  /** Removes sessions and revocations that expired more than 60 seconds before `now`. */
  sweep(now: number, limit: number): Promise<number>;
  /**
   * Rejects if a table or a column is missing, or the file cannot be read. Also if the file was
   * deleted or replaced since the store opened it.
   */
  ready(now: number): Promise<void>;
};

const KINDS: OptionKinds<SqliteStoreOptions> = {
  synchronous: oneOf("NORMAL", "FULL"),
  clock: FUNCTION,
};
const DATABASE = either(
  { ...NAME, expected: "a path" },
  { ...withFunctions("prepare", "exec"), expected: "a DatabaseSync of node:sqlite" },
);

/**
 * Makes a store that keeps sessions in an SQLite file, for all processes of one machine.
 *
 * Sessions survive a restart. SQLite runs in this thread, so other requests wait meanwhile. Loading
 * a small session takes about 15 microseconds, and saving it about 100.
 *
 * If another process writes, then the store tries again for about a second, and other requests
 * continue. After that it rejects. Two processes do not lose each other's changes. Two machines
 * must not share a file.
 *
 * The tables must exist: call `createTables()`, or run {@linkcode SQLITE_TABLES}. SQLite does not
 * remove expired entries: call `sweepAll()` from a cron.
 *
 * If the file is deleted or replaced while the app runs, then the store rejects from the next second
 * on. Restart the app then.
 *
 * A file that the store opens gets the write-ahead log (`journal_mode = WAL`). It needs
 * `--allow-read` and `--allow-write` for the file and its two companions, `-wal` and `-shm`. A
 * database that you hand in keeps its settings, and you close it. While your code has a transaction
 * open in it, the store does not write. It waits for the end of the transaction for about a second,
 * and then it rejects.
 *
 * @param database The path of the file, or an open `DatabaseSync` of `node:sqlite`. `":memory:"` is for
 * tests.
 * @param options What a power cut can undo, and the clock.
 * @throws {ConfigurationError} If the database is neither a path nor an open database, or an option
 * is wrong or unknown.
 * @throws {Error} If the file cannot be opened.
 *
 * @example A file for sessions
 * ```ts
 * import { sqliteStore } from "@pyramidion/pyramidion/stores/sqlite";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const store = sqliteStore(":memory:"); // or "sessions.db"
 * await store.createTables();
 * const now = Date.now(), values = new Map([["cart", "[1]"]]);
 * const record = { head: "1", renewed: now, expires: now + 1000, account: "ada", values };
 * await store.create("x7Qm", record, now);
 * assertEquals((await store.list("ada", now)).map(({ id }) => id), ["x7Qm"]);
 * assertEquals(await store.sweep(now + 61_001, 1000), 1);
 * ```
 */
export function sqliteStore(
  database: string | SqliteDatabase,
  options: SqliteStoreOptions = {},
): SqliteStore {
  checkValue("the database of sqliteStore()", database, DATABASE);
  checkOptions("sqliteStore()", options, KINDS);
  const { synchronous = "NORMAL", clock = Date.now } = options;
  if (typeof database !== "string") return storeIn(database, { clock });
  const db = openForApp(database, synchronous);
  return storeIn(db, {
    clock,
    checkFile: IN_MEMORY.test(database) ? undefined : fileWatch(database),
    close: () => {
      if (db.isOpen) db.close();
    },
  });
}

/** What is no path of a file: a database in memory, or an address. */
const IN_MEMORY = /^$|^:memory:$|^file:/;
/** How often the file is looked at, in milliseconds. */
const FILE_CHECK = 1_000;

function storeIn(
  db: SqliteDatabase,
  { clock, checkFile = () => {}, close = () => {} }: {
    readonly clock: () => number;
    readonly checkFile?: (() => void) | undefined;
    readonly close?: () => void;
  },
): SqliteStore {
  const statements = new SqliteStatements(db);
  const sessions = new SqliteSessions(db, statements);
  const revocations = new SqliteRevocations(statements, clock);
  let checkedAt = clock();
  const attempt = <T>(what: string, work: () => T | typeof CONTENDED): Promise<T> =>
    attemptOnce(what, () => {
      const now = clock();
      if (Math.abs(now - checkedAt) >= FILE_CHECK) {
        checkFile();
        checkedAt = now;
      }
      return work();
    });
  // Another transaction could roll the write back, so the write waits for its end.
  const write = <T>(what: string, work: () => T): Promise<T> =>
    attempt(what, () => db.isTransaction ? CONTENDED : work());
  return {
    load: (id, now) => attempt("load a session", () => sessions.load(id, now)),
    create: (id, record, now) => write("save", () => sessions.create(id, record, now)),
    update: (id, head, change, now) => write("save", () => sessions.update(id, head, change, now)),
    delete: (id) => write("end a session", () => sessions.delete(id)),
    list: (account, now) => attempt("list sessions", () => sessions.list(account, now)),
    deleteAll: (account, except, now) =>
      write("end sessions", () => sessions.deleteAll(account, except, now)),
    has: (id) => attempt("ask for a revocation", () => revocations.has(id)),
    add: (id, until) => write("revoke a session", () => revocations.add(id, until)),
    epoch: (user) => attempt("ask for an epoch", () => revocations.epoch(user)),
    bump: (user) => write("begin an epoch", () => revocations.bump(user)),
    createTables: () => write("make the tables", () => db.exec(SQLITE_TABLES)),
    ready: () =>
      attempt("ask the tables", () => {
        checkFile();
        sessions.check();
        revocations.check();
      }),
    sweep: (now, limit) =>
      write("sweep", () => {
        const removed = sessions.sweep(now, limit);
        return removed + revocations.sweep(now, limit - removed);
      }),
    [Symbol.asyncDispose]: () => Promise.resolve(close()),
  };
}

/** A statement throws while another process writes, so it did nothing and can run again. */
function attemptOnce<T>(what: string, work: () => T | typeof CONTENDED): Promise<T> {
  return untilUncontended(what, () => {
    try {
      return work();
    } catch (error) {
      if (isLocked(error)) return CONTENDED;
      throw hinted(what, error);
    }
  });
}

function hinted(what: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const hint = error.message.startsWith("no such table: pyramidion_")
    ? "call createTables() of the store, or run SQLITE_TABLES"
    : error.message.startsWith("no such column: ")
    ? "the tables are not those of SQLITE_TABLES"
    : error.message === "database is not open"
    ? "your code closed it, or it stands under await using at the top of a module: use const there"
    : undefined;
  if (hint === undefined) return error;
  return new Error(`Cannot ${what}: ${error.message}: ${hint}`, { cause: error });
}
