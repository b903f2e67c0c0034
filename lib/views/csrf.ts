/**
 * Refuses requests that another site made in a visitor's name, and writes the hidden fields that a
 * form needs to be accepted.
 *
 * @module
 */

import {
  BOOLEAN,
  checkOptions,
  decided,
  FUNCTION,
  type OptionKinds,
  orNull,
  TEXT,
  TEXTS,
} from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { HttpContentTooLarge, HttpForbidden } from "../http/errors.ts";
import { TOKEN } from "../http/field_syntax.ts";
import { type Html, html } from "../http/html.ts";
import { SAFE_METHODS } from "../http/request.ts";
import { consoleLogger, type Logger } from "../log.ts";
import { type Session, type SessionRequest, sessionState } from "../../session.ts";
import { CsrfOrigins, type UnnamedOrigins } from "./csrf_origins.ts";
import type { Handler } from "./handler.ts";
import { METHOD, type MethodPredicate } from "./predicates/method.ts";
import { type AnyData, type AnyViewRequest, requestState, type StateOf } from "./request.ts";
import {
  ONCE_FIELD,
  ONCE_KEY,
  type SessionGuard,
  TOKEN_FIELD,
  tokenFieldFor,
} from "./request_state.ts";

/**
 * Writes the hidden field that carries the CSRF token, under the name that the app reads.
 *
 * Put it before the first file of a form, because the app looks for the token before it streams a
 * file.
 *
 * @param session The session, as `await request.session` gives it.
 * @returns Markup for `` html`<form method="post">${csrfField(session)}` ``.
 * @throws {TypeError} If the app states `token: null`, so that no field carries the token.
 * @throws {Error} As `session.getCsrfToken()` does.
 *
 * @example A form
 * ```ts
 * import { csrfField, html } from "@pyramidion/pyramidion";
 * import { dummyRequest } from "@pyramidion/pyramidion/testing";
 * import { assertMatch } from "jsr:@std/assert@^1.0.0";
 *
 * const session = await dummyRequest().session;
 * const form = html`<form method="post">${csrfField(session)}<button>Save</button></form>`;
 * assertMatch(form.toString(), /<input type="hidden" name="csrf_token" value="\S+">/);
 * ```
 */
export function csrfField(session: Session<AnyData>): Html {
  const name = tokenFieldFor(session);
  if (name !== null) return hidden(name, session.getCsrfToken());
  throw new TypeError(
    "Cannot write the field of the CSRF token: the app states token: null: send session.getCsrfToken() in the header",
  );
}

/**
 * Writes the hidden field with the one-time token of a form, for
 * {@linkcode ViewRequest.readForm} with the option `once`.
 *
 * Each call makes another token. If sessions live in a store, then it also begins a session for a
 * visitor who has none, because the store decides which of two requests is the first.
 *
 * @param session The session, as `await request.session` gives it.
 * @returns Markup for the form.
 * @throws {Error} If it begins a session, and the response was sent already.
 *
 * @example A form that is accepted once
 * ```ts
 * import { html, onceField } from "@pyramidion/pyramidion";
 * import { dummyRequest } from "@pyramidion/pyramidion/testing";
 * import { assertMatch } from "jsr:@std/assert@^1.0.0";
 *
 * const session = await dummyRequest().session;
 * const form = html`<form method="post">${onceField(session)}<button>Order</button></form>`;
 * assertMatch(form.toString(), /<input type="hidden" name="once_token" value="\S{16}">/);
 * ```
 */
export function onceField(session: Session<AnyData>): Html {
  const isStored = sessionState(session).record.modify !== undefined;
  if (isStored && session.isNew && !session.has(ONCE_KEY)) session.set(ONCE_KEY, []);
  const token = crypto.getRandomValues(new Uint8Array(12)).toBase64({ alphabet: "base64url" });
  return hidden(ONCE_FIELD, token);
}

function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`;
}

/** How requests are checked. Pyramid: `set_default_csrf_options`. */
export interface CsrfOptions {
  /** Whether views without a `requireCsrf` of their own are checked. @default {true} */
  readonly requireCsrf?: boolean;
  /**
   * The form field that carries the token. With `null` no field is read. @default {"csrf_token"}
   */
  readonly token?: string | null;
  /** The header that carries the token. With `null` no header is read. @default {"X-CSRF-Token"} */
  readonly header?: string | null;
  /** Methods that change nothing and are not checked. @default {["GET", "HEAD", "OPTIONS", "TRACE"]} */
  readonly safeMethods?: readonly string[];
  /**
   * Whether Pyramidion checks the origin of requests. The check is made in addition to the token.
   * It is also made before a request with an unsafe method gets its session. @default {true}
   */
  readonly checkOrigin?: boolean;
  /**
   * Whether a request without any origin passes. Default: it gets its session, because browsers
   * send an origin. It does not pass the check of its token.
   */
  readonly allowNoOrigin?: boolean;
  /**
   * Trusted origins besides the app's own, such as `https://shop.example`, `https://*.shop.example`
   * or `capacitor://localhost`.
   */
  readonly trustedOrigins?: readonly string[];
  /**
   * Decides which requests are not checked, such as requests with a bearer token. It must return
   * true or false: any other value is an error. Browsers add `Authorization: Basic` by themselves.
   */
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

/** 403: the request comes from another site, or names no origin. Pyramid: `BadCSRFOrigin`. */
export class BadCsrfOrigin extends HttpForbidden {
  /** Always `"BadCsrfOrigin"`. */
  override name = "BadCsrfOrigin";
}

/** What a visitor reads. */
const DETAILS: Readonly<Record<CsrfTokenFault, string>> = {
  "missing": "The form was sent without its token: load the page again and send it once more",
  "no-session-token": "The form is out of date: load the page again and send it once more",
  "wrong": "The form is out of date: load the page again and send it once more",
};

/** 403: the request has no token, or not one of its session. Pyramid: `BadCSRFToken`. */
export class BadCsrfToken extends HttpForbidden {
  /** Always `"BadCsrfToken"`. */
  override name = "BadCsrfToken";
  /**
   * Why the token was rejected. `missing`: the request has no token. `no-session-token`: the
   * session has no token, for example because it expired. `wrong`: the token is not one of the
   * session.
   */
  readonly fault: CsrfTokenFault;
  /**
   * Makes the error.
   *
   * @param fault Why the token was refused.
   * @param advice What the developer reads in place of the visitor's text: the `message`.
   */
  constructor(fault: CsrfTokenFault, advice?: string) {
    super(DETAILS[fault]);
    this.fault = fault;
    if (advice !== undefined) this.message = advice;
  }
}

/** The headers that name the page that made a request. */
const SOURCES = ["origin", "sec-fetch-site", "referer"];
/**
 * The most characters of a token that is compared. A token of Pyramidion has at most 95, and one of
 * Pyramid has 40.
 */
const LONGEST_TOKEN = 256;
/** Characters of a visitor's own that a line of the log shows. */
const LONGEST_IN_LOG = 200;

/** What a policy knows of its app. */
export interface CsrfEnvironment {
  /** Receives which requests were refused, and what a developer may have forgotten. */
  readonly logger: Logger;
  /** The origin that the app states for itself, if any. */
  readonly publicOrigin: string | undefined;
  /** Where the options were stated. */
  readonly place: string;
}

const NOWHERE: CsrfEnvironment = {
  logger: consoleLogger,
  publicOrigin: undefined,
  place: "an unknown place",
};

/**
 * Checks requests: where they come from, before they get their session, and the token of those whose
 * view demands one.
 */
export class CsrfPolicy implements SessionGuard<AnyViewRequest> {
  /** Whether views without a `requireCsrf` of their own are checked. */
  readonly requiredByDefault: boolean;
  /** Whether some requests are exempt by `insecureExempt`. */
  readonly hasExemptions: boolean;
  /** Whether the origin of requests is checked. */
  readonly checksOrigin: boolean;
  /** Methods that change nothing. */
  readonly safeMethods: ReadonlySet<string>;
  /** The field of a form that carries the token. `null` means that no field carries it. */
  readonly tokenField: string | null;
  readonly #header: string | null;
  readonly #origins: CsrfOrigins;
  readonly #forToken: UnnamedOrigins;
  readonly #forSession: UnnamedOrigins;
  readonly #exempt: (request: AnyViewRequest) => unknown;
  readonly #environment: CsrfEnvironment;
  /** Views for which a missing token was logged. */
  readonly #reported = new Set<string>();

  /**
   * Checks the options.
   *
   * @throws {ConfigurationError} If a trusted origin, a name or a method is not valid. If an option
   * is wrong or unknown. If both `token` and `header` are `null`.
   */
  constructor(options: CsrfOptions = {}, environment: CsrfEnvironment = NOWHERE) {
    checkOptions("setDefaultCsrfOptions()", options, CSRF_KINDS);
    const { token = TOKEN_FIELD, header = "X-CSRF-Token", allowNoOrigin } = options;
    if (token === null && header === null) {
      throw new ConfigurationError(
        "Cannot check CSRF tokens: token and header are both null, so that no request could carry one",
      );
    }
    checkNames(token, header);
    this.requiredByDefault = options.requireCsrf !== false;
    this.hasExemptions = options.insecureExempt !== undefined;
    this.checksOrigin = options.checkOrigin !== false;
    this.tokenField = token;
    this.#header = header;
    this.safeMethods = new Set((options.safeMethods ?? SAFE_METHODS).map(checkedMethod));
    this.#origins = new CsrfOrigins(options.trustedOrigins ?? [], environment.publicOrigin);
    this.#forToken = { allowNone: allowNoOrigin === true, readsReferrer: true };
    this.#forSession = {
      allowNone: allowNoOrigin !== false,
      readsReferrer: allowNoOrigin === false,
    };
    this.#exempt = options.insecureExempt ?? (() => false);
    this.#environment = environment;
  }

  /**
   * Wraps a handler whose requests must come from the app's own pages: those that change something, and
   * are not exempt.
   *
   * @param handler What is wrapped.
   * @param methods Those of the requests that the handler gets.
   */
  checked<Data extends object>(
    handler: Handler<Data>,
    { methods }: MethodPredicate,
  ): Handler<Data> {
    if (methods?.every((method) => this.safeMethods.has(method)) === true) return handler;
    return (request, state = requestState(request)) =>
      this.safeMethods.has(state.method) || this.#isExempt(request)
        ? handler(request, state)
        : this.check(request, state).then(() => handler(request, state));
  }

  /**
   * The error that a request gets in place of its session, if the page of another site sent it. It
   * is called for unsafe methods and for WebSockets. Pyramid has no such rule.
   */
  refusal(request: AnyViewRequest, state: SessionRequest): BadCsrfOrigin | null {
    if (!this.checksOrigin) return null;
    if (this.#origins.allow(state, this.#forSession) || this.#isExempt(request)) return null;
    return this.#foreign(request);
  }

  /**
   * Lets a request pass that comes from the app's own pages. What headers and session can refuse is
   * refused before the body is read.
   *
   * @throws {BadCsrfOrigin} If it comes from elsewhere.
   * @throws {BadCsrfToken} If its token is not one of its session.
   */
  async check(request: AnyViewRequest, state: StateOf<AnyData>): Promise<void> {
    if (this.checksOrigin && !this.#origins.allow(state, this.#forToken)) {
      throw this.#foreign(request);
    }
    // If the header is present, it alone decides: a right field does not repair a wrong header.
    const header = this.#header === null ? "" : state.headers.get(this.#header) ?? "";
    const field = this.tokenField !== null && request.hasForm ? this.tokenField : null;
    if (header === "" && field === null) throw this.#bad("missing", request);
    const session = await request.session;
    if (!session.hasCsrfToken) throw this.#bad("no-session-token", request);
    const presented = header || await this.#fromForm(state, field ?? "");
    if (presented === "") throw this.#bad("missing", request);
    if (presented.length <= LONGEST_TOKEN && session.checkCsrfToken(presented)) return;
    throw new BadCsrfToken("wrong");
  }

  /**
   * The token in the form. If the view streams files, the token must stand before the first file.
   */
  async #fromForm({ body }: StateOf<AnyData>, field: string): Promise<string> {
    const { fields, isCut } = await body.leadingFields();
    const token = fields.get(field);
    if (token !== null || !isCut) return token ?? "";
    const place = this.#header === null ? "" : `, or send it in the header ${this.#header}`;
    throw new HttpContentTooLarge(
      `The file is too large to look for field ${field} behind it: put the field before the file${place}`,
    );
  }

  #isExempt(request: AnyViewRequest): boolean {
    const answer = this.#exempt(request);
    return answer === true ||
      decided(answer, `insecureExempt of the CSRF options stated at ${this.#environment.place}`);
  }

  #foreign(request: AnyViewRequest): BadCsrfOrigin {
    const { logger, publicOrigin } = this.#environment;
    const { headers, method } = request;
    if (SOURCES.every((name) => !headers.has(name))) {
      logger.warn(
        `${method} ${
          pathOf(request)
        } was refused: it has none of the headers Origin, Sec-Fetch-Site and Referer, of which browsers send one; with curl, give -H 'Origin: ${request.origin}'; to let programs in, set insecureExempt or allowNoOrigin`,
      );
      return new BadCsrfOrigin("The request has no Origin header, which browsers send with a form");
    }
    const said = headers.get("origin") ?? headers.get("referer");
    const from = said === null ? "another site" : `"${said.slice(0, LONGEST_IN_LOG)}"`;
    const own = publicOrigin === undefined
      ? "if it is this app behind a proxy, set publicOrigin"
      : `the publicOrigin of this app is ${publicOrigin}`;
    logger.warn(
      `${method} ${
        pathOf(request)
      } was refused: it comes from ${from}, not from a page of this app; if the origin is yours, name it in trustedOrigins; ${own}`,
    );
    return new BadCsrfOrigin("The request comes from another site");
  }

  /**
   * Makes the error for a missing token, and logs it once for each view. A missing token is more
   * often a developer's mistake than an attack.
   */
  #bad(fault: "missing" | "no-session-token", request: AnyViewRequest): BadCsrfToken {
    const advice = this.#advice(fault, request);
    const { match, view } = requestState(request);
    const whose = `${match?.route.name ?? ""} ${view}`;
    if (!this.#reported.has(whose)) {
      this.#reported.add(whose);
      const [first = "", ...rest] = advice;
      this.#environment.logger.warn(
        `${request.method} ${pathOf(request)} was refused: ${first.toLowerCase()}${rest.join("")}`,
      );
    }
    return new BadCsrfToken(fault, advice);
  }

  #advice(fault: "missing" | "no-session-token", { hasForm }: AnyViewRequest): string {
    const isField = this.tokenField !== null && (hasForm || this.#header === null);
    const [carrier, remedy] = isField
      ? [`field ${this.tokenField}`, "put csrfField(session) into the form"]
      : [`header ${this.#header}`, "send session.getCsrfToken() in it"];
    return fault === "missing"
      ? `${carrier[0]!.toUpperCase()}${carrier.slice(1)} is missing: ${remedy}`
      : `The session has no CSRF token, so that ${carrier} cannot match: ${remedy}`;
  }
}

function pathOf(request: AnyViewRequest): string {
  return request.url.pathname.slice(0, LONGEST_IN_LOG);
}

function checkNames(field: string | null, header: string | null): void {
  if (field === "") {
    throw new ConfigurationError(
      "Cannot check CSRF tokens: the form field has no name: write one, or token: null for none",
    );
  }
  if (header === null || TOKEN.test(header)) return;
  throw new ConfigurationError(
    `Cannot check CSRF tokens: "${header}" is not the name of a header: write one, or header: null for none`,
  );
}

function checkedMethod(method: string): string {
  if (METHOD.test(method)) return method;
  throw new ConfigurationError(
    `Cannot take the method "${method}" for safe: must be a method in capitals`,
  );
}
