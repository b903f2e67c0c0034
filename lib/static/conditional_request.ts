/**
 * Whether a request wants a file only under a condition, and whether the condition holds.
 *
 * @module
 */

import { ifMatch, ifNoneMatch } from "jsr:@std/http@^1.0.0/etag";
import { parseHttpDate } from "./http_date.ts";
import type { Validators } from "./validators.ts";

/** What the conditions of a GET or HEAD come to: the file, 304 or 412. */
export type ConditionOutcome = "proceed" | "not-modified" | "failed";

/**
 * Judges the conditions of a GET or HEAD in the order of RFC 9110, section 13.2.2.
 *
 * Dates that cannot be read are ignored. Our entity tags are weak, and `If-Match` compares strongly:
 * of its values only `*` holds.
 *
 * @param headers The headers of the request.
 * @param validators Those of the file that would be sent.
 */
export function judgeConditions(headers: Headers, validators: Validators): ConditionOutcome {
  return isUnchanged(headers, validators)
    ? isNews(headers, validators) ? "proceed" : "not-modified"
    : "failed";
}

/**
 * Whether a range may be sent: whoever asks has the rest of the same version.
 *
 * A date counts if it is that of the file, to the second, and that second is over. Entity tags are
 * compared strongly, so ours never match and the whole file is sent. Source: RFC 9110, section 13.1.5.
 *
 * @param header The value of `If-Range`; without it a range may be sent.
 * @param validators Those of the file that would be sent.
 * @param now The time in milliseconds.
 */
export function mayContinue(
  header: string | null,
  { lastModified }: Validators,
  now: number = Date.now(),
): boolean {
  if (header === null) return true;
  return lastModified !== null && now - lastModified >= 1000 &&
    parseHttpDate(header, now) === lastModified;
}

function isUnchanged(headers: Headers, { etag, lastModified }: Validators): boolean {
  const tags = headers.get("if-match");
  if (tags !== null) return tags.trim() === "*" || ifMatch(withoutSpace(tags), etag ?? undefined);
  const date = dateOf(headers, "if-unmodified-since");
  return date === null || lastModified === null || lastModified <= date;
}

function isNews(headers: Headers, { etag, lastModified }: Validators): boolean {
  const tags = headers.get("if-none-match");
  if (tags !== null) {
    return tags.trim() !== "*" && ifNoneMatch(withoutSpace(tags), etag ?? undefined);
  }
  const date = dateOf(headers, "if-modified-since");
  return date === null || lastModified === null || lastModified > date;
}

function dateOf(headers: Headers, name: string): number | null {
  const value = headers.get(name);
  return value === null ? null : parseHttpDate(value);
}

/** The standard library splits at `\s*,\s*`: quadratic in white space, of which no tag has any. */
function withoutSpace(tags: string): string {
  return tags.replace(/\s+/g, "");
}
