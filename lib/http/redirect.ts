/**
 * Redirections: thrown or returned like every other {@linkcode HttpException}, checked when they are
 * answered.
 *
 * @module
 */

import { BOOLEAN, checkOptions, describe, NUMBER, type OptionKinds } from "../check_options.ts";
import { HTTP_ERROR_KINDS, type HttpErrorOptions, HttpException } from "./errors.ts";
import { REDIRECT_STATUSES } from "./response.ts";

/** The statuses that send a visitor elsewhere. */
export type RedirectStatus = 301 | 302 | 303 | 307 | 308;

/** What every {@linkcode HttpRedirection} takes besides its location. */
export interface RedirectOptions extends HttpErrorOptions {
  /** Whether the location may leave this site. Never set it for a location that a visitor sent. @default {false} */
  readonly external?: boolean;
}

const REDIRECTION_KINDS: OptionKinds<RedirectOptions> = { ...HTTP_ERROR_KINDS, external: BOOLEAN };

const NO_OPTIONS: RedirectOptions = {};

/**
 * An answer that sends the visitor elsewhere.
 *
 * The location is resolved against the request when it is answered; one that leaves the request's
 * own origin is refused with a 400 unless `external` is set; the log then says what to write. It is no
 * `HttpError`: a page for all errors leaves redirections alone. Pyramid: `HTTPRedirection`.
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
  /** Where to, as given: a path or a URL. */
  readonly location: string;
  /** Whether the location may leave this site. */
  readonly external: boolean;
  /**
   * Makes a redirection of any of the five statuses.
   *
   * @param status 301, 302, 303, 307 or 308.
   * @param location A path or a URL.
   * @param options `external`, headers, cause.
   * @throws {TypeError} If the location is neither text nor a URL, or an option is wrong or unknown.
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
   * The value of the `Location` header for a request to `base`.
   *
   * Within the site it is a path without scheme and host, so that a false `Host` header cannot
   * send anybody away; tabs, backslashes and dot segments are resolved as a browser would.
   *
   * @param base The URL of the request, as the outside world sees it.
   * @returns The header's value, or `null` where the location leaves the site without leave.
   */
  resolve(base: string): string | null {
    const url = URL.parse(this.location, base);
    if (url === null) return null;
    const web = url.protocol === "http:" || url.protocol === "https:";
    // Asked first: "blob:https://ours/x" has our origin too, and a path that is a whole URL.
    if (!web) return null;
    if (url.origin === new URL(base).origin) {
      // "/.//evil" resolves to the path "//evil", which alone would be another host.
      const guard = url.pathname.startsWith("//") ? "/." : "";
      return guard + url.pathname + url.search + url.hash;
    }
    return this.external ? url.href : null;
  }
}

/**
 * 301: moved for good; browsers turn POST into GET.
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
  /** Makes a 301; the parameters are those of {@linkcode HttpRedirection}. */
  constructor(location: string | URL, options?: RedirectOptions) {
    super(301, location, options);
  }
}

/**
 * 302: found elsewhere for now; browsers turn POST into GET. Pyramid: `HTTPFound`.
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
  /** Makes a 302; the parameters are those of {@linkcode HttpRedirection}. */
  constructor(location: string | URL, options?: RedirectOptions) {
    super(302, location, options);
  }
}

/**
 * 303: the answer to this POST is read elsewhere, by GET.
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
  /** Makes a 303; the parameters are those of {@linkcode HttpRedirection}. */
  constructor(location: string | URL, options?: RedirectOptions) {
    super(303, location, options);
  }
}

/**
 * 307: elsewhere for now, with the same method and body.
 *
 * @example The same request, elsewhere
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
  /** Makes a 307; the parameters are those of {@linkcode HttpRedirection}. */
  constructor(location: string | URL, options?: RedirectOptions) {
    super(307, location, options);
  }
}

/**
 * 308: elsewhere for good, with the same method and body.
 *
 * @example The same request, elsewhere for good
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
  /** Makes a 308; the parameters are those of {@linkcode HttpRedirection}. */
  constructor(location: string | URL, options?: RedirectOptions) {
    super(308, location, options);
  }
}

const REDIRECT_KINDS: OptionKinds<RedirectOptions & { readonly status?: RedirectStatus }> = {
  ...REDIRECTION_KINDS,
  status: NUMBER,
};

/**
 * Sends the visitor elsewhere: to be returned by a view.
 *
 * @param location A path or a URL of this site; of another site only with `{ external: true }`.
 * @param options `status` (default 302), `external`, headers.
 * @throws {TypeError} If the location is neither text nor a URL, or an option is wrong or unknown.
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
