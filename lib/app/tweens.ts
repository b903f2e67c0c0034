/**
 * What stands round the routing of every request.
 *
 * @module
 */

import type { Handler, RequestHandler } from "../views/handler.ts";
import type { AnyData, ViewRequest } from "../views/request.ts";

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
