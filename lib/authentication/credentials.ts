/**
 * Reads the credentials of the `Authorization` header, and makes the errors that ask for them.
 *
 * @module
 */

import { checkOptions, oneOf, type OptionKind, type OptionKinds } from "../check_options.ts";
import { HttpBadRequest, HttpClientError } from "../http/errors.ts";

/** A user name and a password, as {@linkcode basicCredentials} reads them. */
export interface BasicCredentials {
  /** The name of the user. It contains no colon, and may be empty. */
  readonly username: string;
  /** The password. It may contain colons, and may be empty. */
  readonly password: string;
}

/** What the functions need of a request. */
export interface CredentialsRequest {
  /** The headers. */
  readonly headers: Headers;
}

/** The most characters of a header that is read. */
const MOST_CHARACTERS = 8_192;
/** RFC 6750, section 2.1: `b64token`. */
const TOKEN68 = /^[\w\-.~+/]+=*$/;
/** RFC 4648, section 4, with its padding. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
// deno-lint-ignore no-control-regex -- RFC 7617, section 2: neither part has control characters
const CONTROL = /[\x00-\x1f\x7f]/;
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads the bearer token of a request. RFC 6750, section 2.1.
 *
 * The function does not check the token. A token in the query string or in a form is not read,
 * because URLs lie in logs and in histories.
 *
 * @param request The request.
 * @returns The token, or `null` if there is no header of this scheme.
 * @throws {HttpBadRequest} If the header has this scheme and cannot be read. It asks for a bearer
 * token with `error="invalid_request"`.
 *
 * @example A token
 * ```ts
 * import { bearerToken } from "@pyramidion/pyramidion/authentication";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const headers = new Headers({ authorization: "Bearer mF_9.B5f-4.1JqM" });
 * assertEquals(bearerToken({ headers }), "mF_9.B5f-4.1JqM");
 * ```
 */
export function bearerToken(request: CredentialsRequest): string | null {
  const given = credentialsOf(request, "bearer");
  if (given === null) return null;
  if (given.length <= MOST_CHARACTERS && TOKEN68.test(given)) return given;
  throw new HttpBadRequest("The bearer token cannot be read.", {
    headers: { "www-authenticate": challenge("Bearer", [["error", "invalid_request"]]) },
  });
}

/**
 * Reads the user name and the password of a request. RFC 7617, with UTF-8.
 *
 * The function does not check the password. Compare it by a slow hash, and limit the attempts.
 *
 * @param request The request.
 * @returns Both, or `null` if there is no header of this scheme.
 * @throws {HttpBadRequest} If the header has this scheme and cannot be read, or contains control
 * characters.
 *
 * @example A user name and a password
 * ```ts
 * import { basicCredentials } from "@pyramidion/pyramidion/authentication";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const headers = new Headers({ authorization: "Basic dGVzdDoxMjPCow==" });
 * assertEquals(basicCredentials({ headers }), { username: "test", password: "123£" });
 * ```
 */
export function basicCredentials(request: CredentialsRequest): BasicCredentials | null {
  const given = credentialsOf(request, "basic");
  if (given === null) return null;
  const text = given.length <= MOST_CHARACTERS && BASE64.test(given) ? decoded(given) : null;
  const colon = text?.indexOf(":") ?? -1;
  if (text === null || colon === -1 || CONTROL.test(text)) {
    throw new HttpBadRequest("The user name and the password cannot be read.");
  }
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** The part of the `Authorization` header behind its scheme, or `null` if it has another scheme. */
function credentialsOf({ headers }: CredentialsRequest, wanted: string): string | null {
  const header = headers.get("authorization");
  if (header === null) return null;
  const space = header.indexOf(" ");
  const scheme = space === -1 ? header : header.slice(0, space);
  return scheme.toLowerCase() === wanted ? header.slice(scheme.length).trim() : null;
}

function decoded(base64: string): string | null {
  try {
    return UTF8.decode(Uint8Array.fromBase64(base64, { lastChunkHandling: "strict" }));
  } catch {
    return null;
  }
}

const VISIBLE: OptionKind = {
  expected: "visible ASCII characters and spaces",
  is: (value) => typeof value === "string" && /^[\x20-\x7e]+$/.test(value),
};

/** The options of {@linkcode BasicChallenge}. */
export interface BasicChallengeOptions {
  /** The part of the site, which browsers show when they ask. @default {"app"} */
  readonly realm?: string | undefined;
}

const BASIC_KINDS: OptionKinds<BasicChallengeOptions> = { realm: VISIBLE };

/**
 * 401: asks for a user name and a password. Browsers show a dialog. RFC 7617.
 *
 * @example The header
 * ```ts
 * import { BasicChallenge } from "@pyramidion/pyramidion/authentication";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const { headers, status } = new BasicChallenge({ realm: "Reports" });
 * assertEquals(
 *   [status, headers.get("www-authenticate")],
 *   [401, 'Basic realm="Reports", charset="UTF-8"'],
 * );
 * ```
 */
export class BasicChallenge extends HttpClientError {
  /** Always `"BasicChallenge"`. */
  override name = "BasicChallenge";

  /**
   * Makes the error.
   *
   * @param options The realm.
   * @throws {TypeError} If an option is wrong or unknown.
   */
  constructor(options: BasicChallengeOptions = {}) {
    checkOptions("BasicChallenge", options, BASIC_KINDS, TypeError);
    const { realm = "app" } = options;
    super(401, "Sign in to see this page.", {
      headers: {
        "www-authenticate": challenge("Basic", [["realm", realm], ["charset", "UTF-8"]]),
      },
    });
  }
}

/** The options of {@linkcode BearerChallenge}. */
export interface BearerChallengeOptions {
  /** The part of the site. Default: none. */
  readonly realm?: string | undefined;
  /**
   * Why the token was refused. `"insufficient_scope"` is a 403. Leave it out if the request had no
   * token.
   */
  readonly error?: "invalid_token" | "insufficient_scope" | undefined;
  /** One sentence for the developer of the client, without quotes and backslashes. */
  readonly description?: string | undefined;
  /** The scopes that the request needs, with spaces between them. */
  readonly scope?: string | undefined;
}

const BEARER_KINDS: OptionKinds<BearerChallengeOptions> = {
  realm: VISIBLE,
  error: oneOf("invalid_token", "insufficient_scope"),
  description: {
    expected: "visible ASCII characters and spaces, without quotes and backslashes",
    is: (value) => typeof value === "string" && /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(value),
  },
  scope: {
    expected: "scopes with single spaces between them",
    is: (value) =>
      typeof value === "string" &&
      /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/.test(value),
  },
};

/**
 * 401, or 403 for a missing scope: asks for a bearer token. RFC 6750, section 3.
 *
 * @example A token that has expired
 * ```ts
 * import { BearerChallenge } from "@pyramidion/pyramidion/authentication";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const { headers, status } = new BearerChallenge({ error: "invalid_token" });
 * assertEquals([status, headers.get("www-authenticate")], [401, 'Bearer error="invalid_token"']);
 * ```
 */
export class BearerChallenge extends HttpClientError {
  /** Always `"BearerChallenge"`. */
  override name = "BearerChallenge";

  /**
   * Makes the error.
   *
   * @param options The realm, the reason and the scopes.
   * @throws {TypeError} If an option is wrong or unknown.
   */
  constructor(options: BearerChallengeOptions = {}) {
    checkOptions("BearerChallenge", options, BEARER_KINDS, TypeError);
    const { realm, error, description, scope } = options;
    const header = challenge("Bearer", [
      ["realm", realm],
      ["error", error],
      ["error_description", description],
      ["scope", scope],
    ]);
    super(error === "insufficient_scope" ? 403 : 401, "This address needs a valid token.", {
      headers: { "www-authenticate": header },
    });
  }
}

/** Writes a challenge (RFC 9110, section 11.6.1). */
function challenge(
  scheme: string,
  parameters: readonly (readonly [name: string, value: string | undefined])[],
): string {
  const written = parameters.filter(([, value]) => value !== undefined)
    .map(([name, value = ""]) => `${name}="${value.replace(/["\\]/g, "\\$&")}"`);
  return written.length === 0 ? scheme : `${scheme} ${written.join(", ")}`;
}
