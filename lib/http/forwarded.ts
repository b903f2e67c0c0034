/**
 * The headers in which proxies write what they saw: `Forwarded` and `X-Forwarded-*`. Each proxy
 * appends one entry, so the last entry is of the proxy that is nearest to the app.
 *
 * @module
 */

import { checkOptions, describe, NUMBER, type OptionKinds, TEXTS } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { didYouMean } from "../did_you_mean.ts";
import { HttpBadRequest } from "./errors.ts";
import { TOKEN } from "./field_syntax.ts";
import { ipAddress } from "./ip_address.ts";

/** A header in which a proxy writes what it saw, in lower case. */
export type ForwardingHeader =
  | "forwarded"
  | "x-forwarded-for"
  | "x-forwarded-host"
  | "x-forwarded-port"
  | "x-forwarded-proto";

/** Which proxies are trusted, and which headers they write. */
export interface TrustedProxies {
  /** How many proxies of yours stand in front, from 1 to 16. Each must write all of the headers. */
  readonly hops: number;
  /** The headers that they write, in lower case. No other one is read. */
  readonly headers: readonly ForwardingHeader[];
}

const TRUSTED_KINDS: OptionKinds<TrustedProxies> = { hops: NUMBER, headers: TEXTS };

/** The headers that can be trusted. */
const FORWARDING_HEADERS: readonly ForwardingHeader[] = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
];

/**
 * Reads the headers of trusted proxies.
 *
 * @internal
 */
export class ProxyReader {
  readonly #hops: number;
  readonly #headers: ReadonlySet<string>;
  /** The header that was parsed last, because each request reads several of its parameters. */
  #last: { readonly text: string; readonly element: ForwardedElement | null } = {
    text: "",
    element: NO_PARAMETERS,
  };

  /**
   * Checks the options.
   *
   * @param trusted How many proxies, and which headers they write.
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
    const known: readonly string[] = FORWARDING_HEADERS;
    for (const name of given) {
      if (known.includes(name)) continue;
      throw new ConfigurationError(
        `Cannot trust the header ${describe(name)}: must be one of ${
          FORWARDING_HEADERS.join(", ")
        }${didYouMean(name, FORWARDING_HEADERS)}`,
      );
    }
    this.#hops = hops;
    this.#headers = new Set(given);
  }

  /** Whether the proxies write the host that the visitor asked for. */
  get hasHost(): boolean {
    return this.#headers.has("forwarded") || this.#headers.has("x-forwarded-host");
  }

  /**
   * The scheme that the visitor used; `null` where the proxies name none.
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
   * The host and port that the visitor asked for.
   *
   * @param own The host of the request itself, in case the proxies name none.
   * @throws {HttpBadRequest} If what they name is no host, or no port.
   */
  host(headers: Headers, own: string): string {
    const host = this.#parameter("host", headers) ?? this.#entry("x-forwarded-host", headers) ??
      own;
    if (NOT_IN_HOST.test(host)) {
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
    // The port in the host is the one that the browser wrote.
    return WITH_PORT.test(host) ? host : `${host}:${port}`;
  }

  /**
   * The visitor's address; `null` where the proxies name none, undefined where it is no address.
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

/** Characters that no host has. The URL parser would end the host there, or decode them. */
const NOT_IN_HOST = /[\s/?#@%\\]/;
const WITH_PORT = /^(?:\[[^\]]*\]|[^:]*):\d*$/;
const PORT = /^[1-9]\d{0,4}$/;

const FORWARDED_HTTPS = /(?:^|[;,\s])proto="?(?:https|wss)"?(?:$|[;,\s])/i;

/**
 * Whether any header claims that the visitor uses https, whoever wrote it.
 *
 * Use it only for what makes the response safer, such as `Secure`: a visitor can forge it.
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

/** Whether the browser says that a page of https sent the request, and not a page of another site. */
export function comesFromHttps(headers: Headers): boolean {
  if (headers.get("origin")?.startsWith("https://") !== true) return false;
  const site = headers.get("sec-fetch-site");
  return site !== "cross-site" && site !== "same-site";
}

/**
 * The scheme that a proxy wrote; that of a WebSocket counts as http or https.
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

/** The parameters of one element of `Forwarded`, by their names in lower case. */
export type ForwardedElement = ReadonlyMap<string, string>;

const NO_PARAMETERS: ForwardedElement = new Map();

/**
 * The entry of a comma-separated list that the outermost trusted proxy added: each proxy appends
 * one, so it is that many from the end. Linear, and reads no more than these entries.
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
 * The element of `Forwarded` that the outermost trusted proxy added (RFC 7239, section 4).
 *
 * Values may stand without quotes although they are no tokens, because proxies write `host=a.test:80`.
 *
 * @param value The header's value; several headers are one list.
 * @param hops How many proxies are ours, from 1.
 * @returns The element, the first one where there are fewer; `null` if the header cannot be read, for
 * example because a visitor left a quote open, which swallows what the proxies append.
 */
export function forwardedEntry(value: string, hops: number): ForwardedElement | null {
  const elements = forwardedElements(value, hops);
  return elements === null ? null : elements[0] ?? NO_PARAMETERS;
}

/**
 * A pair of `Forwarded` and what ends it, or what ends an empty one. No two parts of it can match the
 * same character, so that it reads every character once.
 */
const PAIR = new RegExp(
  `[ \\t]*(?:(${TOKEN.source.slice(1, -1)})=` +
    String.raw`(?:"((?:[^"\\]|\\.)*)"|([^\s",;\\]*))[ \t]*)?([;,]|$)`,
  "y",
);

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
