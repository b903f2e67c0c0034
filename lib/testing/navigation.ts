/**
 * The rules of browsers for redirections, `Origin`, `Referer`, sites and secure contexts.
 *
 * @module
 */

import { isLoopbackHost } from "../http/ip_address.ts";
import { REDIRECT_STATUSES } from "../http/response.ts";

/**
 * The target of a redirection. It keeps the old fragment if it has no fragment of its own.
 *
 * @param response A response, which can be a redirection.
 * @param from The URL of the request.
 * @returns The target, or `null` if the response is not a redirection or its target is not a URL.
 */
export function locationOf(response: Response, from: URL): URL | null {
  const location = response.headers.get("location");
  if (location === null || !REDIRECT_STATUSES.has(response.status)) return null;
  const url = URL.parse(location, from);
  if (url !== null && url.hash === "") url.hash = from.hash;
  return url;
}

/**
 * Whether the next request is a GET without a body (Fetch, section 4.4, step 12).
 *
 * @param status The redirection's status.
 * @param method The method of the request that was redirected.
 */
export function becomesGet(status: number, method: string): boolean {
  if (status === 303) return method !== "GET" && method !== "HEAD";
  return (status === 301 || status === 302) && method === "POST";
}

/** Whether a page with TLS requests a target without TLS. Browsers then do not name the page. */
function isDowngrade(page: URL, target: URL): boolean {
  return page.protocol === "https:" && target.protocol === "http:";
}

/** The value of `Origin`. */
export function originSent(page: URL, target: URL): string {
  return isDowngrade(page, target) ? "null" : page.origin;
}

/**
 * The value of `Referer` by the default policy of browsers, `strict-origin-when-cross-origin`.
 * `null` if they send none.
 */
export function referrerSent(page: URL, target: URL): string | null {
  if (isDowngrade(page, target)) return null;
  return page.origin === target.origin ? withoutFragment(page).href : `${page.origin}/`;
}

/** The URL without its fragment, because browsers do not send fragments. */
export function withoutFragment(url: URL): URL {
  const sent = new URL(url);
  sent.hash = "";
  return sent;
}

/** The values of `Sec-Fetch-Site` that a page can cause. */
export type FetchSite = "same-origin" | "same-site" | "cross-site";

/**
 * Compares the origins and the sites of a page and of the target of its request.
 *
 * A site is a scheme and a registrable domain (HTML standard, section 7.1.1). There is no list of
 * public suffixes here. The last two labels of a host count as the registrable domain, so that all
 * hosts in `co.uk` are one site.
 *
 * @param page The page that makes the request.
 * @param target The URL of the request.
 */
export function fetchSite(page: URL, target: URL): FetchSite {
  if (page.origin === target.origin) return "same-origin";
  const sameSite = page.protocol === target.protocol &&
    siteOf(page.hostname) === siteOf(target.hostname);
  return sameSite ? "same-site" : "cross-site";
}

function siteOf(host: string): string {
  return isIpAddressHost(host) ? host : host.split(".").slice(-2).join(".");
}

/** Whether the host of a URL is an IP address. */
export function isIpAddressHost(host: string): boolean {
  return host.startsWith("[") || /^\d+(?:\.\d+){3}$/.test(host);
}

/**
 * Whether browsers send `Secure` cookies and `Sec-Fetch-Site` to a URL (W3C Secure Contexts,
 * section 3.1). They do over TLS and to this machine.
 *
 * @param url The URL of a request.
 */
export function isPotentiallyTrustworthy(url: URL): boolean {
  return url.protocol === "https:" || url.protocol === "wss:" ||
    isLoopbackHost(url.hostname.replace(/\.$/, ""));
}
