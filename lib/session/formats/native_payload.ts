/**
 * The payload of the native formats: `[renewed, created, state]` or `[renewed, created, state, extra]`,
 * times in integer milliseconds.
 *
 * @module
 */

import { MAX_COOKIE_AGE } from "../../http/cookies.ts";
import { checkJson, MAX_DEPTH, stringifyJson } from "./json.ts";
import type { Payload, WrittenRecord } from "./payload.ts";

/** Replaces JSON for the whole payload, for example by devalue or superjson. */
export interface SessionSerializer {
  /** Writes a value that consists of arrays, plain objects, numbers and the values of the app. */
  stringify(value: unknown): string;
  /** Reads the text back. If it throws, then the cookie is rejected as malformed. */
  parse(text: string): unknown;
}

/** A message lies in its queue, the queues in `flash`, and that in the extra. */
const EXTRA_DEPTH = MAX_DEPTH + 3;

type Extra = Record<string, unknown>;

/** The native payload, written as canonical JSON unless a serializer replaces it. */
export class NativePayload implements Payload {
  /** Always true: equal texts are equal sessions. */
  readonly canonical = true;
  readonly #serializer: SessionSerializer | undefined;

  /** Makes the payload. */
  constructor(serializer?: SessionSerializer) {
    this.#serializer = serializer;
  }

  /** Writes a session. */
  stringify(record: WrittenRecord, renewed: number): string {
    const extra = extraOf(record);
    if (this.#serializer !== undefined) {
      const whole = [renewed, record.created, sortedState(record.values)];
      return this.#serializer.stringify(extra === null ? whole : [...whole, extra]);
    }
    const state = valuesJson(record.values);
    const tail = extra === null ? "" : `,${stringifyJson(extra, "", EXTRA_DEPTH)}`;
    return `[${renewed},${record.created},${state}${tail}]`;
  }

  /** Replaces the time of issue. */
  restamp(text: string, record: WrittenRecord, renewed: number): string {
    if (this.#serializer !== undefined) return this.stringify(record, renewed);
    return `[${renewed}${text.slice(text.indexOf(","))}`;
  }

  /** Reads a text back. */
  parse(text: string): WrittenRecord | null {
    let whole: unknown;
    try {
      whole = this.parseValue(text);
    } catch {
      return null;
    }
    if (!Array.isArray(whole) || whole.length < 3 || whole.length > 4) return null;
    const [renewed, created, state, extra] = whole as unknown[];
    if (!isTime(renewed) || !isTime(created) || !isPlainObject(state)) return null;
    const record: WrittenRecord = {
      values: mapOf(state),
      flash: new Map(),
      created,
      renewed,
    };
    if (whole.length === 4 && !readExtra(record, extra)) return null;
    return this.#serializer === undefined && isTooDeep(text, record) ? null : record;
  }

  /**
   * Writes one value: canonical JSON, or what the serializer makes of it.
   *
   * @param value The value.
   * @param path What messages call it.
   * @param depth How many objects and arrays may lie within each other.
   * @throws {SessionValueError} If JSON would lose or change any part of it.
   */
  stringifyValue(value: unknown, path: string, depth: number = MAX_DEPTH): string {
    return this.#serializer?.stringify(value) ?? stringifyJson(value, path, depth);
  }

  /** Reads one value back. Throws what JSON or the serializer throws. */
  parseValue(text: string): unknown {
    return this.#serializer === undefined ? JSON.parse(text) : this.#serializer.parse(text);
  }

  /**
   * Reads a value that is kept by itself.
   *
   * @param text Its text.
   * @param isList Whether it is a list of values that were written one by one.
   * @throws {Error} If JSON or the serializer throws, or the value is nested deeper than one that
   * can be written.
   */
  readValue(text: string, isList = false): unknown {
    const value = this.parseValue(text);
    if (this.#serializer !== undefined || !mayBeTooDeep(text)) return value;
    for (const one of isList && Array.isArray(value) ? value : [value]) checkJson(one, "");
    return value;
  }

  /** What each key takes. */
  keySizes(record: WrittenRecord): { key: string; bytes: number }[] {
    const size = (key: string, value: unknown): number =>
      new TextEncoder().encode(JSON.stringify(key) + this.stringifyValue(value, key)).length;
    const sizes = [...record.values].map(([key, value]) => ({ key, bytes: size(key, value) }));
    for (const [key, value] of Object.entries(extraOf(record) ?? {})) {
      sizes.push({ key: `(${key})`, bytes: size(key, value) });
    }
    return sizes;
  }
}

/** Whether there are brackets enough. Each level takes two. */
function mayBeTooDeep(text: string): boolean {
  return text.length > 2 * MAX_DEPTH && (text.match(/[[{]/g)?.length ?? 0) > MAX_DEPTH;
}

/** Whether a value is nested too deep to be written: it could be read, and not written back. */
function isTooDeep(text: string, record: WrittenRecord): boolean {
  if (!mayBeTooDeep(text)) return false;
  try {
    for (const value of record.values.values()) checkJson(value, "");
    for (const message of [...record.flash.values()].flat()) checkJson(message, "");
    return false;
  } catch {
    return true;
  }
}

function valuesJson(values: ReadonlyMap<string, unknown>): string {
  if (values.size === 0) return "{}";
  const keys = [...values.keys()];
  if (!isSorted(keys)) keys.sort();
  let text = "";
  for (const key of keys) {
    const value = values.get(key);
    if (value === undefined) continue;
    text += `${text === "" ? "{" : ","}${JSON.stringify(key)}:${stringifyJson(value, key)}`;
  }
  return text === "" ? "{}" : `${text}}`;
}

/**
 * Whether keys are sorted. Those of a loaded session are, unless the app added some. The check
 * costs less than sorting.
 */
function isSorted(keys: readonly string[]): boolean {
  for (let at = 1; at < keys.length; at++) if (keys[at - 1]! > keys[at]!) return false;
  return true;
}

function sortedState(values: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const state: Record<string, unknown> = {};
  for (const key of [...values.keys()].sort()) {
    // Defined, not assigned: `__proto__` is a key like any other.
    Object.defineProperty(state, key, {
      value: values.get(key),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return state;
}

function mapOf(state: Record<string, unknown>): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const key of Object.keys(state)) values.set(key, state[key]);
  return values;
}

function extraOf(record: WrittenRecord): Extra | null {
  const extra: Extra = {};
  if (record.csrfToken !== undefined) extra.csrf = record.csrfToken;
  if (record.epoch !== undefined) extra.epoch = record.epoch;
  if (record.flash.size > 0) extra.flash = sortedState(record.flash);
  if (record.id !== undefined) extra.id = record.id;
  if (record.rememberFor !== undefined) extra.life = record.rememberFor;
  if (record.ownerId !== undefined) extra.owner = record.ownerId;
  if (record.pendingUntil !== undefined) extra.pending = record.pendingUntil;
  if (record.userId !== undefined) extra.user = record.userId;
  return Object.keys(extra).length === 0 ? null : extra;
}

function readExtra(record: WrittenRecord, extra: unknown): boolean {
  if (!isPlainObject(extra)) return false;
  for (const [member, value] of Object.entries(extra)) {
    if (!readMember(record, member, value)) return false;
  }
  return true;
}

function readMember(record: WrittenRecord, member: string, value: unknown): boolean {
  switch (member) {
    case "csrf":
      record.csrfToken = textOf(value);
      return record.csrfToken !== undefined;
    case "id":
      record.id = textOf(value);
      return record.id !== undefined;
    case "user":
      record.userId = textOf(value);
      return record.userId !== undefined;
    case "owner":
      record.ownerId = textOf(value);
      return record.ownerId !== undefined;
    case "pending":
      if (!isTime(value)) return false;
      record.pendingUntil = value;
      return true;
    case "life":
      if (
        typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > MAX_COOKIE_AGE
      ) return false;
      record.rememberFor = value;
      return true;
    case "epoch":
      if (!isTime(value)) return false;
      record.epoch = value;
      return true;
    case "flash":
      return isPlainObject(value) && readFlash(record, value);
    default:
      // A member of a later version: what it says must not be ignored.
      return false;
  }
}

function readFlash(record: WrittenRecord, queues: Record<string, unknown>): boolean {
  for (const [queue, messages] of Object.entries(queues)) {
    if (!Array.isArray(messages) || messages.length === 0) return false;
    record.flash.set(queue, messages);
  }
  return true;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
