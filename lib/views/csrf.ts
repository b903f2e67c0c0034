/**
 * Refuses requests that another site made in a visitor's name.
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
import { SAFE_METHODS } from "../http/request.ts";
import { consoleLogger, type Logger } from "../log.ts";
import type { SessionRequest } from "../../session.ts";
import { CsrfOrigins, type UnnamedOrigins } from "./csrf_origins.ts";
import type { Handler } from "./handler.ts";
import { METHOD, type MethodPredicate } from "./predicates/method.ts";
import { type AnyData, type AnyViewRequest, requestState, type StateOf } from "./request.ts";
import type { SessionGuard } from "./request_state.ts";

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
  /**
   * Whether the origin of requests is checked: besides the token, and before a request that changes
   * something gets its session. @default {true}
   */
  readonly checkOrigin?: boolean;
  /**
   * Whether a request passes that names no origin at all. Default: it gets its session, since
   * browsers name one, and does not pass the check of its token.
   */
  readonly allowNoOrigin?: boolean;
  /** Origins besides the app's own, such as `https://shop.example`, `https://*.shop.example` or `capacitor://localhost`. */
  readonly trustedOrigins?: readonly string[];
  /**
   * Says which requests are not checked, such as those with a bearer token of their own. Anything
   * but true or false is an error. Browsers add `Authorization: Basic` by themselves.
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

/** 403: the request comes from another site, or does not tell from which. Pyramid: `BadCSRFOrigin`. */
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
  /** `missing` in the request; `no-session-token`: the session has none, as after it expired; or `wrong`. */
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

/** The headers by which a request tells which page made it. */
const SOURCES = ["origin", "sec-fetch-site", "referer"];
/** A token of ours has at most 95 characters, Pyramid's 40. */
const LONGEST_TOKEN = 256;
/** Characters of a visitor's own that a line of the log shows. */
const LONGEST_IN_LOG = 200;

/** What a policy knows of its app. */
export interface CsrfEnvironment {
  /** Told which requests were refused, and what a developer may have forgotten. */
  readonly logger: Logger;
  /** Where the app is, if it says so. */
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
  /** Whether views are checked that do not say so themselves. */
  readonly requiredByDefault: boolean;
  /** Whether some requests are exempt by `insecureExempt`. */
  readonly hasExemptions: boolean;
  /** Whether the origin of requests is checked. */
  readonly checksOrigin: boolean;
  /** Methods that change nothing. */
  readonly safeMethods: ReadonlySet<string>;
  readonly #field: string | null;
  readonly #header: string | null;
  readonly #origins: CsrfOrigins;
  readonly #forToken: UnnamedOrigins;
  readonly #forSession: UnnamedOrigins;
  readonly #exempt: (request: AnyViewRequest) => unknown;
  readonly #environment: CsrfEnvironment;
  /** Views whose forms were said to lack their token. */
  readonly #reported = new Set<string>();

  /**
   * Checks the options.
   *
   * @throws {ConfigurationError} If a trusted origin, a name or a method is none, an option is wrong
   * or unknown, or no source of tokens is left.
   */
  constructor(options: CsrfOptions = {}, environment: CsrfEnvironment = NOWHERE) {
    checkOptions("setDefaultCsrfOptions()", options, CSRF_KINDS);
    const { token = "csrf_token", header = "X-CSRF-Token", allowNoOrigin } = options;
    if (token === null && header === null) {
      throw new ConfigurationError(
        "Cannot check CSRF tokens: token and header are both null, so that no request could carry one",
      );
    }
    checkNames(token, header);
    this.requiredByDefault = options.requireCsrf !== false;
    this.hasExemptions = options.insecureExempt !== undefined;
    this.checksOrigin = options.checkOrigin !== false;
    this.#field = token;
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
   * The error that a request gets in place of its session: one that changes something, or opens a
   * WebSocket, for the page of another site. Pyramid has no such rule.
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
    // The header alone decides where it is there: a wrong one is not mended by a right field.
    const header = this.#header === null ? "" : state.headers.get(this.#header) ?? "";
    const field = this.#field !== null && request.hasForm ? this.#field : null;
    if (header === "" && field === null) throw this.#bad("missing", request);
    const session = await request.session;
    if (!session.hasCsrfToken) throw this.#bad("no-session-token", request);
    const presented = header || await this.#fromForm(state, field ?? "");
    if (presented === "") throw this.#bad("missing", request);
    if (presented.length <= LONGEST_TOKEN && session.checkCsrfToken(presented)) return;
    throw new BadCsrfToken("wrong");
  }

  /** The token in the form: before its files, where the view streams them. */
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

  /** A token that is not there is more often forgotten than attacked: once for each view the log says so. */
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
    const isField = this.#field !== null && (hasForm || this.#header === null);
    const [carrier, remedy] = isField
      ? [`field ${this.#field}`, "put session.getCsrfToken() into the form"]
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
