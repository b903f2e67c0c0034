/**
 * The payload of Pyramid's cookies: `[renewed, created, state]`, with times in seconds. The flash
 * queues, the CSRF token and the signed-in user are among the app's keys.
 *
 * @module
 */

import { SessionTooLargeError } from "../errors.ts";
import { stringifyJson } from "./json.ts";
import type { Payload, WrittenRecord } from "./payload.ts";

const FLASH_PREFIX = "_f_";
const CSRF_KEY = "_csrft_";
/** Where `SessionAuthenticationHelper` keeps it. */
const USER_KEY = "auth.userid";
/** Whose keys they are after `forget()`. Pyramid keeps nothing like it. */
const OWNER_KEY = "_pyramidion_owner_";
/** Until when the owner is half signed in, in milliseconds. */
const PENDING_KEY = "_pyramidion_pending_";

/**
 * Pyramid answers 500 if it has to write more characters (`pyramid.session`, `_set_cookie`). A
 * larger session would make its app fail for this visitor, at the next renewal.
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
 * @throws {TypeError} If the key is one of them. The message names the method to call.
 */
export function refuseReservedKey(key: string): void {
  const call = key === USER_KEY
    ? "bindTo()"
    : key === CSRF_KEY
    ? "newCsrfToken()"
    : key.startsWith(FLASH_PREFIX)
    ? "flash()"
    : key === OWNER_KEY
    ? "forget()"
    : key === PENDING_KEY
    ? "beginSignIn()"
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
  } else if (key === OWNER_KEY && typeof value === "string" && value !== "") {
    record.ownerId = value;
  } else if (key === PENDING_KEY && Number.isSafeInteger(value)) {
    record.pendingUntil = Number(value);
  } else {
    record.values.set(key, value);
  }
}

function* keysOf(record: WrittenRecord): Generator<[string, unknown]> {
  yield* record.values;
  for (const [queue, messages] of record.flash) yield [FLASH_PREFIX + queue, messages];
  if (record.csrfToken !== undefined) yield [CSRF_KEY, record.csrfToken];
  if (record.userId !== undefined) yield [USER_KEY, record.userId];
  if (record.ownerId !== undefined) yield [OWNER_KEY, record.ownerId];
  if (record.pendingUntil !== undefined) yield [PENDING_KEY, record.pendingUntil];
}

/** Whether it is a number of seconds whose milliseconds are a number too. */
function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value * 1000);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** All that Python spells otherwise, and the quotes and escapes that tell what lies within strings. */
const TOKEN = /\\.|["\x7f-\uffff,:]|-?\d[-+.\deE]*/g;

/** Integers of fewer digits are held exactly. */
const MANY_DIGITS = /\d{16}/;

/**
 * Writes a value as `json.dumps` does, with sorted keys. Members are separated by `", "` and
 * `": "`, and the text is ASCII only. A number that is not a safe integer is written as the
 * shortest float.
 *
 * @param value What to write.
 * @param path What messages call the value. It may be empty.
 * @throws {SessionValueError} If JSON would lose or change any part of it.
 * @internal
 */
export function stringifyPythonJson(value: unknown, path: string): string {
  let quoted = false;
  return stringifyJson(value, path).replace(TOKEN, (token) => {
    if (token === '"') quoted = !quoted;
    if (quoted) return token > "~" ? escaped(token) : token;
    if (token === "," || token === ":") return `${token} `;
    return token === '"' ? token : number(token);
  });
}

/**
 * Writes a number as Python writes a float, whole ones with their `.0`.
 *
 * @internal
 */
export function stringifyPythonFloat(value: number): string {
  return Number.isSafeInteger(value) ? `${value}.0` : number(String(value));
}

/**
 * Reads JSON that Python wrote.
 *
 * @param text JSON text.
 * @throws {SyntaxError} If it is not JSON: `NaN` and `Infinity` are not.
 * @throws {RangeError} If it has an integer beyond 2^53, which would be read as another.
 * @internal
 */
export function parsePythonJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (MANY_DIGITS.test(text)) refuseUnsafeIntegers(text);
  return value;
}

function refuseUnsafeIntegers(text: string): void {
  let quoted = false;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '"') quoted = !quoted;
    if (quoted || !/^-?\d+$/.test(token) || Number.isSafeInteger(Number(token))) continue;
    throw new RangeError("Cannot read the JSON: it has an integer beyond 2^53");
  }
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** `float.__repr__` of all but safe integers, which are spelled alike. */
function number(token: string): string {
  const value = Number(token), size = Math.abs(value);
  if (Object.is(value, -0)) return "-0.0";
  if (Number.isSafeInteger(value)) return token;
  if (size < 1e-4 || size >= 1e16) {
    return value.toExponential().replace(/\d+$/, (exponent) => exponent.padStart(2, "0"));
  }
  return Number.isInteger(value) ? `${value}.0` : token;
}
