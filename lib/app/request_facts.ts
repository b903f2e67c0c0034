/**
 * What can be shown of a request: everything but what somebody could sign in with.
 *
 * @module
 */

import { RequestCookies } from "../http/cookies.ts";

/** What is shown of a request. */
export interface RequestFacts {
  /** The method. */
  readonly method: string;
  /** The URL as it came. */
  readonly url: string;
  /** The headers, masked where they are secret. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Headers whose values are nobody's business, by a part of their names. */
const SECRET = /auth|token|secret|key|password|session|signature|credential|jwt|assertion/;

/** What is shown of a request. */
export function requestFacts(request: Request): RequestFacts {
  return {
    method: request.method,
    url: request.url,
    headers: [...request.headers].map(([name, value]) => [name, masked(name, value)] as const),
  };
}

/**
 * The value of a header, or what can be said of it.
 *
 * @param name In small letters.
 * @param value As it came.
 */
export function masked(name: string, value: string): string {
  if (name === "cookie") {
    const cookies = [...new RequestCookies(value)];
    return cookies.map(([name, value]) => `${name}=${mask(value)}`).join("; ");
  }
  if (!SECRET.test(name)) return value;
  // The scheme, such as Bearer, is no secret.
  const scheme = /authorization$/.test(name) ? /^[A-Za-z0-9-]+ (?=\S)/.exec(value)?.[0] ?? "" : "";
  return scheme + mask(value.slice(scheme.length));
}

function mask({ length }: string): string {
  return length === 1 ? "(1 character)" : `(${length} characters)`;
}
