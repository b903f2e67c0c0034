/**
 * Responses that belong to one request.
 *
 * @module
 */

import { NULL_BODY_STATUSES } from "../http/response_headers.ts";

/** A constructor that hands back what it is given, so that a subclass can put its private fields there. */
class Given {
  constructor(response: Response) {
    return response;
  }
}

/**
 * Marks responses on which headers of one visitor may be.
 *
 * A private field, not an entry of a `WeakSet`: that made the garbage collector a third of a
 * request's cost.
 */
class Taken extends Given {
  readonly #mark = true;

  static is(response: Response): boolean {
    return #mark in response;
  }
}

/**
 * The response of this request alone, so that no `Set-Cookie` of one visitor reaches the next.
 *
 * A response without a body can be sent many times, and what is written into its headers stays
 * there. Where the status tells that there is no body a copy is made, which costs little; any other
 * is taken once. (To ask for its body would make a stream of a text.)
 *
 * @throws {TypeError} If it was taken before.
 */
export function ownResponse(response: Response): Response {
  if (NULL_BODY_STATUSES.has(response.status)) return new Response(null, response);
  refuseTaken(response);
  new Taken(response);
  return response;
}

/**
 * Refuses a response on which headers of another visitor may be.
 *
 * @throws {TypeError} If it is one.
 */
export function refuseTaken(response: Response): void {
  if (!Taken.is(response)) return;
  throw new TypeError(
    "Cannot answer with a response that answered another request, whose cookies may be on it: make a new Response for each request",
  );
}
