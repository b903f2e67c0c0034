/**
 * Makes the added views and exception views ready to answer.
 *
 * @module
 */

import { appendingSlash } from "../app/append_slash.ts";
import type { RegisteredExceptionView } from "../app/exception_views.ts";
import type { RoutedView } from "../app/routed_view.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { HttpException } from "../http/errors.ts";
import type { RequestOrigin } from "../http/request_origin.ts";
import type { Logger } from "../log.ts";
import type { Route } from "../routing/route.ts";
import type { RouteNames } from "../routing/route_names.ts";
import { DEFAULT_LIMITS, type HeldLimits, limitsOver } from "../views/body_limits.ts";
import { CsrfPolicy } from "../views/csrf.ts";
import {
  type BuiltInDeriver,
  builtInDerivers,
  type DeriverInfo,
  type DeriverSettings,
} from "../views/derivers.ts";
import { type ExceptionAnswer, rendered, wrappedBy } from "../views/handler.ts";
import { acceptOf } from "../views/predicates/accept.ts";
import { type MethodPredicate, viewMethods } from "../views/predicates/method.ts";
import type { Predicate } from "../views/predicates/predicate.ts";
import { withCustom } from "../views/predicates/predicates.ts";
import { type Ordered, outermostFirst } from "./order.ts";
import { isIncludedBy, type Part } from "./includes.ts";
import type { Plan, ScopePlan } from "./plan.ts";
import type { RouteConditions, StatedRoute } from "./route_statement.ts";
import { declaredAt } from "./statements.ts";
import type { StatedExceptionView, StatedView } from "./view_statement.ts";

/** A view that is ready to answer, with its statement for reports. */
export type AssembledView<Data extends object> = RoutedView<Data> & {
  readonly label: StatedView;
};

/** What holds in the scope of a view. */
export interface ScopeRules<Data extends object> {
  /** What is stated about the scope, and about those around it. */
  readonly held: ScopePlan<Data>;
  /** The settings of the built-in derivers. */
  readonly settings: DeriverSettings;
  /** The limits for bodies of views and routes without limits of their own. */
  readonly bodyLimits: HeldLimits;
}

/** The parts of an app that its plan does not hold. */
export interface AssemblyEnvironment<Data extends object> {
  /** Makes responses of the errors and redirections that views return. */
  readonly answerException: ExceptionAnswer<Data>;
  /** The origin options of the app. */
  readonly origins: RequestOrigin;
  /** The logger of the app. */
  readonly logger: Logger;
  /** Whether the app has sessions. */
  readonly hasSessions: boolean;
}

/** The routes of an app, for what refers to them by name. */
export interface RoutesByName {
  /** The routes by name. */
  readonly names: RouteNames;
  /** The part that states a route. */
  readonly partOf: (route: Route) => Part;
}

/** A deriver of the library or of the app, and where it stands. */
type OrderedDeriver<Data extends object> = Ordered & BuiltInDeriver<Data>;

/** Makes the views of a scope ready to answer. */
export class ViewAssembly<Data extends object> implements ScopeRules<Data> {
  /** What is stated about the scope, and about those around it. */
  readonly held: ScopePlan<Data>;
  /** The settings of the built-in derivers. */
  readonly settings: DeriverSettings;
  /** The limits for bodies of views and routes without limits of their own. */
  readonly bodyLimits: HeldLimits;
  readonly #environment: AssemblyEnvironment<Data>;
  readonly #innermostFirst: readonly OrderedDeriver<Data>[];

  /**
   * Computes the parts that all views of a scope share.
   *
   * @param held What is stated about the scope, and about those around it.
   * @param views The views of its routes.
   * @param environment The parts of the app that its plan does not hold.
   * @throws {ConfigurationError} If a view needs a session factory or a security policy, and the
   * app has none.
   */
  constructor(
    held: ScopePlan<Data>,
    views: readonly StatedView[],
    environment: AssemblyEnvironment<Data>,
  ) {
    this.held = held;
    this.#environment = environment;
    refuseUngrantable(held, views);
    refuseWithoutSessions(held, views, environment);
    refuseUnknownRenderer(held);
    this.settings = {
      defaultPermission: held.defaultPermission,
      csrf: csrfPolicy(held, views, environment),
    };
    this.bodyLimits = limitsOver(DEFAULT_LIMITS, held.bodyLimits);
    this.#innermostFirst = orderedDerivers(held, this.settings).reverse();
  }

  /**
   * Makes the views of a route ready to answer. Views with more predicates come first.
   *
   * @param bodyLimits The limits of the route for bodies.
   * @throws {ConfigurationError} If a predicate or the renderer is wrong or unknown.
   */
  assembleAll(
    views: readonly StatedView[],
    route: StatedRoute,
    bodyLimits: HeldLimits,
  ): AssembledView<Data>[] {
    return views.map((view) => this.#assemble(view, route, bodyLimits))
      .sort((one, other) => other.weight - one.weight);
  }

  #assemble(
    statement: StatedView,
    { route, conditions }: StatedRoute,
    bodyLimits: HeldLimits,
  ): AssembledView<Data> {
    const { options, view } = statement;
    try {
      for (const { checkRoute } of statement.predicates) checkRoute?.(route);
      const methods = options.requestMethod === undefined
        ? viewMethods(undefined, conditions.requestMethod)
        : statement.methods;
      checkMethods(methods, conditions.requestMethod, route);
      const predicates = allPredicates(this.held, statement);
      const renderer = this.held.rendererOf(options.renderer);
      const info: DeriverInfo = {
        get name() {
          return statement.short;
        },
        routeName: route.name,
        options,
      };
      const { answerException } = this.#environment;
      let handler = rendered<Data>(view, { label: statement, renderer, answerException });
      for (const { derive } of this.#innermostFirst) handler = derive(handler, info, methods);
      return {
        label: statement,
        methods,
        predicates,
        accept: acceptOf(predicates),
        weight: predicates.length + methods.weight,
        isCsrfExempt: options.requireCsrf === false,
        isActivity: options.renewSession !== false,
        bodyLimits: limitsOver(bodyLimits, options.bodyLimits),
        handler,
      };
    } catch (error) {
      throw declaredAt(error, String(statement));
    }
  }
}

/**
 * Makes the exception views of a plan ready to answer.
 *
 * @param plan The plan.
 * @param routes The routes.
 * @param rulesOf Gives what holds in a scope.
 * @throws {ConfigurationError} If an exception view refers to something that does not exist, or to a
 * route outside of the scoped part that states the view.
 */
export function assembleExceptionViews<Data extends object>(
  plan: Plan<Data>,
  { names, table, partOf }: RoutesByName & { readonly table: Parameters<typeof appendingSlash>[0] },
  rulesOf: (part: Part) => ScopeRules<Data>,
): RegisteredExceptionView[] {
  return [...plan.exceptionViews.values()].map((statement) => {
    const { appendSlash, context, methods, options, part, view } = statement;
    try {
      const { held } = rulesOf(part);
      const route = statement.route === undefined ? null : names.get(statement.route, part);
      if (route !== null) {
        refuseOutside(statement, route, partOf(route));
        for (const { checkRoute } of statement.predicates) checkRoute?.(route);
      }
      const predicates = allPredicates(held, statement);
      return {
        context,
        label: statement,
        route,
        scope: part.scope.parent === null ? null : part.scope,
        methods,
        predicates: predicates.map(lenient),
        accept: acceptOf(predicates),
        weight: predicates.length + methods.weight,
        renderer: held.rendererOf(options.renderer),
        view: appendSlash === undefined ? view : appendingSlash(table, appendSlash, view),
      };
    } catch (error) {
      throw declaredAt(error, String(statement));
    }
  });
}

/**
 * The same predicate, which is false if it throws an HTTP error. The app cannot read a broken form
 * again while it answers the error of that form.
 */
function lenient(predicate: Predicate): Predicate {
  const { text, vary = [] } = predicate;
  return {
    text,
    vary,
    async holds(request) {
      try {
        return await predicate.holds(request);
      } catch (error) {
        if (error instanceof HttpException) return false;
        throw error;
      }
    },
  };
}

/** The built-in predicates of a view, and those that the app added by name. */
function allPredicates<Data extends object>(
  { viewPredicates }: ScopePlan<Data>,
  statement: StatedView | StatedExceptionView,
): readonly Predicate[] {
  const owner = { name: () => String(statement), atOnce: false };
  return withCustom(statement.predicates, statement.options.custom, viewPredicates, owner);
}

/** Throws if the default renderer does not exist, even if every view states one. */
function refuseUnknownRenderer<Data extends object>(held: ScopePlan<Data>): void {
  try {
    held.rendererOf(undefined);
  } catch (error) {
    throw declaredAt(error, `the default renderer set at ${held.defaultRenderer?.place}`);
  }
}

/** Throws if the route of a view matches none of the view's methods. */
function checkMethods(
  methods: MethodPredicate,
  ofRoute: RouteConditions["requestMethod"],
  route: Route,
): void {
  if (ofRoute === undefined) return;
  const matched = viewMethods(ofRoute);
  if (methods.meets(matched)) return;
  throw new ConfigurationError(
    `Cannot use requestMethod ${methods}: route "${route.name}" matches only ${matched}: write one of these methods`,
  );
}

function refuseWithoutSessions<Data extends object>(
  { securityPolicy }: ScopePlan<Data>,
  views: readonly StatedView[],
  { hasSessions }: AssemblyEnvironment<Data>,
): void {
  if (hasSessions) return;
  const fresh = views.find(({ options }) => options.fresh !== undefined);
  if (fresh !== undefined) {
    throw new ConfigurationError(
      `Cannot check the sign-in for ${fresh}: fresh reads the session, and the app has no session factory: call config.setSessionFactory()`,
    );
  }
  if (securityPolicy?.policy.usesSession !== true) return;
  throw new ConfigurationError(
    "Cannot use the security policy: it reads the session, and the app has no session factory: call config.setSessionFactory()",
  );
}

/**
 * Makes the CSRF policy. With sessions there is always one, because it protects sessions from other
 * sites' pages.
 */
function csrfPolicy<Data extends object>(
  plan: ScopePlan<Data>,
  views: readonly StatedView[],
  { origins, logger, hasSessions }: AssemblyEnvironment<Data>,
): CsrfPolicy | undefined {
  if (!hasSessions) {
    const stated = views.find(({ options }) => options.requireCsrf === true);
    if (plan.csrf === undefined && stated === undefined) return undefined;
    const whose = stated === undefined ? "" : ` of ${stated}`;
    throw new ConfigurationError(
      `Cannot check the requests${whose} for CSRF: tokens live in the session, and the app has no session factory: call config.setSessionFactory()`,
    );
  }
  return new CsrfPolicy(plan.csrf?.options ?? { requireCsrf: false }, {
    logger,
    publicOrigin: origins.publicOrigin,
    place: String(plan.csrf?.place),
  });
}

function refuseUngrantable<Data extends object>(
  plan: ScopePlan<Data>,
  views: readonly StatedView[],
): void {
  if (plan.securityPolicy !== undefined) return;
  const asking = views.find(({ options }) => typeof options.permission === "string");
  if (asking === undefined && plan.defaultPermission === undefined) return;
  const what = asking === undefined ? "the default permission" : `the permission of ${asking}`;
  throw new ConfigurationError(
    `Cannot grant ${what}: the app has no security policy: call config.setSecurityPolicy()`,
  );
}

/**
 * Throws if a scoped part states a view for a route that another part states. What the part states
 * about itself, such as a permission, would not hold for that view.
 *
 * @param statement The view or exception view.
 * @param route The route.
 * @param owner The part that states the route.
 */
export function refuseOutside(
  { part: { scope } }: { readonly part: Part },
  { name }: Route,
  owner: Part,
): void {
  if (owner.scope === scope || isIncludedBy(owner.scope, scope)) return;
  throw new ConfigurationError(
    `route "${name}" stands outside of the scoped part ${scope}, so that what the part states about its views does not hold for this one: add the route in the part, or the view outside of it`,
  );
}

function orderedDerivers<Data extends object>(
  plan: ScopePlan<Data>,
  settings: DeriverSettings,
): OrderedDeriver<Data>[] {
  let under: string[] = [];
  const builtIn = builtInDerivers<Data>(settings).map((deriver): OrderedDeriver<Data> => {
    const planned = { ...deriver, under, over: [] };
    under = [deriver.name];
    return planned;
  });
  const innermost = builtIn.slice(-1);
  return outermostFirst("view deriver", [
    ...builtIn.slice(0, -1),
    ...plan.derivers.values().map((planned): OrderedDeriver<Data> => ({
      ...planned,
      derive: (handler, info) => wrappedBy((answer) => planned.derive(answer, info), handler),
    })),
    ...innermost,
  ]);
}
