/**
 * How an app is told that a path was taken away from a request.
 *
 * @module
 */

import type { Mounted } from "../views/request_state.ts";

/**
 * By this apps are told where they are mounted. What needs a copy of the request, such as
 * `Deno.upgradeWebSocket()`, would not work with one.
 *
 * @internal
 */
export const UNDER: unique symbol = Symbol("pyramidion.under");

/**
 * What can be told where it is mounted.
 *
 * @internal
 */
export interface Mountable {
  /** Answers a request that arrived under a path which is none of its routes. */
  [UNDER](
    mounted: Mounted,
    request: Request,
    info?: Deno.ServeHandlerInfo,
  ): Response | Promise<Response>;
}
