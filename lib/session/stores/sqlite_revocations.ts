/**
 * Revocations in SQLite.
 *
 * @module
 */

import { EXPIRY_SLACK } from "../stored/session_store.ts";
import type { SqliteStatements } from "./sqlite_database.ts";

const ADD = `INSERT INTO pyramidion_revocations (id, until) VALUES (?, ?)
  ON CONFLICT (id) DO UPDATE SET until = max(until, excluded.until)`;
/** By the clock, so that an epoch from before the file was lost is an earlier one. */
const BUMP = `INSERT INTO pyramidion_epochs (user, epoch) VALUES (?1, ?2 + 1)
  ON CONFLICT (user) DO UPDATE SET epoch = max(epoch, ?2) + 1`;
const SWEEP = `DELETE FROM pyramidion_revocations WHERE id IN
  (SELECT id FROM pyramidion_revocations WHERE until < ? LIMIT ?)`;

/** The statements about revocations. Each is one transaction. */
export class SqliteRevocations {
  readonly #statements: SqliteStatements;
  readonly #clock: () => number;

  /** Takes what prepares statements, and the time in milliseconds. */
  constructor(statements: SqliteStatements, clock: () => number) {
    this.#statements = statements;
    this.#clock = clock;
  }

  has(id: string): boolean {
    const row = this.#statements.prepared("SELECT until FROM pyramidion_revocations WHERE id = ?")
      .get(id);
    return row !== undefined && Number(row.until) >= this.#clock();
  }

  add(id: string, until: number): void {
    this.#statements.prepared(ADD).run(id, Math.ceil(until));
  }

  epoch(user: string): number {
    const row = this.#statements.prepared("SELECT epoch FROM pyramidion_epochs WHERE user = ?").get(
      user,
    );
    return Number(row?.epoch ?? 0);
  }

  bump(user: string): void {
    this.#statements.prepared(BUMP).run(user, Math.floor(this.#clock()));
  }

  sweep(now: number, limit: number): number {
    return Number(this.#statements.prepared(SWEEP).run(now - EXPIRY_SLACK, limit).changes);
  }

  /** Throws if a table or a column is missing. */
  check(): void {
    this.#statements.prepared("SELECT id, until FROM pyramidion_revocations LIMIT 1").get();
    this.#statements.prepared("SELECT user, epoch FROM pyramidion_epochs LIMIT 1").get();
  }
}
