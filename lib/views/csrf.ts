/**
 * Refuses requests that another site made in a visitor's name.
 *
 * @module
 */

import {
  BOOLEAN,
  checkOptions,
  FUNCTION,
  type OptionKinds,
  orNull,
  TEXT,
  TEXTS,
} from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { HttpForbidden } from "../http/errors.ts";
import { CsrfOrigins } from "./csrf_origins.ts";
import type { AnyViewRequest } from "./request.ts";

/** How requests are checked. Pyramid: `set_default_csrf_options`. */
export interface CsrfOptions {
  /** Whether views are checked that do not say so themselves. @default {true} */
  readonly requireCsrf?: boolean;
  /** The form field that carries the token; `null`: none. @default {"csrf_token"} */
  readonly token?: string | null;
  /** The header that carries the token; `null`: none. @default {"X-CSRF-Token"} */
  readonly header?: string | null;
  /** Methods that change nothing and are not checked. @default {["GET", "HEAD", "OPTIONS", "TRACE"]} */
  readonly safeMethods?: readonly string[];
  /** Whether the request's origin is checked besides its token. @default {true} */
  readonly checkOrigin?: boolean;
  /** Whether a request passes that tells no origin at all. @default {false} */
  readonly allowNoOrigin?: boolean;
  /** Origins besides the app's own, such as `https://shop.example` or `https://*.shop.example`. */
  readonly trustedOrigins?: readonly string[];
  /** Says which requests are not checked, such as those that carry a token of their own in `Authorization`. */
  readonly insecureExempt?: (request: AnyViewRequest) => boolean;
}

const CSRF_KINDS: OptionKinds<CsrfOptions> = {
  requireCsrf: BOOLEAN,
  token: orNull(TEXT),
  header: orNull(TEXT),
  safeMethods: TEXTS,
  checkOrigin: BOOLEAN,
  allowNoOrigin: BOOLEAN,
  trustedOrigins: TEXTS,
  insecureExempt: FUNCTION,
};

/** Why a token was refused. */
export type CsrfTokenFault = "missing" | "no-session-token" | "wrong";

/** 403: the request comes from another site. Pyramid: `BadCSRFOrigin`. */
export class BadCsrfOrigin extends HttpForbidden {
  /** Always `"BadCsrfOrigin"`. */
  override name = "BadCsrfOrigin";
}

/** 403: the request has no token, or not one of its session. Pyramid: `BadCSRFToken`. */
export class BadCsrfToken extends HttpForbidden {
  /** Always `"BadCsrfToken"`. */
  override name = "BadCsrfToken";
  /** `missing` in the request; `no-session-token`: the session has none, as after it expired; or `wrong`. */
  readonly fault: CsrfTokenFault;
  /** Makes the error. */
  constructor(fault: CsrfTokenFault) {
    super("The form is out of date: load the page again and send it once more");
    this.fault = fault;
  }
}

const SAFE_METHODS = ["GET", "HEAD", "OPTIONS", "TRACE"];
/** A token of ours has 86 characters, Pyramid's 40. */
const LONGEST_TOKEN = 256;

/** Checks requests: first where they come from, then their token. */
export class CsrfPolicy {
  /** Whether views are checked that do not say so themselves. */
  readonly requiredByDefault: boolean;
  readonly #field: string | null;
  readonly #header: string | null;
  readonly #safeMethods: ReadonlySet<string>;
  readonly #origins: CsrfOrigins | null;
  readonly #exempt: (request: AnyViewRequest) => boolean;

  /**
   * Checks the options.
   *
   * @throws {ConfigurationError} If a trusted origin, a name or a method is none, an option is wrong
   * or unknown, or no source of tokens is left.
   */
  constructor(options: CsrfOptions = {}) {
    checkOptions("setDefaultCsrfOptions()", options, CSRF_KINDS);
    const { token = "csrf_token", header = "X-CSRF-Token", checkOrigin } = options;
    if (token === null && header === null) {
      throw new ConfigurationError(
        "Cannot check CSRF tokens: token and header are both null, so that no request could carry one",
      );
    }
    checkNames(token, header);
    this.requiredByDefault = options.requireCsrf !== false;
    this.#field = token;
    this.#header = header;
    this.#safeMethods = new Set((options.safeMethods ?? SAFE_METHODS).map(checkedMethod));
    this.#origins = checkOrigin !== false
      ? new CsrfOrigins(options.trustedOrigins ?? [], options.allowNoOrigin === true)
      : null;
    this.#exempt = options.insecureExempt ?? (() => false);
  }

  /** Whether a request needs no check: its method is safe, or it is exempt. */
  passes(request: AnyViewRequest): boolean {
    return this.#safeMethods.has(request.method) || this.#exempt(request);
  }

  /**
   * Lets a request pass that comes from the app's own pages.
   *
   * @throws {BadCsrfOrigin} If it comes from elsewhere.
   * @throws {BadCsrfToken} If its token is not one of its session.
   */
  async check(request: AnyViewRequest): Promise<void> {
    if (this.#origins !== null && !this.#origins.allow(request)) {
      throw new BadCsrfOrigin("The request comes from another site");
    }
    const presented = await this.#presented(request);
    if (presented === "") throw new BadCsrfToken("missing");
    const session = await request.session;
    if (presented.length <= LONGEST_TOKEN && session.checkCsrfToken(presented)) return;
    throw new BadCsrfToken(session.hasCsrfToken ? "wrong" : "no-session-token");
  }

  // The header alone decides where it is there: a wrong one is not mended by a right field.
  async #presented(request: AnyViewRequest): Promise<string> {
    const header = this.#header === null ? null : request.headers.get(this.#header);
    return header || await this.#fromForm(request);
  }

  async #fromForm(request: AnyViewRequest): Promise<string> {
    if (this.#field === null || !request.hasForm) return "";
    const value = (await request.form()).get(this.#field);
    return typeof value === "string" ? value : "";
  }
}

function checkNames(field: string | null, header: string | null): void {
  if (field === "") {
    throw new ConfigurationError("Cannot check CSRF tokens: the form field has no name");
  }
  if (header === null || /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(header)) return;
  throw new ConfigurationError(
    `Cannot check CSRF tokens: "${header}" is not the name of a header`,
  );
}

function checkedMethod(method: string): string {
  if (/^[A-Z][A-Z-]*$/.test(method)) return method;
  throw new ConfigurationError(
    `Cannot take the method "${method}" for safe: must be a method in capitals`,
  );
}
