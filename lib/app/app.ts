/**
 * An app: one request from door to door.
 *
 * @module
 */

import { HttpInternalServerError } from "../http/errors.ts";
import { mergeHeaders, withMutableHeaders } from "../http/response_headers.ts";
import type { Logger } from "../log.ts";
import { type Answer, httpErrorResponse } from "../views/answer.ts";
import {
  type RequestEnvironment,
  type RequestState,
  requestState,
  ViewRequest,
} from "../views/request.ts";
import type { SessionOutcome } from "../../session.ts";
import type { ExceptionViews } from "./exception_views.ts";
import { mayRenew, withSession } from "./session_headers.ts";

/** What an app is made of. */
export interface AppPlan<Data extends object> {
  /** What every request shares. */
  readonly environment: RequestEnvironment<Data>;
  /** Answers a request, or throws. */
  readonly answer: Answer<Data>;
  /** Answer what was thrown. */
  readonly exceptionViews: ExceptionViews<Data>;
  /** Told what went wrong on our side. */
  readonly logger: Logger;
}

/** How a request was answered, before its session is committed. */
interface Answered {
  readonly response: Response;
  readonly byException: boolean;
  /** Whether the session is committed: not by a 500 that nobody foresaw. */
  readonly commits: boolean;
}

/**
 * A finished app: what `makeApp()` gives.
 *
 * `export default app` runs under `deno serve`, and `Deno.serve(app.fetch)` works as well. Pyramid:
 * the router that `make_wsgi_app()` gives.
 */
export class App<Data extends object = Record<string, unknown>> {
  readonly #plan: AppPlan<Data>;

  /**
   * Answers a request. Never rejects: what goes wrong is an answer too.
   *
   * @param request The request, as `Deno.serve` gives it.
   * @param info What the server knows of the connection.
   */
  readonly fetch: (
    request: Request,
    info?: Deno.ServeHandlerInfo,
  ) => Response | Promise<Response>;

  /** Makes an app of a plan; {@linkcode Configurator.makeApp} does. */
  constructor(plan: AppPlan<Data>) {
    this.#plan = plan;
    // An own property: `deno serve` refuses a method of the prototype, and `Deno.serve(app.fetch)` loses `this`.
    this.fetch = (request, info) => this.#fetch(request, info);
  }

  #fetch(raw: Request, info: Deno.ServeHandlerInfo | undefined): Response | Promise<Response> {
    const request = new ViewRequest<Data>(raw, info, this.#plan.environment);
    try {
      const answer = this.#plan.answer(request);
      return answer instanceof Promise
        ? answer.then(
          (response) => this.#finish(request, response),
          (error) => this.#failed(request, error),
        )
        : this.#finish(request, answer);
    } catch (error) {
      return this.#failed(request, error);
    }
  }

  #finish(request: ViewRequest<Data>, response: Response): Response | Promise<Response> {
    const state = requestState(request);
    const touched = state.session !== undefined || state.responseHeaders !== undefined ||
      state.callbacks.length > 0;
    if (!touched) {
      state.close();
      return response;
    }
    return this.#conclude(request, { response, byException: false, commits: true });
  }

  async #failed(request: ViewRequest<Data>, error: unknown): Promise<Response> {
    return await this.#conclude(request, await this.#answerError(request, error));
  }

  /** Exception views, then the page of the status, then a bare 500: one of them always answers. */
  async #answerError(request: ViewRequest<Data>, error: unknown): Promise<Answered> {
    try {
      const { response, foreseen } = await this.#plan.exceptionViews.answer(error, request);
      if (!foreseen) this.#log(request, error);
      return { response, byException: true, commits: foreseen };
    } catch (second) {
      this.#log(request, error);
      this.#log(request, second);
      const page = httpErrorResponse(new HttpInternalServerError(), request);
      return { response: page, byException: true, commits: false };
    }
  }

  /** Headers, callbacks and session; what fails here is answered once more, and that answer is final. */
  async #conclude(request: ViewRequest<Data>, answered: Answered): Promise<Response> {
    const state = requestState(request);
    try {
      const response = await this.#callBack(request, state, answered.response);
      return await this.#commit(request, state, { ...answered, response });
    } catch (error) {
      return await this.#lastAnswer(request, state, error);
    } finally {
      state.close();
    }
  }

  async #callBack(
    request: ViewRequest<Data>,
    state: RequestState<Data>,
    given: Response,
  ): Promise<Response> {
    let response = given;
    if (state.responseHeaders !== undefined) {
      response = mergeHeaders(response, state.responseHeaders);
    }
    // Read anew each time: a callback may add another.
    for (let i = 0; i < state.callbacks.length; i++) {
      response = withMutableHeaders(response);
      response = await state.callbacks[i]!(request, response) ?? response;
    }
    return response;
  }

  async #commit(
    request: ViewRequest<Data>,
    state: RequestState<Data>,
    { response, byException, commits }: Answered,
  ): Promise<Response> {
    const { sessionFactory } = this.#plan.environment;
    if (state.session === undefined || sessionFactory === undefined) return response;
    let outcome: SessionOutcome = { do: "nothing" };
    // Where loading failed, whoever awaited it has thrown that already; nobody can have written.
    const session = commits ? await state.session.catch(() => null) : null;
    if (session !== null) {
      const context = { byException, mayRenew: mayRenew(request, response) };
      outcome = await sessionFactory.commit(session, request, context);
    }
    return withSession(response, outcome);
  }

  async #lastAnswer(
    request: ViewRequest<Data>,
    state: RequestState<Data>,
    error: unknown,
  ): Promise<Response> {
    const { response, commits } = await this.#answerError(request, error);
    // Foreseen by its class alone, it was not logged yet, although what the visitor did is lost.
    if (commits && !this.#plan.exceptionViews.has(error)) this.#log(request, error);
    const answer = state.responseHeaders === undefined
      ? response
      : mergeHeaders(response, state.responseHeaders);
    return state.session === undefined ? answer : withSession(answer, { do: "nothing" });
  }

  #log(request: ViewRequest<Data>, error: unknown): void {
    const path = URL.parse(request.raw.url)?.pathname ?? "(a URL that cannot be read)";
    this.#plan.logger.error(`${request.method} ${path} failed`, error);
  }
}
