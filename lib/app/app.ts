/**
 * An app: one request from door to door.
 *
 * @module
 */

import { type ConnectionInfo, ObservedRequest } from "../http/request.ts";
import { noteBodyTexts, separateResponse, takeResponse } from "../http/response.ts";
import { Lazy } from "../lazy.ts";
import type { Logger } from "../log.ts";
import { whenReady } from "../promises.ts";
import type { Mounted } from "../routing/request_target.ts";
import type { Handler } from "../views/handler.ts";
import {
  type RequestEnvironment,
  requestState,
  type StateOf,
  type ViewRequest,
} from "../views/request.ts";
import { RequestState } from "../views/request_state.ts";
import { answerError } from "./error_answer.ts";
import { ApplicationCreated, ResponseSent } from "./events.ts";
import type { ExceptionViews } from "./exception_views.ts";
import { Exchange, type ExchangeServices } from "./exchange.ts";
import { type Mountable, UNDER } from "./mount.ts";
import type { Observer } from "./observed/observer.ts";
import type { AppReport, Explanation } from "./report.ts";
import { withHeaderPolicies } from "./tweens.ts";

/** Makes the requests of an app, with the methods that the app added to them. */
export type RequestClass<Data extends object> = new (
  state: StateOf<Data>,
) => ViewRequest<Data>;

/** What an app is made of. */
export interface AppPlan<Data extends object> extends ExchangeServices<Data> {
  /** What every request shares. */
  readonly environment: RequestEnvironment<Data>;
  /** Makes requests. */
  readonly requestClass: RequestClass<Data>;
  /** Answers a request, or throws. */
  readonly handler: Handler<Data>;
  /** What the configuration added up to. */
  readonly report: AppReport<Data>;
}

/**
 * A finished app: what `makeApp()` gives.
 *
 * `export default app` runs under `deno serve`, and `Deno.serve(app.fetch)` works as well. Pyramid:
 * the router that `make_wsgi_app()` gives.
 */
export class App<Data extends object = Record<string, unknown>> implements Mountable {
  readonly #plan: AppPlan<Data>;
  /** Observes the requests, if anybody wants to know of them. It is loaded with the first. */
  readonly #observer: Lazy<Observer> | undefined;

  /**
   * Answers a request. It never throws or rejects: a failure is answered with an error page.
   *
   * @param request The request, as `Deno.serve` gives it.
   * @param info What the server knows of the connection.
   */
  readonly fetch: (
    request: Request,
    info?: ConnectionInfo,
  ) => Response | Promise<Response>;

  /** What the configuration added up to: routes and views, for tools and tests. */
  readonly report: AppReport<Data>;

  /** Makes an app of a plan. `Configurator.makeApp()` calls it. */
  constructor(plan: AppPlan<Data>) {
    this.#plan = plan;
    this.report = plan.report;
    const { environment, subscribers } = plan;
    if (subscribers.has(ResponseSent)) noteBodyTexts();
    if (subscribers.observe || environment.isDevelopment) {
      this.#observer = new Lazy(async () => {
        const { Observer } = await import("./observed/observer.ts");
        return new Observer(subscribers);
      });
    }
    // An own property: `deno serve` refuses a method of the prototype, and `Deno.serve(app.fetch)` loses `this`.
    this.fetch = (request, info) => this.#fetch(request, info);
    plan.subscribers.tell(new ApplicationCreated(this)).catch((error) =>
      plan.logger.error("A subscriber of ApplicationCreated failed", error)
    );
  }

  /**
   * Finds which view would answer a request, and why the other views do not. It calls factories and
   * predicates, which may read the body, and no view.
   *
   * @param request The request.
   * @param info What the server knows of the connection, as for `fetch`.
   * @throws {HttpError} If its URL cannot be read.
   */
  async explain(request: Request, info?: ConnectionInfo): Promise<Explanation> {
    const { environment, requestClass } = this.#plan;
    const state: StateOf<Data> = new RequestState(request, info, environment);
    return await this.report.explain(new requestClass(state));
  }

  /**
   * Answers a request of an outer handler, which removed the path under which the app is mounted.
   *
   * @internal
   */
  [UNDER](
    mounted: Mounted,
    request: Request,
    info?: ConnectionInfo,
  ): Response | Promise<Response> {
    return this.#fetch(request, info, mounted);
  }

  #fetch(
    raw: Request,
    info: ConnectionInfo | undefined,
    mounted?: Mounted,
  ): Response | Promise<Response> {
    const { environment, requestClass } = this.#plan;
    const state: StateOf<Data> = new RequestState(raw, info, environment, mounted);
    const request = new requestClass(state);
    if (this.#observer === undefined) return this.#answer(request, state);
    return this.#observed(this.#observer, request, state);
  }

  #observed(
    observer: Lazy<Observer>,
    request: ViewRequest<Data>,
    state: StateOf<Data>,
  ): Response | Promise<Response> {
    state.observed = new ObservedRequest(state.environment.isDevelopment);
    return whenReady(this.#answer(request, state), (response) => {
      const ready = observer.get();
      return ready instanceof Promise
        ? ready.then((ready) => ready.finish(request, state, response), () => response)
        : ready.finish(request, state, response);
    });
  }

  #answer(request: ViewRequest<Data>, state: StateOf<Data>): Response | Promise<Response> {
    const { handler } = this.#plan;
    try {
      const response = handler(request, state);
      if (response instanceof Promise) {
        return response.then(
          (response) => this.#send(request, state, response),
          (error) => this.#fail(request, state, error),
        );
      }
      if (state.session === undefined) return this.#send(request, state, response);
      // What a view that awaited nothing still does with its session comes first.
      const send = () => this.#send(request, state, response);
      return state.session.then(send, send);
    } catch (error) {
      return this.#fail(request, state, error);
    }
  }

  #fail(request: ViewRequest<Data>, state: StateOf<Data>, error: unknown): Promise<Response> {
    state.observed?.answered();
    return this.#exchange(request, state).fail(error);
  }

  /** Sends a response at once if nothing else has to be done for the request. */
  #send(
    request: ViewRequest<Data>,
    state: StateOf<Data>,
    response: Response,
  ): Response | Promise<Response> {
    state.observed?.answered();
    try {
      const isUpgraded = state.upgraded(response) !== undefined;
      if (isUpgraded || state.isTouched || this.#plan.subscribers.areToldOfResponses) {
        return this.#exchange(request, state).send(response);
      }
      if (state.environment.headerPolicies.length === 0) {
        takeResponse(response);
        state.isClosed = true;
        return response;
      }
      const own = separateResponse(response);
      state.isClosed = true;
      return withHeaderPolicies(own, request, state);
    } catch (error) {
      return this.#exchange(request, state).fail(error);
    }
  }

  #exchange(request: ViewRequest<Data>, state: StateOf<Data>): Exchange<Data> {
    return new Exchange(this.#plan, request, state);
  }
}

/** Makes the tween in which exception views answer what is thrown below. */
export function exceptionTween<Data extends object>(
  exceptionViews: ExceptionViews<Data>,
  logger: Logger,
): (handler: Handler<Data>) => Handler<Data> {
  const answered = async (request: ViewRequest<Data>, state: StateOf<Data>, error: unknown) =>
    (await answerError(exceptionViews, logger, request, state, error)).response;
  return (handler) => (request, state = requestState(request)) => {
    try {
      const response = handler(request, state);
      return response instanceof Promise
        ? response.catch((error) => answered(request, state, error))
        : response;
    } catch (error) {
      return answered(request, state, error);
    }
  };
}
