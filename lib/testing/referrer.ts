/**
 * What a browser tells a target of the page that leads there.
 *
 * @module
 */

/** Nothing of a page under TLS is told to a target without. */
function isDowngrade(page: URL, target: URL): boolean {
  return page.protocol === "https:" && target.protocol === "http:";
}

/** What `Origin` says. */
export function originTold(page: URL, target: URL): string {
  return isDowngrade(page, target) ? "null" : page.origin;
}

/** What `Referer` says, by the policy that browsers have where a page states none: `strict-origin-when-cross-origin`. */
export function referrerTold(page: URL, target: URL): string | null {
  if (isDowngrade(page, target)) return null;
  return page.origin === target.origin ? withoutFragment(page).href : `${page.origin}/`;
}

/** The URL that is sent: a fragment stays in the browser. */
export function withoutFragment(url: URL): URL {
  const sent = new URL(url);
  sent.hash = "";
  return sent;
}
