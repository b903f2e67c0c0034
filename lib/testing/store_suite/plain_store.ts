/**
 * The contract as a plain map: the authority that a store is compared with.
 *
 * @module
 */

import type {
  ListedSession,
  SessionChange,
  StoredRecord,
} from "../../session/stored/session_store.ts";

interface PlainRecord extends StoredRecord {
  operations: string[];
}

/** Sessions in a map, without a promise: what it answers is right by being short. */
export class PlainStore {
  readonly #records: Map<string, PlainRecord>;

  /** Begins with what another holds, or with nothing. */
  constructor(other?: PlainStore) {
    this.#records = structuredClone(other?.state ?? new Map());
  }

  /** All that is kept. */
  get state(): Map<string, PlainRecord> {
    return this.#records;
  }

  load(id: string, now: number): StoredRecord | null {
    const record = this.#at(id, now);
    if (record === undefined) return null;
    const { operations: _, ...shown } = structuredClone(record);
    return shown;
  }

  create(id: string, record: StoredRecord, now: number): boolean {
    const present = this.#at(id, now);
    if (present !== undefined) return present.head === record.head;
    this.#records.set(id, { ...structuredClone(record), operations: [] });
    return true;
  }

  update(id: string, head: string, change: SessionChange, now: number): true | null | StoredRecord {
    const record = this.#at(id, now);
    if (record === undefined) return null;
    const { operation, expect: expected } = change;
    if (operation !== undefined && record.operations.includes(operation)) return true;
    const isAsExpected = expected === undefined ||
      (record.values.get(expected[0]) ?? null) === expected[1];
    if (record.head !== head || !isAsExpected) return this.load(id, now);
    if (change.clear === true) record.values.clear();
    for (const key of change.delete ?? []) record.values.delete(key);
    for (const [key, text] of change.set ?? []) record.values.set(key, text);
    record.head = change.head ?? record.head;
    record.renewed = change.renewed ?? record.renewed;
    record.expires = change.expires ?? record.expires;
    if (change.account !== undefined) record.account = change.account;
    if (operation !== undefined) record.operations = [...record.operations, operation].slice(-8);
    return true;
  }

  delete(id: string): void {
    this.#records.delete(id);
  }

  list(account: string, now: number): ListedSession[] {
    const found: ListedSession[] = [];
    for (const [id, { head, renewed, expires, account: own }] of this.#records) {
      if (own === account && now <= expires) found.push({ id, head, renewed, expires });
    }
    return found;
  }

  deleteAll(account: string, except: readonly string[], now: number): number {
    let ended = 0;
    for (const [id, { account: own, expires }] of this.#records) {
      if (own !== account || except.includes(id)) continue;
      this.#records.delete(id);
      if (now <= expires) ended++;
    }
    return ended;
  }

  #at(id: string, now: number): PlainRecord | undefined {
    const record = this.#records.get(id);
    return record !== undefined && now <= record.expires ? record : undefined;
  }
}
