/**
 * The text of a ticket: a digest, a time, a user id, tokens and user data. It is the format of
 * Apache's `mod_auth_tkt`, as Pyramid's `AuthTicket` writes it.
 *
 * @module
 */

import { timingSafeEqual } from "jsr:@std/crypto@^1.0.0/timing-safe-equal";
import { digest, HMAC_TAG_LENGTH } from "../session/crypto/hmac.ts";

/** The hashes with which tickets are signed. */
export type TicketHash = "SHA-256" | "SHA-384" | "SHA-512";

/** What a ticket says. */
export interface Ticket {
  /** When it was written, in seconds since 1970. */
  readonly timestamp: number;
  /** The user id as it is signed, of the type that `userData` names. */
  readonly userId: string;
  /** The tokens, with commas between them. */
  readonly tokens: string;
  /** Text for the app, with `|` between its parts. */
  readonly userData: string;
}

/** A ticket whose digest is not checked yet. */
export interface SignedTicket extends Ticket {
  /** The digest that stands in the text, in hex. */
  readonly digest: string;
}

/** With what tickets are signed. */
export interface TicketKey {
  /** The bytes of the secret. */
  readonly secret: Uint8Array;
  /** The hash. */
  readonly hash: TicketHash;
}

const UTF8 = new TextEncoder();
/** Hexadecimal digits of the time. */
const TIME_DIGITS = 8;

/**
 * Reads the parts of a ticket. Nothing is checked against a secret.
 *
 * @param text The text of a cookie, out of its quotes.
 * @param hash The hash, which decides where the digest ends.
 * @returns The parts, or `null` if the text is no ticket in visible ASCII.
 */
export function parseTicket(text: string, hash: TicketHash): SignedTicket | null {
  const digits = HMAC_TAG_LENGTH[hash] * 2;
  const rest = text.slice(digits + TIME_DIGITS);
  const end = rest.indexOf("!");
  const head = text.slice(0, digits + TIME_DIGITS);
  if (end === -1 || !/^[\da-f]*$/.test(head) || !/^[\x21-\x7e]*$/.test(rest)) return null;
  const userId = decoded(rest.slice(0, end));
  if (userId === null) return null;
  const data = rest.slice(end + 1);
  const mark = data.indexOf("!");
  return {
    digest: head.slice(0, digits),
    timestamp: parseInt(head.slice(digits), 16),
    userId,
    tokens: mark === -1 ? "" : data.slice(0, mark),
    userData: data.slice(mark + 1),
  };
}

/**
 * Writes a ticket.
 *
 * @param ticket What it says.
 * @param key The key with which it is signed.
 * @param address The visitor's address, or `0.0.0.0` for tickets that hold for all addresses.
 */
export async function writeTicket(
  ticket: Ticket,
  key: TicketKey,
  address: string,
): Promise<string> {
  const { timestamp, userId, tokens, userData } = ticket;
  const time = timestamp.toString(16).padStart(TIME_DIGITS, "0");
  // Without the second mark, one within the user data would make tokens of its beginning.
  const mark = tokens === "" && !userData.includes("!") ? "" : `${tokens}!`;
  return `${await digestOf(ticket, key, address)}${time}${encoded(userId)}!${mark}${userData}`;
}

/**
 * Whether a ticket was signed with this key for this address. The digests are compared in constant
 * time. It costs two hashes.
 */
export async function isSigned(
  ticket: SignedTicket,
  key: TicketKey,
  address: string,
): Promise<boolean> {
  const expected = UTF8.encode(await digestOf(ticket, key, address));
  const given = UTF8.encode(ticket.digest);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/** Pyramid: `calculate_digest`. A hash of the parts, and a hash of that in hex. */
async function digestOf(
  { timestamp, userId, tokens, userData }: Ticket,
  { secret, hash }: TicketKey,
  address: string,
): Promise<string> {
  const parts = [
    ...addressAndTime(address, timestamp),
    ...secret,
    ...UTF8.encode(`${userId}\0${tokens}\0${userData}`),
  ];
  const inner = await digest(hash, new Uint8Array(parts));
  const outer = new Uint8Array([...UTF8.encode(inner.toHex()), ...secret]);
  return (await digest(hash, outer)).toHex();
}

/** IPv4 is four bytes before the four of the time. IPv6 is text before the time in decimals. */
function addressAndTime(address: string, timestamp: number): Uint8Array | number[] {
  if (address.includes(":")) return UTF8.encode(`${address}${timestamp}`);
  const time = [timestamp >>> 24, timestamp >>> 16 & 255, timestamp >>> 8 & 255, timestamp & 255];
  return [...address.split(".").map(Number), ...time];
}

/** Python's `urllib.parse.quote`, which leaves slashes as they are. */
function encoded(userId: string): string {
  const escaped = encodeURIComponent(userId).replaceAll("%2F", "/");
  return escaped.replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

function decoded(text: string): string | null {
  try {
    const userId = decodeURIComponent(text);
    // NUL separates what is signed.
    return userId.includes("\0") ? null : userId;
  } catch {
    return null;
  }
}
