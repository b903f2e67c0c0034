/**
 * A session's record that remembers how it came.
 *
 * @module
 */

import type { SessionRecord } from "../../../session.ts";
import type { WrittenRecord } from "../formats/payload.ts";
import type { CsrfCookies } from "./csrf.ts";

/** How a record came. */
export interface Arrival {
  /** The text that it was loaded from, as we would write it; `null` where no valid cookie came. */
  readonly loaded: string | null;
  /** The text of the state of a new session whose schema has defaults. */
  readonly blank?: string;
  /** Whether it is due to be written anew: an older secret verified it, or it was migrated. */
  readonly stale?: boolean;
  /** Whether it came in the cookie of another factory. */
  readonly takenOver?: boolean;
  /** Whether nothing of it is saved: another request has just put a newer session in its place. */
  readonly isLate?: boolean;
  /** The id of a cookie whose session goes on under another generation. */
  readonly rotatedId?: string | undefined;
  /** Seconds for which that cookie was remembered. */
  readonly rotatedRememberFor?: number | undefined;
  /** What else came that is valid: sessions in other cookies of the same names. */
  readonly others?: (() => Promise<readonly CookieRecord[]>) | undefined;
  /** Ends the session in the cookie of that other factory, if there is one: gives the `Set-Cookie` values that delete it. */
  readonly leave?: (() => Promise<readonly string[]>) | undefined;
}

/** The record of a session that lives in a cookie. */
export class CookieRecord implements SessionRecord {
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
  /** The text that it was loaded from. */
  readonly loaded: string | null;
  /** The text of its first state, where it is new and its schema has defaults. */
  readonly blank: string | undefined;
  /** Its id as it was loaded. */
  readonly loadedId: string | undefined;
  /** Who was signed in as it was loaded. */
  readonly loadedUserId: string | undefined;
  /** Whether `invalidate()` ended what was loaded. */
  ended: boolean | undefined = undefined;
  /** Whether `regenerate()` asked for a new cookie. */
  rotated: boolean | undefined = undefined;
  /** Whether nothing of it is saved. */
  readonly isLate: boolean;
  /** The id of a cookie whose session goes on under another generation. */
  readonly rotatedId: string | undefined;
  /** Seconds for which it was remembered as it was loaded, or the cookie that was rotated away. */
  readonly loadedRememberFor: number | undefined;
  /** What else came that is valid. */
  readonly others: (() => Promise<readonly CookieRecord[]>) | undefined;
  /** Whether it is due to be written anew. */
  readonly stale: boolean;
  /** Whether it came in the cookie of another factory. */
  readonly takenOver: boolean;
  /** Ends the session in the cookie of that other factory, if there is one. */
  readonly leave: (() => Promise<readonly string[]>) | undefined;
  /** The CSRF cookies of the request, once somebody asked for a token. */
  csrfCookies: CsrfCookies | undefined = undefined;

  /** Takes over what was read. */
  constructor(written: WrittenRecord, arrival: Arrival) {
    this.values = written.values;
    this.flash = written.flash;
    this.created = written.created;
    this.renewed = written.renewed;
    this.csrfToken = written.csrfToken;
    this.id = this.loadedId = written.id;
    this.userId = this.loadedUserId = written.userId;
    this.epoch = written.epoch;
    this.rememberFor = written.rememberFor;
    this.loadedRememberFor = arrival.rotatedRememberFor ?? written.rememberFor;
    this.others = arrival.others;
    this.loaded = arrival.loaded;
    this.blank = arrival.blank;
    this.stale = arrival.stale ?? false;
    this.takenOver = arrival.takenOver ?? false;
    this.leave = arrival.leave;
    this.isLate = arrival.isLate ?? false;
    this.rotatedId = arrival.rotatedId;
    this.isNew = this.loaded === null;
  }

  /** Whether anything lies beside the app's keys; how long nothing is remembered does not count. */
  get hasExtra(): boolean {
    return this.flash.size > 0 || this.csrfToken !== undefined || this.userId !== undefined;
  }
}
