/**
 * The tables of a store in SQLite, and the parts of the database that it calls.
 *
 * @module
 */

/**
 * The SQL statements that create the tables of `sqliteStore()` if they are missing.
 *
 * `createTables()` runs them. You need them only if another tool creates your tables.
 */
export const SQLITE_TABLES = `CREATE TABLE IF NOT EXISTS pyramidion_sessions (
  id TEXT NOT NULL PRIMARY KEY,
  account TEXT,
  head TEXT NOT NULL,
  renewed INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  operations TEXT NOT NULL DEFAULT '',
  data TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS pyramidion_sessions_expires ON pyramidion_sessions (expires);
CREATE INDEX IF NOT EXISTS pyramidion_sessions_account ON pyramidion_sessions (account)
  WHERE account IS NOT NULL;
CREATE TABLE IF NOT EXISTS pyramidion_revocations (
  id TEXT NOT NULL PRIMARY KEY,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS pyramidion_revocations_until ON pyramidion_revocations (until);
CREATE TABLE IF NOT EXISTS pyramidion_epochs (
  user TEXT NOT NULL PRIMARY KEY,
  epoch INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** The members of `DatabaseSync` of `node:sqlite` that are used. */
export interface SqliteDatabase {
  /** Whether a transaction was begun. */
  readonly isTransaction: boolean;
  /** Carries statements out that have no result. */
  exec(sql: string): void;
  /** Prepares a statement. */
  prepare(sql: string): SqliteStatement;
}

/** The members of `StatementSync` of `node:sqlite` that are used. */
export interface SqliteStatement {
  /** The first row of the result. */
  get(...parameters: SqliteValue[]): SqliteRow | undefined;
  /** All rows of the result. */
  all(...parameters: SqliteValue[]): SqliteRow[];
  /** Carries it out, and tells how many rows it changed. */
  run(...parameters: SqliteValue[]): { readonly changes: number | bigint };
}

/** A parameter of a statement. */
export type SqliteValue = string | number | null;

/** A row by its columns. */
export type SqliteRow = Readonly<Record<string, unknown>>;

/** Prepares each statement once, when it is first used: until then its tables need not be there. */
export class SqliteStatements {
  readonly #db: SqliteDatabase;
  readonly #statements = new Map<string, SqliteStatement>();

  /** Takes the database. */
  constructor(db: SqliteDatabase) {
    this.#db = db;
  }

  /** The statement of a text. */
  prepared(sql: string): SqliteStatement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, statement = this.#db.prepare(sql));
    return statement;
  }
}
