/**
 * Responses that can be sent, and that belong to one request.
 *
 * @module
 */

import { describe } from "../check_options.ts";
import { Given } from "../given.ts";
import { NULL_BODY_STATUSES } from "../http/response.ts";

/** Marks responses that answer a request. */
class Taken extends Given {
  readonly #isTouched: boolean;

  constructor(response: Response, isTouched: boolean) {
    super(response);
    this.#isTouched = isTouched;
  }

  /** Marks a response; tells whether it had not been marked before. */
  static mark(response: Response, isTouched: boolean): boolean {
    try {
      // Who has the field already throws: to ask first would cost more than the field.
      new Taken(response, isTouched);
      return true;
    } catch {
      return false;
    }
  }

  /** Whether headers of that request may be on it. */
  static isTouched(response: Response): boolean {
    return #isTouched in response && response.#isTouched;
  }
}

/**
 * Takes a response that is sent as it is; the server would answer one that cannot be sent with a
 * bare 500.
 *
 * One without a body can be sent many times. Any other is sent once, since its body is used up. (To
 * ask for its body makes a stream of a text and costs 4 µs, so only a second use asks; whether it was
 * used costs 0.05 µs.)
 *
 * @param response What a view, a tween, a decorator or a callback made.
 * @throws {TypeError} If it cannot be sent.
 */
export function takeResponse(response: Response): void {
  refuseUnsendable(response);
  if (NULL_BODY_STATUSES.has(response.status) || response.status === 101) return;
  if (!Taken.mark(response, false)) refuseSecondUse(response);
}

/**
 * The response of this request alone, whose headers may be changed, so that no `Set-Cookie` of one
 * visitor reaches the next.
 *
 * @returns The response itself; of one without a body that can be sent again a copy.
 * @throws {TypeError} If it cannot be sent.
 */
export function ownResponse(response: Response): Response {
  refuseUnsendable(response);
  const { status } = response;
  if (status === 101) return response;
  if (NULL_BODY_STATUSES.has(status)) return new Response(null, response);
  if (Taken.mark(response, true)) return response;
  refuseSecondUse(response);
  return new Response(null, response);
}

function refuseSecondUse(response: Response): void {
  if (!Taken.isTouched(response) && response.body === null) return;
  throw new TypeError(
    "Cannot answer with a response that answered another request, whose cookies may be on it: make a new Response for each request",
  );
}

/**
 * Refuses what cannot be sent.
 *
 * @throws {TypeError} If it is no response, its body was read, or it stands for a failed `fetch()`.
 */
export function refuseUnsendable(response: Response): void {
  const given: unknown = response;
  if (!(given instanceof Response)) {
    throw new TypeError(
      `Cannot answer with what a tween, decorator or callback returned: must be a Response, not ${
        describe(given)
      }: a return or an await may be missing`,
    );
  }
  if (response.type === "error") {
    throw new TypeError(
      "Cannot answer with Response.error(): it stands for a failed fetch and has no status: throw an HttpError instead",
    );
  }
  if (response.bodyUsed) {
    throw new TypeError(
      "Cannot answer with a response whose body was read or sent before: make a new Response for each request, and read response.clone() instead",
    );
  }
}
