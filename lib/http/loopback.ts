/**
 * This very machine.
 *
 * @module
 */

/**
 * Whether an origin is plain http to this very machine, where browsers need no https (RFC 6761, section
 * 6.3; RFC 1122, section 3.2.1.3).
 *
 * @param origin Such as `http://localhost:8000`.
 */
export function isPlainLoopback(origin: string): boolean {
  const start = "http://".length;
  if (!origin.startsWith("http://")) return false;
  const end = origin[start] === "[" ? origin.indexOf("]", start) + 1 : origin.indexOf(":", start);
  const host = origin.slice(start, end < start ? undefined : end);
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" ||
    (host.startsWith("127.") && /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host));
}
