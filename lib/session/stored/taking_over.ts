/**
 * Keeping the session of a user that came in the cookie of another factory.
 *
 * @module
 */

import type { FormerOrigin, LoadedRecord, SessionWriting } from "../backend.ts";
import { sha256 } from "../crypto/sha256.ts";
import { type Saving, tellLost } from "./saving.ts";
import type { ReadRecord } from "./access/store_access.ts";
import { headText, type PreviousSecret, standingOf, withSecret } from "./stored_head.ts";
import {
  differenceOf,
  type KeptSession,
  type StoredBackendParts,
  type StoredState,
} from "./stored_state.ts";
import { makeKey, type SessionKey, writeKey } from "./stored_token.ts";

const ENCODER = new TextEncoder();
const ID_LENGTH = 16;

/** A session as it was taken over, and as it is to be kept. */
interface TakenOver {
  readonly loaded: StoredState;
  readonly state: StoredState;
}

/**
 * Keeps sessions that were taken over.
 *
 * Id and secret follow from the former session and the secret of the app. So requests at once with one
 * former cookie share one stored session, and none of them takes the cookie of another away.
 */
export class TakingOver {
  readonly #parts: StoredBackendParts;
  readonly #saving: Saving;

  /** Takes the parts, and what saves sessions that are there. */
  constructor(parts: StoredBackendParts, saving: Saving) {
    this.#parts = parts;
    this.#saving = saving;
  }

  /** Where the session of a user is kept. It is `null` if that is unknown. */
  async placeOf(
    origin: FormerOrigin | undefined,
    account: string | undefined,
  ): Promise<Pick<KeptSession, "key" | "account"> | null> {
    if (origin?.mark === undefined || account === undefined) return null;
    return { key: await this.#keyOf(origin.mark), account };
  }

  /**
   * Keeps a session, or saves into the one that another request has kept.
   *
   * @returns The `Set-Cookie` values. It is `null` if the session is over.
   */
  async save(
    record: LoadedRecord<StoredState>,
    taken: TakenOver,
    { mark, isStill }: FormerOrigin,
    writing: SessionWriting,
  ): Promise<readonly string[] | null> {
    const { access, ends, randomBytes } = this.#parts;
    const now = Math.floor(writing.now);
    const key = mark === undefined ? makeKey(randomBytes) : await this.#keyOf(mark);
    if (ends.has(key.id)) return this.#lost(record, taken, writing);
    const held = mark === undefined ? null : await access.load(key.id, now);
    if (held?.isTooLarge === true) return this.#lost(record, taken, writing);
    if (held !== null) return await this.#join(record, taken, { key, held }, writing);
    // Another request with the same cookie may have signed out since.
    if (!await isStill()) return this.#lost(record, taken, writing);
    const created = await this.#create(record, taken, key, writing);
    if (created !== null) return created;
    const other = await access.load(key.id, now);
    if (other === null || other.isTooLarge) return this.#lost(record, taken, writing);
    return await this.#join(record, taken, { key, held: other }, writing);
  }

  async #create(
    record: LoadedRecord<StoredState>,
    { state }: TakenOver,
    key: SessionKey,
    { now, renewed, request }: SessionWriting,
  ): Promise<readonly string[] | null> {
    const { access, lifetimes, randomBytes } = this.#parts;
    const { created, description, rememberFor, stamp, userId } = record;
    // A store takes an equal head for the same call once more: a secret that opens nothing tells
    // apart what two requests create.
    const { hash } = makeKey(randomBytes);
    const previous: PreviousSecret[] = [{ hash, by: "sign-in", until: 0 }];
    const first = { created, rememberFor, stamp, hash: key.hash, previous, description };
    const isRotated = record.rotated === true;
    const current = isRotated ? makeKey(randomBytes, key.id) : key;
    const head = isRotated ? withSecret(first, current.hash, "rotation", Math.floor(now)) : first;
    const kept = {
      head: headText(head),
      renewed: Math.floor(renewed),
      expires: lifetimes.endOf({ created, renewed, rememberFor }),
      account: userId ?? null,
      values: state.texts,
    };
    if (!await access.create(key.id, kept, Math.floor(now))) return null;
    return await this.#cookies(current, request, rememberFor);
  }

  async #join(
    record: LoadedRecord<StoredState>,
    { loaded, state }: TakenOver,
    { key, held }: { readonly key: SessionKey; readonly held: ReadRecord },
    writing: SessionWriting,
  ): Promise<readonly string[] | null> {
    const { account, head, read, values: texts } = held;
    if (account !== record.loadedUserId) return this.#lost(record, { loaded, state }, writing);
    // Of a migration only what this request changed counts: the other request has migrated too.
    const kept = { key, head, read, account, texts, stale: true };
    const cookies = await this.#saving.update(record, { loaded, state, kept }, writing);
    const isCurrent = standingOf(read, key.hash, writing.now) === "current";
    if (cookies === null || cookies.length > 0 || !isCurrent) return cookies;
    return await this.#cookies(key, writing.request, read.rememberFor);
  }

  async #cookies(
    key: SessionKey,
    request: SessionWriting["request"],
    rememberFor: number | undefined,
  ): Promise<readonly string[]> {
    const { codec, cookie } = this.#parts;
    return cookie.write(await writeKey(codec, key), request, rememberFor);
  }

  /** Derives it by the secret of the app, so a reader of the former cookie cannot make the new one. */
  async #keyOf(mark: string): Promise<SessionKey> {
    const seed = sha256(ENCODER.encode(mark));
    const [id, secret] = await Promise.all([0, 1].map(async (part) => {
      // Shorter than a key, so that it never is the text of a cookie.
      const text = await this.#parts.codec.encode(new Uint8Array([part, ...seed]));
      return sha256(ENCODER.encode(text));
    }));
    if (id === undefined || secret === undefined) throw new Error("a key has two parts");
    const bytes = (length: number) => length === ID_LENGTH ? id.slice(0, ID_LENGTH) : secret;
    return makeKey(bytes);
  }

  #lost(
    record: LoadedRecord<StoredState>,
    { loaded, state }: TakenOver,
    { request }: SessionWriting,
  ): null {
    const values = differenceOf(state.texts, loaded.texts);
    return values.isEmpty ? null : tellLost(this.#parts, record, values, request);
  }
}
