/**
 * A store on trial, and records to try it with.
 *
 * @module
 */

import type { RevocationStore } from "../../../session.ts";
import type {
  SessionChange,
  SessionStore,
  StoredRecord,
} from "../../session/stored/session_store.ts";
import type { SettableClock } from "../settable_clock.ts";
import { expect } from "./expectation.ts";

/** A store that may also keep revocations. */
export type TestedStore = SessionStore & Partial<RevocationStore>;

/** What a check gets: a store of its own, which is empty, and the time. */
export interface Trial {
  readonly store: TestedStore;
  readonly clock: SettableClock;
  /** The time when the check began. */
  readonly now: number;
}

/** The checks of one subject: a sentence, and what proves it. */
export type Checks = Readonly<Record<string, (trial: Trial) => Promise<void>>>;

/** How long the records of the checks live, in milliseconds. */
export const LIFE = 1_200_000;

/** A record that begins now. */
export function recordAt(now: number, parts: Partial<StoredRecord> = {}): StoredRecord {
  return {
    head: "1",
    renewed: now,
    expires: now + LIFE,
    account: null,
    values: new Map(),
    ...parts,
  };
}

/** Keeps a record, and demands that its id was free. */
export async function put(
  { store, now }: Trial,
  id: string,
  parts: Partial<StoredRecord> = {},
): Promise<StoredRecord> {
  const record = recordAt(now, parts);
  expect(await store.create(id, record, now) === true, `create() of "${id}" did not give true`);
  return record;
}

/** The values of a session that must be there, as pairs. */
export async function keptValues({ store, now }: Trial, id: string): Promise<Map<string, string>> {
  const record = await store.load(id, now);
  expect(record !== null, `session "${id}" is gone`);
  return record.values;
}

/** A change of one key. */
export function setting(key: string, text: string, more: SessionChange = {}): SessionChange {
  return { set: new Map([[key, text]]), ...more };
}

/** Repeats something so many times, at once. */
export function together<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => work(index)));
}

/** Adds one to a number that others add to as well, as `modify()` does. */
export async function increment(
  { store, now }: Trial,
  id: string,
  key: string,
  operation?: string,
): Promise<void> {
  let record = await store.load(id, now);
  for (let attempt = 0; record !== null && attempt < 1000; attempt++) {
    const text = record.values.get(key) ?? null;
    const change = setting(key, String(Number(text ?? 0) + 1), { expect: [key, text], operation });
    const answer = await store.update(id, record.head, change, now);
    if (answer === true) return;
    record = answer;
  }
  throw new Error(record === null ? `session "${id}" is gone` : "no attempt of 1000 was applied");
}
