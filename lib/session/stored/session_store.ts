/**
 * The contract between stored sessions and the store that keeps them.
 *
 * @module
 */

import type { LoggerUser } from "../../../session.ts";

/**
 * How long a record stays in the store after its end, in milliseconds: 60,000.
 *
 * The clocks of servers differ a little. A session that has expired for one server can still count
 * for another. Therefore `sweep()`, and every timer of a database, waits this much longer than
 * `expires`.
 */
export const EXPIRY_SLACK = 60_000;

/** How many operations a record remembers: the last 8. */
export const REMEMBERED_OPERATIONS = 8;

/** A session as a store keeps it. */
export interface StoredRecord {
  /**
   * Text of up to 4,096 bytes that only the session layer reads. A store compares it character by
   * character, and does nothing else with it.
   */
  head: string;
  /** When the session was last renewed: an integer of milliseconds since 1970. */
  renewed: number;
  /**
   * The last millisecond in which the session counts: an integer since 1970. At `expires` the store
   * still returns it, and one millisecond later it does not. Every record has an end.
   */
  expires: number;
  /**
   * The name by which `list()` and `deleteAll()` find the session: text of 1 to 512 bytes. `null`
   * if it has no account.
   */
  account: string | null;
  /**
   * Values by their keys, both as text. A store does not parse a value: `"null"` is a text like
   * every other. It need not keep the order of the keys. The caller that gets a record owns the
   * map, and may change it.
   */
  values: Map<string, string>;
}

/**
 * The changes that an update makes to a record. A field that is missing or `undefined` changes
 * nothing.
 *
 * The caller must not change this object until the update has settled.
 */
export interface SessionChange {
  /**
   * Keys that get a value. Other keys keep theirs, even if another request wrote them meanwhile.
   */
  set?: ReadonlyMap<string, string> | undefined;
  /** Keys to remove. A key that is missing is no error. No key is both here and in `set`. */
  delete?: readonly string[] | undefined;
  /**
   * Whether all keys that are not in `set` are removed, also those that another request wrote
   * meanwhile. A sign-in does this, because an attacker may have planted the cookie. @default {false}
   */
  clear?: boolean | undefined;
  /**
   * The condition of the change: this key holds exactly this text now, or with `null`, the key is
   * missing.
   */
  expect?: readonly [key: string, text: string | null] | undefined;
  /** The new head. The next update has to pass it. */
  head?: string | undefined;
  /** The new account. `null` takes the session out of the account's list. */
  account?: string | null | undefined;
  /** The new time of renewal, in milliseconds. */
  renewed?: number | undefined;
  /** The new end, in milliseconds. It may be earlier than the one before. */
  expires?: number | undefined;
  /**
   * The random name of this change: 1 to 64 characters of `A-Z a-z 0-9 _ -`. A repeated attempt has
   * the same name. The record remembers the names of the last eight changes that were applied. It
   * does not remember a change without a name.
   */
  operation?: string | undefined;
}

/** A session in a list. */
export interface ListedSession {
  /** The session's id. */
  id: string;
  /** Its head, as it is now. */
  head: string;
  /** When it was last renewed, in milliseconds. */
  renewed: number;
  /** The last millisecond in which it counts. */
  expires: number;
}

/**
 * An object that can be closed: `await using` calls its `[Symbol.asyncDispose]()`.
 *
 * At the top of a module, `await using` closes it as soon as the module has been read. In a module
 * that `deno serve` starts, use `const`.
 *
 * It closes what the store opened itself. A client or a database that you passed stays open. Later
 * calls reject. Closing twice is no error. Without types for `Symbol.asyncDispose` this is an empty
 * type.
 */
export type AsyncCloser = typeof Symbol extends { readonly asyncDispose: infer Key extends symbol }
  ? { [Name in Key]: () => Promise<void> }
  : object;

/**
 * Keeps sessions. Several requests and several processes can call every member at once.
 *
 * **Time.** The caller passes `now` in milliseconds. It alone decides what has expired. The timers
 * of a database only remove expired entries, {@linkcode EXPIRY_SLACK} later.
 *
 * **Failure.** A store that cannot answer rejects, and the visitor gets a 503. It does not guess,
 * and it does not wait for ever. After a conflict or a lock, the store makes a limited number of
 * further attempts.
 *
 * **Retry.** After a rejection the caller does not know whether the call was carried out. It may
 * repeat every call with equal arguments. `load`, `list`, `delete`, `deleteAll` and `sweep` do no
 * harm then. `update` answers `true` for an operation that it remembers, and `null` if the session
 * ended meanwhile. `create` answers `true` for its own head. A repeated `create` brings back a
 * session that was deleted meanwhile. Repeat it only while no other caller knows the id.
 *
 * **Who checks what.** The session layer checks ids, keys, values, their number and their size
 * before it calls a store. An id has 1 to 64 characters of `A-Z a-z 0-9 _ -`. A key has at most 256
 * bytes. A session has at most 256 keys, and 32 KiB by default. All texts are well-formed Unicode
 * without the character U+0000.
 *
 * A store therefore checks none of these. It accepts each such text as a key or a value, including
 * `""`, `__proto__`, quotes and digits. Several requests at once can together exceed the limit of
 * the session layer. A store accepts at least 60,000 bytes for a session. It refuses a larger one
 * than it can hold with {@linkcode RecordTooLargeError}.
 *
 * **Records by others.** If a call would read a record that this store did not write in this form,
 * then it rejects with {@linkcode BrokenRecordError}. The call does not delete it, because a newer
 * version of the app may have written it. `delete`, `deleteAll` and `sweep` remove it all the same.
 */
export interface SessionStore extends LoggerUser, Partial<AsyncCloser> {
  /**
   * Reads a session.
   *
   * It sees every update that was answered before the call. It therefore never reads a replica.
   *
   * @param id The session's id.
   * @param now The time in milliseconds.
   * @returns A copy that the caller owns, or `null` if the session does not exist or
   * `now > expires`.
   */
  load(id: string, now: number): Promise<StoredRecord | null>;
  /**
   * Keeps a new session, in one atomic step. Of two calls at once for one id, one returns `false`.
   *
   * An expired record does not count. The new one replaces it and everything that belonged to it.
   *
   * @param id The session's id, which the caller made at random. No id is made twice.
   * @param record The record to keep. The store copies it.
   * @param now The time in milliseconds.
   * @returns `true` if the session is kept now. Also `true`, without a change, if a record of the
   * same head has the id. Then the reply to an earlier attempt was lost. `false` if another record
   * has the id.
   * @throws {RecordTooLargeError} If the store has no place for a record of this size.
   * @throws {ChangeRefusedError} If the server refuses every change for now, and made none.
   */
  create(id: string, record: StoredRecord, now: number): Promise<boolean>;
  /**
   * Changes a session that exists. It never creates one, because the end of a session is final.
   *
   * The update is one atomic step, which answers these questions in this order:
   *
   * 1. Is there no record, or is `now > expires`? Then `null`.
   * 2. Is `change.operation` among the last eight that were applied? Then `true`, and nothing changes.
   * 3. Is the record's head not `head`? Or does `change.expect` not hold? Then the record as it is now,
   *    and nothing changes.
   * 4. Otherwise the whole change is applied, its operation is remembered, and the answer is
   *    `true`.
   *
   * No other write comes between the questions and the change. In SQL this is one statement, or a
   * transaction that locks before it reads.
   *
   * @param id The session's id.
   * @param head The head of the record that the caller has seen.
   * @param change What to do.
   * @param now The time in milliseconds.
   * @returns `true`, `null`, or a copy of the present record, with which the caller decides again.
   * @throws {RecordTooLargeError} If the store has no place for what it would become. Nothing changed.
   * @throws {ChangeRefusedError} If the server refuses every change for now, and made none.
   */
  update(
    id: string,
    head: string,
    change: SessionChange,
    now: number,
  ): Promise<true | null | StoredRecord>;
  /**
   * Ends a session permanently. If it has ended already, then this is no error.
   *
   * An update that runs at the same time, in this process or another, is applied before it or gets
   * `null`.
   *
   * @param id The session's id.
   * @param account The account of the session as far as the caller knows, for a store with a
   * separate index. A store may ignore it, and must not require it.
   */
  delete(id: string, account?: string | null): Promise<void>;
  /**
   * Lists the sessions of an account, in any order.
   *
   * The store checks each session when it lists it: it exists, it has not expired, and its account
   * is this one. Listing removes nothing.
   *
   * @param account The account.
   * @param now The time in milliseconds.
   */
  list(account: string, now: number): Promise<ListedSession[]>;
  /**
   * Ends the sessions of an account.
   *
   * It ends all sessions that were in the account when it was called. A session that another
   * request adds or takes out meanwhile may stay.
   *
   * @param account The account.
   * @param except Ids that stay.
   * @param now The time in milliseconds, by which the answer is counted.
   * @returns How many sessions this call ended that had not expired.
   */
  deleteAll(account: string, except: readonly string[], now: number): Promise<number>;
  /**
   * Removes entries that expired more than {@linkcode EXPIRY_SLACK} before `now`, revocations
   * included.
   *
   * If the database removes expired entries, then the store does not have this member. `sweepAll()`
   * calls it until it returns less than `limit`. Use `sweepAll()` in a cron.
   *
   * @param now The time in milliseconds.
   * @param limit The most entries that this call removes: an integer from 1. 1,000 is a good number.
   * @returns How many it removed.
   */
  sweep?(now: number, limit: number): Promise<number>;
  /**
   * Resolves if the store is connected, its tables exist, and its settings are safe.
   *
   * If not, then it rejects, and the error names what is missing. Call it in health checks, and
   * before an app begins to listen.
   *
   * A store with a clock of its own compares it with `now`. If they differ by more than 5 seconds,
   * then it logs a warning.
   *
   * @param now The time in milliseconds.
   */
  ready?(now: number): Promise<void>;
}
