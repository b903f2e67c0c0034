/**
 * From planned views to views that are ready to answer.
 *
 * @module
 */

import type { RoutedView } from "../app/router.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { didYouMean } from "../did_you_mean.ts";
import type { RequestOrigin } from "../http/request_origin.ts";
import type { Logger } from "../log.ts";
import { type HeldLimits, limitsOver } from "../views/body_limits.ts";
import { CsrfPolicy } from "../views/csrf.ts";
import {
  builtInDerivers,
  type DeriverInfo,
  type DeriverSettings,
  rendered,
} from "../views/derivers.ts";
import { type ExceptionAnswer, wrappable } from "../views/handler.ts";
import { AcceptPredicate } from "../views/predicates/headers.ts";
import { type MethodPredicate, viewMethods } from "../views/predicates/method.ts";
import { paramNames, requestParamPredicate } from "../views/predicates/params.ts";
import { Not, type Predicate } from "../views/predicates/predicate.ts";
import { predicatesOf } from "../views/predicates/predicates.ts";
import type { Renderer } from "../views/renderers.ts";
import type { ViewOptions } from "../views/view.ts";
import { outermostFirst } from "./order.ts";
import type { Plan, PlannedDeriver, PlannedRoute, PlannedView, RouteConditions } from "./plan.ts";

/** A view that is ready to answer, with what it was made of. */
export interface AssembledView<Data extends object> extends RoutedView<Data> {
  /** The view as it was stated. */
  readonly planned: PlannedView;
}

/** What an app is made in, besides its plan. */
export interface AssemblySurroundings<Data extends object> {
  /** Answers with errors and redirections that views return. */
  readonly answerException: ExceptionAnswer<Data>;
  /** Where the app is. */
  readonly origins: RequestOrigin;
  /** Told what went wrong on our side. */
  readonly logger: Logger;
  /** How much of a body is read where neither view nor route says so. */
  readonly bodyLimits: HeldLimits;
}

/** Makes views ready to answer. */
export class ViewAssembly<Data extends object> {
  /** What the built-in derivers need. */
  readonly settings: DeriverSettings;
  readonly #plan: Plan<Data>;
  readonly #around: AssemblySurroundings<Data>;
  readonly #innermostFirst: readonly PlannedDeriver<Data>[];

  /**
   * Works out what all views share.
   *
   * @throws {ConfigurationError} If a view needs a session factory or a security policy that is not there.
   */
  constructor(plan: Plan<Data>, around: AssemblySurroundings<Data>) {
    this.#plan = plan;
    this.#around = around;
    refuseUngrantable(plan);
    refuseWithoutSessions(plan);
    this.settings = { defaultPermission: plan.defaultPermission, csrf: csrfPolicy(plan, around) };
    this.#innermostFirst = orderedDerivers(plan, this.settings).reverse();
  }

  /**
   * Makes the views of a route ready to answer: those that state more first.
   *
   * @param bodyLimits What the route says of bodies.
   * @throws {ConfigurationError} If a predicate or the renderer is wrong or unknown.
   */
  assembleAll(
    views: readonly PlannedView[],
    route: PlannedRoute,
    bodyLimits: HeldLimits,
  ): AssembledView<Data>[] {
    return views.map((view) => this.#assemble(view, route, bodyLimits))
      .sort((one, other) => other.weight - one.weight);
  }

  #assemble(
    planned: PlannedView,
    { route, conditions }: PlannedRoute,
    bodyLimits: HeldLimits,
  ): AssembledView<Data> {
    const { view, options } = planned;
    try {
      checkMatchParam(options, route);
      const methods = viewMethods(options.requestMethod, conditions.requestMethod);
      checkMethods(methods, conditions.requestMethod, route);
      const owner = { name: () => String(planned), atOnce: false };
      const predicates = predicatesOf(
        options,
        requestParamPredicate,
        this.#plan.viewPredicates,
        owner,
      );
      const renderer = rendererOf(this.#plan, options.renderer);
      const info: DeriverInfo = {
        get name() {
          return planned.short;
        },
        routeName: route.name,
        options,
      };
      const { answerException } = this.#around;
      let answer = rendered<Data>(view, { label: planned, renderer, answerException });
      for (const { derive } of this.#innermostFirst) answer = derive(answer, info);
      const accept = acceptOf(predicates);
      const weight = predicates.length + methodWeight(methods);
      const isCsrfExempt = options.requireCsrf === false;
      const isActivity = options.renewSession !== false;
      return {
        label: planned,
        methods,
        predicates,
        accept,
        weight,
        isCsrfExempt,
        isActivity,
        bodyLimits: limitsOver(bodyLimits, options.bodyLimits),
        answer,
        planned,
      };
    } catch (error) {
      throw declaredAt(error, String(planned));
    }
  }
}

/**
 * The renderer that is named or given; undefined where none is.
 *
 * @throws {ConfigurationError} If none has the name.
 */
export function rendererOf<Data extends object>(
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

/** The same error with what was being added, and where; any other error as it is. */
export function declaredAt(error: unknown, what: string): unknown {
  return error instanceof ConfigurationError
    // Not as a cause too: Deno would print the message twice.
    ? new ConfigurationError(`Cannot add ${what}: ${error.message}`)
    : error;
}

/** Who names methods goes before who takes the default ones, and these before who takes all. */
export function methodWeight({ isStated, methods }: MethodPredicate): number {
  if (isStated) return 1;
  return methods === null ? 0 : 0.5;
}

/** The one of the predicates that is about media types. */
export function acceptOf(predicates: readonly Predicate[]): AcceptPredicate | null {
  return predicates.find((predicate) => predicate instanceof AcceptPredicate) ?? null;
}

/** A view of methods that its route does not match would never answer. */
function checkMethods(
  methods: MethodPredicate,
  ofRoute: RouteConditions["requestMethod"],
  route: PlannedRoute["route"],
): void {
  const matched = viewMethods(ofRoute, "*");
  if (methods.meets(matched)) return;
  throw new ConfigurationError(
    `Cannot answer requestMethod ${methods}: route "${route.name}" matches ${matched}`,
  );
}

/** A condition on what the pattern does not capture would never hold. */
export function checkMatchParam(
  { matchParam }: Pick<ViewOptions, "matchParam">,
  route: PlannedRoute["route"],
): void {
  if (matchParam === undefined) return;
  const stated = matchParam instanceof Not ? matchParam.value : matchParam;
  const { parts } = route.compiled;
  const captured = parts.flatMap((part) => part.kind === "group" ? [part.key] : []);
  for (const name of paramNames(stated)) {
    if (captured.includes(name)) continue;
    throw new ConfigurationError(
      `Cannot use matchParam "${name}": the pattern "${route.pattern}" captures no such parameter${
        didYouMean(name, captured)
      }`,
    );
  }
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
  { origins, logger }: AssemblySurroundings<Data>,
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
): PlannedDeriver<Data>[] {
  let under: string[] = [];
  const builtIn = builtInDerivers<Data>(settings).map((deriver): PlannedDeriver<Data> => {
    const planned = { ...deriver, under, over: [] };
    under = [deriver.name];
    return planned;
  });
  const innermost = builtIn.slice(-1);
  return outermostFirst("view deriver", [
    ...builtIn.slice(0, -1),
    ...plan.derivers.values().map((planned): PlannedDeriver<Data> => ({
      ...planned,
      derive: (answer, info) => planned.derive(wrappable(answer), info),
    })),
    ...innermost,
  ]);
}
