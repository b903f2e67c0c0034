/**
 * What a configuration states of a view, and of a view for errors: two that state the same conflict.
 *
 * @module
 */

import { slashStatus } from "../app/append_slash.ts";
import { checkOptions, type OptionKinds } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { HttpForbidden, HttpNotFound } from "../http/errors.ts";
import type { RedirectStatus } from "../http/redirect.ts";
import type { Route } from "../routing/route.ts";
import type { SourceLocation } from "../source_location.ts";
import { type MethodPredicate, viewMethods } from "../views/predicates/method.ts";
import { type BuiltInPredicate, Not } from "../views/predicates/predicate.ts";
import { builtInPredicates, type PredicateOptions } from "../views/predicates/predicates.ts";
import {
  type ErrorClass,
  EXCEPTION_VIEW_KINDS,
  FORBIDDEN_VIEW_KINDS,
  NOT_FOUND_VIEW_KINDS,
  type NotFoundViewOptions,
  VIEW_KINDS,
  type ViewOptions,
} from "../views/view.ts";
import type { ExceptionViewKind } from "./view_config.ts";
import { tellingName, type ViewLabel } from "../views/view_label.ts";
import type { Part } from "./includes.ts";
import {
  checkFunction,
  declaredAt,
  identityOf,
  type Source,
  type Statement,
} from "./statements.ts";

/** What takes views. */
interface ViewPlan {
  readonly views: Map<string, StatedView>;
}

/** A view that is stated. */
export class StatedView implements Statement<ViewPlan>, ViewLabel {
  /** The view. */
  readonly view: (request: never) => unknown;
  /** What was stated with it. */
  readonly options: ViewOptions;
  /** The methods that it states itself, or the default ones. */
  readonly methods: MethodPredicate;
  /** The built-in predicates that it states. */
  readonly predicates: readonly BuiltInPredicate[];
  /** The part of the configuration that states it. */
  readonly part: Part;
  /** Where it was stated. */
  readonly place: SourceLocation;
  readonly #name: string;
  readonly #conditions: string;

  /**
   * Checks what is stated.
   *
   * @param view The view.
   * @param options Which requests it answers, and how.
   * @param source Who states it, and where.
   * @param name What it is called; `""`: by its place. Default: by the function.
   * @throws {ConfigurationError} If it is no function, an option is wrong or unknown, a predicate is
   * not of its form, or it is not said whose route it is.
   */
  constructor(
    view: (request: never) => unknown,
    options: ViewOptions,
    { part, place }: Source,
    name?: string,
  ) {
    // Its place is read for the message alone.
    if (typeof view !== "function") checkFunction(`the view at ${place}`, view);
    this.#name = name ?? tellingName(view.name);
    this.view = view;
    this.options = options;
    this.part = part;
    this.place = place;
    try {
      checkOptions(this.#name === "" ? "the view" : `view ${this.#name}`, options, VIEW_KINDS);
      routeWantedBy(options);
      const { requestMethod } = options;
      this.methods = viewMethods(requestMethod);
      this.predicates = builtInPredicates(options, false);
      // The view that states GET stands beside one that states nothing, and goes before it.
      const methods = requestMethod === undefined ? "the default methods" : String(this.methods);
      this.#conditions = conditionsOf(methods, this.predicates, options);
    } catch (error) {
      throw declaredAt(error, String(this));
    }
  }

  /** What it is called where its name says enough. */
  get short(): string {
    return this.#name === "" ? String(this) : `view ${this.#name}`;
  }

  /** What it is called in messages. */
  toString(): string {
    return this.#name === "" ? `view at ${this.place}` : `view ${this.#name} at ${this.place}`;
  }

  /** Each inclusion has views of its own. */
  get isOfApp(): boolean {
    return false;
  }

  /** Two views of one subject are the same, whatever their functions. */
  get identity(): string {
    return "";
  }

  /** Which requests it answers, in words. */
  get subject(): string {
    return `the view of route "${nameOf(routeWantedBy(this.options))}" for ${this.#conditions}`;
  }

  /** Plans it. */
  apply(plan: ViewPlan, key: string): void {
    plan.views.set(key, this);
  }
}

/** The options of every kind of exception view. */
export type StatedExceptionViewOptions = NotFoundViewOptions & {
  readonly context?: ErrorClass<unknown>;
};

/** What each kind takes, and the class of the errors that it answers if it states none. */
const KINDS: Readonly<
  Record<ExceptionViewKind, { kinds: OptionKinds<object>; context: ErrorClass<unknown> }>
> = {
  "an exception view": { kinds: EXCEPTION_VIEW_KINDS, context: Error },
  "a not-found view": { kinds: NOT_FOUND_VIEW_KINDS, context: HttpNotFound },
  "a forbidden view": { kinds: FORBIDDEN_VIEW_KINDS, context: HttpForbidden },
};

/**
 * Refuses options that a kind of exception views does not have.
 *
 * @throws {ConfigurationError} If an option is wrong or unknown.
 */
export function checkExceptionViewOptions(kind: ExceptionViewKind, options: unknown): void {
  checkOptions(kind, options, KINDS[kind].kinds);
}

/** What takes exception views. */
interface ExceptionViewPlan {
  readonly exceptionViews: Map<string, StatedExceptionView>;
}

/** An exception view that is stated. */
export class StatedExceptionView implements Statement<ExceptionViewPlan>, ViewLabel {
  /** The view. */
  readonly view: (error: never, request: never) => unknown;
  /** What was stated with it. */
  readonly options: StatedExceptionViewOptions;
  /** The class of the errors that it answers. */
  readonly context: ErrorClass<unknown>;
  /** The route, or its name; undefined: every route and none. */
  readonly route: Route | string | undefined;
  /** The status with which a missing slash is appended, if it is. */
  readonly appendSlash: RedirectStatus | undefined;
  /** The methods that it states, or all. */
  readonly methods: MethodPredicate;
  /** The built-in predicates that it states. */
  readonly predicates: readonly BuiltInPredicate[];
  /** The part of the configuration that states it. */
  readonly part: Part;
  /** Where it was stated. */
  readonly place: SourceLocation;
  readonly #name: string;

  /**
   * Checks what is stated.
   *
   * @param kind Which kind of exception view it is.
   * @param view The view.
   * @param options Which errors of which requests, and how.
   * @param source Who states it, and where.
   * @param name What it is called; `""`: by its class of errors. Default: by the function.
   * @throws {ConfigurationError} If it is no function, an option is wrong or unknown, its route is
   * said twice, a predicate is not of its form, or something would be ignored.
   */
  constructor(
    kind: ExceptionViewKind,
    view: (error: never, request: never) => unknown,
    options: StatedExceptionViewOptions,
    { part, place }: Source,
    name?: string,
  ) {
    checkExceptionViewOptions(kind, options);
    this.options = { ...options };
    const { appendSlash = false, context, requestMethod, routeName, route = routeName } = options;
    this.context = context ?? KINDS[kind].context;
    checkFunction(`the exception view of ${this.context.name}`, view);
    this.#name = name ?? tellingName(view.name);
    this.view = view;
    this.route = route;
    this.part = part;
    this.place = place;
    if (routeName !== undefined && route !== routeName) {
      throw new ConfigurationError(
        `Cannot add ${this}: it is not told which route's errors it answers: give one of route and routeName, or none`,
      );
    }
    if (appendSlash !== false && route !== undefined) {
      throw new ConfigurationError(
        `Cannot append a slash to what route "${
          nameOf(route)
        }" matches: it is asked where no route matched; leave out the route, or appendSlash`,
      );
    }
    this.methods = viewMethods(requestMethod, "*");
    this.predicates = builtInPredicates(options, false);
    this.appendSlash = slashStatus(appendSlash);
  }

  /** What it is called where its name says enough. */
  get short(): string {
    return `exception view ${this.#name || `of ${this.context.name}`}`;
  }

  /** What it is called in messages. */
  toString(): string {
    return `${this.short} at ${this.place}`;
  }

  /** Each inclusion has exception views of its own for its routes; those of every route are the app's. */
  get isOfApp(): boolean {
    return this.route === undefined;
  }

  /** Tells two classes of one name apart. */
  get identity(): string {
    return identityOf(this.context);
  }

  /** Which errors of which requests it answers, in words. */
  get subject(): string {
    const { context, methods, options, predicates, route } = this;
    const whose = route === undefined ? "" : ` on route "${nameOf(route)}"`;
    const asked = options.requestMethod === undefined ? "" : ` for ${methods}`;
    return `exception view of ${context.name}${whose}${conditionsOf(asked, predicates, options)}`;
  }

  /** Plans it. */
  apply(plan: ExceptionViewPlan, key: string): void {
    plan.exceptionViews.set(key, this);
  }
}

/** The route, or its name, that a view says it answers. */
function routeWantedBy({ route, routeName }: ViewOptions): Route | string {
  const wanted = route ?? routeName;
  if (wanted === undefined || (route !== undefined && routeName !== undefined)) {
    throw new ConfigurationError(
      "Cannot tell whose requests it answers: give one of route and routeName",
    );
  }
  return wanted;
}

function nameOf(route: Route | string): string {
  return typeof route === "string" ? route : route.name;
}

/** Methods and predicates in words that are the same for what conflicts, whatever their order. */
function conditionsOf(
  methods: string,
  predicates: readonly BuiltInPredicate[],
  { custom }: PredicateOptions,
): string {
  if (predicates.length === 0 && custom === undefined) return methods;
  const own = Object.entries(custom ?? {}).map(([name, value]) => `${name} ${textOf(value)}`);
  const texts = [...predicates.map(({ text }) => text), ...own.sort()];
  return texts.length === 0 ? methods : `${methods} where ${texts.join(", ")}`;
}

function textOf(value: unknown): string {
  if (value instanceof Not) return `not ${textOf(value.value)}`;
  if (Array.isArray(value)) return `[${value.map(textOf).join(" ")}]`;
  const isObject = typeof value === "object" || typeof value === "function";
  return isObject && value !== null ? identityOf(value) : String(value);
}
