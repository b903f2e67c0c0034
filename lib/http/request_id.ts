/**
 * Ids of requests: those that a proxy sends, and random ones.
 *
 * @module
 */

/** What a proxy may send: visible ASCII that needs no escape in a header, in JSON and in a log. */
const REQUEST_ID = /^[A-Za-z0-9+/=_.:@~-]{1,128}$/;
/** Version, trace id, id of the caller's span, and flags. A later version may append fields. */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;
const LONGEST_TRACEPARENT = 512;

/**
 * Returns a request id that a proxy sent, if it has 1 to 128 letters, digits and `+/=_.:@~-`.
 *
 * @param value The value of `X-Request-Id`. The values of several headers form one list, which is no
 * id.
 * @returns The id, or `null` if it is not valid.
 */
export function validRequestId(value: string | null): string | null {
  return value !== null && REQUEST_ID.test(value) ? value : null;
}

/**
 * Reads the trace id of a `traceparent` (W3C Trace Context, section 3.2).
 *
 * @param value The value of the header.
 * @returns 32 hexadecimal digits, or `null` if the header is not valid.
 */
export function traceId(value: string | null): string | null {
  if (value === null || value.length > LONGEST_TRACEPARENT) return null;
  const [, version, trace, parent, more] = TRACEPARENT.exec(value) ?? [];
  if (trace === undefined || parent === undefined || version === "ff") return null;
  if (version === "00" && more !== undefined) return null;
  return isZero(trace) || isZero(parent) ? null : trace;
}

function isZero(digits: string): boolean {
  return /^0+$/.test(digits);
}

/** Makes a random id of 32 hexadecimal digits, as long as a trace id. */
export function randomRequestId(): string {
  return crypto.randomUUID().replaceAll("-", "");
}
