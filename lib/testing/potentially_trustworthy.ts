/**
 * Which URLs browsers treat as secure.
 *
 * @module
 */

/**
 * Whether Secure cookies and `Sec-Fetch-Site` go to a URL: TLS, or this very machine
 * (W3C Secure Contexts, section 3.1).
 *
 * @param url The URL of a request.
 */
export function isPotentiallyTrustworthy(url: URL): boolean {
  return url.protocol === "https:" || url.protocol === "wss:" ||
    /^(?:(?:.+\.)?localhost\.?|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
}
