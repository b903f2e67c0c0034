/**
 * Sessions that live in a store: the cookie holds an id and a secret, the store a record.
 *
 * @module
 */

import type { SessionCodec, SessionRequest } from "../../../session.ts";
import type {
  Found,
  Judgement,
  LoadedRecord,
  MaybePromise,
  Refused,
  SessionBackend,
  SessionWriting,
} from "../backend.ts";
import type { VerifiedCookie, VerifiedCookies } from "../cookies/verified_cookies.ts";
import { encodeBase64url, type RandomBytes } from "../crypto/bytes.ts";
import { SessionValueError } from "../errors.ts";
import type { NativePayload } from "../formats/native_payload.ts";
import type { WrittenRecord } from "../formats/payload.ts";
import type { SessionParts } from "../options.ts";
import { type Change, Modifying } from "./modifying.ts";
import type { PendingEnds } from "./pending_ends.ts";
import { bytesIn, checkTexts, isStorable, readTexts, shownKey, textsOf } from "./record_texts.ts";
import type { SessionChange } from "./session_store.ts";
import { SessionOutcomeUnknownError, SessionStoreError, type StoreAccess } from "./store_access.ts";
import { headText, standingOf, type StoredHead, withSecret } from "./stored_head.ts";
import {
  keyLength,
  keyOf,
  keyText,
  makeKey,
  type SessionKey,
  verifyKey,
  writeKey,
} from "./stored_token.ts";

const MALFORMED = { refused: "malformed" } as const;
/** How often a change is judged anew, since others changed the head meanwhile. */
const MOST_ATTEMPTS = 16;
/** Renewals that are remembered, so that requests that were under way do not repeat them. */
const MOST_RENEWALS = 1_000;
const MOST_USER_BYTES = 512;

/** What a request has lost, since its session had ended, or belongs to somebody else by now. */
export interface LostChanges {
  /** The app's keys that the request set or removed; flash messages and the like in brackets. */
  readonly keys: readonly string[];
  /** Who was signed in. */
  readonly userId: string | undefined;
}

/** What the backend knows of a session as the store held it. */
export interface KeptSession {
  readonly key: SessionKey;
  /** The head as text, by which the store compares. */
  head: string;
  /** The head. */
  read: StoredHead;
  readonly account: string | null;
  /** The texts in the store; a migration has changed those of the state. */
  readonly texts: Map<string, string>;
  /** Whether an older secret of the app verified the cookie. */
  readonly stale: boolean;
}

/** A session in the form in which it is kept. */
export interface StoredState {
  readonly texts: Map<string, string>;
  /** Its id; `undefined` once it was regenerated. */
  readonly id: string | undefined;
  readonly created: number;
  readonly rememberFor: number | undefined;
  readonly userId: string | undefined;
  readonly stamp: string | undefined;
  /** What the store held; `null` for a session that was never there. */
  readonly kept: KeptSession | null;
}

/** What stored sessions need beside the parts that all sessions have. */
export interface StoredBackendParts extends SessionParts {
  readonly codec: SessionCodec;
  readonly payload: NativePayload;
  readonly access: StoreAccess;
  readonly ends: PendingEnds;
  readonly verified: VerifiedCookies | undefined;
  readonly randomBytes: RandomBytes;
  readonly maxBytes: number;
  readonly maxAge: number | undefined;
  readonly stampOf: ((userId: string) => string | null | Promise<string | null>) | undefined;
  readonly onLost: ((lost: LostChanges, request: SessionRequest) => void) | undefined;
}

/** Loads and saves sessions: one round trip to load, and at most one to save. */
export class StoredBackend implements SessionBackend<StoredState> {
  /** A session that was emptied stays, since another request may be adding to it. */
  readonly keepsEmptied = true;
  readonly #parts: StoredBackendParts;
  readonly #length: number;
  readonly #renewals = new Map<string, number>();

  readonly #modifying: Modifying;
  /** Compares the user's stamp, where the app has a look-up for it. */
  readonly judge: SessionBackend<StoredState>["judge"];

  /** Takes the parts. */
  constructor(parts: StoredBackendParts) {
    this.#parts = parts;
    this.#length = keyLength(parts.codec);
    this.#modifying = new Modifying(parts);
    const { stampOf } = parts;
    this.judge = stampOf && ((written) => this.#judge(stampOf, written));
  }

  /** Verifies a cookie, and loads what it leads to. The store is asked for signed ids only. */
  find(text: string): MaybePromise<Found<StoredState> | Refused<StoredState>> {
    const { codec, verified } = this.#parts;
    if (text.length !== this.#length) return MALFORMED;
    const known = verified?.get(text);
    if (known !== undefined) return this.#load(known);
    const verification = verified === undefined
      ? verifyKey(codec, text)
      : verified.verify(text, (text) => verifyKey(codec, text));
    return verification.then((verified) => "refused" in verified ? verified : this.#load(verified));
  }

  async #load(
    { payload: verified, stale }: VerifiedCookie,
  ): Promise<Found<StoredState> | Refused<StoredState>> {
    const { access, ends, logger, payload } = this.#parts;
    const key = keyOf(verified);
    // Signed out, although the store does not know it yet.
    if (ends.has(key.id)) return { refused: "revoked" };
    const now = this.#now();
    try {
      const record = await access.load(key.id, now);
      if (record === null) return { refused: "gone" };
      const { account, head, read, renewed, values: texts } = record;
      const standing = standingOf(read, key.hash, now);
      if (standing === "outdated") return { refused: "revoked" };
      if (standing === "signed in lately") {
        return { refused: "revoked", arrival: { isLate: true } };
      }
      const { created, rememberFor, stamp } = read;
      const userId = account ?? undefined;
      const written: WrittenRecord = {
        ...readTexts(key.id, texts, payload),
        id: key.id,
        created,
        renewed,
        userId,
        epoch: userId === undefined ? undefined : 0,
        rememberFor,
        stamp,
      };
      const kept: KeptSession = { key, head, read, account, texts, stale };
      const { id } = key;
      const state = { texts: new Map(texts), id, created, rememberFor, userId, stamp, kept };
      return { written, state, stale };
    } catch (error) {
      // The 503 that this becomes is logged here and nowhere else.
      logger.error("Loading a session failed", error);
      throw error instanceof SessionStoreError ? error : access.failure(error);
    }
  }

  async #judge(
    stampOf: NonNullable<StoredBackendParts["stampOf"]>,
    written: WrittenRecord,
  ): Promise<Judgement<StoredState>> {
    const { access, logger } = this.#parts;
    const { epoch, stamp, userId } = written;
    if (userId === undefined) return {};
    try {
      const present = await stampOf(userId);
      if (typeof present !== "string") return { refused: "revoked" };
      // Taken over from sessions that had no stamp.
      if (epoch === undefined) return { written: { ...written, stamp: present } };
      return present === stamp ? {} : { refused: "revoked" };
    } catch (error) {
      logger.error("Looking up the stamp of a user failed", error);
      throw access.failure(error);
    }
  }

  /** Changes one key at once. */
  modify(
    record: LoadedRecord<StoredState>,
    key: string,
    change: Change,
  ): Promise<{ readonly value: unknown } | null> {
    return this.#modifying.modify(record, key, change);
  }

  /** Its texts, and what else is kept of it. */
  stateOf(written: WrittenRecord, loaded: StoredState | null): StoredState {
    const { id, created, rememberFor, userId, stamp } = written;
    const texts = textsOf(written, this.#parts.payload);
    return { texts, id, created, rememberFor, userId, stamp, kept: loaded?.kept ?? null };
  }

  /** The app's keys, read anew. */
  valuesOf({ id = "", texts }: StoredState): Map<string, unknown> | null {
    return readTexts(id, texts, this.#parts.payload).values;
  }

  /** Whether two states hold the same. */
  isSame(one: StoredState, other: StoredState): boolean {
    return one.id === other.id && one.created === other.created &&
      one.rememberFor === other.rememberFor && one.userId === other.userId &&
      one.texts.size === other.texts.size &&
      [...one.texts].every(([key, text]) => other.texts.get(key) === text);
  }

  /** Saves what changed, under a new secret where that is asked for. */
  async write(
    record: LoadedRecord<StoredState>,
    state: StoredState,
    writing: SessionWriting,
  ): Promise<readonly string[] | null> {
    if (state !== record.loaded) this.#check(state);
    const { loaded } = record;
    const kept = state.kept;
    if (loaded === null || kept === null) return await this.#create(record, state, writing);
    const isOfAnother = kept.account !== null && kept.account !== (record.userId ?? null);
    if (record.ended === true || isOfAnother) {
      // First this: no answer may leave the old session behind.
      await this.end(record, writing.now, writing.request);
      return await this.#create(record, state, writing);
    }
    return await this.#update(record, { loaded, state, kept }, writing);
  }

  /** Ends sessions. Whatever the store answers, this process lets nobody in by them any more. */
  async end(
    record: LoadedRecord<StoredState>,
    _now: number,
    request: SessionRequest,
  ): Promise<void> {
    const { access, cookie, ends } = this.#parts;
    const all = [record, ...await record.others?.() ?? []];
    let failure: unknown;
    for (const { loaded } of all) {
      const kept = loaded?.kept;
      if (kept === null || kept === undefined) continue;
      try {
        await access.delete(kept.key.id, kept.account);
      } catch (error) {
        failure ??= error;
        ends.add(kept.key.id, kept.account);
      }
    }
    if (failure === undefined) return;
    if (failure instanceof SessionOutcomeUnknownError) {
      for (const one of cookie.remove(request)) failure.headers.append("set-cookie", one);
    }
    throw failure;
  }

  async #create(
    record: LoadedRecord<StoredState>,
    state: StoredState,
    { now, renewed, request }: SessionWriting,
  ): Promise<readonly string[]> {
    const { access, randomBytes } = this.#parts;
    const key = await makeKey(randomBytes);
    const { created, rememberFor, stamp } = record;
    const head = headText({ created, rememberFor, stamp, hash: key.hash, previous: [] });
    const kept = {
      head,
      renewed: Math.floor(renewed),
      expires: this.#endOf({ created, renewed, rememberFor }),
      account: record.userId ?? null,
      values: state.texts,
    };
    if (!await access.create(key.id, kept, Math.floor(now))) {
      throw new Error(
        "Cannot keep a new session: the store has one of its id, made of 16 random bytes",
      );
    }
    return await this.#cookies(key, request, rememberFor);
  }

  async #update(
    record: LoadedRecord<StoredState>,
    { loaded, state, kept }: { loaded: StoredState; state: StoredState; kept: KeptSession },
    writing: SessionWriting,
  ): Promise<readonly string[] | null> {
    const { access, lifetimes, logger, randomBytes } = this.#parts;
    const { now, request } = writing;
    const { key } = kept;
    const { signsIn } = record;
    const isMigrated = record.stale && !kept.stale;
    const values = differenceOf(state.texts, isMigrated ? kept.texts : loaded.texts);
    const wantsSecret = signsIn || record.rotated === true || record.isRelived;
    const isDue = writing.renewed > record.renewed && lifetimes.isDue(record, now);
    if (!wantsSecret && values.isEmpty) {
      try {
        if (isDue && !await this.#renew(record, kept, writing)) return [];
      } catch (error) {
        // Nothing is lost by it: the next request tries again.
        logger.error("Renewing a session failed", error);
        return [];
      }
      return await this.#sameCookie(record, kept, isDue, request, now);
    }
    const next = wantsSecret ? await makeKey(randomBytes, key.id) : key;
    const operation = encodeBase64url(randomBytes(12));
    let { head, read } = kept;
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const standing = standingOf(read, key.hash, now);
      if (standing !== "current" && (signsIn || !standing.startsWith("rotated"))) {
        return signsIn
          ? await this.#create(record, state, writing)
          : this.#lost(record, values, request);
      }
      const rotates = wantsSecret && standing === "current";
      const change: SessionChange = {
        set: values.set,
        delete: values.delete,
        operation,
        ...this.#times(record, writing),
        ...rotates && this.#newHead(record, read, next, now),
      };
      const answer = await access.update(key.id, head, change, Math.floor(now));
      if (answer === null) {
        return signsIn
          ? await this.#create(record, state, writing)
          : this.#lost(record, values, request);
      }
      if (answer === true || rotates && answer.read.hash === next.hash) {
        if (rotates) return await this.#cookies(next, request, record.rememberFor);
        return await this.#sameCookie(record, { ...kept, read }, isDue, request, now);
      }
      ({ head, read } = answer);
    }
    throw access.failure(
      new Error(`others changed the session at each of ${MOST_ATTEMPTS} attempts`),
    );
  }

  #newHead(
    record: LoadedRecord<StoredState>,
    read: StoredHead,
    { hash }: SessionKey,
    now: number,
  ): SessionChange {
    const { created, rememberFor, signsIn, stamp, userId } = record;
    const by = signsIn ? "sign-in" : "rotation";
    const head = headText({
      ...withSecret(read, hash, by, Math.floor(now)),
      created,
      rememberFor,
      stamp,
    });
    return signsIn ? { head, account: userId ?? null } : { head };
  }

  #times(record: LoadedRecord<StoredState>, { renewed }: SessionWriting): SessionChange {
    const { created, rememberFor, signsIn, isRelived } = record;
    if (renewed <= record.renewed && !signsIn && !isRelived) return {};
    return {
      renewed: Math.floor(renewed),
      expires: this.#endOf({ created, renewed, rememberFor }),
    };
  }

  /** Renews, unless this process has just done so; tells whether it did. */
  async #renew(
    record: LoadedRecord<StoredState>,
    { key: { id }, head }: KeptSession,
    writing: SessionWriting,
  ): Promise<boolean> {
    const { access, lifetimes } = this.#parts;
    const renewed = this.#renewals.get(id);
    const { created, rememberFor } = record;
    const isDone = renewed !== undefined &&
      !lifetimes.isDue({ created, renewed, rememberFor }, writing.now);
    if (isDone) return false;
    this.#renewals.delete(id);
    this.#renewals.set(id, Math.floor(writing.renewed));
    const [oldest] = this.#renewals.keys();
    if (this.#renewals.size > MOST_RENEWALS && oldest !== undefined) this.#renewals.delete(oldest);
    try {
      const change = this.#times(record, writing);
      return await access.update(id, head, change, Math.floor(writing.now)) === true;
    } catch (error) {
      this.#renewals.delete(id);
      throw error;
    }
  }

  /** The cookie that the visitor has, where it is due to be sent again. */
  async #sameCookie(
    record: LoadedRecord<StoredState>,
    { key, read }: Pick<KeptSession, "key" | "read">,
    isDue: boolean,
    request: SessionRequest,
    now: number,
  ): Promise<readonly string[]> {
    const isLasting = (record.rememberFor ?? this.#parts.maxAge) !== undefined;
    if (!record.stale && !(isLasting && isDue)) return [];
    if (standingOf(read, key.hash, now) !== "current") return [];
    return await this.#cookies(key, request, record.rememberFor);
  }

  async #cookies(
    key: SessionKey,
    request: SessionRequest,
    rememberFor: number | undefined,
  ): Promise<readonly string[]> {
    const { codec, cookie, verified } = this.#parts;
    const text = await writeKey(codec, key);
    verified?.add(text, { payload: keyText(key), stale: false });
    return cookie.write(text, request, rememberFor);
  }

  #lost(record: LoadedRecord<StoredState>, values: Difference, request: SessionRequest): null {
    const { logger, onLost } = this.#parts;
    const keys = [...values.set.keys(), ...values.delete].map(shownKey).sort();
    const failed = (error: unknown) => logger.error("onLost failed", error);
    try {
      const told: unknown = onLost?.({ keys, userId: record.loadedUserId }, request);
      if (told instanceof Promise) told.catch(failed);
    } catch (error) {
      failed(error);
    }
    return null;
  }

  #check({ texts, userId }: StoredState): void {
    checkTexts(texts, this.#parts.maxBytes);
    if (userId === undefined) return;
    if (!isStorable(userId)) {
      throw new SessionValueError("the user's id", "text with a lone surrogate or U+0000");
    }
    const bytes = bytesIn(userId);
    if (bytes > MOST_USER_BYTES) {
      throw new SessionValueError(
        "the user's id",
        `text of ${bytes} bytes`,
        `use at most ${MOST_USER_BYTES}`,
      );
    }
  }

  #endOf(times: Parameters<SessionParts["lifetimes"]["endOf"]>[0]): number {
    return this.#parts.lifetimes.endOf(times);
  }

  #now(): number {
    return Math.floor(this.#parts.policy.now());
  }
}

/** What of the values a request changed. */
interface Difference {
  readonly set: Map<string, string>;
  readonly delete: string[];
  readonly isEmpty: boolean;
}

function differenceOf(
  texts: ReadonlyMap<string, string>,
  before: ReadonlyMap<string, string>,
): Difference {
  const set = new Map([...texts].filter(([key, text]) => before.get(key) !== text));
  const gone = [...before.keys()].filter((key) => !texts.has(key));
  return { set, delete: gone, isEmpty: set.size === 0 && gone.length === 0 };
}
