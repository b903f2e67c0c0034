/**
 * From a plan to an app.
 *
 * @module
 */

import { App, type RequestClass } from "../app/app.ts";
import { appendingSlash } from "../app/append_slash.ts";
import { developmentPages } from "../app/development.ts";
import { exceptionTween } from "../app/error_answer.ts";
import { NewRequest, Subscribers } from "../app/events.ts";
import { ExceptionViews, type RegisteredExceptionView } from "../app/exception_views.ts";
import type { AppReport } from "../app/report.ts";
import { routerOf } from "../app/router.ts";
import { EXCEPTION_VIEWS, INGRESS, MAIN, wrapped } from "../app/tweens.ts";
import { ConfigurationError } from "../configuration_error.ts";
import type { RequestOrigin } from "../http/request_origin.ts";
import type { Logger } from "../log.ts";
import { quietly } from "../quiet.ts";
import { type Answer, quietAnswer } from "../views/answer.ts";
import { ViewRequest } from "../views/request.ts";
import { exactPolicy } from "../views/security.ts";
import { warnOfStrangers } from "./development_warning.ts";
import { warnOfTrustedHops } from "./trust_warning.ts";
import { outermostFirst } from "./order.ts";
import type { Plan, PlannedRequestMethod, PlannedTween } from "./plan.ts";
import { type AssembledRoutes, assembleRoutes } from "./route_assembly.ts";
import { declaredAt, rendererOf } from "./view_assembly.ts";

/**
 * Makes the app of a plan.
 *
 * @throws {ConfigurationError} If anything in it wants what is not there.
 */
export function assembleApp<Data extends object>(
  plan: Plan<Data>,
  origins: RequestOrigin,
  logger: Logger,
  bodyTimeout: number | null,
): App<Data> {
  const routes = assembleRoutes(plan, { origins, logger });
  const explain: AppReport<Data>["explain"] = async (request) => {
    const { explain } = await import("../app/report.ts");
    return await explain(routes.table, request);
  };
  if (plan.development) warnOfStrangers(origins, logger);
  warnOfTrustedHops(origins, logger);
  const exceptionViews = new ExceptionViews(
    registeredExceptionViews(plan, routes),
    plan.development ? developmentPages(explain, logger, origins.publicOrigin) : undefined,
  );
  const subscribers = new Subscribers(plan.subscriptions);
  const tweens = orderedTweens(plan, exceptionTween(exceptionViews, logger));
  const { sessionFactory, securityPolicy } = plan;
  return new App<Data>({
    environment: Object.freeze({
      sessionFactory,
      securityPolicy: securityPolicy &&
        exactPolicy(securityPolicy.policy, String(securityPolicy.place)),
      sessionGuard: routes.csrf,
      origins,
      routes: routes.names,
      settings: Object.freeze({ ...plan.settings }),
      logger,
      bodyTimeout,
    }),
    requestClass: requestClassOf(plan.requestMethods),
    answer: wrapped(
      tweens.map(({ tween }) => tween),
      announced(subscribers, routerOf(routes.table)),
    ),
    exceptionViews,
    subscribers,
    logger,
    report: {
      get routes() {
        return routes.report();
      },
      tweens: tweens.map(({ name }) => name),
      csrf: routes.csrf && {
        checksOrigin: routes.csrf.checksOrigin,
        checksTokens: routes.csrf.requiredByDefault,
        hasExemptions: routes.csrf.hasExemptions,
      },
      explain,
    },
  });
}

function registeredExceptionViews<Data extends object>(
  plan: Plan<Data>,
  { names, table }: AssembledRoutes<Data>,
): RegisteredExceptionView<Data>[] {
  return [...plan.exceptionViews.values()].map((planned) => {
    const { appendSlash, name, part, route, view } = planned;
    try {
      return {
        ...planned,
        route: route === undefined ? null : names.get(route, part),
        renderer: rendererOf(plan, planned.renderer),
        view: appendSlash === undefined ? view : appendingSlash(table, appendSlash, view),
      };
    } catch (error) {
      throw declaredAt(error, name);
    }
  });
}

function announced<Data extends object>(
  subscribers: Subscribers,
  answer: Answer<Data>,
): Answer<Data> {
  if (!subscribers.has(NewRequest)) return answer;
  return (request) => subscribers.tell(new NewRequest(request)).then(() => answer(request));
}

function orderedTweens<Data extends object>(
  plan: Plan<Data>,
  exceptions: PlannedTween<Data>["tween"],
): PlannedTween<Data>[] {
  const place = (name: string, under: string[]): PlannedTween<Data> => ({
    name,
    under,
    over: [],
    tween: name === EXCEPTION_VIEWS ? exceptions : (handler) => handler,
  });
  // The last added is outermost.
  const added = [...plan.tweens.values()].reverse().map((tween) => ({
    ...tween,
    tween: (handler: Answer<Data>) => tween.tween(quietAnswer(handler)),
    under: [INGRESS, ...tween.under],
    over: [MAIN, ...tween.over],
  }));
  return outermostFirst("tween", [
    place(INGRESS, []),
    ...added,
    place(EXCEPTION_VIEWS, [INGRESS]),
    place(MAIN, [EXCEPTION_VIEWS]),
  ]);
}

function requestClassOf<Data extends object>(
  methods: ReadonlyMap<string, PlannedRequestMethod>,
): RequestClass<Data> {
  if (methods.size === 0) return ViewRequest<Data>;
  class AppRequest extends ViewRequest<Data> {}
  for (const [name, { method, isProperty, place }] of methods) {
    if (name in AppRequest.prototype) {
      throw new ConfigurationError(
        `Cannot add request method "${name}" at ${place}: every request has a member of this name already`,
      );
    }
    Object.defineProperty(
      AppRequest.prototype,
      name,
      isProperty ? keptProperty(name, method) : {
        value(this: ViewRequest<Data>, ...args: never[]): unknown {
          return quietly(method(this as never, ...args));
        },
      },
    );
  }
  return AppRequest;
}

/** A property that is worked out when it is first read, and then stands on the request itself. */
function keptProperty(name: string, method: PlannedRequestMethod["method"]): PropertyDescriptor {
  return {
    configurable: true,
    get(this: object): unknown {
      const value = quietly(method(this as never));
      Object.defineProperty(this, name, { value });
      return value;
    },
  };
}
