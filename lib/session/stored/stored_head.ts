/**
 * The head of a stored session: what decides who may read and write it.
 *
 * @module
 */

import { MAX_COOKIE_AGE } from "../../http/cookies.ts";
import type { NotedDescription } from "../contract/record.ts";

/** How long a request that is under way may come with the secret from before, in milliseconds. */
export const GRACE = 10_000;
/** Most secrets from before that a head holds. */
const MOST_PREVIOUS = 4;
/** The version of the head. A head of another version is not read. */
const VERSION = 1;
/** A SHA-256 in base64url. */
const HASH = /^[\w-]{43}$/;

/** How a secret was replaced: by a rotation, or by a sign-in. */
export type ReplacedBy = "rotation" | "sign-in";

/** A secret that was replaced lately. */
export interface PreviousSecret {
  /** Its SHA-256. */
  readonly hash: string;
  /** What replaced it. */
  readonly by: ReplacedBy;
  /** The last millisecond of its grace. */
  readonly until: number;
}

/** What the head of a stored session says. */
export interface StoredHead {
  /** When the session began, in milliseconds. */
  readonly created: number;
  /** Seconds asked for by `remember()`. */
  readonly rememberFor: number | undefined;
  /** The stamp of the user when the user signed in. */
  readonly stamp: string | undefined;
  /** The SHA-256 of the secret in the cookie. */
  readonly hash: string;
  /** The secrets from before, the newest first. */
  readonly previous: readonly PreviousSecret[];
  /** What a list of sessions shows. It lies here, because a store lists heads and no values. */
  readonly description?: NotedDescription | undefined;
}

/**
 * What a secret may do.
 *
 * - `current`: all.
 * - `rotated lately`: it reads and writes, and its request gets no cookie.
 * - `signed in lately`: its request sees an empty session, and nothing of it is kept.
 * - `outdated`: nothing.
 */
export type SecretStanding = "current" | "rotated lately" | "signed in lately" | "outdated";

/** Writes a head. Its times are whole milliseconds, also if the clock gives fractions. Equal heads have equal texts. */
export function headText(
  { created, rememberFor, stamp, hash, previous, description }: StoredHead,
): string {
  const list = previous.map(({ hash, by, until }) => [hash, by, until]);
  const began = Math.floor(created);
  const head = [VERSION, began, rememberFor ?? null, stamp ?? null, hash, list];
  if (description === undefined) return JSON.stringify(head);
  return JSON.stringify([...head, [description.label ?? null, description.address ?? null]]);
}

/** Reads a head, or gives `null` if this version did not write it. */
export function readHead(text: string): StoredHead | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(parsed) || parsed.length < 6 || parsed.length > 7) return null;
  const [version, created, rememberFor, stamp, hash, list]: unknown[] = parsed;
  if (version !== VERSION || !isTime(created) || !isHash(hash) || !Array.isArray(list)) return null;
  if (rememberFor !== null && !isAge(rememberFor)) return null;
  if (stamp !== null && typeof stamp !== "string") return null;
  const previous: PreviousSecret[] = [];
  for (const entry of list) {
    if (!Array.isArray(entry)) return null;
    const [hash, by, until]: unknown[] = entry;
    if (!isHash(hash) || !isTime(until) || (by !== "rotation" && by !== "sign-in")) return null;
    previous.push({ hash, by, until });
  }
  const head = {
    created,
    rememberFor: rememberFor ?? undefined,
    stamp: stamp ?? undefined,
    hash,
    previous,
  };
  if (parsed.length === 6) return head;
  const description = readDescription(parsed[6]);
  return description === null ? null : { ...head, description };
}

function readDescription(noted: unknown): NotedDescription | null {
  if (!Array.isArray(noted) || noted.length !== 2) return null;
  const [label, address]: unknown[] = noted;
  const isRight = (part: unknown): part is string | null =>
    part === null || typeof part === "string" && part !== "";
  if (!isRight(label) || !isRight(address) || label === address && label === null) return null;
  return { label: label ?? undefined, address: address ?? undefined };
}

/** What the secret with this hash may do now. */
export function standingOf(head: StoredHead, hash: string, now: number): SecretStanding {
  if (hash === head.hash) return "current";
  const previous = head.previous.find((one) => one.hash === hash);
  if (previous === undefined || now > previous.until) return "outdated";
  return previous.by === "rotation" ? "rotated lately" : "signed in lately";
}

/**
 * The head with a new secret.
 *
 * Invariant: after a sign-in no earlier secret reads the session, even if a rotation replaced it.
 */
export function withSecret(
  head: StoredHead,
  hash: string,
  by: ReplacedBy,
  now: number,
): StoredHead {
  const replaced: PreviousSecret = { hash: head.hash, by, until: now + GRACE };
  const earlier = head.previous.filter(({ until }) => now <= until)
    .map((one): PreviousSecret => by === "sign-in" ? { ...one, by } : one);
  return { ...head, hash, previous: [replaced, ...earlier].slice(0, MOST_PREVIOUS) };
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isAge(value: unknown): value is number {
  return isTime(value) && value >= 1 && value <= MAX_COOKIE_AGE;
}

function isHash(value: unknown): value is string {
  return typeof value === "string" && HASH.test(value);
}
