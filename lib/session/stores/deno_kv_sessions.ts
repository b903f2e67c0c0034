/**
 * Sessions in Deno KV.
 *
 * @module
 */

import { BrokenRecordError, RecordTooLargeError } from "../stored/record_errors.ts";
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
import { CONTENDED } from "./contention.ts";
import {
  type KvKey,
  type SessionAtomic,
  type SessionKv,
  untilCommitted,
} from "./deno_kv_database.ts";

/** The most that Deno KV keeps under one key, in bytes. */
const MOST_BYTES = 65_536;
/** How many entries are read or removed at once. */
const AT_ONCE = 10;

type Answer = true | null | StoredRecord;

/** A change that waits for its turn. */
interface Waiting {
  readonly head: string;
  readonly change: SessionChange;
  readonly now: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** One entry for a session, one for the account's list, both written in one atomic step. */
export class DenoKvSessions {
  readonly #kv: SessionKv;
  readonly #prefix: KvKey;
  /** What waits for a commit under way, by id. */
  readonly #waiting = new Map<string, Waiting[]>();

  /** Takes the database, and what keys begin with. */
  constructor(kv: SessionKv, prefix: KvKey) {
    this.#kv = kv;
    this.#prefix = prefix;
  }

  async load(id: string, now: number): Promise<StoredRecord | null> {
    const [record] = await untilCommitted("load a session", () => this.#read(id));
    return record === undefined || now > record.expires ? null : handOut(record);
  }

  create(id: string, given: StoredRecord, now: number): Promise<boolean> {
    return untilCommitted("save", async () => {
      const [present, versionstamp] = await this.#read(id);
      if (present !== undefined && now <= present.expires) return present.head === given.head;
      const write = this.#kv.atomic().check({ key: this.#key(id), versionstamp });
      const isDone = await this.#put(write, id, present, { ...given, operations: [] }, now);
      return isDone || CONTENDED;
    });
  }

  /**
   * Changes a session. While one commit is under way, other changes of the session wait, and share
   * the next commit. A hundred at once need two commits.
   */
  update(id: string, head: string, change: SessionChange, now: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const one: Waiting = { head, change, now, resolve, reject };
      const waiting = this.#waiting.get(id);
      if (waiting !== undefined) waiting.push(one);
      else {
        this.#waiting.set(id, [one]);
        void this.#commitAll(id);
      }
    });
  }

  /** It does not check the version, so a sign-out wins over every change that is under way. */
  delete(id: string): Promise<void> {
    return untilCommitted("end a session", async () => {
      const { value } = await this.#kv.get(this.#key(id));
      const account = isBag(value) ? value.account : null;
      let whole = this.#kv.atomic().delete(this.#key(id));
      if (typeof account === "string") whole = whole.delete(this.#listKey(account, id));
      return (await whole.commit()).ok ? undefined : CONTENDED;
    });
  }

  async list(account: string, now: number): Promise<ListedSession[]> {
    const found: ListedSession[] = [];
    await this.#forEachOf(account, async (id) => {
      const [record] = await untilCommitted("list sessions", () => this.#read(id));
      // The entry of a list can be late: the record decides.
      if (record === undefined || record.account !== account || now > record.expires) return;
      const { head, renewed, expires } = record;
      found.push({ id, head, renewed, expires });
    });
    return found;
  }

  async deleteAll(account: string, except: readonly string[], now: number): Promise<number> {
    let ended = 0;
    await this.#forEachOf(account, async (id) => {
      if (except.includes(id)) return;
      const expires = await untilCommitted("end sessions", () => this.#deleteIfOf(account, id));
      if (expires !== undefined && now <= expires) ended++;
    });
    return ended;
  }

  /** Ends a session if it is still of the account, and tells when it would have expired. */
  async #deleteIfOf(account: string, id: string): Promise<number | undefined | typeof CONTENDED> {
    const key = this.#key(id);
    const { value, versionstamp } = await this.#kv.get(key);
    if (!isBag(value) || value.account !== account) return undefined;
    const write = this.#kv.atomic().check({ key, versionstamp }).delete(key)
      .delete(this.#listKey(account, id));
    if (!(await write.commit()).ok) return CONTENDED;
    return typeof value.expires === "number" ? value.expires : undefined;
  }

  async #forEachOf(account: string, work: (id: string) => Promise<void>): Promise<void> {
    const ids = await untilCommitted("list sessions", async () => {
      const ids: string[] = [];
      const prefix = [...this.#prefix, "accounts", account];
      for await (const { key } of this.#kv.list({ prefix })) {
        const id = key.at(-1);
        if (typeof id === "string") ids.push(id);
      }
      return ids;
    });
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      await Promise.all(ids.slice(at, at + AT_ONCE).map(work));
    }
  }

  async #commitAll(id: string): Promise<void> {
    const waiting = this.#waiting.get(id) ?? [];
    while (waiting.length > 0) await this.#commitTogether(id, waiting.splice(0));
    this.#waiting.delete(id);
  }

  /** Never rejects. It settles the promise of each waiting change. */
  async #commitTogether(id: string, batch: readonly Waiting[]): Promise<void> {
    try {
      const answers = await untilCommitted("save", () => this.#attempt(id, batch));
      batch.forEach(({ resolve }, at) => resolve(answers[at] ?? null));
    } catch (error) {
      // What is too large for one commit may be one change: it must not take others with it.
      if (error instanceof RecordTooLargeError && batch.length > 1) {
        for (const one of batch) await this.#commitTogether(id, [one]);
        return;
      }
      for (const { reject } of batch) reject(error);
    }
  }

  async #attempt(id: string, batch: readonly Waiting[]): Promise<Answer[] | typeof CONTENDED> {
    const [present, versionstamp] = await this.#read(id);
    const record = present && { ...present };
    let lastApplied: number | undefined;
    const answers = batch.map(({ head, change, now }): Answer => {
      const verdict = judge(record, (key) => record?.values.get(key), head, change, now);
      if (record === undefined || verdict === "gone") return null;
      if (verdict === "refused") return handOut(record);
      if (verdict === "known") return true;
      changeFields(record, change);
      changeValues(record.values, change);
      lastApplied = now;
      return true;
    });
    if (record === undefined || lastApplied === undefined) return answers;
    const write = this.#kv.atomic().check({ key: this.#key(id), versionstamp });
    return await this.#put(write, id, present, record, lastApplied) ? answers : CONTENDED;
  }

  /** Writes a session, and its entry in the account's list where that changes. */
  async #put(
    write: SessionAtomic,
    id: string,
    before: HeldRecord | undefined,
    record: HeldRecord,
    now: number,
  ): Promise<boolean> {
    const { head, renewed, expires, account, values, operations } = record;
    const expireIn = Math.max(1, expires - now + EXPIRY_SLACK);
    const value = { head, renewed, expires, account, values, operations };
    const former = before?.account ?? null;
    const isListed = former === account && before?.expires === expires;
    let whole = write.set(this.#key(id), value, { expireIn });
    if (former !== null && former !== account) whole = whole.delete(this.#listKey(former, id));
    if (account !== null && !isListed) {
      whole = whole.set(this.#listKey(account, id), 1, { expireIn });
    }
    try {
      return (await whole.commit()).ok;
    } catch (cause) {
      const isTooLarge = cause instanceof TypeError && /value too large/i.test(cause.message);
      throw isTooLarge ? new RecordTooLargeError(id, MOST_BYTES, cause) : cause;
    }
  }

  async #read(id: string): Promise<[record: HeldRecord | undefined, versionstamp: string | null]> {
    const { value, versionstamp } = await this.#kv.get(this.#key(id));
    return [versionstamp === null ? undefined : recordOf(id, value), versionstamp];
  }

  #key(id: string): KvKey {
    return [...this.#prefix, "sessions", id];
  }

  #listKey(account: string, id: string): KvKey {
    return [...this.#prefix, "accounts", account, id];
  }
}

type Bag = Readonly<Record<string, unknown>>;

function isBag(value: unknown): value is Bag {
  return typeof value === "object" && value !== null;
}

/** A record is believed if each of its members is of the right type. */
function recordOf(id: string, value: unknown): HeldRecord {
  const broken = (reason: string) => new BrokenRecordError(id, reason);
  if (!isBag(value)) throw broken("it is not an object");
  const { head, renewed, expires, account, values, operations } = value;
  if (typeof head !== "string") throw broken("its head is not text");
  if (!isTime(renewed)) throw broken("its time of renewal is not an integer");
  if (!isTime(expires)) throw broken("its end is not an integer");
  if (account !== null && typeof account !== "string") throw broken("its account is not text");
  if (!isTexts(operations)) throw broken("its operations are not a list of texts");
  if (!isValues(values)) throw broken("its values are not texts by texts");
  return { head, renewed, expires, account, values, operations };
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function isValues(value: unknown): value is Map<string, string> {
  return value instanceof Map &&
    value.entries().every(([key, text]) => isText(key) && isText(text));
}
