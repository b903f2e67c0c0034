/**
 * Revocations in PostgreSQL.
 *
 * @module
 */

import { EXPIRY_SLACK } from "../../stored/session_store.ts";
import type { PreparedStatement, RunStatement } from "./postgres_database.ts";

const HAS: PreparedStatement = {
  name: "pyramidion_has",
  text: "SELECT until FROM pyramidion_revocations WHERE id = $1",
};
const ADD: PreparedStatement = {
  name: "pyramidion_add",
  text: `INSERT INTO pyramidion_revocations AS was (id, until) VALUES ($1, $2::bigint)
  ON CONFLICT (id) DO UPDATE SET until = excluded.until WHERE was.until < excluded.until`,
};
const EPOCH: PreparedStatement = {
  name: "pyramidion_epoch",
  text: "SELECT epoch FROM pyramidion_epochs WHERE account = $1",
};
/** By the clock, so that an epoch from before the database was lost is an earlier one. */
const BUMP: PreparedStatement = {
  name: "pyramidion_bump",
  text: `INSERT INTO pyramidion_epochs AS was (account, epoch) VALUES ($1, $2::bigint + 1)
  ON CONFLICT (account) DO UPDATE SET epoch = greatest(was.epoch, $2::bigint) + 1`,
};
const SWEEP: PreparedStatement = {
  name: "pyramidion_sweep_revocations",
  text: `DELETE FROM pyramidion_revocations WHERE id = ANY (ARRAY(
    SELECT id FROM pyramidion_revocations WHERE until < $1::bigint
    LIMIT $2::integer FOR UPDATE SKIP LOCKED)) RETURNING 1`,
};

/** The statements about revocations. Each is one transaction. */
export class PostgresRevocations {
  readonly #run: RunStatement;
  readonly #clock: () => number;

  /** Takes what carries statements out, and the time in milliseconds. */
  constructor(run: RunStatement, clock: () => number) {
    this.#run = run;
    this.#clock = clock;
  }

  async has(id: string): Promise<boolean> {
    const [row] = await this.#run(HAS, id);
    return row !== undefined && Number(row.until) >= this.#clock();
  }

  async add(id: string, until: number): Promise<void> {
    await this.#run(ADD, id, `${Math.ceil(until)}`);
  }

  async epoch(user: string): Promise<number> {
    const [row] = await this.#run(EPOCH, user);
    return Number(row?.epoch ?? 0);
  }

  async bump(user: string): Promise<void> {
    await this.#run(BUMP, user, `${Math.floor(this.#clock())}`);
  }

  async sweep(now: number, limit: number): Promise<number> {
    return (await this.#run(SWEEP, `${now - EXPIRY_SLACK}`, `${limit}`)).length;
  }

  /** Rejects if a table or a column is missing. */
  async check(): Promise<void> {
    await this.#run({
      name: "pyramidion_check_revocations",
      text: `SELECT id, until, account, epoch
  FROM pyramidion_revocations, pyramidion_epochs LIMIT 0`,
    });
  }
}
