/**
 * From stated views, and exception views, to those that are ready to answer.
 *
 * @module
 */

import { appendingSlash } from "../app/append_slash.ts";
import type { RegisteredExceptionView } from "../app/exception_views.ts";
import type { RoutedView } from "../app/routed_view.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { didYouMean } from "../did_you_mean.ts";
import { HttpException } from "../http/errors.ts";
import type { RequestOrigin } from "../http/request_origin.ts";
import type { Logger } from "../log.ts";
import type { Route } from "../routing/route.ts";
import type { RouteNames } from "../routing/route_names.ts";
import { type HeldLimits, limitsOver } from "../views/body_limits.ts";
import { CsrfPolicy } from "../views/csrf.ts";
import {
  type BuiltInDeriver,
  builtInDerivers,
  type DeriverInfo,
  type DeriverSettings,
} from "../views/derivers.ts";
import { type ExceptionAnswer, rendered, type Renderer, wrappedBy } from "../views/handler.ts";
import { acceptOf } from "../views/predicates/accept.ts";
import { type MethodPredicate, viewMethods } from "../views/predicates/method.ts";
import type { Predicate } from "../views/predicates/predicate.ts";
import { withCustom } from "../views/predicates/predicates.ts";
import { type Ordered, outermostFirst } from "./order.ts";
import type { Plan } from "./plan.ts";
import type { RouteConditions, StatedRoute } from "./route_statement.ts";
import { declaredAt } from "./statements.ts";
import type { StatedExceptionView, StatedView } from "./view_statement.ts";

/** A view that is ready to answer, which still knows what was stated of it: for reports. */
export type AssembledView<Data extends object> = RoutedView<Data> & {
  readonly label: StatedView;
};

/** What an app is made in, besides its plan. */
export interface AssemblyEnvironment<Data extends object> {
  /** Answers with errors and redirections that views return. */
  readonly answerException: ExceptionAnswer<Data>;
  /** Where the app is. */
  readonly origins: RequestOrigin;
  /** Told what went wrong on our side. */
  readonly logger: Logger;
  /** How much of a body is read where neither view nor route says so. */
  readonly bodyLimits: HeldLimits;
}

/** A deriver of the library or of the app, and where it stands. */
type OrderedDeriver<Data extends object> = Ordered & BuiltInDeriver<Data>;

/** Makes views ready to answer. */
export class ViewAssembly<Data extends object> {
  /** What the built-in derivers need. */
  readonly settings: DeriverSettings;
  readonly #plan: Plan<Data>;
  readonly #environment: AssemblyEnvironment<Data>;
  readonly #innermostFirst: readonly OrderedDeriver<Data>[];

  /**
   * Works out what all views share.
   *
   * @throws {ConfigurationError} If a view needs a session factory or a security policy that is not there.
   */
  constructor(plan: Plan<Data>, environment: AssemblyEnvironment<Data>) {
    this.#plan = plan;
    this.#environment = environment;
    refuseUngrantable(plan);
    refuseWithoutSessions(plan);
    this.settings = {
      defaultPermission: plan.defaultPermission,
      csrf: csrfPolicy(plan, environment),
    };
    this.#innermostFirst = orderedDerivers(plan, this.settings).reverse();
  }

  /**
   * Makes the views of a route ready to answer: those that state more first.
   *
   * @param bodyLimits What the route says of bodies.
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
      const predicates = allPredicates(this.#plan, statement);
      const renderer = rendererOf(this.#plan, options.renderer);
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
 * @param names The routes by name.
 * @param table The routes as they are matched.
 * @throws {ConfigurationError} If one wants what is not there.
 */
export function assembleExceptionViews<Data extends object>(
  plan: Plan<Data>,
  names: RouteNames,
  table: Parameters<typeof appendingSlash>[0],
): RegisteredExceptionView[] {
  return [...plan.exceptionViews.values()].map((statement) => {
    const { appendSlash, context, methods, options, part, view } = statement;
    try {
      const route = statement.route === undefined ? null : names.get(statement.route, part);
      if (route !== null) {
        for (const { checkRoute } of statement.predicates) checkRoute?.(route);
      }
      const predicates = allPredicates(plan, statement);
      return {
        context,
        label: statement,
        route,
        methods,
        predicates: predicates.map(lenient),
        accept: acceptOf(predicates),
        weight: predicates.length + methods.weight,
        renderer: rendererOf(plan, options.renderer),
        view: appendSlash === undefined ? view : appendingSlash(table, appendSlash, view),
      };
    } catch (error) {
      throw declaredAt(error, String(statement));
    }
  });
}

/**
 * The same, which does not hold where the visitor's request does not let it be asked: a form that
 * cannot be read may be the very error that is answered.
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

/** What was made of a view's own predicates, and those that the app names. */
function allPredicates<Data extends object>(
  { viewPredicates }: Plan<Data>,
  statement: StatedView | StatedExceptionView,
): readonly Predicate[] {
  const owner = { name: () => String(statement), atOnce: false };
  return withCustom(statement.predicates, statement.options.custom, viewPredicates, owner);
}

/**
 * The renderer that is named or given; undefined where none is.
 *
 * @throws {ConfigurationError} If none has the name.
 */
function rendererOf<Data extends object>(
  plan: Plan<Data>,
  renderer: string | Renderer | undefined,
): Renderer | undefined {
  if (typeof renderer !== "string") return renderer;
  const found = plan.renderers.get(renderer);
  if (found !== undefined) return found;
  const hint = didYouMean(renderer, plan.renderers.keys()) ||
    `: write config.addRenderer("${renderer}", …)`;
  throw new ConfigurationError(`Cannot render by "${renderer}": there is no such renderer${hint}`);
}

/** A view of methods that its route does not match would never answer. */
function checkMethods(
  methods: MethodPredicate,
  ofRoute: RouteConditions["requestMethod"],
  route: Route,
): void {
  if (ofRoute === undefined) return;
  const matched = viewMethods(ofRoute);
  if (methods.meets(matched)) return;
  throw new ConfigurationError(
    `Cannot answer requestMethod ${methods}: route "${route.name}" matches ${matched}`,
  );
}

function refuseWithoutSessions<Data extends object>(plan: Plan<Data>): void {
  if (plan.sessionFactory !== undefined || plan.securityPolicy?.policy.usesSession !== true) return;
  throw new ConfigurationError(
    "Cannot use the security policy: it reads the session, and the app has no session factory; call config.setSessionFactory()",
  );
}

/** Sessions are kept from other sites' pages whether or not tokens are demanded. */
function csrfPolicy<Data extends object>(
  plan: Plan<Data>,
  { origins, logger }: AssemblyEnvironment<Data>,
): CsrfPolicy | undefined {
  if (plan.sessionFactory === undefined) {
    const stated = plan.views.values().find(({ options }) => options.requireCsrf === true);
    if (plan.csrf === undefined && stated === undefined) return undefined;
    const whose = stated === undefined ? "" : ` of ${stated}`;
    throw new ConfigurationError(
      `Cannot check the requests${whose} for CSRF: tokens live in the session, and the app has no session factory; call config.setSessionFactory()`,
    );
  }
  return new CsrfPolicy(plan.csrf?.options ?? { requireCsrf: false }, {
    logger,
    publicOrigin: origins.publicOrigin,
    place: String(plan.csrf?.place),
  });
}

function refuseUngrantable<Data extends object>(plan: Plan<Data>): void {
  if (plan.securityPolicy !== undefined) return;
  const asking = plan.views.values().find(({ options }) => typeof options.permission === "string");
  if (asking === undefined && plan.defaultPermission === undefined) return;
  const what = asking === undefined ? "the default permission" : `the permission of ${asking}`;
  throw new ConfigurationError(
    `Cannot grant ${what}: the app has no security policy; call config.setSecurityPolicy()`,
  );
}

function orderedDerivers<Data extends object>(
  plan: Plan<Data>,
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
