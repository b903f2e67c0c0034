/**
 * The payload of Pyramid's cookies: `[renewed, created, state]`, times in seconds, with the flash
 * queues, the CSRF token and the signed-in user among the app's keys.
 *
 * @module
 */

import { parseJson, stringifyJson } from "./json.ts";
import type { Payload, WrittenRecord } from "./payload.ts";

const FLASH_PREFIX = "_f_";
const CSRF_KEY = "_csrft_";
/** Where `SessionAuthenticationHelper` keeps it. */
const USER_KEY = "auth.userid";

/** Writes and reads sessions as Pyramid's `SignedCookieSessionFactory` does. */
export class PyramidPayload implements Payload {
  /** Python writes the same state with other spaces and in another order. */
  readonly canonical = false;

  /** Writes a session. */
  stringify(record: WrittenRecord, renewed: number): string {
    const state = stringifyJson(Object.fromEntries(keysOf(record)), "");
    return `[${Math.floor(renewed / 1000)},${record.created / 1000},${state}]`;
  }

  /** Replaces the time of issue. */
  restamp(text: string, _record: WrittenRecord, renewed: number): string {
    return `[${Math.floor(renewed / 1000)}${text.slice(text.indexOf(","))}`;
  }

  /** Reads a text back. */
  parse(text: string): WrittenRecord | null {
    const whole = parseJson(text);
    if (!Array.isArray(whole) || whole.length !== 3) return null;
    const [renewed, created, state] = whole as unknown[];
    if (!isTime(renewed) || !isTime(created) || !isPlainObject(state)) return null;
    const record: WrittenRecord = {
      values: new Map(),
      flash: new Map(),
      created: created * 1000,
      renewed: renewed * 1000,
    };
    for (const [key, value] of Object.entries(state)) place(record, key, value);
    return record;
  }

  /** What each key takes. */
  keySizes(record: WrittenRecord): { key: string; bytes: number }[] {
    return [...keysOf(record)].map(([key, value]) => {
      const text = JSON.stringify(key) + stringifyJson(value, key);
      return { key, bytes: new TextEncoder().encode(text).length };
    });
  }
}

function place(record: WrittenRecord, key: string, value: unknown): void {
  if (key.startsWith(FLASH_PREFIX) && Array.isArray(value)) {
    if (value.length > 0) record.flash.set(key.slice(FLASH_PREFIX.length), value);
  } else if (key === CSRF_KEY && typeof value === "string" && value !== "") {
    record.csrfToken = value;
  } else if (key === USER_KEY && typeof value === "string" && value !== "") {
    record.userId = value;
  } else {
    record.values.set(key, value);
  }
}

function* keysOf(record: WrittenRecord): Generator<[string, unknown]> {
  yield* record.values;
  for (const [queue, messages] of record.flash) yield [FLASH_PREFIX + queue, messages];
  if (record.csrfToken !== undefined) yield [CSRF_KEY, record.csrfToken];
  if (record.userId !== undefined) yield [USER_KEY, record.userId];
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
