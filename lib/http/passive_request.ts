/**
 * Requests that nobody looks at.
 *
 * @module
 */

/**
 * Whether a request is made without a person seeing its answer now: HEAD, or a prefetch that says
 * so by `Sec-Purpose` (Fetch standard). Nothing that can be seen only once is used up for it.
 */
export function isPassive(
  request: { readonly method: string; readonly headers: Headers },
): boolean {
  return request.method === "HEAD" || isPrefetch(request.headers);
}

/** Whether a browser asks before the visitor does, and may show the answer later without asking again. */
export function isPrefetch(headers: Headers): boolean {
  const purpose = headers.get("sec-purpose");
  return purpose !== null && /(?:^|[\s;,])prefetch(?:$|[\s;,])/.test(purpose);
}
