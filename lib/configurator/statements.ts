/**
 * What a view answers, in words: two views that say the same conflict.
 *
 * @module
 */

import { slashStatus } from "../app/append_slash.ts";
import { checkOptions, describe } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { Route, type RouteOptions } from "../routing/route.ts";
import type { SourceLocation } from "../source_location.ts";
import { viewMethods } from "../views/predicates/method.ts";
import { requestParamPredicate } from "../views/predicates/params.ts";
import { Not } from "../views/predicates/predicate.ts";
import { builtInPredicatesOf, type PredicateOptions } from "../views/predicates/predicates.ts";
import {
  type ErrorClass,
  EXCEPTION_VIEW_KINDS,
  FORBIDDEN_VIEW_KINDS,
  type ForbiddenViewOptions,
  NOT_FOUND_VIEW_KINDS,
  type NotFoundViewOptions,
  VIEW_KINDS,
  type ViewOptions,
} from "../views/view.ts";
import type { ExceptionViewMark } from "../views/view_config.ts";
import { shortViewLabel, type ViewLabel, viewLabel, viewName } from "../views/view_label.ts";
import { type Declaration, identityOf } from "./declarations.ts";
import { joinPrefix, type Part } from "./includes.ts";
import { ADD_ROUTE_KINDS, checkFunction, routeWantedBy } from "./options.ts";
import type {
  Plan,
  PlannedExceptionView,
  PlannedRoute,
  PlannedView,
  RouteConditions,
} from "./plan.ts";
import { declaredAt } from "./view_assembly.ts";

/**
 * What a view answers.
 *
 * @param wanted Its route.
 * @param conditions What {@linkcode viewConditions} says of it.
 */
export function viewSubject(wanted: Route | string, conditions: string): string {
  const route = typeof wanted === "string" ? wanted : wanted.name;
  return `the view of route "${route}" for ${conditions}`;
}

/**
 * Which requests a view answers: its methods and its predicates, whatever their order.
 *
 * @throws {ConfigurationError} If a predicate is not of its form.
 */
export function viewConditions(options: ViewOptions): string {
  const { requestMethod } = options;
  // The view that states GET stands beside one that states nothing, and goes before it.
  const methods = requestMethod === undefined
    ? "the default methods"
    : String(viewMethods(requestMethod));
  const predicates = predicatesInWords(options);
  return predicates.length === 0 ? methods : `${methods} where ${predicates.join(", ")}`;
}

/**
 * Which requests an exception view answers, behind the class of its errors; empty for all.
 *
 * @throws {ConfigurationError} If a predicate is not of its form.
 */
export function exceptionViewConditions(options: ForbiddenViewOptions): string {
  const { requestMethod } = options;
  const methods = requestMethod === undefined ? "" : ` for ${viewMethods(requestMethod)}`;
  const predicates = predicatesInWords(options);
  return predicates.length === 0 ? methods : `${methods} where ${predicates.join(", ")}`;
}

function predicatesInWords(options: PredicateOptions): string[] {
  const builtIn = builtInPredicatesOf(options, requestParamPredicate).map(({ text }) => text);
  if (options.custom === undefined) return builtIn;
  const own = Object.entries(options.custom).map(([name, value]) => `${name} ${textOf(value)}`);
  return [...builtIn, ...own.sort()];
}

function textOf(value: unknown): string {
  if (value instanceof Not) return `not ${textOf(value.value)}`;
  if (Array.isArray(value)) return `[${value.map(textOf).join(" ")}]`;
  const isObject = typeof value === "object" || typeof value === "function";
  return isObject && value !== null ? identityOf(value) : String(value);
}

/** What is stated of a view. */
export type ViewStatement = Omit<PlannedView, keyof ViewLabel>;

/** A view that is stated: of many there is one object each. */
export class StatedView<Data extends object> implements PlannedView, Declaration<Plan<Data>> {
  /** The view's name; `""` where it says nothing. */
  readonly name: string;
  /** The view. */
  readonly view: PlannedView["view"];
  /** What was stated with it. */
  readonly options: ViewOptions;
  /** The part of the configuration that states it. */
  readonly part: Part;
  /** Where it was stated. */
  readonly place: SourceLocation;
  readonly #conditions: string;

  /**
   * Checks what is stated.
   *
   * @throws {ConfigurationError} If an option is wrong or unknown, or it is not said whose route it is.
   */
  constructor({ name, view, options, part, place }: ViewStatement) {
    this.name = name;
    this.view = view;
    this.options = options;
    this.part = part;
    this.place = place;
    try {
      checkOptions(name === "" ? "the view" : `view ${name}`, options, VIEW_KINDS);
      routeWantedBy(options);
      this.#conditions = viewConditions(options);
    } catch (error) {
      throw declaredAt(error, viewLabel(name, place));
    }
  }

  /** What it is called where its name says enough. */
  get short(): string {
    return shortViewLabel(this.name, this.place);
  }

  /** What it is called in messages. */
  toString(): string {
    return viewLabel(this.name, this.place);
  }

  /** Words do. */
  get identity(): string {
    return "";
  }

  /** What it answers, in words that are the same for what conflicts. */
  get subject(): string {
    return viewSubject(routeWantedBy(this.options), this.#conditions);
  }

  /** Plans it. */
  apply(plan: Plan<Data>, key: string): void {
    plan.views.set(key, this);
  }
}

/** What is stated with a route of which nothing more is stated. */
export const NO_CONDITIONS: RouteConditions & RouteOptions = Object.freeze({});

const NO_ROUTE_OPTIONS: RouteOptions = Object.freeze({});

/** A route that is stated, under the prefix of the part that states it: of many there is one object each. */
export class StatedRoute<Data extends object> implements PlannedRoute, Declaration<Plan<Data>> {
  /** The route as it was stated. */
  readonly stated: Route;
  /** The route with its prefix. */
  readonly route: Route;
  /** What else decides whether it matches. */
  readonly conditions: RouteConditions;
  /** The part of the configuration that states it. */
  readonly part: Part;
  /** Where it was stated. */
  readonly place: SourceLocation;

  /**
   * Makes the route, where it is not there.
   *
   * @param given The route, or its name.
   * @param pattern The pattern, where it is given by its name.
   * @param conditions What else decides whether it matches.
   * @param part The part that states it.
   * @param place Where it is stated.
   * @throws {ConfigurationError} If the pattern is none.
   */
  constructor(
    given: Route | string,
    pattern: string | undefined,
    conditions: RouteConditions & RouteOptions,
    part: Part,
    place: SourceLocation,
  ) {
    const name = typeof given === "string" ? given : given.name;
    const text = typeof given === "string" ? pattern : given.pattern;
    if (text === undefined) {
      throw new ConfigurationError(
        `Cannot add ${
          routeSubject(name)
        }: it has no pattern: write one behind the name, such as "/${name}"`,
      );
    }
    const isOurs = !/^https?:\/\//.test(text);
    const isAsStated = typeof given !== "string" && (part.prefix === "" || !isOurs);
    this.route = isAsStated ? given : new Route(
      name,
      isOurs ? joinPrefix(part.prefix, text) : text,
      routeOptions(typeof given === "string" ? NO_ROUTE_OPTIONS : given.options, conditions),
    );
    this.stated = typeof given === "string" ? this.route : given;
    this.conditions = conditions;
    this.part = part;
    this.place = place;
  }

  /** Its name says it all. */
  get identity(): string {
    return "";
  }

  /** Its name, in words. */
  get subject(): string {
    return routeSubject(this.route.name);
  }

  /** Plans it. */
  apply(plan: Plan<Data>, key: string): void {
    plan.addRoute(key, this);
  }
}

/**
 * Refuses what `addRoute` cannot mean.
 *
 * @param given The route, or its name.
 * @param second The pattern or the options.
 * @param third The options behind a pattern.
 * @throws {ConfigurationError} If it is neither, an option is wrong or unknown, or something would be ignored.
 */
export function checkRouteStatement(given: unknown, second: unknown, third: unknown): void {
  if (typeof given !== "string" && !(given instanceof Route)) {
    throw new ConfigurationError(
      `Cannot add a route: must be a Route or its name, not ${describe(given)}`,
    );
  }
  const subject = routeSubject(typeof given === "string" ? given : given.name);
  if (typeof given !== "string" && (typeof second === "string" || third !== undefined)) {
    throw new ConfigurationError(
      `Cannot add ${subject}: a Route has its pattern, so that only options can stand behind it`,
    );
  }
  const options = typeof second === "string" ? third : second;
  if (options !== undefined) checkOptions(subject, options, ADD_ROUTE_KINDS);
}

/** What of the conditions is about the pattern; most say nothing of it, and share one object. */
function routeOptions(own: RouteOptions, { insecureAllowRegExp }: RouteOptions): RouteOptions {
  return insecureAllowRegExp === undefined ? own : { ...own, insecureAllowRegExp };
}

function routeSubject(name: string): string {
  return `route "${name}"`;
}

/** The options of every kind of exception view, with the class. */
export type StatedExceptionViewOptions = NotFoundViewOptions & {
  readonly context: ErrorClass<unknown>;
};

/** An exception view, and what tells it from others. */
export interface StatedExceptionView {
  /** In words. */
  readonly subject: string;
  /** What tells two classes of one name apart. */
  readonly identity: string;
  /** The view. */
  readonly planned: PlannedExceptionView;
}

const KINDS = {
  "an exception view": EXCEPTION_VIEW_KINDS,
  "a not-found view": NOT_FOUND_VIEW_KINDS,
  "a forbidden view": FORBIDDEN_VIEW_KINDS,
};

/**
 * What a mark on an exception view states.
 *
 * @throws {ConfigurationError} If an option is wrong or unknown.
 */
export function statedByMark(
  { kind, context, options, place }: ExceptionViewMark,
): StatedExceptionViewOptions {
  try {
    checkOptions<object>(kind, options, KINDS[kind]);
    return { ...options, context: ("context" in options ? options.context : undefined) ?? context };
  } catch (error) {
    throw declaredAt(error, `${kind} at ${place}`);
  }
}

/**
 * The exception view that is stated.
 *
 * @param view The view.
 * @param options Which errors of which requests, and how.
 * @param stated Where it is stated, and how it is called; `""`: by its class. Default: by the function.
 * @throws {ConfigurationError} If the view is none, its route is said twice, or something would be
 * ignored.
 */
export function statedExceptionView(
  view: PlannedExceptionView["view"],
  options: StatedExceptionViewOptions,
  { part, place, called }: { part: Part; place: SourceLocation; called?: string | undefined },
): StatedExceptionView {
  checkFunction(`the exception view of ${options.context.name}`, view);
  const { appendSlash = false, context, renderer, routeName, route = routeName } = options;
  const short = `exception view ${(called ?? viewName(view.name)) || `of ${context.name}`}`;
  const label = { short, toString: () => `${short} at ${place}` };
  if (routeName !== undefined && route !== routeName) {
    throw new ConfigurationError(
      `Cannot add ${label}: it is not told which route's errors it answers: give one of route and routeName, or none`,
    );
  }
  if (appendSlash !== false && route !== undefined) {
    throw new ConfigurationError(
      `Cannot append a slash to what route "${
        nameOf(route)
      }" matches: it is asked where no route matched; leave out the route, or appendSlash`,
    );
  }
  const whose = route === undefined ? "" : ` on route "${nameOf(route)}"`;
  return {
    subject: `exception view of ${context.name}${whose}${exceptionViewConditions(options)}`,
    identity: identityOf(context),
    planned: {
      context,
      label,
      view,
      route,
      renderer,
      conditions: options,
      appendSlash: slashStatus(appendSlash),
      part,
    },
  };
}

function nameOf(route: NonNullable<PlannedExceptionView["route"]>): string {
  return typeof route === "string" ? route : route.name;
}
