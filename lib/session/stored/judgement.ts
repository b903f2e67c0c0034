/**
 * Code that several stores share: the judgement of an update, and values as one JSON object.
 *
 * @module
 */

import { BrokenRecordError } from "./record_errors.ts";
import { REMEMBERED_OPERATIONS, type SessionChange, type StoredRecord } from "./session_store.ts";

/** A record, with the names of the changes that were last applied to it, the oldest first. */
export interface HeldRecord extends StoredRecord {
  /** At most eight. */
  operations: readonly string[];
}

/** What a store must know of a record to judge a change. */
export type JudgedRecord = Pick<HeldRecord, "head" | "expires" | "operations">;

/** What becomes of a change: see the four questions of `SessionStore.update()`. */
export type Judgement = "gone" | "known" | "refused" | "applies";

/**
 * Judges a change.
 *
 * @param record The record in the store, or `undefined` if it does not exist.
 * @param valueOf Reads a key of the record. Called only if the change expects something.
 * @param head The head that the caller has seen.
 * @param change What the caller wants.
 * @param now The time in milliseconds.
 */
export function judge(
  record: JudgedRecord | undefined,
  valueOf: (key: string) => string | undefined,
  head: string,
  { expect, operation }: SessionChange,
  now: number,
): Judgement {
  if (record === undefined || now > record.expires) return "gone";
  if (operation !== undefined && record.operations.includes(operation)) return "known";
  if (record.head !== head) return "refused";
  if (expect === undefined) return "applies";
  const [key, text] = expect;
  return (valueOf(key) ?? null) === text ? "applies" : "refused";
}

/** Applies a change to everything but the values. */
export function changeFields(record: HeldRecord, change: SessionChange): void {
  const { head, account, renewed, expires } = change;
  if (head !== undefined) record.head = head;
  if (account !== undefined) record.account = account;
  if (renewed !== undefined) record.renewed = renewed;
  if (expires !== undefined) record.expires = expires;
  record.operations = operationsAfter(record.operations, change);
}

/** Applies a change to the values. */
export function changeValues(values: Map<string, string>, change: SessionChange): void {
  if (change.clear === true) values.clear();
  for (const key of change.delete ?? []) values.delete(key);
  for (const [key, text] of change.set ?? []) values.set(key, text);
}

/** The operations that are remembered once a change is applied. */
export function operationsAfter(
  operations: readonly string[],
  { operation }: SessionChange,
): readonly string[] {
  if (operation === undefined) return operations;
  return [...operations.slice(1 - REMEMBERED_OPERATIONS), operation];
}

/** A copy for a caller, which may change it. */
export function handOut({ head, renewed, expires, account, values }: StoredRecord): StoredRecord {
  return { head, renewed, expires, account, values: new Map(values) };
}

/**
 * Reads the values of a session.
 *
 * @param id The session's id, for the error.
 * @param data The JSON.
 * @throws {BrokenRecordError} If the JSON is not an object of texts.
 */
export function valuesInJson(id: string, data: string): Map<string, string> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(data);
  } catch (cause) {
    throw new BrokenRecordError(id, "its data is not JSON", cause);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new BrokenRecordError(id, "its data is not an object");
  }
  const values = new Map<string, string>();
  for (const [key, text] of Object.entries(parsed)) {
    if (typeof text !== "string") {
      throw new BrokenRecordError(id, "a value in its data is not text");
    }
    values.set(key, text);
  }
  return values;
}
