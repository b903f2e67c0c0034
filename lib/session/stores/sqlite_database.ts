/**
 * What is used of SQLite.
 *
 * @module
 */

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
