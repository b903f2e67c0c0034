/**
 * What proxies write into a request about the visitor: one entry each, the last one last.
 *
 * @module
 */

import { checkOptions, describe, NUMBER, type OptionKinds, TEXTS } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { didYouMean } from "../did_you_mean.ts";
import { HttpBadRequest } from "./errors.ts";
import { ipAddress } from "./ip_address.ts";

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

/** A header in which a proxy says what it saw, by its name in small letters. */
export type ForwardingHeader =
  | "forwarded"
  | "x-forwarded-for"
  | "x-forwarded-host"
  | "x-forwarded-port"
  | "x-forwarded-proto";

/** Which proxies are believed, and in what. */
export interface TrustedProxies {
  /** How many proxies of yours stand in front, from 1 to 16. Each must write all of the headers. */
  readonly hops: number;
  /** The headers that they write, in small letters. No other one is read. */
  readonly headers: readonly ForwardingHeader[];
}

const TRUSTED_KINDS: OptionKinds<TrustedProxies> = { hops: NUMBER, headers: TEXTS };

/** What can be named. */
const KNOWN: readonly ForwardingHeader[] = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
];

/** What ends a host or is decoded in one; the URL parser takes it in silence. */
const NO_HOST = /[\s/?#@%\\]/;
const WITH_PORT = /^(?:\[[^\]]*\]|[^:]*):\d*$/;
const PORT = /^[1-9]\d{0,4}$/;

/**
 * Reads what our proxies say.
 *
 * @internal
 */
export class ProxyReader {
  readonly #hops: number;
  readonly #headers: ReadonlySet<string>;
  /** The header that was parsed last: one request asks for several of its parameters. */
  #last: { readonly text: string; readonly element: ForwardedElement | null } = {
    text: "",
    element: NOTHING,
  };

  /**
   * Checks what is believed.
   *
   * @param trusted How many proxies, and in what.
   * @throws {ConfigurationError} If there is no proxy or no header, or one that is not known.
   */
  constructor(trusted: TrustedProxies) {
    checkOptions("trusted", trusted, TRUSTED_KINDS);
    const { hops, headers } = trusted;
    if (!Number.isInteger(hops) || hops < 1 || hops > 16) {
      throw new ConfigurationError(
        `Cannot use option "hops" of trusted: must be an integer from 1 to 16, not ${
          describe(hops)
        }`,
      );
    }
    const given: readonly string[] = headers ?? [];
    if (given.length === 0) {
      throw new ConfigurationError(
        `Cannot use option "headers" of trusted: no header is named: name those that your proxy writes, such as "x-forwarded-for"`,
      );
    }
    const known: readonly string[] = KNOWN;
    for (const name of given) {
      if (known.includes(name)) continue;
      throw new ConfigurationError(
        `Cannot trust the header ${describe(name)}: must be one of ${KNOWN.join(", ")}${
          didYouMean(name, KNOWN)
        }`,
      );
    }
    this.#hops = hops;
    this.#headers = new Set(given);
  }

  /** Whether our proxies say which host was asked. */
  get tellsHost(): boolean {
    return this.#headers.has("forwarded") || this.#headers.has("x-forwarded-host");
  }

  /**
   * The scheme that the visitor used; `null` where none is told.
   *
   * @throws {HttpBadRequest} If it is neither http nor https.
   */
  scheme(headers: Headers): "http" | "https" | null {
    const text = this.#parameter("proto", headers) ?? this.#entry("x-forwarded-proto", headers);
    const scheme = text === null ? null : schemeOf(text);
    if (text !== null && scheme === null) {
      throw new HttpBadRequest(
        "The proxy of this site forwarded a scheme that is not http or https. The site must correct its proxy.",
      );
    }
    return scheme;
  }

  /**
   * Host and port that the visitor asked.
   *
   * @param own The host of the request itself, for where none is told.
   * @throws {HttpBadRequest} If what is told is no host, or no port.
   */
  host(headers: Headers, own: string): string {
    const host = this.#parameter("host", headers) ?? this.#entry("x-forwarded-host", headers) ??
      own;
    if (NO_HOST.test(host)) {
      throw new HttpBadRequest(
        "The proxy of this site forwarded a host name that is not valid. The site must correct its proxy.",
      );
    }
    const port = this.#entry("x-forwarded-port", headers);
    if (port === null) return host;
    if (!PORT.test(port)) {
      throw new HttpBadRequest(
        "The proxy of this site forwarded a port that is not a number. The site must correct its proxy.",
      );
    }
    // What the visitor's browser wrote into Host is nearer to the truth.
    return WITH_PORT.test(host) ? host : `${host}:${port}`;
  }

  /**
   * The visitor's address; `null` where none is told, undefined where it is not an address.
   *
   * @throws {HttpBadRequest} If `Forwarded` cannot be read.
   */
  client(headers: Headers): string | null | undefined {
    const text = this.#parameter("for", headers) ?? this.#entry("x-forwarded-for", headers);
    return text === null ? null : ipAddress(text);
  }

  #entry(name: ForwardingHeader, headers: Headers): string | null {
    return this.#headers.has(name) ? listEntry(headers.get(name), this.#hops) : null;
  }

  #parameter(name: string, headers: Headers): string | null {
    const text = this.#headers.has("forwarded") ? headers.get("forwarded") : null;
    if (text === null) return null;
    if (this.#last.text !== text) {
      this.#last = { text, element: forwardedEntry(text, this.#hops) };
    }
    const { element } = this.#last;
    if (element === null) {
      throw new HttpBadRequest(
        "The proxy of this site sent a Forwarded header that cannot be read. The site must correct its proxy.",
      );
    }
    return element.get(name) || null;
  }
}
