/**
 * Which origins may send requests that change something.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import type { AnyViewRequest } from "./request.ts";

/** Tells by the browser's own word whether a request comes from the app's pages. */
export class CsrfOrigins {
  readonly #exact: ReadonlySet<string>;
  readonly #suffixes: readonly { readonly scheme: string; readonly suffix: string }[];
  readonly #allowNone: boolean;

  /**
   * Checks the trusted origins.
   *
   * @throws {ConfigurationError} If one is not a scheme and a host.
   */
  constructor(trusted: readonly string[], allowNone: boolean) {
    const wild = trusted.filter((origin) => origin.includes("*"));
    this.#exact = new Set(trusted.filter((origin) => !origin.includes("*")).map(checked));
    this.#suffixes = wild.map(wildcard);
    this.#allowNone = allowNone;
  }

  /**
   * Whether a request may pass: `Sec-Fetch-Site`, which no script can forge, then `Origin`, then
   * `Referer`.
   */
  allow(request: AnyViewRequest): boolean {
    const { headers } = request;
    const site = headers.get("sec-fetch-site");
    if (site === "same-origin" || site === "none") return true;
    const origin = headers.get("origin");
    if (origin !== null) return this.#trusts(origin, site === null ? request.origin : null);
    if (site !== null) return false;
    const referrer = headers.get("referer");
    if (referrer === null) return this.#allowNone;
    const url = URL.parse(referrer);
    return url !== null && this.#trusts(url.origin, request.origin);
  }

  #trusts(origin: string, own: string | null): boolean {
    const url = URL.parse(origin);
    if (url === null) return false;
    if (url.origin === own || this.#exact.has(url.origin)) return true;
    return this.#suffixes.some(({ scheme, suffix }) =>
      url.protocol === scheme && url.host.endsWith(suffix)
    );
  }
}

function checked(origin: string): string {
  const url = URL.parse(origin);
  if (url === null || url.origin !== origin) {
    const hint = url === null || url.origin === "null" ? "" : `: write "${url.origin}"`;
    throw new ConfigurationError(
      `Cannot trust origin "${origin}": must be a scheme and a host, such as https://shop.example${hint}`,
    );
  }
  return origin;
}

function wildcard(origin: string): { scheme: string; suffix: string } {
  const match = /^(https?:)\/\/\*(\..+)$/.exec(origin);
  const [, scheme, suffix] = match ?? [];
  if (scheme === undefined || suffix === undefined || !suffix.slice(1).includes(".")) {
    throw new ConfigurationError(
      `Cannot trust origin "${origin}": a star stands for the subdomains of a domain, as in https://*.shop.example`,
    );
  }
  checked(`${scheme}//x${suffix}`);
  return { scheme, suffix };
}
