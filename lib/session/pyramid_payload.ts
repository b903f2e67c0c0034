/**
 * The payload of Pyramid's cookies: `[renewed, created, state]`, times in seconds, with the flash
 * queues, the CSRF token and the signed-in user among the app's keys.
 *
 * @module
 */

import type { Payload, WrittenRecord } from "./payload.ts";
import { parsePythonJson, stringifyPythonFloat, stringifyPythonJson } from "./python_json.ts";
import { SessionTooLargeError } from "./session_too_large_error.ts";

const FLASH_PREFIX = "_f_";
const CSRF_KEY = "_csrft_";
/** Where `SessionAuthenticationHelper` keeps it. */
const USER_KEY = "auth.userid";

/**
 * Pyramid answers 500 where it ought to write more characters (`pyramid.session`, `_set_cookie`):
 * a session that is larger would take its app down for this visitor, at the next renewal.
 */
const MAX_VALUE_LENGTH = 4064;

/** What a {@linkcode PyramidPayload} knows of the cookie that carries it. */
export interface PyramidCookie {
  /** Its name. */
  readonly name: string;
  /** The length of its value for a payload of so many bytes. */
  lengthOf(payloadBytes: number): number;
}

/** Writes and reads sessions as Pyramid's `SignedCookieSessionFactory` does, character for character. */
export class PyramidPayload implements Payload {
  /** Python writes the same state in another order. */
  readonly canonical = false;
  readonly #cookie: PyramidCookie;

  /** Takes the cookie, for its size. */
  constructor(cookie: PyramidCookie) {
    this.#cookie = cookie;
  }

  /** Writes a session. */
  stringify(record: WrittenRecord, renewed: number): string {
    const state = stringifyPythonJson(Object.fromEntries(keysOf(record)), "");
    const created = stringifyPythonFloat(record.created / 1000);
    return `[${Math.floor(renewed / 1000)}, ${created}, ${state}]`;
  }

  /**
   * Replaces the time of issue.
   *
   * @throws {SessionTooLargeError} If Pyramid could not write it again.
   */
  restamp(text: string, record: WrittenRecord, renewed: number): string {
    const stamped = `[${Math.floor(renewed / 1000)}${text.slice(text.indexOf(","))}`;
    // All of it is ASCII.
    const length = this.#cookie.lengthOf(stamped.length);
    if (length <= MAX_VALUE_LENGTH) return stamped;
    const { name } = this.#cookie;
    throw new SessionTooLargeError(
      name,
      name.length + length,
      name.length + MAX_VALUE_LENGTH,
      this.keySizes(record),
    );
  }

  /** Reads a text back. */
  parse(text: string): WrittenRecord | null {
    const whole = parsePythonJson(text);
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
    return [...keysOf(record)].map(([key, value]) => ({
      key,
      bytes: stringifyPythonJson(key, "").length + stringifyPythonJson(value, key).length,
    }));
  }
}

/**
 * Refuses a key of the app's that Pyramid keeps for something else.
 *
 * @throws {TypeError} If it is one; the message says what to call.
 */
export function refuseReservedKey(key: string): void {
  const call = key === USER_KEY
    ? "bindTo()"
    : key === CSRF_KEY
    ? "newCsrfToken()"
    : key.startsWith(FLASH_PREFIX)
    ? "flash()"
    : null;
  if (call === null) return;
  throw new TypeError(
    `Cannot set "${key}" in the session: Pyramid's cookies keep something else there: call session.${call}`,
  );
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

/** Whether it is a number of seconds whose milliseconds are a number too. */
function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value * 1000);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
