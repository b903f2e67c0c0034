/**
 * How two addresses stand to each other, as browsers tell servers.
 *
 * @module
 */

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
  const isAddress = host.startsWith("[") || /^\d+(?:\.\d+){3}$/.test(host);
  return isAddress ? host : host.split(".").slice(-2).join(".");
}
