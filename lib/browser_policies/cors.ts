/**
 * Which other origins may read the responses of an app (CORS).
 *
 * @module
 */

import { HEADER_POLICY } from "../configurator/app_statements.ts";
import type { AnyConfigurator } from "../../configurator.ts";
import type { AppAddresses, HeaderPolicy } from "../app/tweens.ts";
import {
  BOOLEAN,
  checkOptions,
  decided,
  either,
  FUNCTION,
  NUMBER,
  oneOf,
  type OptionKind,
  type OptionKinds,
  TEXTS,
} from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { TOKEN } from "../http/field_syntax.ts";
import { addVary } from "../http/response.ts";
import type { Logger } from "../log.ts";
import { printable } from "../printable.ts";
import { checkedOrigin, isOrigin } from "../views/csrf_origins.ts";
import type { PassedRequest, RequestHandler } from "../views/handler.ts";
import { METHOD } from "../views/predicates/method.ts";
import { type AnyData, requestState, type StateOf, type ViewRequest } from "../views/request.ts";

/**
 * Whether an origin may read. It must return true or false, and no promise. It gets an origin as
 * browsers write it, and never `null`.
 */
export type OriginDecision = (origin: string) => boolean;

/** The options of {@linkcode cors}. */
export interface CorsOptions {
  /**
   * The origins whose pages may read: whole origins such as `https://shop.example`, a function, or
   * `"*"` for all. `"null"` in the list means pages without an origin, such as sandboxed frames.
   */
  readonly origins: "*" | readonly string[] | OriginDecision;
  /** The methods that a preflight allows. Default: those of the views at the address. */
  readonly methods?: readonly string[];
  /** The request headers that a preflight allows. @default {["content-type"]} */
  readonly allowedHeaders?: readonly string[];
  /** The response headers that pages may read, besides those that the standard lists. @default {[]} */
  readonly exposedHeaders?: readonly string[];
  /** Whether pages may send cookies, and read the answers to them. @default {false} */
  readonly credentials?: boolean;
  /**
   * For how many seconds browsers may keep the answer to a preflight: an integer from 0 to 86,400.
   * @default {600}
   */
  readonly maxAge?: number;
}

const HEADER_NAMES: OptionKind = {
  expected: "a list of header names, each written out",
  is: (value) =>
    Array.isArray(value) &&
    value.every((name) => typeof name === "string" && TOKEN.test(name) && name !== "*"),
};

const KINDS: OptionKinds<CorsOptions> = {
  origins: either(oneOf("*"), TEXTS, FUNCTION),
  methods: {
    expected: 'a list of methods in capitals, such as ["GET", "PUT"]',
    is: (value) =>
      Array.isArray(value) && value.length > 0 &&
      value.every((method) => typeof method === "string" && METHOD.test(method)),
  },
  allowedHeaders: HEADER_NAMES,
  exposedHeaders: HEADER_NAMES,
  credentials: BOOLEAN,
  maxAge: NUMBER,
};

const LONGEST_MAX_AGE = 86_400;
const WHAT = "cors()";
const ALLOW_ORIGIN = "access-control-allow-origin";

/**
 * Makes a part that lets pages of other origins read the responses of an app, also its errors. It
 * answers preflights: no view, no permission and no session has a part in the answer.
 *
 * It does not allow a page to change something: the checks of CSRF stay as they are. In a scoped
 * part it holds for that part, and replaces what the app states. It costs about 1 µs for each
 * response. Source: Fetch Standard, "CORS protocol".
 *
 * @param options The origins, and what they may send and read.
 * @returns The function for `config.include()`.
 * @throws {ConfigurationError} If an option is wrong or unknown. If `origins` is missing. If
 * `credentials` is true and `origins` is `"*"` or has `"null"`.
 *
 * @example An API for one other site
 * ```ts
 * import { Configurator, json } from "@pyramidion/pyramidion";
 * import { cors } from "@pyramidion/pyramidion/cors";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const app = new Configurator()
 *   .include(cors({ origins: ["https://shop.example"] }))
 *   .addRoute("note", "/notes/:id")
 *   .addView(() => json({}), { routeName: "note", requestMethod: ["GET", "PUT"] })
 *   .makeApp();
 * const { status, headers } = await app.fetch(
 *   new Request("https://app.test/notes/7", {
 *     method: "OPTIONS",
 *     headers: { origin: "https://shop.example", "access-control-request-method": "PUT" },
 *   }),
 * );
 * assertEquals(status, 204);
 * assertEquals(headers.get("access-control-allow-origin"), "https://shop.example");
 * assertEquals(headers.get("access-control-allow-methods"), "GET, HEAD, PUT");
 * ```
 */
export function cors(options: CorsOptions): (config: AnyConfigurator) => AnyConfigurator {
  const rules = checkedRules(options);
  return (config) => {
    config[HEADER_POLICY]("cors()", (addresses) => new CorsPolicy(rules, addresses, config.logger));
    return config.addTween(preflights, { name: "cors" });
  };
}

/** The checked options. */
interface CorsRules {
  /** Whether every page may read. */
  readonly isPublic: boolean;
  /** The whole origins. */
  readonly exact: ReadonlySet<string>;
  /** Decides about other origins. */
  readonly decide: OriginDecision | undefined;
  readonly methods: string | undefined;
  readonly allowedHeaders: string;
  readonly exposedHeaders: string;
  readonly credentials: boolean;
  readonly maxAge: string;
}

function checkedRules(options: CorsOptions): CorsRules {
  checkOptions(WHAT, options, KINDS);
  const {
    origins,
    methods,
    allowedHeaders = ["content-type"],
    exposedHeaders = [],
    credentials = false,
    maxAge = 600,
  } = options;
  if (origins === undefined) {
    refuse(
      "origins",
      'it is missing: write the origins that may read, such as ["https://shop.example"]',
    );
  }
  if (!Number.isInteger(maxAge) || maxAge < 0 || maxAge > LONGEST_MAX_AGE) {
    refuse(
      "maxAge",
      `must be an integer of seconds from 0 to ${LONGEST_MAX_AGE}, not ${maxAge}`,
    );
  }
  const listed = Array.isArray(origins) ? origins : [];
  if (credentials && (origins === "*" || listed.includes("null"))) {
    refuse(
      "credentials",
      `every site could then read the pages of your users: name the origins in place of "${
        origins === "*" ? "*" : "null"
      }"`,
    );
  }
  return {
    isPublic: origins === "*",
    exact: new Set(listed.map(checkedReader)),
    decide: typeof origins === "function" ? origins : undefined,
    methods: methods?.join(", "),
    allowedHeaders: allowedHeaders.join(", "),
    exposedHeaders: exposedHeaders.join(", "),
    credentials,
    maxAge: String(maxAge),
  };
}

function checkedReader(origin: string): string {
  if (origin === "null") return origin;
  if (origin.includes("*")) {
    refuse(
      "origins",
      `"${
        printable(origin)
      }" has a star, and origins are compared as whole texts: write each origin, or give a function`,
    );
  }
  return checkedOrigin(origin, `use option "origins" of ${WHAT}: no origin is`);
}

function refuse(option: string, problem: string): never {
  throw new ConfigurationError(`Cannot use option "${option}" of ${WHAT}: ${problem}`);
}

/** The policy of one app, or of a scoped part. */
class CorsPolicy implements HeaderPolicy {
  readonly addresses: AppAddresses;
  readonly #rules: CorsRules;
  readonly #logger: Logger;

  constructor(rules: CorsRules, addresses: AppAddresses, logger: Logger) {
    this.#rules = rules;
    this.addresses = addresses;
    this.#logger = logger;
  }

  /** Lets the origin of the request read the response. */
  apply(request: ViewRequest<AnyData>, { headers }: Response): void {
    const { isPublic, credentials, exposedHeaders } = this.#rules;
    // A cache may hand the response of one origin to another.
    if (!isPublic) addVary(headers, "Origin");
    const origin = isPublic ? "*" : request.headers.get("origin");
    if (origin === null || headers.has(ALLOW_ORIGIN) || !this.#lets(origin)) return;
    headers.set(ALLOW_ORIGIN, origin);
    if (credentials) headers.set("access-control-allow-credentials", "true");
    if (exposedHeaders !== "") headers.set("access-control-expose-headers", exposedHeaders);
  }

  /** Answers a preflight. {@linkcode apply} names the origin. */
  preflight(request: PassedRequest, url: string): Response {
    const response = new Response(null, { status: 204 });
    if (!this.#lets(request.headers.get("origin") ?? "")) return response;
    const { methods, allowedHeaders, maxAge } = this.#rules;
    const allowed = methods ?? [...this.addresses.methodsAt(url)].sort().join(", ");
    const { headers } = response;
    if (allowed !== "") headers.set("access-control-allow-methods", allowed);
    if (allowedHeaders !== "") headers.set("access-control-allow-headers", allowedHeaders);
    headers.set("access-control-max-age", maxAge);
    return response;
  }

  #lets(origin: string): boolean {
    const { isPublic, exact, decide } = this.#rules;
    if (isPublic || exact.has(origin)) return true;
    if (decide === undefined || !isOrigin(origin)) return false;
    try {
      return decided(decide(origin), `origins() of ${WHAT}`);
    } catch (error) {
      this.#logger.error(`The function origins of ${WHAT} failed for "${origin}"`, error);
      return false;
    }
  }
}

/** Answers preflights by the rules of the part in which their address stands. */
function preflights(handler: RequestHandler): RequestHandler {
  return (request) =>
    isPreflight(request) ? answered(request) ?? handler(request) : handler(request);
}

function isPreflight(request: PassedRequest): boolean {
  if (request.method !== "OPTIONS") return false;
  const { headers } = request;
  return headers.has("origin") && headers.has("access-control-request-method");
}

function answered(request: PassedRequest): Response | undefined {
  const state = requestState<AnyData>(request);
  policyOf(state)?.addresses.enterPartOf(state);
  return policyOf(state)?.preflight(request, state.url);
}

function policyOf(
  { environment: { headerPolicies } }: StateOf<AnyData>,
): CorsPolicy | undefined {
  return headerPolicies.find((policy) => policy instanceof CorsPolicy);
}
