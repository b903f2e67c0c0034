/**
 * What stands round the routing of every request, and what sets headers of every response.
 *
 * @module
 */

import type { Handler, RequestHandler } from "../views/handler.ts";
import { withMutableHeaders } from "../http/response.ts";
import type { AnyData, StateOf, ViewRequest } from "../views/request.ts";

/**
 * Wraps the handling of every request. Pyramid: what `add_tween` takes.
 *
 * @typeParam Data The keys of the app's sessions. Default: those of any app.
 * @typeParam Taken The request that the tween takes. Default: one of an app with these sessions.
 */
export type Tween<Data extends object = AnyData, Taken = ViewRequest<Data>> = (
  handler: RequestHandler,
) => RequestHandler<Data, Taken>;

/** The outermost place: no tween stands over it. */
export const INGRESS = "ingress";
/** Where exception views answer what was thrown below. */
export const EXCEPTION_VIEWS = "exceptionViews";
/** The innermost place: the routing. No tween stands under it. */
export const MAIN = "main";

/** Puts tweens round a handler, the first outermost. */
export function wrapped<Data extends object>(
  tweens: readonly ((handler: Handler<Data>) => Handler<Data>)[],
  handler: Handler<Data>,
): Handler<Data> {
  return tweens.reduceRight((inner, tween) => tween(inner), handler);
}

/**
 * Sets headers of every response of an app, or of a scoped part: also of errors, and of answers that
 * tweens give.
 */
export interface HeaderPolicy {
  /**
   * Sets the headers. It throws only if they cannot be changed, and is called again with a copy
   * then.
   */
  apply(request: ViewRequest<AnyData>, response: Response): void;
}

/** What a header policy may ask of its app. */
export interface AppAddresses {
  /**
   * The methods that views answer at an address, by the patterns of routes alone. No predicate is
   * asked.
   *
   * @param url The URL by which the request is routed.
   * @throws {HttpError} If the URL cannot be read.
   */
  methodsAt(url: string): ReadonlySet<string>;
  /**
   * Goes on by the rules of the scoped part in which the address of a request stands.
   *
   * @throws {HttpError} If the URL cannot be read.
   */
  enterPartOf(state: StateOf<AnyData>): void;
}

/** Makes a header policy of one app. */
export type HeaderPolicyFactory = (addresses: AppAddresses) => HeaderPolicy;

/**
 * Sets the headers of all policies that hold. A 101 is left as it is.
 *
 * @param response The response of this request alone.
 * @param request The request.
 * @param state What happens to it.
 */
export function withHeaderPolicies<Data extends object>(
  response: Response,
  request: ViewRequest<Data>,
  { environment: { headerPolicies } }: StateOf<Data>,
): Response {
  if (headerPolicies.length === 0 || response.status === 101) return response;
  try {
    for (const policy of headerPolicies) policy.apply(request, response);
    return response;
  } catch {
    // To ask first whether headers can be changed would cost every request.
    const answer = withMutableHeaders(response);
    for (const policy of headerPolicies) policy.apply(request, answer);
    return answer;
  }
}
