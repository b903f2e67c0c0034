/**
 * How an app is told that a path was taken away from a request.
 *
 * @module
 */

import { Given } from "../given.ts";
import type { ConnectionInfo } from "../http/request.ts";
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
    info?: ConnectionInfo,
  ): Response | Promise<Response>;
}

/** Marks requests whose path was taken away. */
class Marked extends Given {
  readonly #mounted: Mounted;

  constructor(request: Request, mounted: Mounted) {
    super(request);
    this.#mounted = mounted;
  }

  static of(request: Request): Mounted | undefined {
    return #mounted in request ? request.#mounted : undefined;
  }
}

/**
 * A new request without the path, for a handler that cannot be told; an app that this handler asks is
 * told even so.
 *
 * @internal
 */
export function requestUnder(mounted: Mounted, request: Request): Request {
  const inner = new Request(mounted.url, request);
  new Marked(inner, mounted);
  return inner;
}

/**
 * Where the app is mounted that gets a request; undefined if nobody took a path away.
 *
 * @internal
 */
export function mountedAt(request: Request): Mounted | undefined {
  return Marked.of(request);
}
