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

/**
 * What the server tells with a request; a `Deno.ServeHandlerInfo` is one.
 *
 * A type of our own, so that the types of the library can be read where there is no `Deno`.
 */
export interface ConnectionInfo {
  /** Who connected: the visitor, or the proxy in between. */
  readonly remoteAddr: {
    /** How, such as `"tcp"` or `"unix"`. */
    readonly transport: string;
    /** The IP address; missing where the connection is not over the network. */
    readonly hostname?: string;
    /** The port; missing where the connection is not over the network. */
    readonly port?: number;
    /** The path of a Unix socket; missing for everything else. */
    readonly path?: string;
  };
  /** Settles once the response was sent; rejects if the visitor went away before. */
  readonly completed: Promise<void>;
}
