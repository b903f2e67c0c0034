/**
 * Sessions in memory, bounded, of which those that were not used lately are forgotten first.
 *
 * @module
 */

import { RecordTooLargeError } from "../stored/record_errors.ts";
import {
  EXPIRY_SLACK,
  type ListedSession,
  type SessionChange,
  type StoredRecord,
} from "../stored/session_store.ts";
import {
  changeFields,
  changeValues,
  handOut,
  type HeldRecord,
  judge,
} from "../stored/judgement.ts";

/** What the engine needs for a session beside its texts, in bytes, as measured. */
const SESSION_COST = 600;
/** The same for a key. */
const KEY_COST = 100;
/** A text with one of these takes two bytes for each of its characters, every other text one. */
const TWO_BYTES = /[\u0100-\uffff]/;

interface KeptRecord extends HeldRecord {
  bytes: number;
}

/** Sessions that were used in one span of time. */
class Generation {
  readonly records = new Map<string, KeptRecord>();
  readonly accounts = new Map<string, Set<string>>();
  bytes = 0;

  add(id: string, record: KeptRecord): void {
    this.records.set(id, record);
    this.bytes += record.bytes;
    if (record.account === null) return;
    const ids = this.accounts.get(record.account);
    if (ids === undefined) this.accounts.set(record.account, new Set([id]));
    else ids.add(id);
  }

  remove(id: string, record: KeptRecord): void {
    this.records.delete(id);
    this.bytes -= record.bytes;
    if (record.account === null) return;
    const ids = this.accounts.get(record.account);
    ids?.delete(id);
    if (ids?.size === 0) this.accounts.delete(record.account);
  }
}

/**
 * Two generations: what is used moves to the young one. When that is full it becomes the old one, and
 * the old one is forgotten.
 *
 * Invariant: an id is in one generation at most. So what was deleted cannot come back from the other.
 */
export class MemorySessions {
  readonly #mostEntries: number;
  readonly #mostBytes: number;
  #young = new Generation();
  #old = new Generation();
  #isClosed = false;

  /** Takes the bounds of both generations together. */
  constructor(maxEntries: number, maxBytes: number) {
    this.#mostEntries = Math.floor(maxEntries / 2);
    this.#mostBytes = Math.floor(maxBytes / 2);
  }

  load(id: string, now: number): StoredRecord | null {
    const record = this.#use(id, now);
    return record === undefined ? null : handOut(record);
  }

  create(id: string, given: StoredRecord, now: number): boolean {
    const present = this.#use(id, now);
    if (present !== undefined) return present.head === given.head;
    const bytes = bytesOf(id, given);
    this.#checkSize(id, bytes);
    this.#remove(id);
    this.#keep(id, { ...handOut(given), operations: [], bytes });
    return true;
  }

  update(id: string, head: string, change: SessionChange, now: number): true | null | StoredRecord {
    const record = this.#use(id, now);
    const verdict = judge(record, (key) => record?.values.get(key), head, change, now);
    if (record === undefined || verdict === "gone") return null;
    if (verdict === "known") return true;
    if (verdict === "refused") return handOut(record);
    const bytes = record.bytes + growthOf(record, change);
    // Before anything is changed: all of it, or nothing.
    this.#checkSize(id, bytes);
    this.#remove(id);
    changeFields(record, change);
    changeValues(record.values, change);
    record.bytes = bytes;
    this.#keep(id, record);
    return true;
  }

  delete(id: string): void {
    this.checkOpen();
    this.#remove(id);
  }

  list(account: string, now: number): ListedSession[] {
    const found: ListedSession[] = [];
    for (const [id, { head, renewed, expires }] of this.#recordsOf(account)) {
      if (now <= expires) found.push({ id, head, renewed, expires });
    }
    return found;
  }

  deleteAll(account: string, except: readonly string[], now: number): number {
    const spared = new Set(except);
    let ended = 0;
    for (const [id, { expires }] of this.#recordsOf(account)) {
      if (spared.has(id)) continue;
      this.#remove(id);
      if (now <= expires) ended++;
    }
    return ended;
  }

  sweep(now: number, limit: number): number {
    this.checkOpen();
    let removed = 0;
    for (const { records } of [this.#old, this.#young]) {
      for (const [id, { expires }] of records) {
        if (removed >= limit) return removed;
        if (now <= expires + EXPIRY_SLACK) continue;
        this.#remove(id);
        removed++;
      }
    }
    return removed;
  }

  /** Throws if the store was closed. */
  checkOpen(): void {
    if (this.#isClosed) throw new Error("Cannot use the store of sessions: it was closed");
  }

  close(): void {
    this.#isClosed = true;
    this.#young = new Generation();
    this.#old = new Generation();
  }

  /** The session if it counts. What is used is young again. */
  #use(id: string, now: number): KeptRecord | undefined {
    this.checkOpen();
    const young = this.#young.records.get(id);
    if (young !== undefined) return now > young.expires ? undefined : young;
    const old = this.#old.records.get(id);
    if (old === undefined || now > old.expires) return undefined;
    this.#old.remove(id, old);
    this.#keep(id, old);
    return old;
  }

  #keep(id: string, record: KeptRecord): void {
    const { records, bytes } = this.#young;
    const isFull = records.size >= this.#mostEntries || bytes + record.bytes > this.#mostBytes;
    if (isFull) {
      this.#old = this.#young;
      this.#young = new Generation();
    }
    this.#young.add(id, record);
  }

  #remove(id: string): void {
    for (const generation of [this.#young, this.#old]) {
      const record = generation.records.get(id);
      if (record !== undefined) generation.remove(id, record);
    }
  }

  #recordsOf(account: string): [id: string, record: KeptRecord][] {
    this.checkOpen();
    const found: [string, KeptRecord][] = [];
    for (const { accounts, records } of [this.#young, this.#old]) {
      for (const id of accounts.get(account) ?? []) {
        const record = records.get(id);
        if (record !== undefined) found.push([id, record]);
      }
    }
    return found;
  }

  #checkSize(id: string, bytes: number): void {
    if (bytes > this.#mostBytes) throw new RecordTooLargeError(id, this.#mostBytes);
  }
}

function bytesOf(id: string, { head, account, values }: StoredRecord): number {
  let bytes = SESSION_COST + bytesIn(id) + bytesIn(head) + bytesIn(account);
  for (const [key, text] of values) bytes += KEY_COST + bytesIn(key) + bytesIn(text);
  return bytes;
}

/** How many bytes a record grows by a change, without looking at what stays. */
function growthOf({ head, account, values }: StoredRecord, change: SessionChange): number {
  let bytes = 0;
  if (change.head !== undefined) bytes += bytesIn(change.head) - bytesIn(head);
  if (change.account !== undefined) bytes += bytesIn(change.account) - bytesIn(account);
  const isCleared = change.clear === true;
  for (const key of isCleared ? values.keys() : new Set(change.delete)) {
    const before = values.get(key);
    if (before !== undefined) bytes -= KEY_COST + bytesIn(key) + bytesIn(before);
  }
  for (const [key, text] of change.set ?? []) {
    const before = isCleared ? undefined : values.get(key);
    bytes += before === undefined
      ? KEY_COST + bytesIn(key) + bytesIn(text)
      : bytesIn(text) - bytesIn(before);
  }
  return bytes;
}

function bytesIn(text: string | null): number {
  if (text === null) return 0;
  return TWO_BYTES.test(text) ? 2 * text.length : text.length;
}
