/**
 * A session as texts by their keys. Each of the app's keys has its own text, and so has each CSRF
 * secret, and what each request has added to a flash queue.
 *
 * @module
 */

import { SessionTooLargeError, SessionValueError } from "../errors.ts";
import { MAX_DEPTH } from "../formats/json.ts";
import type { NativePayload } from "../formats/native_payload.ts";
import type { WrittenRecord } from "../formats/payload.ts";
import { BrokenRecordError } from "./record_errors.ts";
import {
  appKey,
  csrfKey,
  flashKey,
  isReserved,
  OWNER,
  PENDING,
  reservedKey,
  shownKey,
  storedKey,
} from "./stored_keys.ts";

/** Most keys of a session, those beside the app's included. */
export const MOST_KEYS = 256;
/** Most bytes of a key, as it is stored. */
export const MOST_KEY_BYTES = 256;
/** Most bytes of a user's id: the store finds sessions by it. */
export const MOST_ACCOUNT_BYTES = 512;
/** Most CSRF secrets that count: requests at once can each make one. */
const MOST_SECRETS = 8;
/** How many times the limits a record may take, because several requests at once add up. */
const LEEWAY = 4;

const UTF8 = new TextEncoder();

/** What a record's texts hold. */
export type ReadTexts = Pick<
  WrittenRecord,
  "values" | "flash" | "csrfToken" | "csrfOthers" | "ownerId" | "pendingUntil"
>;

/** What writing a session needs. */
export interface TextsWriting {
  /** Writes values. */
  readonly payload: NativePayload;
  /** The texts as they were loaded. Reserved keys that hold the same keep their tags. */
  readonly before: ReadonlyMap<string, string> | undefined;
  /** Makes a tag at random. */
  readonly makeTag: () => string;
}

/**
 * Writes a session.
 *
 * @throws {SessionValueError} If a value could not be read back as it is.
 */
export function textsOf(record: ReadTexts, writing: TextsWriting): Map<string, string> {
  const { payload } = writing;
  const texts = new Map<string, string>();
  for (const [key, value] of record.values) {
    if (value !== undefined) texts.set(storedKey(key), payload.stringifyValue(value, key));
  }
  for (const [queue, messages] of record.flash) writeQueue(texts, queue, messages, writing);
  const secrets = record.csrfToken === undefined
    ? []
    : [record.csrfToken, ...record.csrfOthers ?? []];
  for (const secret of secrets) texts.set(keyOfSecret(secret, writing), secret);
  if (record.ownerId !== undefined) texts.set(OWNER, record.ownerId);
  if (record.pendingUntil !== undefined) texts.set(PENDING, String(record.pendingUntil));
  return texts;
}

function keyOfSecret(secret: string, { before, makeTag }: TextsWriting): string {
  for (const [key, text] of before ?? []) {
    if (text === secret && isReserved(key) && reservedKey(key)?.kind === "csrf") return key;
  }
  return csrfKey(makeTag());
}

/**
 * Messages that were loaded stay under their keys, and those that were added get a key of their own. So
 * two requests that add to one queue lose nothing, and one that takes messages takes what it saw.
 */
function writeQueue(
  texts: Map<string, string>,
  queue: string,
  messages: readonly unknown[],
  { payload, before, makeTag }: TextsWriting,
): void {
  const path = queue === "" ? "flash" : `flash.${queue}`;
  const write = (list: readonly unknown[]) => payload.stringifyValue(list, path, MAX_DEPTH + 1);
  const loaded = sortedKeys(before ?? new Map()).filter((key) => {
    const reserved = isReserved(key) ? reservedKey(key) : null;
    return reserved?.kind === "flash" && reserved.queue === queue;
  });
  let written = 0;
  for (const key of loaded) {
    const text = before?.get(key) ?? "";
    const count = listIn(payload.readValue(text, true)).length;
    const here = messages.slice(written, written + count);
    if (here.length < count || write(here) !== text) break;
    texts.set(key, text);
    written += count;
  }
  if (written === messages.length) return;
  texts.set(flashKey(queue, loaded, makeTag()), write(messages.slice(written)));
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * Reads a session.
 *
 * @throws {BrokenRecordError} If this version did not write it.
 */
export function readTexts(
  id: string,
  texts: ReadonlyMap<string, string>,
  payload: NativePayload,
): ReadTexts {
  const read: ReadTexts = { values: new Map(), flash: new Map() };
  const secrets: string[] = [];
  // In one order, because stores differ in theirs. It is also that of the messages.
  for (const key of sortedKeys(texts)) {
    const text = texts.get(key) ?? "";
    if (!isReserved(key)) {
      read.values.set(appKey(key), parsed(id, key, text, payload));
      continue;
    }
    if (key === OWNER && text !== "") {
      read.ownerId = text;
      continue;
    }
    if (key === PENDING && /^\d{1,15}$/.test(text)) {
      read.pendingUntil = Number(text);
      continue;
    }
    const reserved = reservedKey(key);
    // Of a later version: what it means must not be ignored.
    if (reserved === null) {
      throw new BrokenRecordError(id, `its key "${key}" is not known to this version`);
    }
    if (reserved.kind === "flash") readMessages(id, read, key, reserved.queue, text, payload);
    else if (text === "") throw new BrokenRecordError(id, "its CSRF secret is empty");
    else secrets.push(text);
  }
  const [first] = secrets;
  if (first !== undefined) read.csrfToken = first;
  if (secrets.length > 1) read.csrfOthers = secrets.slice(1, MOST_SECRETS);
  return read;
}

function readMessages(
  id: string,
  read: ReadTexts,
  key: string,
  queue: string,
  text: string,
  payload: NativePayload,
): void {
  const messages = listIn(parsed(id, key, text, payload));
  if (messages.length === 0) {
    throw new BrokenRecordError(id, `its key "${key}" is no list of messages`);
  }
  read.flash.set(queue, [...read.flash.get(queue) ?? [], ...messages]);
}

/** Reads the text of one key. */
export function parsed(id: string, key: string, text: string, payload: NativePayload): unknown {
  try {
    return payload.readValue(text, isReserved(key));
  } catch (cause) {
    throw new BrokenRecordError(
      id,
      `the value of its key "${shownKey(key)}" cannot be read`,
      cause,
    );
  }
}

/**
 * Refuses texts that some stores cannot keep, and sessions that are too large.
 *
 * Requests at once can together exceed the limits. Then a change that makes the session no larger is
 * not refused, or its visitor could do nothing any more.
 *
 * @param texts The whole session.
 * @param maxBytes The most bytes of keys and texts together.
 * @param before The session as the store holds it.
 * @throws {SessionTooLargeError} If it has more bytes, or more keys.
 * @throws {SessionValueError} If a key is too long, or a text is not well-formed or has a NUL.
 */
export function checkTexts(
  texts: ReadonlyMap<string, string>,
  maxBytes: number,
  before?: ReadonlyMap<string, string>,
): void {
  let characters = 0;
  for (const [key, text] of texts) {
    const shown = shownKey(key);
    if (3 * key.length > MOST_KEY_BYTES && bytesIn(key) > MOST_KEY_BYTES) {
      throw new SessionValueError(
        `${shown.slice(0, 40).toWellFormed()}…`,
        `a key of ${bytesIn(key)} bytes`,
        `use at most ${MOST_KEY_BYTES}`,
      );
    }
    if (!isStorable(key)) throw new SessionValueError(shown.toWellFormed(), UNSTORABLE_KEY);
    if (!isStorable(text)) throw new SessionValueError(shown, UNSTORABLE_TEXT);
    characters += key.length + text.length;
  }
  const isSmall = 3 * characters <= maxBytes && texts.size <= MOST_KEYS;
  if (isSmall) return;
  const keys = [...texts].map(([key, text]) => ({
    key: shownKey(key),
    bytes: bytesIn(key) + bytesIn(text),
  }));
  const size = keys.reduce((sum, { bytes }) => sum + bytes, 0);
  const mostBytes = Math.max(maxBytes, before === undefined ? 0 : bytesOf(before));
  if (size > mostBytes || texts.size > Math.max(MOST_KEYS, before?.size ?? 0)) {
    throw new SessionTooLargeError("", size, maxBytes, keys, {
      count: texts.size,
      most: MOST_KEYS,
    });
  }
}

const UNSTORABLE_KEY = "a key with a lone surrogate or the character U+0000";
const UNSTORABLE_TEXT = "written by the serializer with a lone surrogate or the character U+0000";

/** Whether every store keeps a text as it is. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/** Why the values of a record cannot be read, or `null` if they can. */
export function faultOfTexts(values: unknown): string | null {
  if (!(values instanceof Map)) return "its values are no Map";
  for (const [key, text] of values as Map<unknown, unknown>) {
    if (typeof key !== "string" || typeof text !== "string") return "a key or a value is not text";
    if (!isStorable(key) || !isStorable(text)) return "a key or a value is not well-formed text";
  }
  return null;
}

/** Whether requests at once have made a session so large that reading it would take too much. */
export function isBeyondLimits(values: ReadonlyMap<string, string>, maxBytes: number): boolean {
  if (values.size > LEEWAY * MOST_KEYS) return true;
  let characters = 0;
  for (const [key, text] of values) characters += key.length + text.length;
  return characters > LEEWAY * maxBytes;
}

/** Whether a store can find sessions by a user's id. */
export function isAccount(userId: string): boolean {
  return isStorable(userId) && bytesIn(userId) <= MOST_ACCOUNT_BYTES;
}

function bytesOf(texts: ReadonlyMap<string, string>): number {
  let bytes = 0;
  for (const [key, text] of texts) bytes += bytesIn(key) + bytesIn(text);
  return bytes;
}

/** The bytes of a text in UTF-8. */
export function bytesIn(text: string): number {
  return UTF8.encode(text).length;
}

function sortedKeys(texts: ReadonlyMap<string, string>): string[] {
  const keys = [...texts.keys()];
  for (let at = 1; at < keys.length; at++) if (keys[at - 1]! > keys[at]!) return keys.sort();
  return keys;
}
