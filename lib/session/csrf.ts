/**
 * Makes and checks CSRF tokens. Each response gets a new mask of the secret, because compressed
 * pages could otherwise reveal it letter by letter (BREACH).
 *
 * @module
 */

import { timingSafeEqual } from "jsr:@std/crypto@^1.0.0/timing-safe-equal";
import type { SessionPolicy, SessionRequest, VisitorCsrf } from "../../session.ts";
import { RequestCookies } from "../http/cookies.ts";
import type { SessionCookie } from "./cookie_attributes.ts";
import { base64urlLength, decodeBase64url, type RandomBytes } from "./crypto/bytes.ts";

const LENGTH = 32;
const BASE64URL = { alphabet: "base64url", omitPadding: true } as const;

/** Makes a random token of 256 bits that an attacker cannot guess: 43 characters of base64url. */
export function makeToken(randomBytes: RandomBytes): string {
  return randomBytes(LENGTH).toBase64(BASE64URL);
}

/** Masks a token with random bytes, and gives the mask and the masked token in base64url. */
export function maskToken(token: string, randomBytes: RandomBytes): string {
  const bytes = tokenBytes(token, LENGTH);
  if (bytes === null) return token;
  const masked = new Uint8Array(2 * LENGTH);
  masked.set(randomBytes(LENGTH));
  for (let i = 0; i < LENGTH; i++) masked[LENGTH + i] = masked[i]! ^ bytes[i]!;
  return masked.toBase64(BASE64URL);
}

/** Whether `presented` is a masked form of `token`. */
export function maskedTokenMatches(token: string, presented: string): boolean {
  const expected = tokenBytes(token, LENGTH);
  const masked = tokenBytes(presented, 2 * LENGTH);
  if (expected === null || masked === null) return false;
  const unmasked = new Uint8Array(LENGTH);
  for (let i = 0; i < LENGTH; i++) unmasked[i] = masked[i]! ^ masked[LENGTH + i]!;
  return timingSafeEqual(unmasked, expected);
}

function tokenBytes(text: string, length: number): Uint8Array<ArrayBuffer> | null {
  if (text.length !== base64urlLength(length)) return null;
  return decodeBase64url(text);
}

/** The start of the names of CSRF cookies, after a prefix such as `__Host-`. */
export const CSRF_COOKIE = "csrf-";

/**
 * The number of cookies that are kept. If a browser holds more, then the response deletes the rest.
 */
const MOST = 4;
/** The most cookies that one response deletes. */
const MOST_ENDED = 8;
const ID_LENGTH = 8;
const ID = /^[\w-]{8}$/;
/** 32 bytes in base64url, in the one spelling that masking gives back. */
const SECRET = /^[\w-]{42}[AEIMQUYcgkosw048]$/;

/** The CSRF cookies of one request. */
export class CsrfCookies implements VisitorCsrf {
  readonly #cookie: SessionCookie;
  readonly #policy: SessionPolicy;
  readonly #request: SessionRequest;
  /** What came, or is about to be set: secrets by id. */
  readonly #secrets = new Map<string, string>();
  /** What came with the request. */
  readonly #came = new Set<string>();

  /**
   * Reads the request's cookies.
   *
   * @param cookie Writes cookies whose names are ids behind {@linkcode CSRF_COOKIE}.
   * @param policy Makes and masks the secrets.
   * @param request The request.
   */
  constructor(cookie: SessionCookie, policy: SessionPolicy, request: SessionRequest) {
    this.#cookie = cookie;
    this.#policy = policy;
    this.#request = request;
    const start = cookie.nameFor(request);
    for (const [name, value] of new RequestCookies(request.headers.get("cookie"))) {
      if (!name.startsWith(start)) continue;
      const id = name.slice(start.length);
      if (!ID.test(id)) continue;
      // A value of another form belongs to the app.
      if (!SECRET.test(value)) continue;
      this.#came.add(id);
      if (this.#secrets.size < MOST) this.#secrets.set(id, value);
    }
  }

  /** Whether there is a secret. */
  get exists(): boolean {
    return this.#secrets.size > 0;
  }

  /** Gives the token for a form: the id of a cookie, and its masked secret. */
  token(): string {
    const [first] = this.#secrets;
    if (first === undefined) return this.renew();
    const [id, secret] = first;
    return `${id}.${this.#policy.maskToken(secret)}`;
  }

  /**
   * Makes a new secret and gives its token. From then on, tokens of earlier secrets are rejected.
   */
  renew(): string {
    this.end();
    this.#secrets.set(this.#policy.makeToken().slice(0, ID_LENGTH), this.#policy.makeToken());
    return this.token();
  }

  /** Whether a string is a token of one of the secrets. */
  matches(presented: string): boolean {
    const dot = presented.indexOf(".");
    if (dot === -1) return false;
    const secret = this.#secrets.get(presented.slice(0, dot));
    return secret !== undefined && this.#policy.tokenMatches(secret, presented.slice(dot + 1));
  }

  /** Rejects the tokens of every secret from now on. The response then deletes the cookies. */
  end(): void {
    this.#secrets.clear();
  }

  /**
   * Gives the `Set-Cookie` values that set a new secret and delete the cookies that are not kept.
   */
  setCookies(): string[] {
    const made = [...this.#secrets].filter(([id]) => !this.#came.has(id))
      .map(([id, secret]) => this.#cookie.writeOne(secret, this.#request, { suffix: id }));
    const ended = [...this.#came].filter((id) => !this.#secrets.has(id)).slice(0, MOST_ENDED)
      .flatMap((id) => this.#cookie.removeOne(this.#request, id));
    return [...made, ...ended];
  }
}
