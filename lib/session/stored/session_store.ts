/**
 * The contract between stored sessions and the place where they are kept.
 *
 * A store keeps records and knows nothing of cookies, secrets or users. It compares texts, applies a
 * change in one atomic step, and forgets what expired. `storeSuite()` of
 * `@pyramidion/pyramidion/testing` is this contract as tests. A store that passes them keeps it.
 *
 * ```ts
 * import type { SessionChange, StoredRecord } from "@pyramidion/pyramidion/stores";
 * import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const store = memoryStore(), now = Date.now();
 * const record: StoredRecord = {
 *   head: "1",
 *   renewed: now,
 *   expires: now + 1_200_000,
 *   account: null,
 *   values: new Map([["cart", "[1]"]]),
 * };
 * await store.create("x7Qm", record, now);
 * const change: SessionChange = { set: new Map([["theme", '"dark"']]) };
 * assertEquals(await store.update("x7Qm", "1", change, now), true);
 * assertEquals((await store.load("x7Qm", now))?.values.size, 2);
 * ```
 *
 * @module
 */

import type { LoggerUser } from "../../../session.ts";

export { BrokenRecordError, RecordTooLargeError } from "./record_errors.ts";
export { sweepAll, type SweepAllOptions } from "./sweep_all.ts";

/**
 * How long after its end a record stays where it is, in milliseconds: 60,000.
 *
 * Servers have clocks that differ a little. What is over for one of them may count for another.
 * Therefore `sweep()`, and every timer of a database, waits this much longer than `expires`.
 */
export const EXPIRY_SLACK = 60_000;

/** How many operations a record remembers: 8, the last ones. */
export const REMEMBERED_OPERATIONS = 8;

/** A session as a store keeps it. */
export interface StoredRecord {
  /**
   * What the session layer alone reads: up to 2,048 bytes of text. A store compares it as text, letter
   * by letter, and does nothing else with it.
   */
  head: string;
  /** When the session was last renewed: an integer of milliseconds since 1970. */
  renewed: number;
  /**
   * The last millisecond in which the session counts: an integer since 1970. At `expires` it is there,
   * one millisecond later it is not. Every record has an end.
   */
  expires: number;
  /** Under which name `list()` and `deleteAll()` find the session: text of 1 to 512 bytes; `null` for none. */
  account: string | null;
  /**
   * Values by their keys, both as text. A value is not parsed: `"null"` is a text like every other.
   * The order of the keys is not kept. Who gets a record owns the map, and may change it.
   */
  values: Map<string, string>;
}

/**
 * What an update does to a record. What is left out, or is `undefined`, stays as it is.
 *
 * The caller does not change it until the update has settled.
 */
export interface SessionChange {
  /** Keys that get a value. Other keys keep theirs, also what another request wrote meanwhile. */
  set?: ReadonlyMap<string, string> | undefined;
  /** Keys that go away; one that is not there is no fault. No key stands here and in `set`. */
  delete?: readonly string[] | undefined;
  /** Applied only if this key holds exactly this text now; `null`: only if the key is not there. */
  expect?: readonly [key: string, text: string | null] | undefined;
  /** The new head. The next update has to name it. */
  head?: string | undefined;
  /** The new account; `null` takes the session out of the account's list. */
  account?: string | null | undefined;
  /** The new time of renewal, in milliseconds. */
  renewed?: number | undefined;
  /** The new end, in milliseconds. It may be earlier than the one before. */
  expires?: number | undefined;
  /**
   * The name of this change: 1 to 64 of `A-Z a-z 0-9 _ -`, random, and the same when it is tried
   * again. The record remembers the last eight that were applied. Without a name nothing is remembered.
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
 * What has an end: `await using` calls its `[Symbol.asyncDispose]()`.
 *
 * It closes what the store opened itself. A client or a database that was handed in stays open. Later
 * calls reject. Closing twice is no fault. Without types for `Symbol.asyncDispose` it is an empty type.
 */
export type AsyncCloser = typeof Symbol extends { readonly asyncDispose: infer Key extends symbol }
  ? { [Name in Key]: () => Promise<void> }
  : object;

/**
 * Keeps sessions. Every member is safe to call from several requests and several processes at once.
 *
 * **Time.** The caller passes `now` in milliseconds. It alone decides what has expired. The timers of
 * a database only collect rubbish, {@linkcode EXPIRY_SLACK} later.
 *
 * **Failure.** A store that cannot answer rejects, and the visitor gets a 503. It does not guess, and
 * it does not wait for ever. An error that a second attempt can mend, such as a conflict or a lock, is
 * tried again by the store, a bounded number of times.
 *
 * **Retry.** After a rejection the caller does not know whether the call was carried out. It may repeat
 * every call with equal arguments. `load`, `list`, `delete`, `deleteAll` and `sweep` do no harm then.
 * `update` answers `true` for an operation that it remembers, and `null` if the session ended
 * meanwhile. `create` answers `true` for its own head.
 * But what was deleted meanwhile begins anew: repeat `create` only while nobody else knows of the id.
 *
 * **Who checks what.** The session layer checks ids, keys, values, their number and their size before
 * they come here: ids of 1 to 64 of `A-Z a-z 0-9 _ -`, keys of up to 256 bytes, 256 keys, 32 KiB by
 * default. All texts are well-formed Unicode without the character U+0000. A store therefore checks
 * nothing of that. It takes each such text for a key or a value: also `""`, `__proto__`, quotes and
 * digits. Requests at once can add up to more than the layer's limit. A store holds 60,000 bytes a
 * session at least, or refuses with {@linkcode RecordTooLargeError}.
 *
 * **Records by others.** A record that this store did not write so rejects with
 * {@linkcode BrokenRecordError}, wherever it would be read. It is not deleted, because a newer version
 * of the app may have written it. `delete`, `deleteAll` and `sweep` remove it all the same.
 */
export interface SessionStore extends LoggerUser, Partial<AsyncCloser> {
  /**
   * Reads a session.
   *
   * It sees every update that was answered before it was called. So it never reads a replica.
   *
   * @param id The session's id.
   * @param now The time in milliseconds.
   * @returns A copy that the caller owns; `null` if there is none, or if `now > expires`.
   */
  load(id: string, now: number): Promise<StoredRecord | null>;
  /**
   * Keeps a new session. One atomic step: of two at once for one id, one is `false`.
   *
   * A record that expired does not count. It is replaced with all that belonged to it.
   *
   * @param id The session's id, which the caller made at random. No id is made twice.
   * @param record What to keep; the store copies it.
   * @param now The time in milliseconds.
   * @returns `true` if it is kept now. Also `true`, with nothing changed, if the id is taken by a record
   * of the same head, because then the reply to an earlier attempt was lost. `false` if the id is taken
   * by another.
   * @throws {RecordTooLargeError} If the store has no place for a record of this size.
   */
  create(id: string, record: StoredRecord, now: number): Promise<boolean>;
  /**
   * Changes a session that is there. It never creates one: gone is final.
   *
   * One atomic step, in which these questions are asked in this order:
   *
   * 1. Is there no record, or is `now > expires`? Then `null`.
   * 2. Is `change.operation` among the last eight that were applied? Then `true`, and nothing changes.
   * 3. Is the record's head not `head`? Or does `change.expect` not hold? Then the record as it is now,
   *    and nothing changes.
   * 4. Else the whole change is applied, its operation is remembered, and the answer is `true`.
   *
   * No other write comes between the questions and the change. In SQL this is one statement, or a
   * transaction that locks before it reads.
   *
   * @param id The session's id.
   * @param head The head of the record that the caller has seen.
   * @param change What to do.
   * @param now The time in milliseconds.
   * @returns `true`, `null`, or a copy of the present record, by which the caller judges again.
   * @throws {RecordTooLargeError} If the store has no place for what it would become. Nothing changed.
   */
  update(
    id: string,
    head: string,
    change: SessionChange,
    now: number,
  ): Promise<true | null | StoredRecord>;
  /**
   * Ends a session, for good. One that is gone already is no fault.
   *
   * An update that is under way, in this process or another, is either applied before, or gets `null`.
   *
   * @param id The session's id.
   * @param account The account that the caller knows of, for a store that keeps its index apart. A store
   * may ignore it, and must not demand it.
   */
  delete(id: string, account?: string | null): Promise<void>;
  /**
   * Lists the sessions of an account, in any order.
   *
   * Each is looked at when it is listed: it is there, it has not expired, and its account is this one.
   * Listing removes nothing.
   *
   * @param account The account.
   * @param now The time in milliseconds.
   */
  list(account: string, now: number): Promise<ListedSession[]>;
  /**
   * Ends the sessions of an account.
   *
   * It ends all that were in the account when it was called. A session that another request adds
   * meanwhile may stay. So may one that leaves the account meanwhile.
   *
   * @param account The account.
   * @param except Ids that stay.
   * @param now The time in milliseconds, by which the answer is counted.
   * @returns How many sessions this call ended that had not expired.
   */
  deleteAll(account: string, except: readonly string[], now: number): Promise<number>;
  /**
   * Removes what expired more than {@linkcode EXPIRY_SLACK} before `now`, revocations included.
   *
   * A store whose database removes it by itself has no such member. `sweepAll()` calls it until it
   * answers less than `limit`: use that in a cron.
   *
   * @param now The time in milliseconds.
   * @param limit The most entries that this call removes: an integer from 1. 1,000 is a good number.
   * @returns How many it removed.
   */
  sweep?(now: number, limit: number): Promise<number>;
  /**
   * Resolves if the store can serve: it is connected, its tables are there, its settings are safe.
   * Rejects with what is missing. For health checks, and before an app begins to listen.
   *
   * A store with a clock of its own compares it with `now`, and warns in the log above 5 seconds.
   *
   * @param now The time in milliseconds.
   */
  ready?(now: number): Promise<void>;
}
