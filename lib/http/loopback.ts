/**
 * This very machine.
 *
 * @module
 */

/** Hosts that lead nowhere but to this machine (RFC 6761, section 6.3; RFC 1122, section 3.2.1.3). */
const LOOPBACK = /^http:\/\/(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/;

/**
 * Whether an origin is plain http to this very machine, where browsers need no https.
 *
 * @param origin Such as `http://localhost:8000`.
 */
export function isPlainLoopback(origin: string): boolean {
  return LOOPBACK.test(origin);
}
