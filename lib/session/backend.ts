/**
 * Defines how loading and committing use the place where sessions live: the cookie itself, or a
 * store.
 *
 * @module
 */

import type { RefusalReason, SessionRecord, SessionRequest } from "../../session.ts";
import type { CellCookies } from "./cells.ts";
import type { CsrfCookies } from "./csrf.ts";
import type { WrittenRecord } from "./formats/payload.ts";

/** A value, or a promise of it. */
export type MaybePromise<T> = T | Promise<T>;

/**
 * Keeps the state of sessions. One object serves all requests of a factory.
 *
 * A backend reads, writes and ends one session. Everything else is the same for all backends.
 * `SessionLoading` chooses the cookies, and applies the limits, the schema and former cookies.
 * `SessionCommitting` decides whether a session changed, and when its cookie is renewed or deleted.
 *
 * @typeParam State The contents of a session in the form in which they are kept, so that two states
 * can be compared. It is the text of a payload, or the texts of a stored record.
 */
export interface SessionBackend<State> {
  /**
   * Reads the session that a cookie's text holds or leads to. Limits and schema are applied
   * afterwards.
   *
   * It never throws or rejects because of a text that a visitor sent. If a store is down, then it
   * rejects with an `HttpServiceUnavailable`, which the backend logs.
   *
   * @param text The cookie's value.
   */
  find(text: string): MaybePromise<Found<State> | Refused<State>>;
  /**
   * Checks whether a session within its limits was ended. It is left out if {@linkcode find}
   * already checks that.
   *
   * @param written The session. If it is taken over from another factory, then the parts of it that
   * are kept.
   */
  readonly judge?: ((written: WrittenRecord) => Promise<Judgement<State>>) | undefined;
  /** Adapts a session that was taken over from another factory. Left out where nothing changes. */
  adopt?(written: WrittenRecord): WrittenRecord;
  /**
   * Makes the state of a record as it would be kept now.
   *
   * @param written The record.
   * @param loaded The state from which the record was loaded. It is `null` for a new session.
   * @throws {SessionValueError} If the format would lose or change a value.
   */
  stateOf(written: WrittenRecord, loaded: State | null): State;
  /**
   * Reads the app's keys of a state again, so that no object is shared. It is `null` if the state
   * cannot be read.
   */
  valuesOf(state: State): Map<string, unknown> | null;
  /** Whether two states hold the same. */
  isSame(one: State, other: State): boolean;
  /**
   * Keeps a state.
   *
   * A record without a `loadedId` was never kept here: it is new, or comes from another factory.
   * One whose `id` is not its `loadedId` was regenerated, or a user signed in. One that has `ended`
   * begins anew, and what was loaded is over.
   *
   * @param record The record, in which the backend may name the session.
   * @param state What {@linkcode stateOf} made of it.
   * @param writing The request, and the times.
   * @returns The `Set-Cookie` values. It is `null` if nothing was kept, because another request
   * ended the session or replaced it by a newer one.
   * @throws {SessionTooLargeError} If the session is too large.
   */
  write(
    record: LoadedRecord<State>,
    state: State,
    writing: SessionWriting,
  ): Promise<readonly string[] | null>;
  /**
   * Ends the session that was loaded, and those in further cookies of the request
   * ({@linkcode LoadedRecord.others}). The caller deletes the cookie.
   *
   * @param record The record, which may hold nothing any more.
   * @param now The time in milliseconds.
   * @param request The request. An error may carry what deletes its cookie.
   */
  end(record: LoadedRecord<State>, now: number, request: SessionRequest): Promise<void>;
  /**
   * Changes one key at once by its present value in the store. It is left out if sessions are kept
   * in their cookie.
   *
   * @returns The value that the key holds now. If it is `null`, then the caller changes the key in
   * the record alone.
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
  /** Whether its cookie is due to be written again, because an older secret verified it. */
  readonly stale: boolean;
}

/** The reason why a cookie gives no session, and what is known of its session. */
export interface Refused<State> {
  /** Why not. */
  readonly refused: RefusalReason;
  /** What is known of it. */
  readonly arrival?: Partial<Arrival<State>>;
}

/** What {@linkcode SessionBackend.judge} found. */
export type Judgement<State> = Refused<State> | {
  /** The session with the parts that it lacked. It is left out if it lacked nothing. */
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
  /** The state that was loaded. It is `null` if no valid cookie came. */
  readonly loaded: State | null;
  /** The text of a new session's values, where its schema has defaults. */
  readonly blank?: string;
  /**
   * Whether it is due to be written again, because an older secret verified it or it was migrated.
   */
  readonly stale?: boolean;
  /** Whether it came in the cookie of another factory. */
  readonly takenOver?: boolean;
  /** The session there. */
  readonly origin?: FormerOrigin;
  /** Why the cookie that came was rejected. */
  readonly rejected?: RefusalReason;
  /** Whether nothing of it is kept: another request has just put a newer session in its place. */
  readonly isLate?: boolean;
  /**
   * The id of a session that this request does not read, and that it can end. It came by a cookie
   * from before a rotation, or the session is too large to be read.
   */
  readonly endableId?: string | undefined;
  /** Seconds for which that cookie was remembered. */
  readonly rotatedRememberFor?: number | undefined;
  /** The sessions in further valid cookies of the same names. */
  readonly others?: (() => Promise<readonly LoadedRecord<State>[]>) | undefined;
  /**
   * Ends the session in the cookie of the other factory, if there is one. It gives the `Set-Cookie`
   * values that delete the cookie.
   */
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
  /** Further secrets that requests at the same time have made. */
  csrfOthers: readonly string[] | undefined;
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
  /** The user whose keys it holds, although this user is not signed in. */
  ownerId: string | undefined;
  /** The last millisecond in which that user is half signed in. */
  pendingUntil: number | undefined;
  /** What a list of sessions shows of it. */
  description: SessionRecord["description"];
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
  /** Whether `forget()` or `beginSignIn()` moved it, so that no earlier cookie may read it. */
  isolated: boolean | undefined = undefined;
  /** Whether nothing of it is kept. */
  readonly isLate: boolean;
  /** The id of a session that this request can end, although it does not read it. */
  readonly endableId: string | undefined;
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
  /** Why the cookie that came was rejected. */
  readonly rejected: RefusalReason | undefined;
  /** The CSRF cookies of the request, after the first use of a CSRF token. */
  csrfCookies: CsrfCookies | undefined = undefined;
  /** The cells of the request, after the first use of one. */
  cells: CellCookies | undefined = undefined;
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
    this.csrfOthers = written.csrfOthers;
    this.id = this.loadedId = written.id;
    this.userId = this.loadedUserId = written.userId;
    this.epoch = written.epoch;
    this.rememberFor = written.rememberFor;
    this.stamp = written.stamp;
    this.ownerId = written.ownerId;
    this.pendingUntil = written.pendingUntil;
    this.description = written.description;
    this.loadedRememberFor = arrival.rotatedRememberFor ?? written.rememberFor;
    this.others = arrival.others;
    this.loaded = arrival.loaded;
    this.blank = arrival.blank;
    this.stale = arrival.stale ?? false;
    this.takenOver = arrival.takenOver ?? false;
    this.origin = arrival.origin;
    this.leave = arrival.leave;
    this.rejected = arrival.rejected;
    this.isLate = arrival.isLate ?? false;
    this.endableId = arrival.endableId;
    this.isNew = this.loaded === null;
  }

  /** Whether anything lies beside the app's keys. For how long it is remembered does not count. */
  get hasExtra(): boolean {
    return this.flash.size > 0 || this.csrfToken !== undefined || this.userId !== undefined ||
      this.pendingUntil !== undefined;
  }

  /**
   * Whether a user signs in. A loaded session of a user has an epoch, and `bindTo()` removes it.
   */
  get signsIn(): boolean {
    return this.userId !== undefined && this.epoch === undefined;
  }

  /** Whether it goes on under a new cookie, and no earlier one may read it. */
  get leavesCookie(): boolean {
    return this.signsIn || this.isolated === true;
  }

  /** Changes one key at once, if the backend is a store. */
  get modify(): SessionRecord["modify"] {
    const { backend } = this;
    return backend.modify &&
      (async (key, change) => await backend.modify?.(this, key, change) ?? null);
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
