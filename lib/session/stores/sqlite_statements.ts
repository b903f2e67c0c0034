/**
 * The prepared statements of a store.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Prepares each statement once, when it is first used: until then its tables need not be there. */
export class SqliteStatements {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** Takes the database. */
  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** The statement of a text. */
  prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, statement = this.#db.prepare(sql));
    return statement;
  }
}
