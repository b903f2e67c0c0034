/**
 * What a request is before its headers and body are read: safe, passive, and who sent it.
 *
 * @module
 */

/** The methods that change nothing on the server (RFC 9110, section 9.2.1). */
export const SAFE_METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS", "TRACE"];

/**
 * Whether no person sees the response now: the method is HEAD, or `Sec-Purpose` (Fetch standard)
 * says that it is a prefetch. Messages that are shown once are kept for a later request.
 */
export function isPassive(
  request: { readonly method: string; readonly headers: Headers },
): boolean {
  return request.method === "HEAD" || isPrefetch(request.headers);
}

/** Whether a browser loads a page before the visitor opens it, and may show this response then. */
export function isPrefetch(headers: Headers): boolean {
  const purpose = headers.get("sec-purpose");
  return purpose !== null && /(?:^|[\s;,])prefetch(?:$|[\s;,])/.test(purpose);
}

/**
 * The connection of a request, as the server passes it; a `Deno.ServeHandlerInfo` is one.
 *
 * It is declared here so that the types of the library can be read where there is no `Deno`.
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
