/**
 * Facts about a request: safe methods, prefetches, and the connection.
 *
 * @module
 */

/** The safe methods, which read only (RFC 9110, section 9.2.1). */
export const SAFE_METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS", "TRACE"];

/**
 * Whether the request is a HEAD or a prefetch, whose response a person may never see.
 *
 * The header `Sec-Purpose` marks a prefetch (Fetch standard). Messages that are shown once are kept
 * for a later request.
 */
export function isPassive(
  request: { readonly method: string; readonly headers: Headers },
): boolean {
  return request.method === "HEAD" || isPrefetch(request.headers);
}

/**
 * Whether the browser prefetches the page. It may show this response later, when the visitor opens
 * the page.
 */
export function isPrefetch(headers: Headers): boolean {
  const purpose = headers.get("sec-purpose");
  return purpose !== null && /(?:^|[\s;,])prefetch(?:$|[\s;,])/.test(purpose);
}

/**
 * The connection of a request, as the server passes it. A `Deno.ServeHandlerInfo` fits.
 *
 * It is declared here so that the types can be used without `Deno`.
 */
export interface ConnectionInfo {
  /** The address of the peer: the visitor, or your proxy. */
  readonly remoteAddr: {
    /** The kind of connection, such as `"tcp"` or `"unix"`. */
    readonly transport: string;
    /** The IP address. It is missing if the connection is not over the network. */
    readonly hostname?: string;
    /** The port. It is missing if the connection is not over the network. */
    readonly port?: number;
    /** The path of a Unix socket. It is missing for other connections. */
    readonly path?: string;
  };
  /** Resolves when the response was sent. It rejects if the connection closes earlier. */
  readonly completed: Promise<void>;
}
