/**
 * Scheme and host of a request as the outside world sees them.
 *
 * @module
 */

import { NUMBER, type OptionKinds, TEXT } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { HttpBadRequest } from "./errors.ts";

/** Where the app is reached from outside. */
export interface OriginOptions {
  /** Scheme and host under which the outside world reaches the app, such as `https://app.test`. Default: those of each request. */
  readonly publicOrigin?: string;
  /** How many proxies of ours stand in front: so many entries of the forwarded headers are believed. @default {0} */
  readonly trustedHops?: number;
}

/** What {@linkcode OriginOptions} take. */
export const ORIGIN_KINDS: OptionKinds<OriginOptions> = { publicOrigin: TEXT, trustedHops: NUMBER };

/** What ends a host or is decoded in one; the URL parser takes it in silence. */
const NO_HOST = /[\s/?#@%\\]/;

/**
 * Tells the origin of a request by the app's options.
 *
 * @internal
 */
export class RequestOrigin {
  /** Scheme and host that the app says it is reached under, if it says so. */
  readonly publicOrigin: string | undefined;
  readonly #trustedHops: number;
  #lastPrefix = "";
  #lastOrigin = "";

  /**
   * Checks the options.
   *
   * @throws {ConfigurationError} If `publicOrigin` is not an http or https origin, or `trustedHops` not a small integer.
   */
  constructor(options: OriginOptions) {
    const { publicOrigin, trustedHops = 0 } = options;
    if (publicOrigin !== undefined) checkOrigin(publicOrigin);
    if (!Number.isInteger(trustedHops) || trustedHops < 0 || trustedHops > 16) {
      throw new ConfigurationError(
        `Cannot trust ${trustedHops} proxies: trustedHops must be an integer from 0 to 16`,
      );
    }
    this.publicOrigin = publicOrigin;
    this.#trustedHops = trustedHops;
  }

  /**
   * The origin of a request: `publicOrigin`, else what the trusted proxies say, else its own.
   *
   * @throws {HttpBadRequest} If the request's `Host`, or what a proxy forwarded, is not a host.
   */
  of(request: Request): string {
    if (this.publicOrigin !== undefined) return this.publicOrigin;
    const own = this.#own(request.url);
    return this.#trustedHops === 0 ? own : this.#forwarded(request.headers, own);
  }

  #own(url: string): string {
    const end = url.indexOf("/", url.indexOf("//") + 2);
    const prefix = end === -1 ? url : url.slice(0, end);
    if (prefix !== this.#lastPrefix) {
      this.#lastOrigin = originOf(prefix);
      this.#lastPrefix = prefix;
    }
    return this.#lastOrigin;
  }

  #forwarded(headers: Headers, own: string): string {
    const proto = hop(headers.get("x-forwarded-proto"), this.#trustedHops);
    const host = hop(headers.get("x-forwarded-host"), this.#trustedHops);
    if (proto === null && host === null) return own;
    const scheme = proto ?? own.slice(0, own.indexOf(":"));
    if (scheme !== "http" && scheme !== "https") {
      throw new HttpBadRequest("The forwarded scheme is not http or https");
    }
    if (host !== null && NO_HOST.test(host)) {
      throw new HttpBadRequest("The forwarded host is not a host");
    }
    return originOf(`${scheme}://${host ?? own.slice(own.indexOf("//") + 2)}`);
  }
}

function checkOrigin(publicOrigin: string): void {
  const url = URL.parse(publicOrigin);
  const web = url?.protocol === "https:" || url?.protocol === "http:";
  if (!web || url?.origin !== publicOrigin) {
    const hint = web ? `: write "${url?.origin}"` : ", such as https://app.example";
    throw new ConfigurationError(
      `Cannot use publicOrigin "${publicOrigin}": must be a scheme and a host alone${hint}`,
    );
  }
}

function originOf(prefix: string): string {
  const url = URL.parse(prefix);
  const bare = url !== null && url.username === "" && url.password === "" && url.search === "" &&
    url.hash === "" && url.pathname === "/";
  if (!bare) throw new HttpBadRequest("The host is not a host");
  return url.origin;
}

// Each proxy appends what it saw, so the entry of the outermost trusted one is that many from the end.
function hop(value: string | null, hops: number): string | null {
  if (value === null) return null;
  let end = value.length;
  for (let left = 1; left < hops; left++) {
    const comma = value.lastIndexOf(",", end - 1);
    if (comma === -1) break;
    end = comma;
  }
  const start = end === 0 ? 0 : value.lastIndexOf(",", end - 1) + 1;
  return value.slice(start, end).trim().toLowerCase() || null;
}
