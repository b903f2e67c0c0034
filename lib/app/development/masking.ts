/**
 * What the page of development mode does not show: values that an attacker could use to sign in.
 *
 * @module
 */

import { RequestCookies } from "../../http/cookies.ts";

/** Names of headers, of query parameters and of parts of a path whose values are secret. */
const SECRET =
  /auth(?!or)|authori[sz]|token|secret|key(?!word)|pass(?:word|wd|code|phrase)|session|signature|credential|jwt|assertion|^(?:code|otp|pin|pwd|sid|sig|ticket)$/;

/** A parameter in a text that is a whole URL. The semicolon is for `;jsessionid=`. */
const PARAMETER = /([?&#;])([^=?&#;]+)=([^&#]*)/g;
/** A parameter of a URL in prose, where a space, a quote or a bracket ends the URL. */
const PARAMETER_IN_PROSE = /([?&#;])([^\s=?&#;"<>]+)=([^\s&#"<>]*)/g;
/**
 * How many levels of URLs inside a URL are read, as in `?next=…`. A URL at a deeper level is masked
 * as a whole.
 */
const DEEPEST = 3;

/** Hides the secrets of one request. */
export interface Masking {
  /** The value of a header, by its name in small letters. */
  header(name: string, value: string): string;
  /** A URL, or a reference such as `/reset?token=…`. */
  url(text: string): string;
  /** Prose that may hold URLs, such as the message of an error. */
  prose(text: string): string;
  /** A value that the route's pattern captured. */
  captured(name: string, value: string): string;
}

/**
 * Makes the masking for the secrets of one request. A mask shows only the length: `(43
 * characters)`.
 *
 * @param url The URL of the request.
 * @param matchdict What the route's pattern captured.
 */
export function maskingOf(
  url: string,
  matchdict: Readonly<Record<string, string | undefined>>,
): Masking {
  const segments = secretSegments(url, matchdict);
  const path = (text: string) => segments.reduce(withoutSegment, text);
  const wholeUrl = (text: string) => path(withoutParameters(text, PARAMETER, 0));
  return {
    header: (name, value) => maskedHeader(name, value) ?? wholeUrl(value),
    url: wholeUrl,
    prose: (text) => path(withoutParameters(text, PARAMETER_IN_PROSE, 0)),
    captured: (name, value) => isSecret(name) ? mask(value) : wholeUrl(value),
  };
}

/** The masked value of a header whose name is secret, or `null` for any other header. */
function maskedHeader(name: string, value: string): string | null {
  if (name === "cookie") {
    const cookies = [...new RequestCookies(value)];
    return cookies.map(([name, value]) => `${name}=${mask(value)}`).join("; ");
  }
  if (!isSecret(name)) return null;
  // The scheme, such as Bearer, is no secret.
  const scheme = /authorization$/.test(name) ? /^[A-Za-z0-9-]+ (?=\S)/.exec(value)?.[0] ?? "" : "";
  return scheme + mask(value.slice(scheme.length));
}

function withoutParameters(text: string, parameter: RegExp, depth: number): string {
  return text.replace(parameter, (whole, before: string, name: string, value: string) => {
    if (isSecret(decoded(name))) return `${before}${name}=${mask(value)}`;
    if (depth === DEEPEST) return /[?&#;%]/.test(value) ? `${before}${name}=${mask(value)}` : whole;
    const inner = withoutParameters(value, PARAMETER, depth + 1);
    if (inner !== value) return `${before}${name}=${inner}`;
    return isSecretInside(value, depth + 1) ? `${before}${name}=${mask(value)}` : whole;
  });
}

/** Whether a value is an escaped URL, perhaps escaped several times, with a secret parameter. */
function isSecretInside(value: string, depth: number): boolean {
  const plain = decoded(value);
  if (plain === value) return false;
  if (depth > DEEPEST || withoutParameters(plain, PARAMETER, depth) !== plain) return true;
  return isSecretInside(plain, depth + 1);
}

/** The parts of the path that are captured under a secret name, as they stand in the URL. */
function secretSegments(
  url: string,
  matchdict: Readonly<Record<string, string | undefined>>,
): string[] {
  const secrets = Object.entries(matchdict)
    .flatMap(([name, value]) => isSecret(name) && value ? value.split("/") : []);
  return url.split(/[?#]/, 1).flatMap((path) => path.split("/"))
    .filter((segment) => segment !== "" && holdsOneOf(secrets, decoded(segment)));
}

/**
 * Whether a segment holds one of the secrets. A pattern such as `/:token.html` captures a part of a
 * segment. A secret of at most three characters must be the whole segment, because it may occur by
 * chance.
 */
function holdsOneOf(secrets: readonly string[], segment: string): boolean {
  return secrets.some((secret) =>
    segment === secret || secret.length > 3 && segment.includes(secret)
  );
}

function withoutSegment(text: string, segment: string): string {
  const segments = new RegExp(`(?<=/)${RegExp.escape(segment)}(?=[/?#\\s"]|$)`, "g");
  return text.replace(segments, mask(segment));
}

function isSecret(name: string): boolean {
  return SECRET.test(name.toLowerCase());
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function mask({ length }: string): string {
  return length === 1 ? "(1 character)" : `(${length} characters)`;
}
