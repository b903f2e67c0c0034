/**
 * What a request of a visitor can be told besides what `fetch` takes.
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

/** What requests of a `TestClient` take: what the Web's `fetch` takes, and more. */
export interface TestRequestInit extends RequestInit {
  /**
   * The page that makes the request, by its URL: `Origin`, `Referer`, `Sec-Fetch-Site` and the
   * cookies that go along follow from it. Default: a page of the target's own origin.
   */
  readonly from?: string | URL;
  /**
   * Whether the CSRF token of the last page that was opened goes along in the header `X-CSRF-Token`,
   * or in the header of this name. @default {false}
   */
  readonly csrfHeader?: boolean | string;
}

/** Text or a `URL`. */
export const URL_KIND: OptionKind = either(TEXT, instanceOf(URL, "a URL"));

/** What `fetch` takes besides, on some platforms. */
interface PlatformInit {
  readonly client?: unknown;
  readonly duplex?: unknown;
  readonly priority?: unknown;
  readonly window?: unknown;
}

/** What {@linkcode TestRequestInit} takes: the platform says more of its own words. */
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

/** A plain object whose values are text. */
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
