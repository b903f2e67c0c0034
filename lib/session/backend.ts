/**
 * Where the state of sessions lives, seen from loading and committing: in the cookie itself, or in a
 * store that the cookie leads to.
 *
 * @module
 */

import type { RefusalReason, SessionRecord, SessionRequest } from "../../session.ts";
import type { CsrfCookies } from "./csrf.ts";
import type { WrittenRecord } from "./formats/payload.ts";

/** A value, or a promise of it. */
export type MaybePromise<T> = T | Promise<T>;

/**
 * Keeps the state of sessions. One object serves all requests of a factory.
 *
 * A backend reads, writes and ends one session. Everything else is the same for all backends: which
 * cookies are read, limits, the schema, former cookies, what counts as a change, and when a cookie is
 * renewed or deleted (`SessionLoading`, `SessionCommitting`).
 *
 * @typeParam State What a session holds in the form in which it is kept, so that two states can be
 * compared: the text of a payload, or the texts of a stored record.
 */
export interface SessionBackend<State> {
  /**
   * Reads what the text of a cookie holds or leads to. Limits and schema are applied afterwards.
   *
   * Never throws or rejects for what a visitor sent. A rejection is a fault of ours: a store that is
   * down rejects with an `HttpServiceUnavailable`, which the backend logs.
   *
   * @param text The cookie's value.
   */
  find(text: string): MaybePromise<Found<State> | Refused<State>>;
  /**
   * Asks whether a session within its limits is over all the same. Left out where {@linkcode find} has seen to that.
   *
   * @param written The session; of one that is taken over from another factory, what is kept of it.
   */
  readonly judge?: ((written: WrittenRecord) => Promise<Judgement<State>>) | undefined;
  /** What a session of another factory is here, once it is taken over; left out where it is the same. */
  adopt?(written: WrittenRecord): WrittenRecord;
  /**
   * The state of a record as it would be kept now.
   *
   * @param written The record.
   * @param loaded The state from which it was loaded; `null` for a new session.
   * @throws {SessionValueError} If a value could not be read back as it is.
   */
  stateOf(written: WrittenRecord, loaded: State | null): State;
  /** The app's keys of a state, read anew: no object of them is shared. `null` if it cannot be read. */
  valuesOf(state: State): Map<string, unknown> | null;
  /** Whether two states hold the same. */
  isSame(one: State, other: State): boolean;
  /**
   * Keeps a state.
   *
   * A record without a `loadedId` was never kept here: it is new, or comes from another factory. One
   * whose `id` is not its `loadedId` was regenerated, or a user signed in. One that has `ended` begins
   * anew, and what was loaded is over.
   *
   * @param record The record, in which the backend may name the session.
   * @param state What {@linkcode stateOf} made of it.
   * @param writing The request, and the times.
   * @returns The `Set-Cookie` values; `null` where nothing was kept, since another request has ended
   * the session or has put a newer one in its place.
   * @throws {SessionTooLargeError} If it is too large.
   */
  write(
    record: LoadedRecord<State>,
    state: State,
    writing: SessionWriting,
  ): Promise<readonly string[] | null>;
  /**
   * Ends the session that was loaded, with those in further cookies of the request
   * ({@linkcode LoadedRecord.others}). The cookie is deleted by the caller.
   *
   * @param record The record, which may hold nothing any more.
   * @param now The time in milliseconds.
   * @param request The request. An error may carry what deletes its cookie.
   */
  end(record: LoadedRecord<State>, now: number, request: SessionRequest): Promise<void>;
  /**
   * Changes one key at once, by what it holds where sessions are kept; left out where they are kept in
   * their cookie.
   *
   * @returns What it holds now; `null` where it is to be changed in the record alone.
   */
  modify?(
    record: LoadedRecord<State>,
    key: string,
    change: (value: unknown) => unknown,
  ): Promise<{ readonly value: unknown } | null>;
  /**
   * Whether a session that was emptied is kept until it idles: another request may be writing to it.
   * @default {false}
   */
  readonly keepsEmptied?: boolean;
}

/** When and for which request a state is kept. Milliseconds since 1970. */
export interface SessionWriting {
  /** The request that is answered. */
  readonly request: SessionRequest;
  /** The time. */
  readonly now: number;
  /** The time of issue that is noted: an earlier one where the request is no activity. */
  readonly renewed: number;
}

/** What a cookie holds or leads to. */
export interface Found<State> {
  /** The session. */
  readonly written: WrittenRecord;
  /** Its state, as {@linkcode SessionBackend.stateOf} would make it. */
  readonly state: State;
  /** Whether its cookie is due to be written anew: an older secret verified it. */
  readonly stale: boolean;
}

/** Why a cookie gives no session, and what is known all the same of the one that it belonged to. */
export interface Refused<State> {
  /** Why not. */
  readonly refused: RefusalReason;
  /** What is known of it. */
  readonly arrival?: Partial<Arrival<State>>;
}

/** What {@linkcode SessionBackend.judge} found. */
export type Judgement<State> = Refused<State> | {
  /** The session with what it lacks; left out where it lacks nothing. */
  readonly written?: WrittenRecord;
  /** What is known of how it came. */
  readonly arrival?: Partial<Arrival<State>>;
};

/** The session in the cookie of another factory from which one was taken over. */
export interface FormerOrigin {
  /** What tells it from other sessions of its user, where that is known. */
  readonly mark: string | undefined;
  /** Asks the other factory again whether it lets that session in. */
  readonly isStill: () => Promise<boolean>;
}

/** How a session came with the request. */
export interface Arrival<State> {
  /** The state that was loaded; `null` where no valid cookie came. */
  readonly loaded: State | null;
  /** The text of a new session's values, where its schema has defaults. */
  readonly blank?: string;
  /** Whether it is due to be written anew: an older secret verified it, or it was migrated. */
  readonly stale?: boolean;
  /** Whether it came in the cookie of another factory. */
  readonly takenOver?: boolean;
  /** The session there. */
  readonly origin?: FormerOrigin;
  /** Whether nothing of it is kept: another request has just put a newer session in its place. */
  readonly isLate?: boolean;
  /** The id in a cookie from before a rotation: its session goes on, and can be ended by it. */
  readonly rotatedId?: string | undefined;
  /** Seconds for which that cookie was remembered. */
  readonly rotatedRememberFor?: number | undefined;
  /** The sessions in further valid cookies of the same names. */
  readonly others?: (() => Promise<readonly LoadedRecord<State>[]>) | undefined;
  /** Ends the session in the cookie of the other factory, if there is one: gives the `Set-Cookie` values that delete it. */
  readonly leave?: (() => Promise<readonly string[]>) | undefined;
}

/** A session's record, with how it came and what it was then. */
export class LoadedRecord<State = unknown> implements SessionRecord {
  /** The app's own keys. */
  values: Map<string, unknown>;
  /** Flash messages by queue. */
  flash: Map<string, unknown[]>;
  /** When the session began, in milliseconds. */
  created: number;
  /** When its cookie was last issued, in milliseconds. */
  renewed: number;
  /** Whether no valid session came with the request. */
  isNew: boolean;
  /** The secret behind the CSRF tokens. */
  csrfToken: string | undefined;
  /** The session's name among all its copies. */
  id: string | undefined;
  /** Who signed in. */
  userId: string | undefined;
  /** The user's epoch when the user signed in. */
  epoch: number | undefined;
  /** Seconds asked for by `remember()`. */
  rememberFor: number | undefined;
  /** The user's stamp when the user signed in. */
  stamp: string | undefined;
  /** The state that was loaded. */
  readonly loaded: State | null;
  /** The text of a new session's values, where its schema has defaults. */
  readonly blank: string | undefined;
  /** Its id as it was loaded. */
  readonly loadedId: string | undefined;
  /** Who was signed in as it was loaded. */
  readonly loadedUserId: string | undefined;
  /** Whether `invalidate()` ended what was loaded. */
  ended: boolean | undefined = undefined;
  /** Whether `regenerate()` asked for a new cookie. */
  rotated: boolean | undefined = undefined;
  /** Whether nothing of it is kept. */
  readonly isLate: boolean;
  /** The id in a cookie from before a rotation. */
  readonly rotatedId: string | undefined;
  /** Seconds for which it was remembered as it was loaded, or the cookie from before a rotation. */
  readonly loadedRememberFor: number | undefined;
  /** The sessions in further valid cookies of the same names. */
  readonly others: (() => Promise<readonly LoadedRecord<State>[]>) | undefined;
  /** Whether it is due to be written anew. */
  readonly stale: boolean;
  /** Whether it came in the cookie of another factory. */
  readonly takenOver: boolean;
  /** The session there. */
  readonly origin: FormerOrigin | undefined;
  /** Ends the session in the cookie of that other factory, if there is one. */
  readonly leave: (() => Promise<readonly string[]>) | undefined;
  /** The CSRF cookies of the request, once somebody asked for a token. */
  csrfCookies: CsrfCookies | undefined = undefined;
  /** Where it is kept. */
  readonly backend: SessionBackend<State>;

  /**
   * Takes over what was read.
   *
   * @param written What it holds.
   * @param arrival How it came.
   * @param backend Where it is kept.
   */
  constructor(written: WrittenRecord, arrival: Arrival<State>, backend: SessionBackend<State>) {
    this.backend = backend;
    this.values = written.values;
    this.flash = written.flash;
    this.created = written.created;
    this.renewed = written.renewed;
    this.csrfToken = written.csrfToken;
    this.id = this.loadedId = written.id;
    this.userId = this.loadedUserId = written.userId;
    this.epoch = written.epoch;
    this.rememberFor = written.rememberFor;
    this.stamp = written.stamp;
    this.loadedRememberFor = arrival.rotatedRememberFor ?? written.rememberFor;
    this.others = arrival.others;
    this.loaded = arrival.loaded;
    this.blank = arrival.blank;
    this.stale = arrival.stale ?? false;
    this.takenOver = arrival.takenOver ?? false;
    this.origin = arrival.origin;
    this.leave = arrival.leave;
    this.isLate = arrival.isLate ?? false;
    this.rotatedId = arrival.rotatedId;
    this.isNew = this.loaded === null;
  }

  /** Whether anything lies beside the app's keys. For how long it is remembered does not count. */
  get hasExtra(): boolean {
    return this.flash.size > 0 || this.csrfToken !== undefined || this.userId !== undefined;
  }

  /** Whether a user signs in: a session that was loaded has an epoch then, and `bindTo()` takes it away. */
  get signsIn(): boolean {
    return this.userId !== undefined && this.epoch === undefined;
  }

  /** Changes one key at once. */
  async modify(
    key: string,
    change: (value: unknown) => unknown,
  ): Promise<{ readonly value: unknown } | null> {
    return await this.backend.modify?.(this, key, change) ?? null;
  }

  /** Whether `remember()` asked for another time than the session was loaded with. */
  get isRelived(): boolean {
    return this.rememberFor !== this.loadedRememberFor;
  }
}

/** Whether a record was made for the sessions of a backend. */
export function isKeptBy<State>(
  backend: SessionBackend<State>,
  record: SessionRecord,
): record is LoadedRecord<State> {
  return record instanceof LoadedRecord && record.backend === backend;
}
