/**
 * Changes of one key by what it holds: `session.modify()`.
 *
 * @module
 */

import { isThenable, quietly } from "../../promises.ts";
import type { LoadedRecord } from "../backend.ts";
import { encodeBase64url } from "../crypto/bytes.ts";
import { CONTENDED, untilUncontended } from "../stores/contention.ts";
import { checkTexts, parsed } from "./record_texts.ts";
import { standingOf } from "./stored_head.ts";
import { storedKey } from "./stored_keys.ts";
import type { KeptSession, StoredBackendParts, StoredState } from "./stored_state.ts";

/** How many attempts may find that another request was first. */
const MOST_LOST = 64;

/** Gives the new value of a key. `undefined` removes the key. */
export type Change = (value: unknown) => unknown;

/** The changes of one key of one session, one after the other. */
interface Queue {
  /** Settles once the last of them has. */
  last: Promise<unknown>;
  /** What the store confirmed last. Only a request that is judged by the same head may use it. */
  known?: { readonly head: string; readonly text: string | null };
}

/**
 * Changes keys at once, so that no change of another request is lost.
 *
 * The store makes a change only if the key still holds the value from which it was computed.
 * Otherwise the change is computed again. In one process the changes of a key wait for each other.
 * A hundred changes therefore cost about a hundred updates.
 */
export class Modifying {
  readonly #parts: StoredBackendParts;
  readonly #queues = new Map<string, Queue>();
  /** The keys that a request has changed: of those it knows what the store held. */
  readonly #changed = new WeakMap<KeptSession, Set<string>>();

  /** Takes the parts. */
  constructor(parts: StoredBackendParts) {
    this.#parts = parts;
  }

  /**
   * Changes a key in the store, and in the record.
   *
   * @returns The new value. `null` if the store does not hold the session as it was loaded, or if
   * this request has set the key. Then the caller changes the key in the record alone.
   */
  async modify(
    record: LoadedRecord<StoredState>,
    key: string,
    change: Change,
  ): Promise<{ readonly value: unknown } | null> {
    const { loaded } = record;
    const kept = loaded?.kept ?? null;
    if (loaded === null || kept === null || record.ended === true || record.isLate) return null;
    if (record.stale && !kept.stale) return null;
    if (this.#textOf(key, record.values.get(key)) !== (loaded.texts.get(storedKey(key)) ?? null)) {
      return null;
    }
    const name = `${kept.key.id} ${key}`;
    const queue = this.#queues.get(name) ?? { last: Promise.resolve() };
    this.#queues.set(name, queue);
    const turn = queue.last.then(() => this.#apply(record, loaded, key, change, queue));
    const last = turn.catch(() => {});
    queue.last = last;
    try {
      return await turn;
    } finally {
      if (queue.last === last) this.#queues.delete(name);
    }
  }

  async #apply(
    record: LoadedRecord<StoredState>,
    loaded: StoredState,
    key: string,
    change: Change,
    queue: Queue,
  ): Promise<{ readonly value: unknown } | null> {
    const { access, maxBytes, payload, policy, randomBytes, schema } = this.#parts;
    const { kept } = loaded;
    if (kept === null) return null;
    const stored = storedKey(key), { id, hash } = kept.key;
    const byDefault = kept.texts.has(stored) ? undefined : loaded.texts.get(stored);
    const changed = this.#changed.get(kept) ?? new Set<string>();
    this.#changed.set(kept, changed);
    const own = kept.texts.get(stored) ?? null;
    let known = queue.known?.head === kept.head ? queue.known.text : own;
    let lost = 0;
    const attempt = async (): Promise<{ readonly value: unknown } | null | typeof CONTENDED> => {
      const now = Math.floor(policy.now());
      const standing = standingOf(kept.read, hash, now);
      if (standing === "outdated" || standing === "signed in lately") return null;
      const text = known ?? byDefault;
      let value = change(text === undefined ? undefined : parsed(id, stored, text, payload));
      if (isThenable(value)) {
        quietly(value);
        throw new TypeError(
          `Cannot modify "${key}": the function must give a value, not a promise`,
        );
      }
      if (value !== undefined) policy.check(value, key);
      if (schema !== undefined) {
        const values = new Map(record.values);
        if (value === undefined) values.delete(key);
        else values.set(key, value);
        value = (await schema.write(values)).get(key);
      }
      const next = this.#textOf(key, value);
      // Another request may have changed what this one loaded, or may have signed somebody in.
      const isKnown = next === known && known === own && changed.has(stored);
      if (!isKnown) {
        const texts = new Map(loaded.texts);
        if (next === null) texts.delete(stored);
        else texts.set(stored, next);
        checkTexts(texts, maxBytes, kept.texts);
        const answer = await access.update(id, kept.head, {
          ...next === null ? { delete: [stored] } : { set: new Map([[stored, next]]) },
          expect: [stored, known],
          operation: encodeBase64url(randomBytes(12)),
        }, now);
        if (answer === null) return null;
        if (answer !== true) {
          ({ head: kept.head, read: kept.read } = answer);
          known = answer.values.get(stored) ?? null;
          if (++lost === MOST_LOST) {
            throw access.failure(
              new Error(`others changed "${key}" at each of ${MOST_LOST} attempts`),
            );
          }
          // Its value was read just now. After a pause it would be old, and the attempt would be lost.
          return lost % 2 === 1 ? await attempt() : CONTENDED;
        }
      }
      changed.add(stored);
      queue.known = { head: kept.head, text: next };
      return { value: this.#keep(record, loaded, key, next) };
    };
    return await untilUncontended(`modify "${key}"`, attempt);
  }

  /** Notes what was changed, so that it does not count as a change of the record. */
  #keep(
    record: LoadedRecord<StoredState>,
    loaded: StoredState,
    key: string,
    text: string | null,
  ): unknown {
    const stored = storedKey(key);
    for (const texts of [loaded.texts, loaded.kept?.texts]) {
      if (text === null) texts?.delete(stored);
      else texts?.set(stored, text);
    }
    if (text === null) {
      record.values.delete(key);
      return undefined;
    }
    const value = parsed(loaded.id ?? "", stored, text, this.#parts.payload);
    record.values.set(key, value);
    return value;
  }

  #textOf(key: string, value: unknown): string | null {
    return value === undefined ? null : this.#parts.payload.stringifyValue(value, key);
  }
}
