/**
 * A session as texts by their keys. Each of the app's keys has its own text, and so have the flash
 * queues and the CSRF secret.
 *
 * @module
 */

import { SessionTooLargeError, SessionValueError } from "../errors.ts";
import { MAX_DEPTH } from "../formats/json.ts";
import type { NativePayload } from "../formats/native_payload.ts";
import type { WrittenRecord } from "../formats/payload.ts";
import { BrokenRecordError } from "./record_errors.ts";

/** Most keys of a session, those beside the app's included. */
export const MOST_KEYS = 256;
/** Most bytes of a key, as it is stored. */
export const MOST_KEY_BYTES = 256;
/** Most bytes of a user's id: the store finds sessions by it. */
export const MOST_ACCOUNT_BYTES = 512;
/** How many times the limits a record may take, because several requests at once add up. */
const LEEWAY = 4;

/**
 * A stored key with this prefix is not the app's. A key of the app that begins so is stored with a
 * second prefix.
 */
const RESERVED = "(";
/** The key of the CSRF secret. */
export const CSRF = "(csrf)";
const FLASH = "(flash)";
const UTF8 = new TextEncoder();

/** What a record's texts hold. */
export type ReadTexts = Pick<WrittenRecord, "values" | "flash" | "csrfToken">;

/** The name under which one of the app's keys is stored. */
export function storedKey(key: string): string {
  return key.startsWith(RESERVED) ? RESERVED + key : key;
}

/** What a developer calls a stored key. */
export function shownKey(key: string): string {
  return key.startsWith(RESERVED + RESERVED) ? key.slice(RESERVED.length) : key;
}

/**
 * Writes a session.
 *
 * @throws {SessionValueError} If a value could not be read back as it is.
 */
export function textsOf(record: ReadTexts, payload: NativePayload): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of record.values) {
    if (value !== undefined) texts.set(storedKey(key), payload.stringifyValue(value, key));
  }
  for (const [queue, messages] of record.flash) {
    const path = queue === "" ? "flash" : `flash.${queue}`;
    texts.set(FLASH + queue, payload.stringifyValue(messages, path, MAX_DEPTH + 1));
  }
  if (record.csrfToken !== undefined) texts.set(CSRF, record.csrfToken);
  return texts;
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
  // In one order, because stores differ in theirs.
  for (const key of sortedKeys(texts)) readText(id, read, key, texts.get(key) ?? "", payload);
  return read;
}

function readText(
  id: string,
  read: ReadTexts,
  key: string,
  text: string,
  payload: NativePayload,
): void {
  if (!key.startsWith(RESERVED)) {
    read.values.set(key, parsed(id, key, text, payload));
  } else if (key.startsWith(RESERVED + RESERVED)) {
    read.values.set(shownKey(key), parsed(id, key, text, payload));
  } else if (key === CSRF) {
    if (text === "") throw new BrokenRecordError(id, "its CSRF secret is empty");
    read.csrfToken = text;
  } else if (key.startsWith(FLASH)) {
    const messages = parsed(id, key, text, payload);
    if (!Array.isArray(messages) || messages.length === 0) {
      throw new BrokenRecordError(id, `its key "${key}" is no list of messages`);
    }
    read.flash.set(key.slice(FLASH.length), messages);
  } else {
    // Of a later version: what it means must not be ignored.
    throw new BrokenRecordError(id, `its key "${key}" is not known to this version`);
  }
}

/** Reads the text of one key. */
export function parsed(id: string, key: string, text: string, payload: NativePayload): unknown {
  try {
    return payload.readValue(text, key.startsWith(FLASH));
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
 * @param texts The whole session.
 * @param maxBytes The most bytes of keys and texts together.
 * @throws {SessionTooLargeError} If it has more bytes, or more keys.
 * @throws {SessionValueError} If a key is too long, or a text is not well-formed or has a NUL.
 */
export function checkTexts(texts: ReadonlyMap<string, string>, maxBytes: number): void {
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
  if (size > maxBytes || texts.size > MOST_KEYS) {
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
export function faultOfTexts(values: unknown, maxBytes: number): string | null {
  if (!(values instanceof Map)) return "its values are no Map";
  if (values.size > LEEWAY * MOST_KEYS) return `it has ${values.size} keys`;
  let characters = 0;
  for (const [key, text] of values as Map<unknown, unknown>) {
    if (typeof key !== "string" || typeof text !== "string") return "a key or a value is not text";
    if (!isStorable(key) || !isStorable(text)) return "a key or a value is not well-formed text";
    characters += key.length + text.length;
  }
  return characters > LEEWAY * maxBytes ? `it has ${characters} characters` : null;
}

/** Whether a store can find sessions by a user's id. */
export function isAccount(userId: string): boolean {
  return isStorable(userId) && bytesIn(userId) <= MOST_ACCOUNT_BYTES;
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
