/**
 * Sessions in PostgreSQL.
 *
 * @module
 */

import { BrokenRecordError } from "../../stored/record_errors.ts";
import {
  EXPIRY_SLACK,
  type ListedSession,
  REMEMBERED_OPERATIONS,
  type SessionChange,
  type StoredRecord,
} from "../../stored/session_store.ts";
import { judge } from "../../stored/judgement.ts";
import { CONTENDED } from "../contention.ts";
import { valuesInJson } from "../../stored/judgement.ts";
import type { PostgresRow, PreparedStatement, RunStatement } from "./postgres_database.ts";

/**
 * An index of the end itself would be written at every renewal. The hour of the end changes seldom, so
 * that most renewals write the row alone.
 */
const HOUR = 3_600_000;

const LOAD: PreparedStatement = {
  name: "pyramidion_load",
  text: `SELECT head, renewed, expires, account, operations, data::text AS data
  FROM pyramidion_sessions WHERE id = $1`,
};
/** An expired record does not count. The statement replaces it, and forgets its operations. */
const CREATE: PreparedStatement = {
  name: "pyramidion_create",
  text: `INSERT INTO pyramidion_sessions AS was
    (id, account, head, renewed, expires, sweep, data)
  VALUES ($1, $2, $3, $4::bigint, $5::bigint, $6::integer, $7::text::jsonb)
  ON CONFLICT (id) DO UPDATE SET account = excluded.account, head = excluded.head,
    renewed = excluded.renewed, expires = excluded.expires, sweep = excluded.sweep,
    data = excluded.data, operations = ''
  WHERE was.expires < $8::bigint RETURNING 1`,
};
/**
 * All conditions are about the row itself, because PostgreSQL checks them again after a wait for
 * its lock. It would not run a subquery again.
 */
const UPDATE: PreparedStatement = {
  name: "pyramidion_update",
  text: `UPDATE pyramidion_sessions SET
    head = coalesce($4::text, head),
    account = CASE $5::text WHEN '1' THEN $6::text ELSE account END,
    renewed = coalesce($7::bigint, renewed),
    expires = coalesce($8::bigint, expires),
    sweep = coalesce($9::integer, sweep),
    operations = CASE WHEN $10::text IS NULL THEN operations ELSE ltrim(
      CASE WHEN cardinality(string_to_array(operations, ' ')) < ${REMEMBERED_OPERATIONS}
      THEN operations ELSE substr(operations, strpos(operations, ' ')) END || ' ' || $10::text) END,
    data = CASE WHEN $11::text IS NULL THEN data ELSE
      CASE $15::text WHEN '1' THEN '{}'::jsonb
      ELSE data - ARRAY(SELECT jsonb_array_elements_text($12::text::jsonb)) END
      || $11::text::jsonb END
  WHERE id = $1 AND head = $2 AND expires >= $3::bigint AND jsonb_typeof(data) = 'object'
    AND ($10::text IS NULL OR strpos(' ' || operations || ' ', ' ' || $10::text || ' ') = 0)
    AND ($13::text IS NULL OR data -> $13::text IS NOT DISTINCT FROM to_jsonb($14::text))
  RETURNING 1`,
};
const DELETE: PreparedStatement = {
  name: "pyramidion_delete",
  text: "DELETE FROM pyramidion_sessions WHERE id = $1",
};
const LIST: PreparedStatement = {
  name: "pyramidion_list",
  text: `SELECT id, head, renewed, expires FROM pyramidion_sessions
  WHERE account = $1 AND expires >= $2::bigint`,
};
/** Ids have no space. */
const DELETE_ALL: PreparedStatement = {
  name: "pyramidion_delete_all",
  text: `DELETE FROM pyramidion_sessions
  WHERE account = $1 AND id <> ALL (string_to_array($2::text, ' ')) RETURNING expires`,
};
/** The list is made once, where `IN` might ask for it again, and remove more than the limit. */
const SWEEP: PreparedStatement = {
  name: "pyramidion_sweep",
  text: `DELETE FROM pyramidion_sessions WHERE id = ANY (ARRAY(
    SELECT id FROM pyramidion_sessions WHERE sweep <= $1::integer AND expires < $2::bigint
    LIMIT $3::integer FOR UPDATE SKIP LOCKED)) RETURNING 1`,
};

/** The statements about sessions. Each is one transaction. */
export class PostgresSessions {
  readonly #run: RunStatement;

  /** Takes what carries statements out. */
  constructor(run: RunStatement) {
    this.#run = run;
  }

  async load(id: string, now: number): Promise<StoredRecord | null> {
    const [row] = await this.#run(LOAD, id);
    return row === undefined || Number(row.expires) < now ? null : recordOf(id, row);
  }

  async create(id: string, record: StoredRecord, now: number): Promise<boolean | typeof CONTENDED> {
    const { account, head, renewed, expires, values } = record;
    const made = await this.#run(
      CREATE,
      ...[id, account, head, `${renewed}`, `${expires}`, hourOf(expires)],
      JSON.stringify(Object.fromEntries(values)),
      `${now}`,
    );
    if (made.length > 0) return true;
    const [row] = await this.#run(LOAD, id);
    // It ended in between.
    if (row === undefined || Number(row.expires) < now) return CONTENDED;
    return row.head === head;
  }

  async update(
    id: string,
    head: string,
    change: SessionChange,
    now: number,
  ): Promise<true | null | StoredRecord | typeof CONTENDED> {
    const changed = await this.#run(UPDATE, id, head, `${now}`, ...parametersOf(change));
    if (changed.length > 0) return true;
    const [row] = await this.#run(LOAD, id);
    if (row === undefined) return null;
    let record: StoredRecord | undefined;
    const present = () => record ??= recordOf(id, row);
    const judged = {
      head: String(row.head),
      expires: Number(row.expires),
      operations: String(row.operations).split(" "),
    };
    const verdict = judge(judged, (key) => present().values.get(key), head, change, now);
    if (verdict === "gone") return null;
    if (verdict === "known") return true;
    if (verdict === "refused") return present();
    // What cannot be read is no object. Everything else became right in between.
    present();
    return CONTENDED;
  }

  async delete(id: string): Promise<void> {
    await this.#run(DELETE, id);
  }

  async list(account: string, now: number): Promise<ListedSession[]> {
    return (await this.#run(LIST, account, `${now}`)).map(({ id, head, renewed, expires }) => ({
      id: String(id),
      head: String(head),
      renewed: Number(renewed),
      expires: Number(expires),
    }));
  }

  async deleteAll(account: string, except: readonly string[], now: number): Promise<number> {
    const ended = await this.#run(DELETE_ALL, account, except.join(" "));
    return ended.filter(({ expires }) => Number(expires) >= now).length;
  }

  async sweep(now: number, limit: number): Promise<number> {
    const end = now - EXPIRY_SLACK;
    return (await this.#run(SWEEP, hourOf(end), `${end}`, `${limit}`)).length;
  }

  /** Rejects if the table or a column is missing. */
  async check(): Promise<void> {
    await this.#run({
      name: "pyramidion_check_sessions",
      text: `SELECT id, account, head, renewed, expires, sweep, operations, data::jsonb
  FROM pyramidion_sessions LIMIT 0`,
    });
  }
}

function hourOf(time: number): string {
  return `${Math.floor(time / HOUR)}`;
}

function parametersOf(change: SessionChange): (string | null)[] {
  const { set, delete: gone = [], expect, head, account, renewed, expires, operation } = change;
  const clears = change.clear === true;
  const hasValues = clears || (set !== undefined && set.size > 0) || gone.length > 0;
  const text = (time: number | undefined) => time === undefined ? null : `${time}`;
  return [
    head ?? null,
    account === undefined ? "0" : "1",
    account ?? null,
    text(renewed),
    text(expires),
    expires === undefined ? null : hourOf(expires),
    operation ?? null,
    hasValues ? JSON.stringify(Object.fromEntries(set ?? [])) : null,
    hasValues ? JSON.stringify(gone) : null,
    expect === undefined ? null : expect[0],
    expect === undefined ? null : expect[1],
    clears ? "1" : "0",
  ];
}

function recordOf(id: string, row: PostgresRow): StoredRecord {
  const { head, renewed, expires, account, data } = row;
  if (typeof data !== "string") throw new BrokenRecordError(id, "its data is not text");
  return {
    head: String(head),
    renewed: Number(renewed),
    expires: Number(expires),
    account: account === null ? null : String(account),
    values: valuesInJson(id, data),
  };
}
