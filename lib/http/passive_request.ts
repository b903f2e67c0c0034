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
  if (request.method === "HEAD") return true;
  const purpose = request.headers.get("sec-purpose");
  return purpose !== null && /(?:^|[\s;,])prefetch(?:$|[\s;,])/.test(purpose);
}
