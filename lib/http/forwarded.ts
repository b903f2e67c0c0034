/**
 * Reads the headers of proxies: `Forwarded` and `X-Forwarded-*`.
 *
 * Each proxy appends one entry. The last entry is from the proxy that is nearest to the app.
 *
 * @module
 */

import { checkOptions, describe, NUMBER, type OptionKinds, TEXTS } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { didYouMean } from "../did_you_mean.ts";
import { HttpBadRequest } from "./errors.ts";
import { TOKEN } from "./field_syntax.ts";
import { ipAddress } from "./ip_address.ts";
import { traceId, validRequestId } from "./request.ts";

/** The name of a header that proxies write, in lower case. */
export type ForwardingHeader =
  | "forwarded"
  | "traceparent"
  | "x-forwarded-for"
  | "x-forwarded-host"
  | "x-forwarded-port"
  | "x-forwarded-proto"
  | "x-request-id";

/** The proxies that the app trusts, and the headers that they write. */
export interface TrustedProxies {
  /**
   * How many of your proxies each request passes through, from 1 to 16. Each proxy must write all
   * of the headers.
   */
  readonly hops: number;
  /**
   * The headers that your proxies write, in lower case. The app reads no other header of a proxy.
   */
  readonly headers: readonly ForwardingHeader[];
}

const TRUSTED_KINDS: OptionKinds<TrustedProxies> = { hops: NUMBER, headers: TEXTS };

/** The names of headers that can be trusted. */
const FORWARDING_HEADERS: readonly ForwardingHeader[] = [
  "forwarded",
  "traceparent",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-request-id",
];

/**
 * Reads the headers of trusted proxies.
 *
 * @internal
 */
export class ProxyReader {
  readonly #hops: number;
  readonly #headers: ReadonlySet<string>;
  /** The last parsed header. It is kept because each request reads several of its parameters. */
  #last: { readonly text: string; readonly element: ForwardedElement | null } = {
    text: "",
    element: NO_PARAMETERS,
  };

  /**
   * Checks the options.
   *
   * @param trusted The number of proxies, and the headers that they write.
   * @throws {ConfigurationError} If `hops` is not an integer from 1 to 16, or `headers` is empty or
   * has an unknown name.
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
        `Cannot use option "headers" of trusted: the list is empty: name the headers that your proxy writes, such as "x-forwarded-for"`,
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

  /** Whether the proxies write the host that the visitor requested. */
  get hasHost(): boolean {
    return this.#headers.has("forwarded") || this.#headers.has("x-forwarded-host");
  }

  /**
   * Reads the scheme that the visitor used, or `null` if the proxies name no scheme.
   *
   * @throws {HttpBadRequest} If the scheme is neither http nor https.
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
   * Reads the host and port that the visitor requested.
   *
   * @param own The host of the request itself. It counts if the proxies name no host.
   * @throws {HttpBadRequest} If the host or the port is not valid.
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
    // A port in the host comes from the browser, so it counts before the header of the proxy.
    return WITH_PORT.test(host) ? host : `${host}:${port}`;
  }

  /**
   * Reads the visitor's address. It is `null` if the proxies name none, and undefined if the text
   * is not an address.
   *
   * @throws {HttpBadRequest} If `Forwarded` cannot be read.
   */
  client(headers: Headers): string | null | undefined {
    const text = this.#parameter("for", headers) ?? this.#entry("x-forwarded-for", headers);
    return text === null ? null : ipAddress(text);
  }

  /**
   * Reads the id that the proxies gave to the request: `X-Request-Id`, or else the trace id of
   * `traceparent`. Without a valid id the result is `null`. An invalid id is not refused, because the
   * app decides nothing by it.
   */
  requestId(headers: Headers): string | null {
    const given = this.#headers.has("x-request-id")
      ? validRequestId(headers.get("x-request-id"))
      : null;
    if (given !== null) return given;
    return this.#headers.has("traceparent") ? traceId(headers.get("traceparent")) : null;
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

/** Characters that a host cannot have. The URL parser would end the host there, or decode them. */
const NOT_IN_HOST = /[\s/?#@%\\]/;
const WITH_PORT = /^(?:\[[^\]]*\]|[^:]*):\d*$/;
const PORT = /^[1-9]\d{0,4}$/;

const FORWARDED_HTTPS = /(?:^|[;,\s])proto="?(?:https|wss)"?(?:$|[;,\s])/i;

/**
 * Whether any header claims that the visitor uses https. A visitor can forge this claim.
 *
 * Use the answer only to make the response safer, for example to add `Secure`.
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

/**
 * Whether the browser reports that an https page sent the request, and not a page of another site.
 */
export function comesFromHttps(headers: Headers): boolean {
  if (headers.get("origin")?.startsWith("https://") !== true) return false;
  const site = headers.get("sec-fetch-site");
  return site !== "cross-site" && site !== "same-site";
}

/**
 * Reads the scheme that a proxy wrote. `ws` counts as http, and `wss` counts as https.
 *
 * @param text The text that the proxy wrote.
 * @returns The scheme, or `null` if it is another one.
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

/** The parameters of one element of `Forwarded`. Their names are in lower case. */
export type ForwardedElement = ReadonlyMap<string, string>;

const NO_PARAMETERS: ForwardedElement = new Map();

/**
 * Finds the entry that the outermost trusted proxy added to a comma-separated list.
 *
 * Each proxy appends one entry, so the entry is the `hops`-th from the end. The function reads only
 * these entries, in linear time.
 *
 * @param value The header's value. The values of several headers form one list.
 * @param hops The number of trusted proxies, 1 or more.
 * @returns The entry without spaces around it, or `null` if it is empty. If the list is shorter
 * than `hops`, then it is the first entry.
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
 * Finds the element of `Forwarded` that the outermost trusted proxy added (RFC 7239, section 4).
 *
 * A value without quotes need not be a token, because proxies write `host=a.test:80`.
 *
 * @param value The header's value. The values of several headers form one list.
 * @param hops The number of trusted proxies, 1 or more.
 * @returns The element, or `null` if the header cannot be read. For example, a visitor's open quote
 * swallows the elements that the proxies append. If the list is shorter than `hops`, then it is the
 * first element.
 */
export function forwardedEntry(value: string, hops: number): ForwardedElement | null {
  const elements = forwardedElements(value, hops);
  return elements === null ? null : elements[0] ?? NO_PARAMETERS;
}

/**
 * Matches a pair of `Forwarded`, which may be empty, and the character that ends it. No two parts
 * of the expression match the same character, so it reads every character once.
 */
const PAIR = new RegExp(
  `[ \\t]*(?:(${TOKEN.source.slice(1, -1)})=` +
    String.raw`(?:"((?:[^"\\]|\\.)*)"|([^\s",;\\]*))[ \t]*)?([;,]|$)`,
  "y",
);

/**
 * Reads the last elements of `Forwarded`, or `null` if the header cannot be read.
 *
 * @param value The header's value.
 * @param most The most elements to keep. Default: all.
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
      // RFC 7239, section 4: each parameter occurs at most once.
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
