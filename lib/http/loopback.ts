/**
 * This very machine.
 *
 * @module
 */

import { isLoopbackHost } from "./ip_address.ts";

/**
 * Whether an origin is plain http to this very machine, where browsers need no https.
 *
 * @param origin Such as `http://localhost:8000`.
 */
export function isPlainLoopback(origin: string): boolean {
  const start = "http://".length;
  if (!origin.startsWith("http://")) return false;
  const end = origin[start] === "[" ? origin.indexOf("]", start) + 1 : origin.indexOf(":", start);
  const host = origin.slice(start, end < start ? undefined : end);
  return isLoopbackHost(host);
}
