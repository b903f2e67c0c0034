/**
 * The options of a visitor's request, besides those of `fetch()`.
 *
 * @module
 */

import {
  ANY,
  BOOLEAN,
  describe,
  either,
  instanceOf,
  OBJECT,
  oneOf,
  type OptionKind,
  type OptionKinds,
  orNull,
  TEXT,
} from "../check_options.ts";
import { HEADERS } from "../http/response.ts";

/** The options of a `TestClient`'s requests: those of the Web's `fetch()`, and more. */
export interface TestRequestInit extends RequestInit {
  /**
   * The URL of the page that makes the request. It decides `Origin`, `Referer`, `Sec-Fetch-Site`,
   * and which cookies are sent. Default: a page of the same origin as the request.
   */
  readonly from?: string | URL;
  /**
   * Whether the client adds the CSRF token of the last opened page in the header `X-CSRF-Token`. A
   * string names another header. @default {false}
   */
  readonly csrfHeader?: boolean | string;
}

/** A text or a `URL`. */
export const URL_KIND: OptionKind = either(TEXT, instanceOf(URL, "a URL"));

/** Options of `fetch()` that only some platforms have. */
interface PlatformInit {
  readonly client?: unknown;
  readonly duplex?: unknown;
  readonly priority?: unknown;
  readonly window?: unknown;
}

/**
 * The kinds of the values in {@linkcode TestRequestInit}. The platform checks the values of its own
 * options further.
 */
export const TEST_REQUEST_KINDS: OptionKinds<TestRequestInit & PlatformInit> = {
  body: ANY,
  cache: TEXT,
  credentials: TEXT,
  headers: HEADERS,
  integrity: TEXT,
  keepalive: BOOLEAN,
  method: TEXT,
  mode: TEXT,
  priority: TEXT,
  redirect: oneOf("follow", "manual", "error"),
  referrer: TEXT,
  referrerPolicy: TEXT,
  signal: orNull(instanceOf(AbortSignal, "an AbortSignal")),
  window: ANY,
  client: ANY,
  duplex: TEXT,
  from: URL_KIND,
  csrfHeader: either(BOOLEAN, TEXT),
};

/** A plain object whose values are strings. */
export const FIELDS: OptionKind = {
  expected: "an object of strings",
  is: (value) => OBJECT.is(value) && wrongField(value) === undefined,
  found: (value) => {
    const wrong = OBJECT.is(value) ? wrongField(value) : undefined;
    return wrong === undefined
      ? describe(value)
      : `an object with ${describe(wrong[1])} as "${wrong[0]}"`;
  },
};

function wrongField(fields: unknown): [name: string, value: unknown] | undefined {
  return Object.entries(Object(fields)).find(([, value]) => typeof value !== "string");
}
