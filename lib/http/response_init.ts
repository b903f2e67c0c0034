/**
 * What the Web's own `Response` takes, checked.
 *
 * @module
 */

import { NUMBER, type OptionKind, type OptionKinds, TEXT } from "../check_options.ts";

/** What `new Headers()` takes; what is in it is the platform's business. */
export const HEADERS: OptionKind = {
  expected: "headers: an object, a list of pairs or Headers",
  is: (value) => typeof value === "object" && value !== null && !(value instanceof Promise),
};

/** What `new Response()` takes besides its body. */
export const RESPONSE_INIT_KINDS: OptionKinds<ResponseInit> = {
  status: NUMBER,
  statusText: TEXT,
  headers: HEADERS,
};
