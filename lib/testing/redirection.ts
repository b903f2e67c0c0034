/**
 * What a browser makes of a redirection.
 *
 * @module
 */

const REDIRECT_STATUSES = new Set([301, 302, 303, 307, 308]);

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
