/**
 * What proxies write into a request about the visitor: one entry each, the last one last.
 *
 * @module
 */

/** The parameters of one element of `Forwarded`, by their names in small letters. */
export type ForwardedElement = ReadonlyMap<string, string>;

const NOTHING: ForwardedElement = new Map();

/**
 * A pair of `Forwarded` and what ends it, or what ends an empty one. No part of it can take what
 * another could, so that it reads every character once.
 */
const PAIR =
  /[ \t]*(?:([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;\\]*))[ \t]*)?([;,]|$)/y;

/**
 * The entry of a comma-separated list that the outermost of our proxies added: each appends what it
 * saw, so it is that many from the end. Linear, and reads no more than these entries.
 *
 * @param value The header's value; several headers are one list.
 * @param hops How many proxies are ours, from 1.
 * @returns The entry without the spaces around it, the first one where there are fewer; `null` where
 * there is none or it is empty.
 */
export function listEntry(value: string | null, hops: number): string | null {
  if (value === null) return null;
  let end = value.length;
  for (let left = 1; left < hops; left++) {
    const comma = value.lastIndexOf(",", end - 1);
    if (comma === -1) break;
    end = comma;
  }
  const start = end === 0 ? 0 : value.lastIndexOf(",", end - 1) + 1;
  return value.slice(start, end).trim() || null;
}

/**
 * The element of `Forwarded` that the outermost of our proxies added (RFC 7239, section 4).
 *
 * Values may stand without quotes although they are no tokens, since proxies write `host=a.test:80`.
 *
 * @param value The header's value; several headers are one list.
 * @param hops How many proxies are ours, from 1.
 * @returns The element, the first one where there are fewer; `null` if the header cannot be read, as
 * where a visitor left a quote open so that it takes what the proxies append.
 */
export function forwardedEntry(value: string, hops: number): ForwardedElement | null {
  const elements = forwardedElements(value, hops);
  return elements === null ? null : elements[0] ?? NOTHING;
}

/**
 * The last elements of `Forwarded`; `null` if it cannot be read.
 *
 * @param value The header's value.
 * @param most How many are kept.
 */
export function forwardedElements(
  value: string,
  most: number = Infinity,
): readonly ForwardedElement[] | null {
  const elements: ForwardedElement[] = [];
  let element = new Map<string, string>();
  PAIR.lastIndex = 0;
  for (;;) {
    const match = PAIR.exec(value);
    if (match === null) return null;
    const [, name, quoted, bare, end] = match;
    if (name !== undefined) {
      const parameter = name.toLowerCase();
      // RFC 7239, section 4: each occurs at most once.
      if (element.has(parameter)) return null;
      element.set(parameter, quoted?.replace(/\\(.)/g, "$1") ?? bare ?? "");
    }
    if (end === ";") continue;
    elements.push(element);
    if (elements.length > most) elements.shift();
    if (end === "") return elements;
    element = new Map();
  }
}

/**
 * The scheme that a proxy means: it may say what a WebSocket's would be.
 *
 * @param text What it wrote.
 * @returns `null` if it is neither http nor https.
 */
export function schemeOf(text: string): "http" | "https" | null {
  switch (text.toLowerCase()) {
    case "http":
    case "ws":
      return "http";
    case "https":
    case "wss":
      return "https";
    default:
      return null;
  }
}

const FORWARDED_HTTPS = /(?:^|[;,\s])proto="?(?:https|wss)"?(?:$|[;,\s])/i;

/**
 * Whether anybody says that the visitor uses https: a proxy of whoever's, or the browser itself.
 *
 * Not to be believed, unless it makes things safer.
 *
 * @param headers The headers of the request.
 */
export function claimsHttps(headers: Headers): boolean {
  const proto = headers.get("x-forwarded-proto");
  if (proto !== null && proto.split(",").some((entry) => schemeOf(entry.trim()) === "https")) {
    return true;
  }
  const forwarded = headers.get("forwarded");
  if (forwarded !== null && FORWARDED_HTTPS.test(forwarded)) return true;
  return comesFromHttps(headers);
}

/** Whether a page of https sent a request, if it is not said to be another site's. */
export function comesFromHttps(headers: Headers): boolean {
  if (headers.get("origin")?.startsWith("https://") !== true) return false;
  const site = headers.get("sec-fetch-site");
  return site !== "cross-site" && site !== "same-site";
}
