/**
 * A session's record that remembers how it came.
 *
 * @module
 */

import type { SessionRecord } from "../../session.ts";
import type { WrittenRecord } from "./payload.ts";

/** How a record came. */
export interface Arrival {
  /** The text that it was loaded from, as we would write it; `null` where no valid cookie of ours came. */
  readonly loaded: string | null;
  /** Whether it is due to be written anew: an older secret verified it, or it was migrated. */
  readonly stale?: boolean;
  /** Where it was taken over from another cookie: gives the `Set-Cookie` values that delete that one. */
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
  /** Its id as it was loaded. */
  readonly loadedId: string | undefined;
  /** Seconds for which it was remembered as it was loaded. */
  readonly loadedRememberFor: number | undefined;
  /** Whether it is due to be written anew. */
  readonly stale: boolean;
  /** Gives the `Set-Cookie` values that delete the cookie that it was taken over from. */
  readonly leave: (() => Promise<readonly string[]>) | undefined;

  /** Takes over what was read. */
  constructor(written: WrittenRecord, arrival: Arrival) {
    this.values = written.values;
    this.flash = written.flash;
    this.created = written.created;
    this.renewed = written.renewed;
    this.csrfToken = written.csrfToken;
    this.id = this.loadedId = written.id;
    this.userId = written.userId;
    this.epoch = written.epoch;
    this.rememberFor = this.loadedRememberFor = written.rememberFor;
    this.loaded = arrival.loaded;
    this.stale = arrival.stale ?? false;
    this.leave = arrival.leave;
    this.isNew = this.loaded === null && this.leave === undefined;
  }

  /** Whether anything lies beside the app's keys. */
  get hasExtra(): boolean {
    return this.flash.size > 0 || this.csrfToken !== undefined || this.userId !== undefined ||
      this.rememberFor !== undefined;
  }
}
