/**
 * What a browser does when it navigates: redirections, `Origin`, `Referer`, sites, secure contexts.
 *
 * @module
 */

import { isLoopbackHost } from "../http/ip_address.ts";
import { REDIRECT_STATUSES } from "../http/response.ts";

/**
 * Where a redirection leads; a fragment that it does not name is kept.
 *
 * @param response What may be a redirection.
 * @param from Where it came from.
 * @returns `null` where it leads nowhere.
 */
export function locationOf(response: Response, from: URL): URL | null {
  const location = response.headers.get("location");
  if (location === null || !REDIRECT_STATUSES.has(response.status)) return null;
  const url = URL.parse(location, from);
  if (url !== null && url.hash === "") url.hash = from.hash;
  return url;
}

/**
 * Whether the redirected request is a GET without a body (Fetch, section 4.4, step 12).
 *
 * @param status The redirection's status.
 * @param method The method of the request that was redirected.
 */
export function becomesGet(status: number, method: string): boolean {
  if (status === 303) return method !== "GET" && method !== "HEAD";
  return (status === 301 || status === 302) && method === "POST";
}

/** Whether the page has TLS and the target has not; browsers then send nothing about the page. */
function isDowngrade(page: URL, target: URL): boolean {
  return page.protocol === "https:" && target.protocol === "http:";
}

/** The value of `Origin`. */
export function originSent(page: URL, target: URL): string {
  return isDowngrade(page, target) ? "null" : page.origin;
}

/** The value of `Referer`, by the policy that browsers have where a page states none: `strict-origin-when-cross-origin`. */
export function referrerSent(page: URL, target: URL): string | null {
  if (isDowngrade(page, target)) return null;
  return page.origin === target.origin ? withoutFragment(page).href : `${page.origin}/`;
}

/** The URL that is sent; a fragment stays in the browser. */
export function withoutFragment(url: URL): URL {
  const sent = new URL(url);
  sent.hash = "";
  return sent;
}

/** The values of `Sec-Fetch-Site` that a page can cause. */
export type FetchSite = "same-origin" | "same-site" | "cross-site";

/**
 * Tells whether a page and the target of its request are of one origin or at least of one site.
 *
 * A site is a scheme and a registrable domain (HTML standard, section 7.1.1). Without a list of
 * public suffixes the last two labels of a host are taken for that, so that all of `co.uk` is one.
 *
 * @param page The page that makes the request.
 * @param target Where the request goes.
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
 * Whether Secure cookies and `Sec-Fetch-Site` go to a URL: TLS, or this machine
 * (W3C Secure Contexts, section 3.1).
 *
 * @param url The URL of a request.
 */
export function isPotentiallyTrustworthy(url: URL): boolean {
  return url.protocol === "https:" || url.protocol === "wss:" ||
    isLoopbackHost(url.hostname.replace(/\.$/, ""));
}
