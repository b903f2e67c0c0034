/**
 * Sessions that live in a store: the cookie holds an id and a secret, the store a record.
 *
 * @module
 */

import type { SessionRequest } from "../../../session.ts";
import type {
  Found,
  Judgement,
  LoadedRecord,
  MaybePromise,
  Refused,
  SessionBackend,
  SessionWriting,
} from "../backend.ts";
import { encodeBase64url } from "../crypto/bytes.ts";
import type { VerifiedCookie } from "../cookies/verified_cookies.ts";
import { SessionOutcomeUnknownError, SessionStoreError, SessionValueError } from "../errors.ts";
import type { WrittenRecord } from "../formats/payload.ts";
import { loggedOnce, type ReadRecord } from "./access/store_access.ts";
import { type Change, Modifying } from "./modifying.ts";
import {
  bytesIn,
  checkTexts,
  isAccount,
  isStorable,
  MOST_ACCOUNT_BYTES,
  readTexts,
  textsOf,
} from "./record_texts.ts";
import { Saving } from "./saving.ts";
import { standingOf } from "./stored_head.ts";
import type { KeptSession, StoredBackendParts, StoredState } from "./stored_state.ts";
import { TakingOver } from "./taking_over.ts";
import { keyLength, keyOf, type SessionKey, verifyKey } from "./stored_token.ts";
import { SessionLimit } from "./users/session_limit.ts";
import { presentStamp } from "./users/user_stamps.ts";

const MALFORMED = { refused: "malformed" } as const;
/** The length of a random tag of a reserved key, in bytes. */
const TAG_LENGTH = 6;

/** Loads and saves sessions: one round trip to load, and at most one to save. */
export class StoredBackend implements SessionBackend<StoredState> {
  /** A session that was emptied stays, because another request may be adding to it. */
  readonly keepsEmptied = true;
  readonly #parts: StoredBackendParts;
  readonly #length: number;
  readonly #limit: SessionLimit;
  readonly #saving: Saving;
  readonly #takingOver: TakingOver;

  readonly #modifying: Modifying;
  /** Compares the user's stamp, where the app has a look-up for it. */
  readonly judge: SessionBackend<StoredState>["judge"];

  /** Takes the parts. */
  constructor(parts: StoredBackendParts) {
    this.#parts = parts;
    this.#length = keyLength(parts.codec);
    this.#modifying = new Modifying(parts);
    this.#limit = new SessionLimit(parts);
    this.#saving = new Saving(parts);
    this.#takingOver = new TakingOver(parts, this.#saving);
    this.judge = parts.stampOf && ((written) => this.#judge(written));
  }

  /** Verifies a cookie, and loads its session. It asks the store for signed ids only. */
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
      if (record.isTooLarge) return this.#refuseTooLarge(record, key);
      const { account, head, read, renewed, values: texts } = record;
      const standing = standingOf(read, key.hash, now);
      if (standing === "outdated") return { refused: "revoked" };
      if (standing === "signed in lately") {
        return { refused: "revoked", arrival: { isLate: true } };
      }
      const { created, description, rememberFor, stamp } = read;
      const { id } = key;
      const userId = account ?? undefined;
      const written: WrittenRecord = {
        ...readTexts(id, texts, payload),
        id,
        created,
        renewed,
        userId,
        epoch: userId === undefined ? undefined : 0,
        rememberFor,
        stamp,
        description,
      };
      const kept: KeptSession = { key, head, read, account, texts, stale };
      const state: StoredState = {
        texts,
        id,
        created,
        rememberFor,
        userId,
        stamp,
        description,
        kept,
      };
      return { written, state, stale };
    } catch (error) {
      // The 503 that this becomes is logged here and nowhere else.
      logger.error("Loading a session failed", error);
      throw error instanceof SessionStoreError ? error : access.failure(error);
    }
  }

  /** Not a 503: the visitor would be locked out for ever. The session stays, and a sign-out ends it. */
  #refuseTooLarge({ read }: ReadRecord, { id, hash }: SessionKey): Refused<StoredState> {
    if (standingOf(read, hash, this.#now()) !== "current") return { refused: "revoked" };
    return { refused: "too-large", arrival: { endableId: id } };
  }

  async #judge({ stamp, userId }: WrittenRecord): Promise<Judgement<StoredState>> {
    if (userId === undefined) return {};
    const present = await presentStamp(this.#parts, userId);
    return typeof present === "string" && present === stamp ? {} : { refused: "revoked" };
  }

  /** Changes one key at once. */
  modify(
    record: LoadedRecord<StoredState>,
    key: string,
    change: Change,
  ): Promise<{ readonly value: unknown } | null> {
    const { logger } = this.#parts;
    return loggedOnce(logger, "Changing a session", this.#modifying.modify(record, key, change));
  }

  /** Its user signed in there, and not by this request. */
  adopt(written: WrittenRecord): WrittenRecord {
    return written.userId === undefined ? written : { ...written, epoch: 0 };
  }

  /** Its texts, and what else is kept of it. */
  stateOf(written: WrittenRecord, loaded: StoredState | null): StoredState {
    const { id, created, rememberFor, userId, stamp, description } = written;
    const { payload, randomBytes } = this.#parts;
    const texts = textsOf(written, {
      payload,
      before: loaded?.texts,
      makeTag: () => encodeBase64url(randomBytes(TAG_LENGTH)),
    });
    const kept = loaded?.kept ?? null;
    return { texts, id, created, rememberFor, userId, stamp, description, kept };
  }

  /** The app's keys, read anew. */
  valuesOf({ id = "", texts }: StoredState): Map<string, unknown> | null {
    return readTexts(id, texts, this.#parts.payload).values;
  }

  /** Whether two states hold the same. */
  isSame(one: StoredState, other: StoredState): boolean {
    return one.id === other.id && one.created === other.created &&
      one.rememberFor === other.rememberFor && one.userId === other.userId &&
      one.description === other.description &&
      one.texts.size === other.texts.size &&
      [...one.texts].every(([key, text]) => other.texts.get(key) === text);
  }

  /** Saves the changes, under a new secret if the record requires one. */
  write(
    record: LoadedRecord<StoredState>,
    state: StoredState,
    writing: SessionWriting,
  ): Promise<readonly string[] | null> {
    return this.#limit.around(record, writing.now, () => this.#write(record, state, writing));
  }

  async #write(
    record: LoadedRecord<StoredState>,
    state: StoredState,
    writing: SessionWriting,
  ): Promise<readonly string[] | null> {
    if (state !== record.loaded) this.#check(state, record.leavesCookie ? null : state.kept);
    const { loaded } = record;
    const kept = state.kept;
    const takesOver = loaded !== null && kept === null && record.loadedUserId !== undefined &&
      record.ended !== true && !record.leavesCookie;
    if (takesOver && record.origin !== undefined) {
      return await this.#takingOver.save(record, { loaded, state }, record.origin, writing);
    }
    const isolates = record.isolated === true;
    if (loaded === null || kept === null) {
      // Another request with the same former cookie may have kept it.
      if (isolates && loaded !== null) await this.#endAll([record], writing.request);
      return await this.#saving.create(record, state, writing);
    }
    const isOfAnother = kept.account !== null && kept.account !== (record.userId ?? null);
    const others = record.ended === true || isolates ? await record.others?.() ?? [] : [];
    if (record.ended === true || isOfAnother) {
      // First this: no answer may leave the old session behind.
      await this.#endAll([record, ...others], writing.request);
      return await this.#saving.create(record, state, writing);
    }
    if (others.length > 0) await this.#endAll(others, writing.request);
    return await this.#saving.update(record, { loaded, state, kept }, writing);
  }

  /**
   * Ends sessions. If the store fails, then this process still rejects their cookies from now on.
   */
  async end(
    record: LoadedRecord<StoredState>,
    _now: number,
    request: SessionRequest,
  ): Promise<void> {
    await this.#endAll([record, ...await record.others?.() ?? []], request);
  }

  async #endAll(
    all: readonly LoadedRecord<StoredState>[],
    request: SessionRequest,
  ): Promise<void> {
    const { access, cookie, ends } = this.#parts;
    let failure: unknown;
    for (const { endableId, loaded, loadedUserId, origin } of all) {
      // Another request with the same former cookie may have kept it.
      const kept = loaded?.kept ?? await this.#takingOver.placeOf(origin, loadedUserId);
      const id = kept?.key.id ?? endableId, account = kept?.account ?? null;
      if (id === undefined) continue;
      try {
        await access.delete(id, account);
      } catch (error) {
        failure ??= error;
        ends.add(id, account);
      }
    }
    if (failure === undefined) return;
    if (failure instanceof SessionOutcomeUnknownError) {
      for (const one of cookie.remove(request)) failure.headers.append("set-cookie", one);
    }
    throw failure;
  }

  #check({ texts, userId }: StoredState, kept: KeptSession | null): void {
    checkTexts(texts, this.#parts.maxBytes, kept?.texts);
    if (userId === undefined || isAccount(userId)) return;
    throw new SessionValueError(
      "the user's id",
      isStorable(userId)
        ? `text of ${bytesIn(userId)} bytes`
        : "text with a lone surrogate or the character U+0000",
      `use at most ${MOST_ACCOUNT_BYTES} bytes of well-formed text`,
    );
  }

  #now(): number {
    return Math.floor(this.#parts.policy.now());
  }
}
