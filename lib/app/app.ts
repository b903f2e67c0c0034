/**
 * An app: one request from door to door.
 *
 * @module
 */

import type { ConnectionInfo } from "../http/request.ts";
import { mergeHeaders, withMutableHeaders, withVary } from "../http/response.ts";
import type { Logger } from "../log.ts";
import type { Answer } from "../views/handler.ts";
import {
  closeSession,
  type RequestEnvironment,
  requestState,
  type ViewRequest,
} from "../views/request.ts";
import type { Mounted } from "../views/request_state.ts";
import type { SessionOutcome } from "../../session.ts";
import { answerError, logFailure, plainError } from "./error_answer.ts";
import { ApplicationCreated, NewResponse, type Subscribers } from "./events.ts";
import type { ExceptionViews } from "./exception_views.ts";
import { type Mountable, mountedAt, UNDER } from "./mountable.ts";
import type { AppReport, Explanation } from "./report.ts";
import { tellOfLostStatus } from "./lost_status.ts";
import { ownResponse, refuseUnsendable, takeResponse } from "./own_response.ts";
import { ResponseContext, withSession } from "./session_headers.ts";
import { upgradeOf } from "./upgrade_answer.ts";

const UNCHANGED: SessionOutcome = { do: "nothing" };

/** Makes the requests of an app, with the methods that the app added to them. */
export type RequestClass<Data extends object> = new (
  raw: Request,
  info: ConnectionInfo | undefined,
  environment: RequestEnvironment<Data>,
  mounted?: Mounted,
) => ViewRequest<Data>;

/** What an app is made of. */
export interface AppPlan<Data extends object> {
  /** What every request shares. */
  readonly environment: RequestEnvironment<Data>;
  /** Makes requests. */
  readonly requestClass: RequestClass<Data>;
  /** Answers a request, or throws. */
  readonly answer: Answer<Data>;
  /** Answer what was thrown. */
  readonly exceptionViews: ExceptionViews<Data>;
  /** Told of events. */
  readonly subscribers: Subscribers;
  /** Told what went wrong on our side. */
  readonly logger: Logger;
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
  readonly #tellsResponses: boolean;

  /**
   * Answers a request. Never rejects: what goes wrong is an answer too.
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

  /** Makes an app of a plan; `Configurator.makeApp()` does. */
  constructor(plan: AppPlan<Data>) {
    this.#plan = plan;
    this.#tellsResponses = plan.subscribers.has(NewResponse);
    this.report = plan.report;
    // An own property: `deno serve` refuses a method of the prototype, and `Deno.serve(app.fetch)` loses `this`.
    this.fetch = (request, info) => this.#fetch(request, info, mountedAt(request));
    plan.subscribers.tell(new ApplicationCreated(this)).catch((error) =>
      plan.logger.error("A subscriber of ApplicationCreated failed", error)
    );
  }

  /**
   * Says who would answer a request, and why the others do not. Asks predicates, which may read the
   * body, and no view.
   *
   * @param request The request.
   * @param info What the server knows of the connection, as for `fetch`.
   * @throws {HttpError} If its URL cannot be read.
   */
  async explain(request: Request, info?: ConnectionInfo): Promise<Explanation> {
    const { environment, requestClass } = this.#plan;
    const mounted = mountedAt(request);
    return await this.report.explain(new requestClass(request, info, environment, mounted));
  }

  /**
   * Answers a request from which an outer handler took the path away under which the app is mounted.
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
    const request = new this.#plan.requestClass(raw, info, this.#plan.environment, mounted);
    try {
      const answer = this.#plan.answer(request);
      return answer instanceof Promise
        ? answer.then(
          (response) => this.#settle(request, response),
          (error) => this.#failed(request, error),
        )
        : this.#settleAtOnce(request, answer);
    } catch (error) {
      return this.#failed(request, error);
    }
  }

  /** What a view that awaited nothing left to be done with its session is done first. */
  #settleAtOnce(request: ViewRequest<Data>, response: Response): Response | Promise<Response> {
    const { session } = requestState(request);
    const settle = () => this.#settle(request, response);
    return session === undefined ? settle() : session.then(settle, settle);
  }

  /** Finishes; what fails on the way is answered too. */
  #settle(request: ViewRequest<Data>, response: Response): Response | Promise<Response> {
    try {
      const finished = this.#finish(request, response);
      return finished instanceof Promise
        ? finished.catch((error) => this.#failed(request, error))
        : finished;
    } catch (error) {
      return this.#failed(request, error);
    }
  }

  #finish(request: ViewRequest<Data>, response: Response): Response | Promise<Response> {
    const state = requestState(request);
    const sent = this.#upgradedOr(request, response);
    if (state.isTouched || this.#tellsResponses) return this.#conclude(request, sent);
    takeResponse(sent);
    state.isClosed = true;
    return sent;
  }

  /** The 101 of a request that was upgraded, whatever else was to answer it; any other answer as it is. */
  #upgradedOr(request: ViewRequest<Data>, response: Response): Response {
    const upgrade = upgradeOf(request, response);
    if (upgrade === undefined || upgrade === response) return response;
    this.#plan.logger.error(
      `${request.method} ${request.url.pathname} was upgraded and then answered otherwise`,
      new TypeError(
        "Cannot answer a request that became a WebSocket: return the response of request.upgradeWebSocket()",
      ),
    );
    return upgrade;
  }

  /** Answers what a tween threw, or what was thrown where no exception view stands over it. */
  async #failed(request: ViewRequest<Data>, error: unknown): Promise<Response> {
    try {
      return await this.#conclude(request, await this.#answerError(request, error));
    } catch (second) {
      return this.#bareAnswer(request, second);
    }
  }

  /** What is left where even the answer to an error failed: nothing may end the server. */
  #bareAnswer(request: ViewRequest<Data>, error: unknown): Response {
    this.#plan.logger.error("An error could not be answered", error);
    return requestState(request).upgrade ?? new Response(null, { status: 500 });
  }

  async #answerError(request: ViewRequest<Data>, error: unknown): Promise<Response> {
    const { exceptionViews } = this.#plan;
    return (await answerError(exceptionViews, this.#plan.logger, request, error)).response;
  }

  /**
   * Headers, callbacks and session; what fails here is answered once more, and that answer is final.
   *
   * Without a promise where nothing has to wait: an unchanged session that was remembered.
   */
  #conclude(request: ViewRequest<Data>, given: Response): Response | Promise<Response> {
    const state = requestState(request);
    const { responseHeaders, callbacks } = state;
    state.isMade = true;
    if (state.responseStatus !== undefined) tellOfLostStatus(request, given, this.#plan.logger);
    try {
      const plain = responseHeaders === undefined && callbacks === undefined;
      const committed = plain
        ? this.#commit(request, ownResponse(given))
        : this.#callBack(request, given).then((response) => this.#commit(request, response));
      return committed instanceof Promise
        ? committed.then(
          (response) => this.#end(request, response),
          (error) => this.#endLastly(request, error),
        )
        : this.#end(request, committed);
    } catch (error) {
      return this.#endLastly(request, error);
    }
  }

  async #endLastly(request: ViewRequest<Data>, error: unknown): Promise<Response> {
    try {
      return await this.#end(request, await this.#lastAnswer(request, error));
    } catch (second) {
      return this.#bareAnswer(request, second);
    }
  }

  #end(request: ViewRequest<Data>, response: Response): Response | Promise<Response> {
    closeSession(request);
    const sent = this.#upgradedOr(request, response);
    const { finishedCallbacks } = requestState(request);
    return this.#tellsResponses || finishedCallbacks !== undefined
      ? this.#tell(request, sent, finishedCallbacks ?? [])
      : sent;
  }

  async #tell(
    request: ViewRequest<Data>,
    response: Response,
    callbacks: readonly ((request: ViewRequest<Data>) => unknown)[],
  ): Promise<Response> {
    const { subscribers } = this.#plan;
    const event = new NewResponse(request, response);
    await this.#quietly(request, () => subscribers.tell(event));
    for (const callback of callbacks) await this.#quietly(request, () => callback(request));
    requestState(request).finishedCallbacks = undefined;
    try {
      // A subscriber may have read its body.
      refuseUnsendable(response);
      return response;
    } catch (error) {
      logFailure(this.#plan.logger, request, error);
      return await plainError(request);
    }
  }

  async #callBack(request: ViewRequest<Data>, given: Response): Promise<Response> {
    const { responseHeaders, callbacks = [] } = requestState(request);
    let response = ownResponse(given);
    if (responseHeaders !== undefined) response = mergeHeaders(response, responseHeaders);
    // Read anew each time: a callback may add another.
    for (let i = 0; i < callbacks.length; i++) {
      response = withMutableHeaders(response);
      const replacement = await callbacks[i]!(request, response) ?? response;
      if (replacement === response) continue;
      response = this.#upgradedOr(request, replacement);
      if (response === replacement) response = ownResponse(replacement);
    }
    refuseUnsendable(response);
    return response;
  }

  #commit(request: ViewRequest<Data>, made: Response): Response | Promise<Response> {
    const { session, loaded, failure, isCsrfExempt, isActivity, vary } = requestState(request);
    const response = vary === undefined ? made : withVary(made, vary);
    const { sessionFactory } = this.#plan.environment;
    if (session === undefined || sessionFactory === undefined) return response;
    // A 500 that nobody foresaw commits nothing.
    if (failure === "unforeseen") return withSession(response, UNCHANGED);
    // Where loading failed, whoever awaited it has thrown that already; nobody can have written.
    if (loaded === undefined) {
      return session.then(
        () => this.#commit(request, response),
        () => withSession(response, UNCHANGED),
      );
    }
    const context = new ResponseContext(request, response, {
      byException: failure !== "none",
      isCsrfExempt,
      isActivity,
    });
    const outcome = sessionFactory.commit(loaded, request, context);
    return outcome instanceof Promise
      ? outcome.then((outcome) => withSession(response, outcome))
      : withSession(response, outcome);
  }

  async #lastAnswer(request: ViewRequest<Data>, error: unknown): Promise<Response> {
    const state = requestState(request);
    const { exceptionViews, logger } = this.#plan;
    // The headers are put on once more.
    state.isMade = false;
    const { response, foreseenBy } = await answerError(exceptionViews, logger, request, error);
    // Foreseen by its class alone, it was not logged yet, although what the visitor did is lost.
    if (foreseenBy === "class") logFailure(logger, request, error);
    if (state.upgrade !== undefined) return state.upgrade;
    try {
      return lastHeaders(request, ownResponse(response));
    } catch (second) {
      logFailure(this.#plan.logger, request, second);
      return lastHeaders(request, await plainError(request));
    }
  }

  async #quietly(request: ViewRequest<Data>, tell: () => unknown): Promise<void> {
    try {
      await tell();
    } catch (error) {
      logFailure(this.#plan.logger, request, error);
    }
  }
}

function lastHeaders<Data extends object>(
  request: ViewRequest<Data>,
  response: Response,
): Response {
  const state = requestState(request);
  const { responseHeaders, session, vary } = state;
  state.isMade = true;
  let answer = responseHeaders === undefined ? response : mergeHeaders(response, responseHeaders);
  if (vary !== undefined) answer = withVary(answer, vary);
  return session === undefined ? answer : withSession(answer, UNCHANGED);
}
