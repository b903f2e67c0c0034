/**
 * Which origins may send requests that change something.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import type { SessionRequest } from "../../session.ts";

/** What passes besides the app's own pages. */
export interface UnnamedOrigins {
  /** Whether a request passes that names no origin at all, as those of programs do. */
  readonly allowNone: boolean;
  /** Whether `Referer` is read where neither `Sec-Fetch-Site` nor `Origin` was sent. */
  readonly readsReferrer: boolean;
}

/** By what a request is judged: its headers, and where it came to. */
type OriginEvidence = Pick<SessionRequest, "headers" | "origin">;

/** An origin as browsers write it: scheme, host, at most a port. */
const ORIGIN = /^([a-z][a-z0-9+.-]*):\/\/([^\s/?#@\\*]+)$/;

/** Tells by what the browser says whether a request comes from the app's pages. */
export class CsrfOrigins {
  readonly #publicOrigin: string | undefined;
  readonly #exact: ReadonlySet<string>;
  readonly #suffixes: readonly { readonly scheme: string; readonly suffix: string }[];

  /**
   * Checks the trusted origins.
   *
   * @param trusted Origins of any scheme, compared as text; `https://*.shop.example` for subdomains.
   * @param publicOrigin Where the app is, if it says so.
   * @throws {ConfigurationError} If one is not a scheme and a host.
   */
  constructor(trusted: readonly string[], publicOrigin?: string) {
    const wild = trusted.filter((origin) => origin.includes("*"));
    this.#publicOrigin = publicOrigin;
    this.#exact = new Set(trusted.filter((origin) => !origin.includes("*")).map(checked));
    this.#suffixes = wild.map(wildcard);
  }

  /**
   * Whether a request may pass: `Sec-Fetch-Site`, which no script can forge, then `Origin`, then
   * `Referer`.
   */
  allow(request: OriginEvidence, { allowNone, readsReferrer }: UnnamedOrigins): boolean {
    const { headers } = request;
    const site = headers.get("sec-fetch-site");
    if (site === "same-origin" || site === "none") return true;
    const given = headers.get("origin");
    if (given !== null) {
      const origin = canonical(given);
      return this.#trusts(origin) || site === null && this.#isOwn(origin, request);
    }
    if (site !== null) return false;
    const referrer = readsReferrer ? headers.get("referer") : null;
    if (referrer === null) return allowNone;
    const from = URL.parse(referrer)?.origin ?? "";
    return this.#trusts(from) || this.#isOwn(from, request);
  }

  #trusts(origin: string): boolean {
    if (this.#exact.has(origin)) return true;
    if (this.#suffixes.length === 0) return false;
    const [, scheme, host = ""] = ORIGIN.exec(origin) ?? [];
    return this.#suffixes.some((one) => one.scheme === scheme && host.endsWith(one.suffix));
  }

  /**
   * Whether it is the origin of the app. Without a public origin the scheme is not compared, since
   * behind a proxy that ends TLS it is not ours to know (as Go's `CrossOriginProtection` has it).
   */
  #isOwn(origin: string, request: OriginEvidence): boolean {
    if (this.#publicOrigin !== undefined) return origin === this.#publicOrigin;
    const [, scheme, host] = ORIGIN.exec(origin) ?? [];
    if (host === undefined || scheme !== "http" && scheme !== "https") return false;
    const own = request.origin.slice(request.origin.indexOf("://") + 3);
    // A proxy may write the port that a browser leaves out.
    return host === own || own === `${host}:${scheme === "https" ? 443 : 80}`;
  }
}

/** An origin of the Web as browsers write it; anything else as it is. */
function canonical(origin: string): string {
  const url = URL.parse(origin);
  const isWeb = url?.protocol === "http:" || url?.protocol === "https:";
  return isWeb && url.href === `${url.origin}/` ? url.origin : origin;
}

function checked(origin: string): string {
  const url = URL.parse(origin);
  const [, scheme] = ORIGIN.exec(origin) ?? [];
  const isWeb = url?.protocol === "http:" || url?.protocol === "https:";
  if (scheme !== undefined && (!isWeb || url?.origin === origin)) return origin;
  const hint = isWeb ? `: write "${url?.origin}"` : "";
  throw new ConfigurationError(
    `Cannot trust origin "${origin}": must be a scheme and a host, such as https://shop.example or capacitor://localhost${hint}`,
  );
}

function wildcard(origin: string): { scheme: string; suffix: string } {
  const match = /^(https?):\/\/\*(\..+)$/.exec(origin);
  const [, scheme, suffix] = match ?? [];
  if (scheme === undefined || suffix === undefined || !suffix.slice(1).includes(".")) {
    throw new ConfigurationError(
      `Cannot trust origin "${origin}": a star stands for the subdomains of a domain, as in https://*.shop.example`,
    );
  }
  checked(`${scheme}://x${suffix}`);
  return { scheme, suffix };
}
