/**
 * What a server knows of a connection.
 *
 * @module
 */

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
