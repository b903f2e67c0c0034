/**
 * Reads IP addresses that servers and proxies write, and finds loopback addresses.
 *
 * @module
 */

/**
 * Reads the address in a text such as `192.0.2.1:80`, `[2001:db8::1]:80` or `2001:db8::1`.
 *
 * @param text The text that a server or a proxy wrote.
 * @returns The address in one spelling, or undefined if the text is not an address, such as
 * `unknown` or `_hidden`. IPv6 is in lower case, shortened and without brackets. An IPv6 address
 * that maps an IPv4 address is written as IPv4.
 */
export function ipAddress(text: string): string | undefined {
  if (text !== last) {
    const [, inBrackets, beforePort] = WITH_PORT.exec(text) ?? [];
    lastAddress = canonical(inBrackets ?? beforePort ?? text, inBrackets !== undefined);
    last = text;
  }
  return lastAddress;
}

/** The last text, which is kept because the peer of many requests is one proxy. */
let last: string | undefined;
let lastAddress: string | undefined;

/** Whether an address is a loopback address. Give the spelling of {@linkcode ipAddress}. */
export function isLoopbackAddress(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

/**
 * Whether a host is always this machine. Sources: RFC 6761, section 6.3, and RFC 1122, section
 * 3.2.1.3.
 */
export function isLoopbackHost(hostname: string): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

/**
 * Whether an origin is http on this machine. Browsers do not require https there.
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

const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const WITH_PORT = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/;

function canonical(text: string, mustBeIpv6: boolean): string | undefined {
  if (IPV4.test(text)) {
    const isAddress = !mustBeIpv6 &&
      text.split(".").every((part) => String(Number(part)) === part && Number(part) < 256);
    return isAddress ? text : undefined;
  }
  // The zone behind "%" names an interface of the other machine, so it is removed.
  const [bare = ""] = text.split("%");
  if (!bare.includes(":") || !/^[\da-f:.]+$/i.test(bare)) return undefined;
  const hostname = URL.parse(`http://[${bare}]/`)?.hostname;
  if (hostname === undefined) return undefined;
  const address = hostname.slice(1, -1);
  const mapped = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(address);
  if (mapped === null) return address;
  const [high, low] = [parseInt(mapped[1]!, 16), parseInt(mapped[2]!, 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}
