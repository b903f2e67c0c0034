/**
 * Apps under a path of another handler.
 *
 * @module
 */

import type { ConnectionInfo } from "../http/request.ts";
import { describe } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { HttpError, HttpNotFound } from "../http/errors.ts";
import {
  type Mounted,
  mountedAt,
  requestTarget,
  requestUnder,
  requestUrl,
} from "../routing/request_target.ts";

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

/** Whatever answers requests: an app, or what `export default` is under `deno serve`. */
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
   * Mounts an app; {@linkcode mount} does.
   *
   * @throws {ConfigurationError} If the prefix is no path, or the app answers nothing.
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
   * Answers a request from which an outer handler took its own path away.
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

  /** What is left of a request without the path, or where it should have gone. */
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

  /** Relative, since this handler may be under a path that it knows nothing of. */
  #toSlash(search: string): Response {
    const last = this.prefix.slice(this.prefix.lastIndexOf("/") + 1);
    return new Response(null, { status: 307, headers: { location: `./${last}/${search}` } });
  }
}

/**
 * Puts an app under a path of another handler, or of a server of its own.
 *
 * The app's routes do not have the path; the URLs that it makes have it, as `request.mountPrefix`
 * tells. What is not under the path is a 404, and the path without a slash behind it is sent to where
 * it is, by a 307 that keeps method and query. Any other handler gets a new `Request` whose URL has
 * lost the path: it cannot upgrade that to a WebSocket. Pyramid: `paste.urlmap`, WSGI's `SCRIPT_NAME`.
 *
 * @param prefix The path, such as `/shop`: with a slash in front, none behind, and no percent signs.
 * @param app An app, or whatever else has a `fetch`.
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
