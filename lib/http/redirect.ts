/**
 * Redirections, which a view throws or returns. Pyramidion checks the location when it answers.
 *
 * @module
 */

import { BOOLEAN, checkOptions, describe, NUMBER, type OptionKinds } from "../check_options.ts";
import { HTTP_ERROR_KINDS, type HttpErrorOptions, HttpException } from "./errors.ts";
import { REDIRECT_STATUSES } from "./response.ts";

/** The statuses of redirections. */
export type RedirectStatus = 301 | 302 | 303 | 307 | 308;

/** The options of every {@linkcode HttpRedirection}. */
export interface RedirectOptions extends HttpErrorOptions {
  /**
   * Whether the location may be on another site. Never set it for a location that a visitor sent.
   * @default {false}
   */
  readonly external?: boolean;
}

const REDIRECTION_KINDS: OptionKinds<RedirectOptions> = { ...HTTP_ERROR_KINDS, external: BOOLEAN };

const NO_OPTIONS: RedirectOptions = {};

/**
 * A view throws or returns it to send the visitor to another URL.
 *
 * Pyramidion resolves the location against the URL of the request. If it leaves the request's
 * origin without `external`, then the visitor gets a 400, and the log names the remedy. An
 * exception view for `HttpError` does not see redirections. Pyramid: `HTTPRedirection`.
 *
 * @example Another site, on purpose
 * ```ts
 * import { HttpRedirection } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const base = "https://app.test/";
 * const away = "https://pay.test/";
 * assertEquals(new HttpRedirection(303, away).resolve(base), null);
 * assertEquals(new HttpRedirection(303, away, { external: true }).resolve(base), away);
 * ```
 */
export class HttpRedirection extends HttpException {
  /** The name of the class. */
  override name = "HttpRedirection";
  /** The location as the view gave it: a path or a URL. */
  readonly location: string;
  /** Whether the location may be on another site. */
  readonly external: boolean;
  /**
   * Makes a redirection of any of the five statuses.
   *
   * @param status The status: 301, 302, 303, 307 or 308.
   * @param location A path or a URL.
   * @param options `external`, headers, cause.
   * @throws {TypeError} If the location is neither a string nor a `URL`, or an option is wrong or
   * unknown.
   * @throws {RangeError} If the status is not one of the five.
   */
  constructor(
    status: RedirectStatus,
    location: string | URL,
    options: RedirectOptions = NO_OPTIONS,
  ) {
    if (options !== NO_OPTIONS) {
      checkOptions(new.target.name, options, REDIRECTION_KINDS, TypeError);
    }
    if (typeof location !== "string" && !(location instanceof URL)) {
      throw new TypeError(
        `Cannot redirect: the location must be a string or a URL, not ${describe(location)}`,
      );
    }
    if (!REDIRECT_STATUSES.has(status)) {
      throw new RangeError(
        `Cannot redirect with status ${status}: must be 301, 302, 303, 307 or 308`,
      );
    }
    const { external, ...rest } = options;
    super(status, "", rest);
    this.location = String(location);
    this.external = external === true;
  }

  /**
   * Returns the value of the `Location` header for a request to `base`.
   *
   * A location on the same site becomes a path without scheme and host. A forged `Host` header
   * therefore cannot send the visitor to another site. Tabs, backslashes and dot segments are
   * resolved as in browsers.
   *
   * @param base The public URL of the request.
   * @returns The header's value, or `null` if the location leaves the site without `external`, or
   * is not a web URL.
   */
  resolve(base: string): string | null {
    const url = URL.parse(this.location, base);
    if (url === null) return null;
    const web = url.protocol === "http:" || url.protocol === "https:";
    // This test comes first, because "blob:https://ours/x" has the app's origin, too.
    if (!web) return null;
    if (url.origin === new URL(base).origin) {
      // "/.//evil" resolves to the path "//evil", which a browser would read as a host.
      const guard = url.pathname.startsWith("//") ? "/." : "";
      return guard + url.pathname + url.search + url.hash;
    }
    return this.external ? url.href : null;
  }
}

/**
 * 301: the page has moved for ever. Browsers turn POST into GET.
 *
 * @example A page that has moved
 * ```ts
 * import { HttpMovedPermanently } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * assertEquals(new HttpMovedPermanently("/new").status, 301);
 * ```
 */
export class HttpMovedPermanently extends HttpRedirection {
  /** Always `"HttpMovedPermanently"`. */
  override name = "HttpMovedPermanently";
  /** Makes a 301. The parameters are those of {@linkcode HttpRedirection}. */
  constructor(location: string | URL, options?: RedirectOptions) {
    super(301, location, options);
  }
}

/**
 * 302: the page is at another URL for now. Browsers turn POST into GET. Pyramid: `HTTPFound`.
 *
 * @example To the sign-in page
 * ```ts
 * import { HttpFound } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const found = new HttpFound("login?next=%2Fread");
 * assertEquals(found.resolve("https://app.test/read"), "/login?next=%2Fread");
 * ```
 */
export class HttpFound extends HttpRedirection {
  /** Always `"HttpFound"`. */
  override name = "HttpFound";
  /** Makes a 302. The parameters are those of {@linkcode HttpRedirection}. */
  constructor(location: string | URL, options?: RedirectOptions) {
    super(302, location, options);
  }
}

/**
 * 303: the browser gets the result of a POST from another URL, by GET.
 *
 * @example After a form was sent
 * ```ts
 * import { HttpSeeOther } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * assertEquals(new HttpSeeOther("/thanks").status, 303);
 * ```
 */
export class HttpSeeOther extends HttpRedirection {
  /** Always `"HttpSeeOther"`. */
  override name = "HttpSeeOther";
  /** Makes a 303. The parameters are those of {@linkcode HttpRedirection}. */
  constructor(location: string | URL, options?: RedirectOptions) {
    super(303, location, options);
  }
}

/**
 * 307: the browser repeats the request at another URL for now, with the same method and body.
 *
 * @example An upload that has moved for now
 * ```ts
 * import { HttpTemporaryRedirect } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * assertEquals(new HttpTemporaryRedirect("/v2/upload").status, 307);
 * ```
 */
export class HttpTemporaryRedirect extends HttpRedirection {
  /** Always `"HttpTemporaryRedirect"`. */
  override name = "HttpTemporaryRedirect";
  /** Makes a 307. The parameters are those of {@linkcode HttpRedirection}. */
  constructor(location: string | URL, options?: RedirectOptions) {
    super(307, location, options);
  }
}

/**
 * 308: the page has moved for ever. The browser repeats the request with the same method and body.
 *
 * @example An upload that has moved for ever
 * ```ts
 * import { HttpPermanentRedirect } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * assertEquals(new HttpPermanentRedirect("/v2/upload").status, 308);
 * ```
 */
export class HttpPermanentRedirect extends HttpRedirection {
  /** Always `"HttpPermanentRedirect"`. */
  override name = "HttpPermanentRedirect";
  /** Makes a 308. The parameters are those of {@linkcode HttpRedirection}. */
  constructor(location: string | URL, options?: RedirectOptions) {
    super(308, location, options);
  }
}

const REDIRECT_KINDS: OptionKinds<RedirectOptions & { readonly status?: RedirectStatus }> = {
  ...REDIRECTION_KINDS,
  status: NUMBER,
};

/**
 * Makes a redirection, which a view returns to send the visitor to another URL.
 *
 * @param location A path or a URL of this site. A URL of another site needs `{ external: true }`.
 * @param options `status` (default 302), `external`, headers.
 * @throws {TypeError} If the location is neither a string nor a `URL`, or an option is wrong or
 * unknown.
 * @throws {RangeError} If the status is not 301, 302, 303, 307 or 308.
 *
 * @example A path of this site
 * ```ts
 * import { redirect } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * assertEquals(redirect("/read").resolve("https://app.test/add"), "/read");
 * assertEquals(redirect("/\\evil.test").resolve("https://app.test/add"), null);
 * ```
 */
export function redirect(
  location: string | URL,
  options: RedirectOptions & { readonly status?: RedirectStatus } = NO_OPTIONS,
): HttpRedirection {
  if (options !== NO_OPTIONS) checkOptions("redirect()", options, REDIRECT_KINDS, TypeError);
  const { status = 302, ...rest } = options;
  switch (status) {
    case 301:
      return new HttpMovedPermanently(location, rest);
    case 302:
      return new HttpFound(location, rest);
    case 303:
      return new HttpSeeOther(location, rest);
    case 307:
      return new HttpTemporaryRedirect(location, rest);
    case 308:
      return new HttpPermanentRedirect(location, rest);
    default:
      return new HttpRedirection(status, location, rest);
  }
}
