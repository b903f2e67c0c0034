/**
 * The statements that add a view or an exception view. Two views for the same requests conflict.
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

/** The part of a plan that holds the views. */
interface ViewPlan {
  readonly views: Map<string, StatedView>;
}

/** The statement of one view. */
export class StatedView implements Statement<ViewPlan>, ViewLabel {
  /** The view. */
  readonly view: (request: never) => unknown;
  /** Its options. */
  readonly options: ViewOptions;
  /** The methods in its options, or the default methods. */
  readonly methods: MethodPredicate;
  /** The built-in predicates in its options. */
  readonly predicates: readonly BuiltInPredicate[];
  /** The part of the configuration that made the statement. */
  readonly part: Part;
  /** The source location of the statement. */
  readonly place: SourceLocation;
  readonly #name: string;
  readonly #conditions: string;

  /**
   * Checks the view and its options.
   *
   * @param view The view.
   * @param options Which requests it answers, and how.
   * @param source The part and the source location of the statement.
   * @param name Its name. `""` names it by its source location. Default: the name of the function.
   * @throws {ConfigurationError} If the view is not a function, an option or a predicate is wrong,
   * or the options name no route.
   */
  constructor(
    view: (request: never) => unknown,
    options: ViewOptions,
    { part, place }: Source,
    name?: string,
  ) {
    // The source location is read only for the message, because reading it costs time.
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
      // A view with GET does not conflict with a view without methods, and goes before it.
      const methods = requestMethod === undefined ? "the default methods" : String(this.methods);
      this.#conditions = conditionsOf(methods, this.predicates, options);
    } catch (error) {
      throw declaredAt(error, String(this));
    }
  }

  /** Its short name for messages. */
  get short(): string {
    return this.#name === "" ? String(this) : `view ${this.#name}`;
  }

  /** Its name and source location for messages. */
  toString(): string {
    return this.#name === "" ? `view at ${this.place}` : `view ${this.#name} at ${this.place}`;
  }

  /** Each inclusion has its own views. */
  get about(): "part" {
    return "part";
  }

  /** Empty: two views of one subject conflict, even if their functions differ. */
  get identity(): string {
    return "";
  }

  /** The requests that it answers, in words. */
  get subject(): string {
    return `the view of route "${nameOf(routeWantedBy(this.options))}" for ${this.#conditions}`;
  }

  /** Adds it to the plan. */
  apply(plan: ViewPlan, key: string): void {
    plan.views.set(key, this);
  }
}

/** The options of all kinds of exception views. */
export type StatedExceptionViewOptions = NotFoundViewOptions & {
  readonly context?: ErrorClass<unknown>;
};

/** The options of each kind, and its default class of errors. */
const KINDS: Readonly<
  Record<ExceptionViewKind, { kinds: OptionKinds<object>; context: ErrorClass<unknown> }>
> = {
  "an exception view": { kinds: EXCEPTION_VIEW_KINDS, context: Error },
  "a not-found view": { kinds: NOT_FOUND_VIEW_KINDS, context: HttpNotFound },
  "a forbidden view": { kinds: FORBIDDEN_VIEW_KINDS, context: HttpForbidden },
};

/**
 * Checks the options of an exception view.
 *
 * @throws {ConfigurationError} If an option is wrong or unknown.
 */
export function checkExceptionViewOptions(kind: ExceptionViewKind, options: unknown): void {
  checkOptions(kind, options, KINDS[kind].kinds);
}

/** The part of a plan that holds the exception views. */
interface ExceptionViewPlan {
  readonly exceptionViews: Map<string, StatedExceptionView>;
}

/** The statement of one exception view. */
export class StatedExceptionView implements Statement<ExceptionViewPlan>, ViewLabel {
  /** The view. */
  readonly view: (error: never, request: never) => unknown;
  /** Its options. */
  readonly options: StatedExceptionViewOptions;
  /** The class of the errors that it answers. */
  readonly context: ErrorClass<unknown>;
  /**
   * The route or its name. Undefined if it answers for every route, and also if no route matched.
   */
  readonly route: Route | string | undefined;
  /** The status of the redirection that appends a slash. Undefined without `appendSlash`. */
  readonly appendSlash: RedirectStatus | undefined;
  /** The methods in its options, or all methods. */
  readonly methods: MethodPredicate;
  /** The built-in predicates in its options. */
  readonly predicates: readonly BuiltInPredicate[];
  /** The part of the configuration that made the statement. */
  readonly part: Part;
  /** The source location of the statement. */
  readonly place: SourceLocation;
  readonly #name: string;

  /**
   * Checks the view and its options.
   *
   * @param kind Which kind of exception view it is.
   * @param view The view.
   * @param options Which errors it answers for which requests, and how.
   * @param source The part and the source location of the statement.
   * @param name Its name. `""` names it by its class of errors. Default: the name of the function.
   * @throws {ConfigurationError} If the view is not a function, an option or a predicate is wrong,
   * or two options contradict each other.
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
        `Cannot add ${this}: it has two routes: give either route or routeName, or none of them`,
      );
    }
    if (appendSlash !== false && route !== undefined) {
      throw new ConfigurationError(
        `Cannot use appendSlash for route "${
          nameOf(route)
        }": it applies only if no route matched: leave out the route, or appendSlash`,
      );
    }
    this.methods = viewMethods(requestMethod, "*");
    this.predicates = builtInPredicates(options, false);
    this.appendSlash = slashStatus(appendSlash);
  }

  /** Its short name for messages. */
  get short(): string {
    return `exception view ${this.#name || `of ${this.context.name}`}`;
  }

  /** Its name and source location for messages. */
  toString(): string {
    return `${this.short} at ${this.place}`;
  }

  /** A view for every route is about its scope. A view of one route belongs to its inclusion. */
  get about(): "part" | "scope" {
    return this.route === undefined ? "scope" : "part";
  }

  /** A text that distinguishes two classes of one name. */
  get identity(): string {
    return identityOf(this.context);
  }

  /** The errors and the requests that it answers, in words. */
  get subject(): string {
    const { context, methods, options, predicates, route } = this;
    const whose = route === undefined ? "" : ` on route "${nameOf(route)}"`;
    const asked = options.requestMethod === undefined ? "" : ` for ${methods}`;
    return `exception view of ${context.name}${whose}${conditionsOf(asked, predicates, options)}`;
  }

  /** Adds it to the plan. */
  apply(plan: ExceptionViewPlan, key: string): void {
    plan.exceptionViews.set(key, this);
  }
}

/** The route of a view, or its name, from the options. */
function routeWantedBy({ route, routeName }: ViewOptions): Route | string {
  const wanted = route ?? routeName;
  if (wanted === undefined || (route !== undefined && routeName !== undefined)) {
    throw new ConfigurationError(
      "it needs exactly one route: give either route or routeName",
    );
  }
  return wanted;
}

function nameOf(route: Route | string): string {
  return typeof route === "string" ? route : route.name;
}

/**
 * The methods and predicates in words. Views that conflict give the same words, because the order
 * does not count.
 */
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
