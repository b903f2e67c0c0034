/**
 * Sessions in SQLite.
 *
 * @module
 */

import { BrokenRecordError } from "../stored/record_errors.ts";
import {
  EXPIRY_SLACK,
  type ListedSession,
  type SessionChange,
  type StoredRecord,
} from "../stored/session_store.ts";
import { judge, type JudgedRecord, operationsAfter } from "../stored/judgement.ts";
import { valuesInJson } from "../stored/judgement.ts";
import type { SqliteDatabase, SqliteRow, SqliteStatements } from "./sqlite_database.ts";

const COLUMNS = "account, head, renewed, expires, data";
/** An expired record does not count. The statement replaces it, and forgets its operations. */
const CREATE = `INSERT INTO pyramidion_sessions (id, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET account = excluded.account, head = excluded.head,
    renewed = excluded.renewed, expires = excluded.expires, data = excluded.data, operations = ''
  WHERE expires < ?`;
/**
 * Values are texts, so a null in the patch only ever means that a key goes away. A change that clears
 * is a patch of nothing.
 */
const UPDATE = `UPDATE pyramidion_sessions SET head = coalesce(?, head),
  account = CASE ? WHEN 1 THEN ? ELSE account END, renewed = coalesce(?, renewed),
  expires = coalesce(?, expires), operations = ?,
  data = CASE WHEN ? IS NULL THEN data
    ELSE json_patch(CASE ? WHEN 1 THEN '{}' ELSE data END, ?) END WHERE id = ?`;
const LIST = `SELECT id, head, renewed, expires FROM pyramidion_sessions
  WHERE account = ? AND expires >= ?`;
const DELETE_ALL = `DELETE FROM pyramidion_sessions
  WHERE account = ? AND id NOT IN (SELECT value FROM json_each(?)) RETURNING expires`;
const SWEEP = `DELETE FROM pyramidion_sessions WHERE id IN
  (SELECT id FROM pyramidion_sessions WHERE expires < ? LIMIT ?)`;

/** The statements about sessions. Each method is one transaction. */
export class SqliteSessions {
  readonly #db: SqliteDatabase;
  readonly #statements: SqliteStatements;

  /** Takes the database, and what prepares its statements. */
  constructor(db: SqliteDatabase, statements: SqliteStatements) {
    this.#db = db;
    this.#statements = statements;
  }

  load(id: string, now: number): StoredRecord | null {
    const row = this.#row(`SELECT ${COLUMNS} FROM pyramidion_sessions WHERE id = ?`, id);
    if (row === undefined || Number(row.expires) < now) return null;
    return recordOf(id, row);
  }

  create(id: string, record: StoredRecord, now: number): boolean {
    const { account, head, renewed, expires, values } = record;
    const data = JSON.stringify(Object.fromEntries(values));
    const { changes } = this.#statements.prepared(CREATE)
      .run(id, account, head, renewed, expires, data, now);
    if (Number(changes) === 1) return true;
    return this.#row("SELECT head FROM pyramidion_sessions WHERE id = ?", id)?.head === head;
  }

  update(id: string, head: string, change: SessionChange, now: number): true | null | StoredRecord {
    return this.#inTransaction(() => {
      const row = this.#judged(id);
      let present: StoredRecord | undefined;
      const record = () => present ??= this.#present(id);
      const valueOf = (key: string) => record().values.get(key);
      const verdict = judge(row, valueOf, head, change, now);
      if (row === undefined || verdict === "gone") return null;
      if (verdict === "refused") return record();
      if (verdict === "applies") this.#apply(id, row, change);
      return true;
    });
  }

  delete(id: string): void {
    this.#statements.prepared("DELETE FROM pyramidion_sessions WHERE id = ?").run(id);
  }

  list(account: string, now: number): ListedSession[] {
    return this.#statements.prepared(LIST).all(account, now).map((
      { id, head, renewed, expires }: SqliteRow,
    ) => ({
      id: String(id),
      head: String(head),
      renewed: Number(renewed),
      expires: Number(expires),
    }));
  }

  deleteAll(account: string, except: readonly string[], now: number): number {
    const ended: SqliteRow[] = this.#statements.prepared(DELETE_ALL).all(
      account,
      JSON.stringify(except),
    );
    return ended.filter(({ expires }) => Number(expires) >= now).length;
  }

  sweep(now: number, limit: number): number {
    return Number(this.#statements.prepared(SWEEP).run(now - EXPIRY_SLACK, limit).changes);
  }

  /** Throws if the table or a column is missing. */
  check(): void {
    this.#row(`SELECT id, operations, ${COLUMNS} FROM pyramidion_sessions LIMIT 1`);
  }

  /** Reads the columns that decide about a change. It does not read the data. */
  #judged(id: string): JudgedRecord | undefined {
    const row = this.#row(
      "SELECT head, expires, operations FROM pyramidion_sessions WHERE id = ?",
      id,
    );
    return row === undefined ? undefined : {
      head: String(row.head),
      expires: Number(row.expires),
      operations: row.operations === "" ? [] : String(row.operations).split(" "),
    };
  }

  /** The record, which is known to be there. */
  #present(id: string): StoredRecord {
    const row = this.#row(`SELECT ${COLUMNS} FROM pyramidion_sessions WHERE id = ?`, id);
    return recordOf(id, row ?? {});
  }

  #apply(id: string, { operations }: JudgedRecord, change: SessionChange): void {
    const { head = null, account, renewed = null, expires = null } = change;
    const patch = patchOf(change);
    const sets = account === undefined ? 0 : 1, clears = change.clear === true ? 1 : 0;
    const remembered = operationsAfter(operations, change).join(" ");
    try {
      this.#statements.prepared(UPDATE)
        .run(head, sets, account ?? null, renewed, expires, remembered, patch, clears, patch, id);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes("malformed JSON")) throw error;
      throw new BrokenRecordError(id, "its data is not JSON", error);
    }
  }

  /** Locks for writing before it reads, so that no other process can write in between. */
  #inTransaction<T>(work: () => T): T {
    this.#statements.prepared("BEGIN IMMEDIATE").run();
    try {
      const answer = work();
      this.#statements.prepared("COMMIT").run();
      return answer;
    } catch (error) {
      if (this.#db.isTransaction) this.#statements.prepared("ROLLBACK").run();
      throw error;
    }
  }

  #row(sql: string, ...parameters: string[]): SqliteRow | undefined {
    return this.#statements.prepared(sql).get(...parameters);
  }
}

/** The change of values as a patch (RFC 7396), or `null` if no value changes. */
function patchOf({ clear, set, delete: gone }: SessionChange): string | null {
  const isEmpty = (set === undefined || set.size === 0) &&
    (gone === undefined || gone.length === 0);
  if (isEmpty && clear !== true) return null;
  const patch = new Map<string, string | null>((gone ?? []).map((key) => [key, null]));
  for (const [key, text] of set ?? []) patch.set(key, text);
  return JSON.stringify(Object.fromEntries(patch));
}

function recordOf(id: string, row: SqliteRow): StoredRecord {
  const { account, head, renewed, expires, data } = row;
  return {
    head: String(head),
    renewed: Number(renewed),
    expires: Number(expires),
    account: account === null ? null : String(account),
    values: valuesInJson(id, String(data)),
  };
}
