/**
 * Saving stored sessions: what changed, under which secret, and with which cookie.
 *
 * @module
 */

import type { SessionRequest } from "../../../session.ts";
import type { LoadedRecord, SessionWriting } from "../backend.ts";
import type { NotedDescription } from "../contract/record.ts";
import { encodeBase64url } from "../crypto/bytes.ts";
import type { SessionTimes } from "../lifetimes.ts";
import type { SessionChange } from "./session_store.ts";
import { headText, standingOf, type StoredHead, withSecret } from "./stored_head.ts";
import { shownKey } from "./stored_keys.ts";
import {
  type Difference,
  differenceOf,
  type KeptSession,
  type StoredBackendParts,
  type StoredState,
} from "./stored_state.ts";
import { keyText, makeKey, type SessionKey, writeKey } from "./stored_token.ts";

/** How many attempts are made if other requests change the head meanwhile. */
const MOST_ATTEMPTS = 16;
/** Renewals that are remembered, so that requests that were under way do not repeat them. */
const MOST_RENEWALS = 1_000;

/** Saves sessions: at most one round trip, unless others change the head meanwhile. */
export class Saving {
  readonly #parts: StoredBackendParts;
  readonly #renewals = new Map<string, number>();

  /** Takes the parts. */
  constructor(parts: StoredBackendParts) {
    this.#parts = parts;
  }

  /** Keeps a new session under a new id. */
  async create(
    record: LoadedRecord<StoredState>,
    state: StoredState,
    { now, renewed, request }: SessionWriting,
  ): Promise<readonly string[]> {
    const { access, randomBytes } = this.#parts;
    const key = makeKey(randomBytes);
    const { created, description, rememberFor, userId } = record;
    const stamp = userId === undefined ? undefined : record.stamp;
    const head = headText({
      created,
      rememberFor,
      stamp,
      hash: key.hash,
      previous: [],
      description,
    });
    const kept = {
      head,
      renewed: Math.floor(renewed),
      expires: this.#endOf({ created, renewed, rememberFor }),
      account: userId ?? null,
      values: state.texts,
    };
    if (!await access.create(key.id, kept, Math.floor(now))) {
      throw access.failure(
        new Error("the store says that it has a session of an id that was made of 16 random bytes"),
      );
    }
    record.id = key.id;
    return await this.#cookies(key, request, rememberFor);
  }

  /**
   * Saves a session that was loaded. A sign-in keeps what its request holds, and nothing else: a
   * stranger who planted the cookie can write until then.
   *
   * @returns The `Set-Cookie` values, or `null` if the session has ended, or belongs to another
   * user.
   */
  async update(
    record: LoadedRecord<StoredState>,
    { loaded, state, kept }: { loaded: StoredState; state: StoredState; kept: KeptSession },
    writing: SessionWriting,
  ): Promise<readonly string[] | null> {
    const { access, lifetimes, logger, randomBytes } = this.#parts;
    const { now, request } = writing;
    const { key } = kept;
    const { leavesCookie } = record;
    const isMigrated = record.stale && !kept.stale;
    const values = differenceOf(state.texts, isMigrated ? kept.texts : loaded.texts);
    const wantsSecret = leavesCookie || record.rotated === true || record.isRelived;
    const isDue = writing.renewed > record.renewed && lifetimes.isDue(record, now);
    const isDescribed = state.description !== loaded.description;
    if (!wantsSecret && values.isEmpty && !isDescribed) {
      try {
        if (isDue && !await this.#renew(record, kept, writing)) return [];
      } catch (error) {
        // Nothing is lost by it: the next request tries again.
        logger.error("Renewing a session failed", error);
        return [];
      }
      return await this.#sameCookie(record, kept, isDue, request, now);
    }
    const next = wantsSecret ? makeKey(randomBytes, key.id) : key;
    const operation = encodeBase64url(randomBytes(12));
    let { head, read } = kept;
    const asDescribed = (read: StoredHead): StoredHead => ({
      ...read,
      description: leavesCookie
        ? state.description
        : descriptionAfter(read.description, loaded.description, state.description),
    });
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const standing = standingOf(read, key.hash, now);
      const mayWrite = standing === "current" || standing === "rotated lately" && !leavesCookie;
      if (!mayWrite) {
        return leavesCookie
          ? await this.create(record, state, writing)
          : tellLost(this.#parts, record, values, request);
      }
      const rotates = wantsSecret && standing === "current";
      const change: SessionChange = {
        ...leavesCookie
          ? { set: state.texts, clear: true }
          : { set: values.set, delete: values.delete },
        operation,
        ...this.#times(record, read, writing),
        ...rotates
          ? this.#newHead(record, asDescribed(read), next, now)
          : headKept(record, asDescribed(read), isDescribed),
      };
      const answer = await access.update(key.id, head, change, Math.floor(now));
      if (answer === null) {
        return leavesCookie
          ? await this.create(record, state, writing)
          : tellLost(this.#parts, record, values, request);
      }
      if (answer === true || rotates && answer.read.hash === next.hash) {
        if (rotates) return await this.#cookies(next, request, rememberedFor(record, read));
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
    const { created, leavesCookie, stamp, userId } = record;
    const by = leavesCookie ? "sign-in" : "rotation";
    const head = headText({
      ...withSecret(read, hash, by, Math.floor(now)),
      created,
      rememberFor: rememberedFor(record, read),
      stamp,
    });
    return leavesCookie ? { head, account: userId ?? null } : { head };
  }

  /** Invariant: the end of a record is that of its head, whichever request wrote it. */
  #times(
    record: LoadedRecord<StoredState>,
    read: StoredHead,
    { renewed }: SessionWriting,
  ): SessionChange {
    const { created, leavesCookie, isRelived } = record;
    const rememberFor = rememberedFor(record, read);
    if (renewed <= record.renewed && !leavesCookie && !isRelived) return {};
    return {
      renewed: Math.floor(renewed),
      expires: this.#endOf({ created, renewed, rememberFor }),
    };
  }

  /** Renews the session, unless this process has just done it. Returns whether it did. */
  async #renew(
    record: LoadedRecord<StoredState>,
    { key: { id }, head, read }: KeptSession,
    writing: SessionWriting,
  ): Promise<boolean> {
    const { access, lifetimes } = this.#parts;
    const renewed = this.#renewals.get(id);
    const { created } = record;
    const { rememberFor } = read;
    const isDone = renewed !== undefined &&
      !lifetimes.isDue({ created, renewed, rememberFor }, writing.now);
    if (isDone) return false;
    this.#renewals.delete(id);
    this.#renewals.set(id, Math.floor(writing.renewed));
    const [oldest] = this.#renewals.keys();
    if (this.#renewals.size > MOST_RENEWALS && oldest !== undefined) this.#renewals.delete(oldest);
    try {
      const change = this.#times(record, read, writing);
      return await access.update(id, head, change, Math.floor(writing.now)) === true;
    } catch (error) {
      this.#renewals.delete(id);
      throw error;
    }
  }

  /** The cookie that the visitor has, if it is due to be sent again. */
  async #sameCookie(
    record: LoadedRecord<StoredState>,
    { key, read }: Pick<KeptSession, "key" | "read">,
    isDue: boolean,
    request: SessionRequest,
    now: number,
  ): Promise<readonly string[]> {
    const rememberFor = rememberedFor(record, read);
    const isLasting = (rememberFor ?? this.#parts.maxAge) !== undefined;
    if (!record.stale && !(isLasting && isDue)) return [];
    if (standingOf(read, key.hash, now) !== "current") return [];
    return await this.#cookies(key, request, rememberFor);
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

  #endOf(times: SessionTimes): number {
    return this.#parts.lifetimes.endOf(times);
  }
}

/** For how long the session is remembered: as this request asked, else as the head says by now. */
function rememberedFor(record: LoadedRecord<StoredState>, read: StoredHead): number | undefined {
  return record.leavesCookie || record.isRelived ? record.rememberFor : read.rememberFor;
}

/** The head of a description, or of a `remember()` that a rotation overtook: its secret stays. */
function headKept(
  record: LoadedRecord<StoredState>,
  read: StoredHead,
  isDescribed: boolean,
): SessionChange {
  if (!record.isRelived && !isDescribed) return {};
  return { head: headText({ ...read, rememberFor: rememberedFor(record, read) }) };
}

/** A description with the parts that a request changed. Another request can have changed the rest. */
function descriptionAfter(
  present: NotedDescription | undefined,
  before: NotedDescription | undefined,
  after: NotedDescription | undefined,
): NotedDescription | undefined {
  const part = (name: keyof NotedDescription) =>
    after?.[name] === before?.[name] ? present?.[name] : after?.[name];
  const label = part("label"), address = part("address");
  return label === undefined && address === undefined ? undefined : { label, address };
}

/** Calls `onLost` with the keys that a request changed in vain. An error that it throws is logged. */
export function tellLost(
  { counts, logger, onLost }: Pick<StoredBackendParts, "counts" | "logger" | "onLost">,
  record: LoadedRecord<StoredState>,
  values: Difference,
  request: SessionRequest,
): null {
  const keys = [...new Set([...values.set.keys(), ...values.delete].map(shownKey))].sort();
  const failed = (error: unknown) => logger.error("onLost failed", error);
  counts.lost++;
  try {
    const told: unknown = onLost?.({ keys, userId: record.loadedUserId }, request);
    if (told instanceof Promise) told.catch(failed);
  } catch (error) {
    failed(error);
  }
  return null;
}
