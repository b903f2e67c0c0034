/**
 * What the statements of a configuration take.
 *
 * @module
 */

import type { SessionFactory } from "../../session.ts";
import {
  BOOLEAN,
  describe,
  either,
  FUNCTION,
  listOf,
  NAME,
  type OptionKinds,
  TEXT,
} from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { ORIGIN_KINDS, type OriginOptions } from "../http/request_origin.ts";
import { LOGGER, type Logger } from "../log.ts";
import type { Matchdict } from "../routing/matchdict.ts";
import { type Route, ROUTE_KINDS, type RouteOptions } from "../routing/route.ts";
import { SESSION_FACTORY } from "../session_contract.ts";
import { SourceLocation } from "../source_location.ts";
import { BODY_LIMITS, type RequestLimits } from "../views/body_limits.ts";
import { orNot } from "../views/predicates/predicate.ts";
import { ONE_OR_MORE_TEXTS, PREDICATE_KINDS } from "../views/predicates/predicates.ts";
import type { ViewRequest } from "../views/request.ts";
import type { ViewOptions, ViewResult } from "../views/view.ts";
import { identityOf } from "./declarations.ts";
import type { Ordered } from "./order.ts";
import type { RouteConditions } from "./plan.ts";

/** What a `Configurator` takes. */
export interface ConfiguratorOptions<Data extends object> extends OriginOptions {
  /** Where sessions come from; the same as `setSessionFactory()`, but the session's type follows from it. */
  readonly sessionFactory?: SessionFactory<Data>;
  /**
   * Told what went wrong on our side, and what a developer should mend: the logger of everything in the
   * app that has none of its own, the session factory and its stores included. Default: the console.
   */
  readonly logger?: Logger;
  /**
   * Whether errors are answered with a page that shows what happened. It is shown at this machine
   * only, and not through a proxy that names another visitor. @default {false}
   */
  readonly development?: boolean;
  /**
   * Seconds that the body of a request may stop for. A body that stops longer is answered with 408.
   * `null`: for ever. @default {30}
   */
  readonly bodyTimeout?: number | null;
  /** How much of a body is read where neither view nor route says so. @default {{ maxBytes: 1_048_576, maxParts: 1_000 }} */
  readonly bodyLimits?: RequestLimits;
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
  /** A view that answers the route's requests, GET and HEAD unless `requestMethod` says otherwise: the same as `addView`, in one step. */
  readonly view?: (
    request: ViewRequest<Data, Matchdict<Pattern>> & Added,
  ) => ViewResult | Promise<ViewResult>;
}

/** What `include` takes besides the callable. */
export interface IncludeOptions {
  /** What the patterns of the included routes begin with. */
  readonly routePrefix?: string;
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

const LONGEST_BODY_TIMEOUT = 86_400;

/** What {@linkcode ConfiguratorOptions} take. */
export const CONFIGURATOR_KINDS: OptionKinds<ConfiguratorOptions<object>> = {
  ...ORIGIN_KINDS,
  sessionFactory: SESSION_FACTORY,
  logger: LOGGER,
  development: BOOLEAN,
  bodyTimeout: {
    expected: `a number of seconds above 0, at most ${LONGEST_BODY_TIMEOUT}, or null`,
    is: (value) =>
      value === null ||
      typeof value === "number" && value > 0 && value <= LONGEST_BODY_TIMEOUT,
  },
  bodyLimits: BODY_LIMITS,
};

const { matchParam: _ofViewsAlone, ...ROUTE_PREDICATE_KINDS } = PREDICATE_KINDS;

/** What {@linkcode AddRouteOptions} take. */
export const ADD_ROUTE_KINDS: OptionKinds<AddRouteOptions> = {
  requestMethod: orNot(ONE_OR_MORE_TEXTS),
  ...ROUTE_PREDICATE_KINDS,
  factory: FUNCTION,
  static: BOOLEAN,
  bodyLimits: BODY_LIMITS,
  ...ROUTE_KINDS,
  view: FUNCTION,
};

/** What {@linkcode IncludeOptions} take. */
export const INCLUDE_KINDS: OptionKinds<IncludeOptions> = { routePrefix: TEXT };

/** What {@linkcode RequestMethodOptions} take. */
export const REQUEST_METHOD_KINDS: OptionKinds<RequestMethodOptions> = { property: BOOLEAN };

const NEIGHBOURS = either(
  TEXT,
  FUNCTION,
  listOf(either(TEXT, FUNCTION), "a list of these"),
);

/** What {@linkcode PlacementOptions} take. */
export const PLACEMENT_KINDS: OptionKinds<PlacementOptions<unknown>> = {
  name: NAME,
  under: NEIGHBOURS,
  over: NEIGHBOURS,
};

/**
 * Refuses a name that is none.
 *
 * @param what What it would be the name of, for the message.
 * @param name What was given.
 * @throws {ConfigurationError} If it is no text, or empty.
 */
export function checkName(what: string, name: unknown): void {
  if (NAME.is(name)) return;
  throw new ConfigurationError(
    `Cannot add ${what}: its name must be ${NAME.expected}, not ${describe(name)}`,
  );
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

/**
 * The name of a thing, and the names of what it stands under and over.
 *
 * @param thing The thing, by which others can refer to it.
 * @param options Where it stands.
 * @param reserved The names of places that are always there.
 * @throws {ConfigurationError} If its name is one of those.
 */
export function placementOf<Thing extends (...args: never[]) => unknown>(
  thing: Thing,
  options: PlacementOptions<Thing>,
  reserved: readonly string[],
): Ordered {
  const identity = identityOf(thing);
  const name = options.name ?? (thing.name || anonymousName(thing, identity));
  if (reserved.includes(name)) {
    throw new ConfigurationError(
      `Cannot add "${name}": it is the name of a place that is always there; give another "name"`,
    );
  }
  return {
    name,
    identity,
    under: namesOf(options.under),
    over: namesOf(options.over),
  };
}

/** Where they were stated first: the same function has one name, wherever it is stated again. */
const anonymous = new WeakMap<object, string>();

function anonymousName(thing: object, identity: string): string {
  const name = anonymous.get(thing) ?? `${identity} at ${new SourceLocation()}`;
  anonymous.set(thing, name);
  return name;
}

function namesOf<Thing extends object>(
  stated: string | Thing | readonly (string | Thing)[] | undefined,
): string[] {
  if (stated === undefined) return [];
  const list = Array.isArray(stated) ? stated : [stated];
  return list.map((one) => typeof one === "string" ? one : identityOf(one));
}
