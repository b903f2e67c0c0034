/**
 * What the statements of a configuration take.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import { didYouMean } from "../did_you_mean.ts";
import type { RedirectStatus } from "../http/redirect.ts";
import type { OriginOptions } from "../http/request_origin.ts";
import type { Logger } from "../log.ts";
import type { Matchdict } from "../routing/matchdict.ts";
import type { Route, RouteOptions } from "../routing/route.ts";
import type { Renderer } from "../views/renderers.ts";
import type { ViewRequest } from "../views/request.ts";
import type { ErrorClass, ViewResult } from "../views/view.ts";
import type { ViewOptions } from "../views/view_options.ts";
import type { SessionFactory } from "../../session.ts";
import type { RouteConditions } from "./plan.ts";

/** What a `Configurator` takes. */
export interface ConfiguratorOptions<Data extends object> extends OriginOptions {
  /** Where sessions come from; the same as `setSessionFactory()`, but the session's type follows from it. */
  readonly sessionFactory?: SessionFactory<Data>;
  /** Told what went wrong on our side. Default: the console. */
  readonly logger?: Logger;
  /** Whether errors are answered with a page that shows what happened: never where strangers can see it. @default {false} */
  readonly development?: boolean;
  /**
   * Seconds that the body of a request may stop for. A body that stops longer is answered with 408.
   * `null`: for ever. @default {30}
   */
  readonly bodyTimeout?: number | null;
}

/**
 * What `addRoute` takes besides the route.
 *
 * @typeParam Pattern The route's pattern.
 * @typeParam Data The keys of the app's sessions.
 * @typeParam Added What the app added to its requests.
 */
export interface AddRouteOptions<
  Pattern extends string = string,
  Data extends object = Record<string, unknown>,
  Added extends object = object,
> extends RouteConditions, RouteOptions {
  /** A view that answers all of the route's requests: the same as `addView`, in one step. */
  readonly view?: (
    request: ViewRequest<Data, Matchdict<Pattern>> & Added,
  ) => ViewResult | Promise<ViewResult>;
}

/** What `include` takes besides the callable. */
export interface IncludeOptions {
  /** What the patterns of the included routes begin with. */
  readonly routePrefix?: string;
}

/** Which errors an exception view answers, and how. */
export interface ExceptionViewOptions<Failure = Error> {
  /** The class of errors; its subclasses are answered too. @default {Error} */
  readonly context?: ErrorClass<Failure>;
  /** The route whose requests it answers. Default: those of every route, and of none. */
  readonly route?: Route;
  /** The route by its name. */
  readonly routeName?: string;
  /** Makes the response of what the view returns. */
  readonly renderer?: string | Renderer;
}

/** How a not-found view is added. */
export interface NotFoundViewOptions {
  /** Whether visitors who left out the last slash are sent to where it is, and with which status; `true`: 307. @default {false} */
  readonly appendSlash?: boolean | RedirectStatus;
  /** Makes the response of what the view returns. */
  readonly renderer?: string | Renderer;
}

/** How a request method is added. */
export interface RequestMethodOptions {
  /** Whether it is read like a property: worked out when it is first read, and kept. @default {false} */
  readonly property?: boolean;
}

/** Where something stands among others: by their names, or by themselves. */
export interface PlacementOptions<Thing> {
  /** Its own name. Default: that of the function. */
  readonly name?: string;
  /** What is further out. */
  readonly under?: string | Thing | readonly (string | Thing)[];
  /** What is further in. */
  readonly over?: string | Thing | readonly (string | Thing)[];
}

/** The names of the options, by what takes them. */
export const OPTION_NAMES = {
  configurator: [
    "sessionFactory",
    "publicOrigin",
    "trustedHops",
    "logger",
    "development",
    "bodyTimeout",
  ],
  route: [
    "requestMethod",
    "requestParam",
    "header",
    "accept",
    "custom",
    "factory",
    "static",
    "insecureAllowRegExp",
  ],
  include: ["routePrefix"],
  exceptionView: ["context", "route", "routeName", "renderer"],
  notFoundView: ["appendSlash", "renderer"],
  forbiddenView: ["renderer"],
  requestMethod: ["property"],
  placement: ["name", "under", "over"],
  csrf: [
    "requireCsrf",
    "token",
    "header",
    "safeMethods",
    "checkOrigin",
    "allowNoOrigin",
    "trustedOrigins",
    "insecureExempt",
  ],
} as const;

/**
 * Refuses options that do not exist.
 *
 * @param what What takes them, for the message.
 * @param options What was given.
 * @param known The names that exist.
 * @throws {ConfigurationError} If one of them is none of those.
 */
export function checkOptions(what: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw new ConfigurationError(
      `Cannot use option "${name}" of ${what}: no such option${didYouMean(name, known)}`,
    );
  }
}

const LONGEST_BODY_TIMEOUT = 86_400;

/**
 * The `bodyTimeout` of an app, checked.
 *
 * @throws {ConfigurationError} If it is neither a number of seconds nor `null`.
 */
export function bodyTimeoutOf(
  { bodyTimeout = 30 }: Pick<ConfiguratorOptions<object>, "bodyTimeout">,
): number | null {
  const isTime = typeof bodyTimeout === "number" && bodyTimeout > 0 &&
    bodyTimeout <= LONGEST_BODY_TIMEOUT;
  if (bodyTimeout === null || isTime) return bodyTimeout;
  throw new ConfigurationError(
    `Cannot use bodyTimeout ${shown(bodyTimeout)}: must be a number of seconds above 0, at most ` +
      `${LONGEST_BODY_TIMEOUT}, or null`,
  );
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/**
 * Refuses what ought to be a function and is none.
 *
 * @param what What it is, for the message.
 * @throws {ConfigurationError} If it is none.
 */
export function checkFunction(what: string, value: unknown): void {
  if (typeof value === "function") return;
  const found = value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
  throw new ConfigurationError(`Cannot add ${what}: must be a function, not ${found}`);
}

/** The route, or its name, that a view says it answers. */
export function routeWantedBy(
  { route, routeName }: Pick<ViewOptions, "route" | "routeName">,
): Route | string {
  const wanted = route ?? routeName;
  if (wanted === undefined || (route !== undefined && routeName !== undefined)) {
    throw new ConfigurationError(
      "Cannot tell whose requests it answers: give one of route and routeName",
    );
  }
  return wanted;
}
