/**
 * Makes an app from a plan.
 *
 * @module
 */

import type { SessionFactory } from "../../session.ts";
import { App, exceptionTween, type RequestClass } from "../app/app.ts";
import { returnedAnswer } from "../app/error_answer.ts";
import { NewRequest, Subscribers } from "../app/events.ts";
import { developmentPages, ExceptionViews } from "../app/exception_views.ts";
import type { AppReport } from "../app/report.ts";
import { Router } from "../app/router.ts";
import { EXCEPTION_VIEWS, INGRESS, MAIN, wrapped } from "../app/tweens.ts";
import { BOOLEAN, checkOptions, type OptionKinds } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { isLoopbackHost } from "../http/ip_address.ts";
import { ORIGIN_KINDS, type OriginOptions, RequestOrigin } from "../http/request_origin.ts";
import { guardedLogger, LOGGER, type Logger } from "../log.ts";
import { quietly } from "../promises.ts";
import { SESSION_FACTORY } from "../session/contract/factory.ts";
import {
  BODY_LIMITS,
  DEFAULT_LIMITS,
  type HeldLimits,
  limitsOver,
  type RequestLimits,
} from "../views/body_limits.ts";
import { type Handler, wrappedBy } from "../views/handler.ts";
import { type RequestEnvironment, ViewRequest } from "../views/request.ts";
import { exactPolicy } from "../views/security.ts";
import { Includes } from "./includes.ts";
import { outermostFirst } from "./order.ts";
import { Plan, type PlannedRequestMethod, type PlannedTween } from "./plan.ts";
import { assembleRoutes } from "./route_assembly.ts";
import { type Statement, Statements } from "./statements.ts";
import { assembleExceptionViews } from "./view_assembly.ts";

/** The options of a `Configurator`. */
export interface ConfiguratorOptions<Data extends object> extends OriginOptions {
  /**
   * The session factory, as by `setSessionFactory()`. With this option TypeScript also infers the
   * session's type. Default: no sessions.
   */
  readonly sessionFactory?: SessionFactory<Data>;
  /**
   * Gets the errors of the server and the warnings for the developer. The session factory, its
   * stores and every part without a logger of its own use it too. Default: the console.
   */
  readonly logger?: Logger;
  /**
   * Whether the app answers errors with a page that shows the error, its stack and the request. The
   * app shows this page only to visitors on this machine. If a proxy names another visitor, the app
   * does not show it. @default {false}
   */
  readonly development?: boolean;
  /**
   * The longest pause, in seconds, while the app reads the body of a request: more than 0, at most
   * 86,400. After a longer pause the app answers with 408. `null` sets no limit. @default {30}
   */
  readonly bodyTimeout?: number | null;
  /**
   * The limits for bodies of views and routes that set none of their own.
   * @default {{ maxBytes: 1_048_576, maxParts: 1_000 }}
   */
  readonly bodyLimits?: RequestLimits;
}

const LONGEST_BODY_TIMEOUT = 86_400;

/** The kinds of the values in {@linkcode ConfiguratorOptions}. */
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

/** The limits for the bodies of requests. */
type BodyRules = Pick<RequestEnvironment<object>, "bodyTimeout" | "bodyLimits">;

/**
 * Makes the app that a plan describes.
 *
 * @throws {ConfigurationError} If a part of the plan refers to something that does not exist.
 */
export function assembleApp<Data extends object>(
  plan: Plan<Data>,
  origins: RequestOrigin,
  logger: Logger,
  { bodyTimeout, bodyLimits }: BodyRules,
): App<Data> {
  // Exception views need the routes, so that views are assembled first.
  const answerException = returnedAnswer<Data>((): ExceptionViews<Data> => exceptionViews, logger);
  const routes = assembleRoutes(plan, { origins, logger, answerException, bodyLimits });
  const router = new Router(routes.table);
  const explain: AppReport<Data>["explain"] = async (request) => {
    const { explain } = await import("../app/report.ts");
    return await explain(router, request);
  };
  if (plan.development) warnOfStrangers(origins, logger);
  warnOfTrustedHops(origins, logger);
  const exceptionViews = new ExceptionViews<Data>(
    assembleExceptionViews(plan, routes.names, routes.table),
    plan.development ? developmentPages(explain, logger, origins.publicOrigin) : undefined,
  );
  const subscribers = new Subscribers(plan.subscriptions);
  const tweens = orderedTweens(plan, exceptionTween(exceptionViews, logger));
  const { sessionFactory, securityPolicy } = plan;
  sessionFactory?.useLogger?.(logger);
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
      isDevelopment: plan.development,
      bodyTimeout,
      bodyLimits,
    }),
    requestClass: requestClassOf(plan.requestMethods),
    handler: wrapped(
      tweens.map(({ tween }) => tween),
      announced(subscribers, router.handler),
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

function announced<Data extends object>(
  subscribers: Subscribers,
  handler: Handler<Data>,
): Handler<Data> {
  if (!subscribers.has(NewRequest)) return handler;
  return (request, state) =>
    subscribers.tell(new NewRequest(request)).then(() => handler(request, state));
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
  // The tween that was added last is the outermost.
  const added = [...plan.tweens.values()].reverse().map((tween) => ({
    ...tween,
    tween: (handler: Handler<Data>) => wrappedBy(tween.tween, handler),
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
        `Cannot add request method "${name}" at ${place}: every request has a member of this name already: give it another name`,
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

/** A property that is computed at the first reading and then kept on the request itself. */
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

/**
 * Warns if an app in development mode has a `publicOrigin` on another machine, because its error
 * pages can then reach strangers.
 *
 * @param origins The origin options of the app.
 * @param logger Gets the warning.
 */
export function warnOfStrangers({ publicOrigin }: RequestOrigin, logger: Logger): void {
  if (publicOrigin === undefined || isLoopbackHost(new URL(publicOrigin).hostname)) return;
  logger.warn(
    `Development mode is on for ${publicOrigin}: if a proxy on this machine does not name its visitors, every visitor sees error pages with the stack and the source of the app: remove development: true`,
  );
}

/**
 * Warns if an app has `trustedHops` and no `publicOrigin`, because no trusted header then names the
 * host.
 *
 * @param origins The origin options of the app.
 * @param logger Gets the warning.
 */
export function warnOfTrustedHops(
  { publicOrigin, trustsHopsAlone }: RequestOrigin,
  logger: Logger,
): void {
  if (!trustsHopsAlone || publicOrigin !== undefined) return;
  logger.warn(
    'trustedHops trusts X-Forwarded-For and X-Forwarded-Proto, and no header with the host: set publicOrigin, or name the headers that your proxy writes, such as trusted: { hops: 1, headers: ["x-forwarded-proto", "x-forwarded-host"] }',
  );
}

/** The state that all parts of one configuration share. */
export class SharedConfiguration<Data extends object> {
  /** The included functions. */
  readonly includes: Includes = new Includes();
  readonly #statements: Statements<Plan<Data>>;
  readonly #plan: Plan<Data>;
  readonly #origins: RequestOrigin;
  /** The logger of the app. */
  readonly logger: Logger;
  readonly #bodyTimeout: number | null;
  readonly #bodyLimits: HeldLimits;

  /**
   * Begins a configuration without statements.
   *
   * @throws {ConfigurationError} If an option is wrong or unknown.
   */
  constructor(options: ConfiguratorOptions<Data>) {
    checkOptions("the Configurator", options, CONFIGURATOR_KINDS);
    this.#plan = new Plan<Data>(options.development === true);
    this.#statements = new Statements(this.#plan);
    this.logger = guardedLogger(options.logger);
    this.#bodyLimits = limitsOver(DEFAULT_LIMITS, options.bodyLimits);
    this.#bodyTimeout = options.bodyTimeout === undefined ? 30 : options.bodyTimeout;
    this.#origins = new RequestOrigin(options, this.logger);
  }

  /** Records a statement. */
  state(statement: Statement<Plan<Data>>): void {
    this.#statements.add(statement);
  }

  /** Executes the statements so far. */
  commit(): void {
    this.#statements.execute();
  }

  /** Executes the last statements, closes the configuration, and makes the app. */
  makeApp(): App<Data> {
    this.#statements.close();
    return assembleApp(
      this.#plan,
      this.#origins,
      this.logger,
      { bodyTimeout: this.#bodyTimeout, bodyLimits: this.#bodyLimits },
    );
  }
}
