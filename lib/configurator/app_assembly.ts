/**
 * Makes an app from a plan.
 *
 * @module
 */

import type { SessionFactory } from "../../session.ts";
import { App, exceptionTween, type RequestClass } from "../app/app.ts";
import { returnedAnswer } from "../app/error_answer.ts";
import { Subscribers } from "../app/events.ts";
import { developmentPages, ExceptionViews } from "../app/exception_views.ts";
import type { AppReport } from "../app/report.ts";
import { Router } from "../app/router.ts";
import { Scopes } from "../app/scopes.ts";
import type { AppAddresses } from "../app/tweens.ts";
import { BOOLEAN, checkOptions, checkValue, OBJECT, type OptionKinds } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { isLoopbackHost } from "../http/ip_address.ts";
import { ORIGIN_KINDS, type OriginOptions, RequestOrigin } from "../http/request_origin.ts";
import { guardedLogger, LOGGER, type Logger } from "../log.ts";
import { quietly } from "../promises.ts";
import { SESSION_FACTORY } from "../session/contract/factory.ts";
import { BODY_LIMITS, type RequestLimits } from "../views/body_limits.ts";
import { type RequestEnvironment, ViewRequest } from "../views/request.ts";
import { SECURITY_POLICY, type SecurityPolicy } from "../views/security.ts";
import { type Directive, Directives } from "./directives.ts";
import { Includes, ownPart, type Part } from "./includes.ts";
import { Plan, type PlannedRequestMethod } from "./plan.ts";
import { assembleRoutes } from "./route_assembly.ts";
import {
  allSubscriptions,
  assembleScopes,
  csrfReport,
  layerOf,
  rulesOfRequests,
} from "./scope_assembly.ts";
import { type Source, type Statement, Statements } from "./statements.ts";
import { assembleExceptionViews } from "./view_assembly.ts";

/**
 * The options of a `Configurator`.
 *
 * @typeParam Data The keys of the app's sessions.
 * @typeParam Identity What the security policy knows of a user.
 * @typeParam Settings The settings of the app.
 */
export interface ConfiguratorOptions<
  Data extends object,
  Identity = unknown,
  Settings extends object = Readonly<Record<string, unknown>>,
> extends OriginOptions {
  /**
   * The session factory, as by `setSessionFactory()`. With this option TypeScript also infers the
   * session's type. Default: no sessions.
   */
  readonly sessionFactory?: SessionFactory<Data>;
  /**
   * The security policy, as by `setSecurityPolicy()`. With this option TypeScript knows the type of
   * `request.identity` in every view. Default: no policy.
   */
  readonly securityPolicy?: SecurityPolicy<Data, Identity>;
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
   * The settings, as by `addSettings()`. With this option TypeScript knows the type of
   * `request.settings` in every view. Default: no settings.
   */
  readonly settings?: Settings;
  /**
   * The limits for bodies of views and routes that set none of their own, as by
   * `setDefaultBodyLimits()`.
   * @default {{ maxBytes: 1_048_576, maxParts: 1_000 }}
   */
  readonly bodyLimits?: RequestLimits;
}

const LONGEST_BODY_TIMEOUT = 86_400;

/** The kinds of the values in {@linkcode ConfiguratorOptions}. */
export const CONFIGURATOR_KINDS: OptionKinds<ConfiguratorOptions<object>> = {
  ...ORIGIN_KINDS,
  sessionFactory: SESSION_FACTORY,
  securityPolicy: SECURITY_POLICY,
  logger: LOGGER,
  development: BOOLEAN,
  bodyTimeout: {
    expected: `a number of seconds above 0, at most ${LONGEST_BODY_TIMEOUT}, or null`,
    is: (value) =>
      value === null ||
      typeof value === "number" && value > 0 && value <= LONGEST_BODY_TIMEOUT,
  },
  bodyLimits: BODY_LIMITS,
  settings: OBJECT,
};

/** The parts of an app that its statements do not say. */
export interface AppSources {
  /** The origin options of the app. */
  readonly origins: RequestOrigin;
  /** The logger of the app. */
  readonly logger: Logger;
  /** Seconds for which a body may stop. `null` means no limit. */
  readonly bodyTimeout: number | null;
  /** The app's own part. */
  readonly part: Part;
  /** The scoped parts, each after the parts around it. */
  readonly scopes: readonly Part[];
}

/**
 * Makes the app that a plan describes.
 *
 * @throws {ConfigurationError} If a part of the plan refers to something that does not exist.
 */
export function assembleApp<Data extends object>(
  plan: Plan<Data>,
  { origins, logger, bodyTimeout, part, scopes }: AppSources,
): App<Data> {
  // Exception views need the routes, so that views are assembled first.
  const answerException = returnedAnswer<Data>((): ExceptionViews<Data> => exceptionViews, logger);
  const { sessionFactory } = plan;
  const hasSessions = sessionFactory !== undefined;
  const routes = assembleRoutes(plan, [part, ...scopes], {
    origins,
    logger,
    answerException,
    hasSessions,
  });
  const router = new Router(routes.table);
  const explain: AppReport<Data>["explain"] = async (request) => {
    const { explain } = await import("../app/report.ts");
    return await explain(router, scoped, request);
  };
  if (plan.development) warnOfStrangers(origins, logger);
  warnOfTrustedHops(origins, logger);
  const exceptionViews = new ExceptionViews<Data>(
    assembleExceptionViews(plan, routes, routes.rulesOf),
    plan.development ? developmentPages(explain, logger, origins.publicOrigin) : undefined,
  );
  sessionFactory?.useLogger?.(logger);
  const addresses: AppAddresses = {
    methodsAt: (url) => router.methodsAt(url),
    enterPartOf: (state) => scoped?.enterPartOf(state),
  };
  const subscribers = new Subscribers(allSubscriptions(plan, scopes));
  const environment: RequestEnvironment<Data> = Object.freeze({
    sessionFactory,
    ...rulesOfRequests(routes.rulesOf(part), addresses),
    origins,
    routes: routes.names,
    logger,
    isDevelopment: plan.development,
    bodyTimeout,
    renderValues: (value: unknown, request: ViewRequest<Data>) =>
      subscribers.renderValues(value, request),
    scope: null,
  });
  const answerExceptions = exceptionTween(exceptionViews, logger);
  const layer = layerOf(plan, answerExceptions);
  const { rulesOf } = routes;
  const { parts, report } = assembleScopes(scopes, {
    plan,
    layer,
    environment,
    addresses,
    answerExceptions,
    rulesOf,
  });
  const scoped = parts.length === 0 ? undefined : new Scopes(router, parts, environment);
  return new App<Data>({
    environment,
    requestClass: requestClassOf(plan.requestMethods),
    handler: layer.wrap((scoped ?? router).handler),
    exceptionViews,
    subscribers,
    logger,
    report: {
      get routes() {
        return routes.report();
      },
      tweens: layer.tweens.map(({ name }) => name),
      csrf: csrfReport(rulesOf(part).settings.csrf),
      scopes: report,
      explain,
    },
  });
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
  /** The app's own part. */
  readonly part: Part = ownPart();
  /** The methods that parts added to the Configurators. */
  readonly directives: Directives = new Directives();
  readonly #statements: Statements<Plan<Data>>;
  readonly #plan: Plan<Data>;
  readonly #origins: RequestOrigin;
  /** The logger of the app. */
  readonly logger: Logger;
  readonly #bodyTimeout: number | null;

  /**
   * Begins a configuration without statements.
   *
   * @throws {ConfigurationError} If an option is wrong or unknown.
   */
  constructor(options: ConfiguratorOptions<Data, unknown, object>) {
    checkOptions("the Configurator", options, CONFIGURATOR_KINDS);
    this.#plan = new Plan<Data>(options.development === true);
    this.#statements = new Statements(this.#plan);
    this.logger = guardedLogger(options.logger);
    this.#bodyTimeout = options.bodyTimeout === undefined ? 30 : options.bodyTimeout;
    this.#origins = new RequestOrigin(options, this.logger);
  }

  /** Records a statement. */
  state(statement: Statement<Plan<Data>>): void {
    this.#statements.add(statement);
  }

  /**
   * Adds a directive, unless an earlier inclusion of its function did.
   *
   * @throws {ConfigurationError} As {@linkcode Directives.add} does, and if the app was already made.
   */
  addDirective(name: string, directive: Directive, { part, place }: Source): void {
    const statement = { about: "app", subject: `directive "${name}"`, part, place } as const;
    if (this.#statements.takes(statement)) this.directives.add(name, directive, place);
  }

  /**
   * Adds settings, which hold at once.
   *
   * @throws {ConfigurationError} If the settings are not an object, or the app was already made.
   */
  addSettings(settings: object, { part, place }: Source): void {
    checkValue("the settings", settings, OBJECT);
    const statement = { about: "scope", subject: "the settings", part, place } as const;
    if (this.#statements.takes(statement)) {
      Object.assign(this.#plan.of(part.scope).settings, settings);
    }
  }

  /** The settings so far, as a part reads them: those of its scope over those around it. */
  settingsOf({ scope }: Part): Readonly<Record<string, unknown>> {
    return Object.freeze({ ...this.#plan.heldIn(scope).settings });
  }

  /** Executes the statements so far. */
  commit(): void {
    this.#statements.execute();
  }

  /** Executes the last statements, closes the configuration, and makes the app. */
  makeApp(): App<Data> {
    this.#statements.close();
    return assembleApp(this.#plan, {
      origins: this.#origins,
      logger: this.logger,
      bodyTimeout: this.#bodyTimeout,
      part: this.part,
      scopes: this.includes.scopes,
    });
  }
}
