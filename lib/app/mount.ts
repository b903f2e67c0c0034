/**
 * Apps under a path of another handler.
 *
 * @module
 */

import type { ConnectionInfo } from "../http/request.ts";
import { describe } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { HttpError, HttpNotFound } from "../http/errors.ts";
import { unsniffed } from "../http/response.ts";
import {
  type Mounted,
  mountedAt,
  requestTarget,
  requestUnder,
  requestUrl,
} from "../routing/request_target.ts";

/**
 * The method by which an app learns where it is mounted. A copy of the request would not work,
 * because `Deno.upgradeWebSocket()` needs the request of the platform.
 *
 * @internal
 */
export const UNDER: unique symbol = Symbol("pyramidion.under");

/**
 * A handler that can learn where it is mounted.
 *
 * @internal
 */
export interface Mountable {
  /**
   * Answers a request that arrived under the path of the mount, which the app's routes do not have.
   */
  [UNDER](
    mounted: Mounted,
    request: Request,
    info?: ConnectionInfo,
  ): Response | Promise<Response>;
}

/** An object that answers requests: an app, or the default export of a module for `deno serve`. */
export interface FetchHandler {
  /** Answers a request. */
  fetch(request: Request, info?: ConnectionInfo): Response | Promise<Response>;
}

/** A path from the root: segments of characters that stand for themselves. */
const PREFIX = /^(?:\/[A-Za-z0-9!$&'()*+,\-.:;=@_~]+)+$/;

/** An app under a path: what {@linkcode mount} gives. It can be mounted as well. */
export class MountedApp implements FetchHandler, Mountable {
  /** The path, with a slash in front and none behind. */
  readonly prefix: string;
  /** What is mounted. */
  readonly app: FetchHandler;
  /**
   * Answers a request.
   *
   * @param request The request, as `Deno.serve` gives it.
   * @param info What the server knows of the connection.
   */
  readonly fetch: (
    request: Request,
    info?: ConnectionInfo,
  ) => Response | Promise<Response>;

  /**
   * Mounts an app. {@linkcode mount} calls it.
   *
   * @throws {ConfigurationError} If the prefix is not a path, or the app has no `fetch`.
   */
  constructor(prefix: string, app: FetchHandler) {
    this.prefix = checkedPrefix(prefix);
    if (typeof app?.fetch !== "function") {
      throw new ConfigurationError(
        `Cannot mount under "${prefix}": must be an app, with the function fetch(), not ${
          describe(app)
        }`,
      );
    }
    this.app = app;
    this.fetch = (request, info) => this.#answer(mountedAt(request), request, info);
  }

  /**
   * Answers a request from which an outer handler removed its own path.
   *
   * @internal
   */
  [UNDER](
    mounted: Mounted,
    request: Request,
    info?: ConnectionInfo,
  ): Response | Promise<Response> {
    return this.#answer(mounted, request, info);
  }

  #answer(
    outer: Mounted | undefined,
    request: Request,
    info: ConnectionInfo | undefined,
  ): Response | Promise<Response> {
    let mounted: Mounted | Response;
    try {
      mounted = this.#takeAway(outer, request);
    } catch (error) {
      if (error instanceof HttpError) return errorPage(error, request);
      throw error;
    }
    if (mounted instanceof Response) return mounted;
    const { app } = this;
    return isMountable(app)
      ? app[UNDER](mounted, request, info)
      : app.fetch(requestUnder(mounted, request), info);
  }

  /** The request without the path, or the redirection to the path with a slash. */
  #takeAway(outer: Mounted | undefined, request: Request): Mounted | Response {
    const url = outer?.url ?? requestUrl(request);
    const { pathname, search } = requestTarget(url);
    if (pathname === this.prefix) return this.#toSlash(search);
    if (!pathname.startsWith(`${this.prefix}/`)) throw new HttpNotFound();
    const end = url.indexOf("/", url.indexOf("//") + 2);
    const origin = end === -1 ? url : url.slice(0, end);
    return {
      prefix: (outer?.prefix ?? "") + this.prefix,
      url: origin + pathname.slice(this.prefix.length) + search,
    };
  }

  /**
   * The redirection is relative, because this handler may be under a path that it does not know.
   */
  #toSlash(search: string): Response {
    const last = this.prefix.slice(this.prefix.lastIndexOf("/") + 1);
    const headers = { location: `./${last}/${search}` };
    return unsniffed(new Response(null, { status: 307, headers }));
  }
}

/**
 * Puts an app under a path of another handler, or of a server of its own.
 *
 * The patterns of the app's routes do not include the path. The URLs that the app makes include it,
 * by `request.mountPrefix`. A request outside the path gets a 404. A request for the path without a
 * slash at its end is redirected by a 307. The 307 keeps method and query.
 *
 * A handler that is not an app gets a new `Request` whose URL does not have the path. It cannot
 * upgrade that request to a WebSocket. Pyramid: `paste.urlmap`, WSGI's `SCRIPT_NAME`.
 *
 * @param prefix The path, such as `/shop`: with a slash in front, none behind, and no percent signs.
 * @param app An app, or any other object with the function `fetch`.
 * @returns A handler, whose `fetch` is bound.
 * @throws {ConfigurationError} If the prefix is no path, or the app has no `fetch`.
 *
 * @example A shop inside another handler
 * ```ts
 * import { Configurator, html, mount } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const config = new Configurator();
 * config.addRoute("cart", "/cart", {
 *   view: (request) => html`${request.routePath("cart")} of ${request.mountPrefix}`,
 * });
 * const shop = mount("/shop", config.makeApp());
 * const server = {
 *   fetch: (request: Request, info?: Deno.ServeHandlerInfo) =>
 *     new URL(request.url).pathname.startsWith("/shop")
 *       ? shop.fetch(request, info)
 *       : new Response("the rest of the site"),
 * };
 * const response = await server.fetch(new Request("https://app.test/shop/cart"));
 * assertEquals(await response.text(), "/shop/cart of /shop");
 * ```
 */
export function mount(prefix: string, app: FetchHandler): MountedApp {
  return new MountedApp(prefix, app);
}

async function errorPage(error: HttpError, request: Request): Promise<Response> {
  const { errorResponse } = await import("../http/error_pages.ts");
  return errorResponse(error, request);
}

function isMountable(app: FetchHandler): app is FetchHandler & Mountable {
  return UNDER in app;
}

function checkedPrefix(prefix: string): string {
  if (typeof prefix !== "string") {
    throw new ConfigurationError(
      `Cannot mount: the prefix must be a string, not ${describe(prefix)}`,
    );
  }
  if (PREFIX.test(prefix) && new URL(prefix, "http://x.test").pathname === prefix) return prefix;
  const better = `/${prefix.replace(/^\/+|\/+$/g, "")}`;
  const hint = PREFIX.test(better) && better !== prefix ? `: write "${better}"` : "";
  throw new ConfigurationError(
    `Cannot mount under ${
      describe(prefix)
    }: must be a path from the root without a slash at its end${hint}`,
  );
}
