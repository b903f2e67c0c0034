/**
 * User ids in tickets, which keep their type.
 *
 * @module
 */

import { describe } from "../check_options.ts";

/**
 * The id of a user: text, a whole number, or bytes. A `bigint` is a whole number that no `number`
 * can hold.
 */
export type UserId = string | number | bigint | Uint8Array<ArrayBuffer>;

/** A user id as a ticket holds it. */
export interface WrittenUserId {
  /** The id as text. */
  readonly text: string;
  /** Pyramid's name of its type. */
  readonly type: "b64unicode" | "int" | "b64str";
}

const TYPE = "userid_type:";

/**
 * Writes a user id as Pyramid does.
 *
 * @param userId The id.
 * @throws {TypeError} If it is empty, has lone surrogates, is not a whole number, or is of another
 * type.
 */
export function writeUserId(userId: UserId): WrittenUserId {
  if (typeof userId === "string" && userId !== "" && userId.isWellFormed()) {
    return { text: new TextEncoder().encode(userId).toBase64(), type: "b64unicode" };
  }
  if (typeof userId === "bigint" || Number.isSafeInteger(userId)) {
    return { text: String(userId), type: "int" };
  }
  if (userId instanceof Uint8Array && userId.length > 0) {
    return { text: userId.toBase64(), type: "b64str" };
  }
  throw new TypeError(
    `Cannot remember a user: the id must be text that is not empty, a whole number or bytes, not ${
      describe(userId)
    }`,
  );
}

/** The user data that names the type of an id. */
export function userDataOf({ type }: WrittenUserId): string {
  return TYPE + type;
}

/**
 * Reads a user id.
 *
 * @param text The id as the ticket holds it.
 * @param userData The user data of the ticket. It names the type, or another program wrote the
 * ticket, and then the id is text.
 * @returns The id, or `null` if it is empty or not of its type, or if the user data names two types.
 */
export function readUserId(text: string, userData: string): UserId | null {
  const types = userData.split("|").filter((part) => part.startsWith(TYPE));
  if (text === "" || types.length > 1) return null;
  switch (types[0]?.slice(TYPE.length)) {
    case "int":
      return wholeNumber(text);
    case "b64unicode":
      return unicode(text);
    case "b64str":
      return bytes(text);
    default:
      return text;
  }
}

function wholeNumber(text: string): number | bigint | null {
  if (!/^(?:0|-?[1-9]\d*)$/.test(text)) return null;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

function unicode(text: string): string | null {
  const read = bytes(text);
  try {
    return read && new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(read);
  } catch {
    return null;
  }
}

function bytes(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    const read = Uint8Array.fromBase64(text, { lastChunkHandling: "strict" });
    // The decoder skips white space.
    return read.toBase64() === text ? read : null;
  } catch {
    return null;
  }
}
