/**
 * Which origins may send requests that change something.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import { printable } from "../printable.ts";
import type { SessionRequest } from "../../session.ts";

/** What passes besides the app's own pages. */
export interface UnnamedOrigins {
  /** Whether a request passes that names no origin at all, as those of programs do. */
  readonly allowNone: boolean;
  /** Whether `Referer` is read where neither `Sec-Fetch-Site` nor `Origin` was sent. */
  readonly readsReferrer: boolean;
}

/** The parts of a request that decide: its headers and its origin. */
type OriginEvidence = Pick<SessionRequest, "headers" | "origin">;

/** An origin as browsers write it: scheme, host, at most a port. */
const ORIGIN = /^([a-z][a-z0-9+.-]*):\/\/([^\s/?#@\\*]+)$/;

/** Decides by the headers of the browser whether a request comes from the app's pages. */
export class CsrfOrigins {
  readonly #publicOrigin: string | undefined;
  readonly #exact: ReadonlySet<string>;
  readonly #suffixes: readonly { readonly scheme: string; readonly suffix: string }[];

  /**
   * Checks the trusted origins.
   *
   * @param origins Origins of any scheme, compared as text. `https://*.shop.example` trusts all
   * subdomains.
   * @param publicOrigin The origin that the app states for itself, if any.
   * @throws {ConfigurationError} If one is not a scheme and a host.
   */
  constructor(origins: readonly string[], publicOrigin?: string) {
    const wild = origins.filter((origin) => origin.includes("*"));
    this.#publicOrigin = publicOrigin;
    this.#exact = new Set(origins.filter((origin) => !origin.includes("*")).map(trusted));
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
   * Whether it is the origin of the app. Without a public origin the scheme is not compared,
   * because a proxy may end TLS. Go's `CrossOriginProtection` does the same.
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

/** An http or https origin as browsers write it. Any other text is returned unchanged. */
function canonical(origin: string): string {
  const url = URL.parse(origin);
  const isWeb = url?.protocol === "http:" || url?.protocol === "https:";
  return isWeb && url.href === `${url.origin}/` ? url.origin : origin;
}

/**
 * Whether a text is an origin as browsers write it: a scheme and a host, of any scheme.
 *
 * @internal
 */
export function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  const isWeb = url?.protocol === "http:" || url?.protocol === "https:";
  return ORIGIN.test(text) && (!isWeb || url?.origin === text);
}

/**
 * Refuses what is no origin as browsers write it.
 *
 * @param origin What the developer gave.
 * @param attempt What is done with it, as the message says it after "Cannot".
 * @throws {ConfigurationError} If it is not a scheme and a host.
 * @internal
 */
export function checkedOrigin(origin: string, attempt: string): string {
  if (isOrigin(origin)) return origin;
  const url = URL.parse(origin);
  const isWeb = url?.protocol === "http:" || url?.protocol === "https:";
  const hint = isWeb && isOrigin(url.origin) ? `: write "${url.origin}"` : "";
  throw new ConfigurationError(
    `Cannot ${attempt} "${
      printable(origin)
    }": must be a scheme and a host, such as https://shop.example or capacitor://localhost${hint}`,
  );
}

function trusted(origin: string): string {
  return checkedOrigin(origin, "trust origin");
}

function wildcard(origin: string): { scheme: string; suffix: string } {
  const match = /^(https?):\/\/\*(\..+)$/.exec(origin);
  const [, scheme, suffix] = match ?? [];
  if (scheme === undefined || suffix === undefined || !suffix.slice(1).includes(".")) {
    throw new ConfigurationError(
      `Cannot trust origin "${origin}": a star stands for the subdomains of a domain, as in https://*.shop.example`,
    );
  }
  trusted(`${scheme}://x${suffix}`);
  return { scheme, suffix };
}
