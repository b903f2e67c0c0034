/**
 * What the token of a link says, as text: a list of six members.
 *
 * @module
 */

/** What the token of a link says. */
export interface LinkClaims {
  /** What the link is for. */
  readonly purpose: string;
  /** The path that it is valid for, without the mount prefix. */
  readonly path: string;
  /** The last millisecond in which it is valid. */
  readonly expires: number;
  /** For whom it is. */
  readonly subject: string;
  /** The hash of the stamp, or `null` without a stamp. */
  readonly stamp: string | null;
  /** The id by which a store knows that it was used, or `null` if it works more than once. */
  readonly once: string | null;
}

/** Writes what a token says. */
export function writeClaims(claims: LinkClaims): string {
  const { purpose, path, expires, subject, stamp, once } = claims;
  return JSON.stringify([purpose, path, expires, subject, stamp, once]);
}

/**
 * Reads what a token says. It is `null` if this version did not write it.
 *
 * @throws {SyntaxError} If it is not JSON.
 */
export function readClaims(text: string): LinkClaims | null {
  const list: unknown = JSON.parse(text);
  if (!Array.isArray(list) || list.length !== 6) return null;
  const [purpose, path, expires, subject, stamp, once]: unknown[] = list;
  if (typeof purpose !== "string" || typeof path !== "string") return null;
  if (typeof expires !== "number" || !Number.isSafeInteger(expires)) return null;
  if (typeof subject !== "string" || !isTextOrNull(stamp) || !isTextOrNull(once)) return null;
  return { purpose, path, expires, subject, stamp, once };
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}
