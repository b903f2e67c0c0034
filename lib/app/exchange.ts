/**
 * The end of a request: from what answered it to what is sent.
 *
 * @module
 */

import {
  addVary,
  cacheSharing,
  keepFromSharedCaches,
  mergeHeaders,
  ownResponse,
  refuseUnsendable,
  unsniffed,
  withMutableHeaders,
  withVary,
} from "../http/response.ts";
import { HttpError } from "../http/errors.ts";
import { isPassive } from "../http/request.ts";
import type { Logger } from "../log.ts";
import { quiet } from "../promises.ts";
import type { StateOf, ViewRequest } from "../views/request.ts";
import { closeSession } from "../views/request_state.ts";
import type { ViewLabel } from "../views/view_label.ts";
import type { CommitContext, SessionOutcome, SessionRequest } from "../../session.ts";
import { answerError, logFailure, logFields, plainError } from "./error_answer.ts";
import { NewResponse, type Subscribers } from "./events.ts";
import type { ExceptionViews } from "./exception_views.ts";
import { withHeaderPolicies } from "./tweens.ts";

/** What the end of every request of an app needs. */
export interface ExchangeServices<Data extends object> {
  /** Answer what was thrown. */
  readonly exceptionViews: ExceptionViews<Data>;
  /** Receives the events. */
  readonly subscribers: Subscribers;
  /** Receives the failures of the server. */
  readonly logger: Logger;
}

const UNCHANGED: SessionOutcome = { do: "nothing" };

/**
 * Ends a request whose response needs more work. That is so if the request used its session,
 * headers or callbacks, if it failed, or if a subscriber listens to responses.
 *
 * The order is: headers that the view added, response callbacks, `Vary`, commit of the session, its
 * close, header policies, events, finished callbacks. Each step happens once. If a step up to the commit fails, the
 * answer is an error. That answer has the added headers and `Vary`, without callbacks and commit.
 */
export class Exchange<Data extends object> {
  readonly #services: ExchangeServices<Data>;
  readonly #request: ViewRequest<Data>;
  readonly #state: StateOf<Data>;
  /** What deletes the cookie of a session whose sign-out failed. */
  #unconfirmed: readonly string[] = [];
  /** The response of this request alone, which a later failure replaces. */
  #own: Response | undefined;

  /** Takes the request. It does no work yet. */
  constructor(
    services: ExchangeServices<Data>,
    request: ViewRequest<Data>,
    state: StateOf<Data>,
  ) {
    this.#services = services;
    this.#request = request;
    this.#state = state;
  }

  /**
   * Sends what answered the request. Never throws, and never rejects.
   *
   * It returns a response, not a promise, if no step has to wait, as for an unchanged session that
   * was remembered.
   */
  send(response: Response): Response | Promise<Response> {
    try {
      const sent = this.#finish(this.#upgradeOr(response));
      return sent instanceof Promise ? sent.catch((error) => this.fail(error)) : sent;
    } catch (error) {
      return this.fail(error);
    }
  }

  /**
   * Answers an error that a tween threw, or that was thrown outside exception views. Never rejects.
   */
  async fail(error: unknown): Promise<Response> {
    try {
      const { response } = await this.#answerError(error);
      return await this.#finish(response);
    } catch (second) {
      return this.#bareAnswer(second);
    }
  }

  /**
   * Runs all steps in their order. If a step fails, its error is answered, and that answer is
   * final.
   */
  #finish(given: Response): Response | Promise<Response> {
    const state = this.#state;
    state.isMade = true;
    if (state.responseStatus !== undefined) warnOfLostStatus(state, given, this.#services.logger);
    try {
      const plain = state.responseHeaders === undefined && state.callbacks === undefined;
      const committed = plain
        ? this.#commit(this.#own = ownResponse(given))
        : this.#callBack(given).then((response) => this.#commit(response));
      return committed instanceof Promise
        ? committed.then((response) => this.#close(response), (error) => this.#finishLastly(error))
        : this.#close(committed);
    } catch (error) {
      return this.#finishLastly(error);
    }
  }

  /** The headers that the view added, then its response callbacks. */
  async #callBack(given: Response): Promise<Response> {
    const { responseHeaders, callbacks = [] } = this.#state;
    let response = this.#own = ownResponse(given);
    if (responseHeaders !== undefined) response = mergeHeaders(response, responseHeaders);
    // Read anew each time: a callback may add another.
    for (let i = 0; i < callbacks.length; i++) {
      response = withMutableHeaders(response);
      const replacement = await callbacks[i]!(this.#request, response) ?? response;
      if (replacement === response) continue;
      response = this.#upgradeOr(replacement);
      if (response === replacement) response = ownResponse(replacement);
    }
    refuseUnsendable(response);
    return response;
  }

  /** Adds `Vary`, and the outcome of the session. */
  #commit(made: Response): Response | Promise<Response> {
    const { session, loaded, failure, isCsrfExempt, isActivity, vary, environment } = this.#state;
    const response = vary === undefined ? made : withVary(made, vary);
    const { sessionFactory } = environment;
    if (session === undefined || sessionFactory === undefined) return response;
    // An unforeseen 500 commits nothing.
    if (failure === "unforeseen") return withSession(response, UNCHANGED);
    // If loading failed, the code that awaited it has thrown already, and no value was written.
    if (loaded === undefined) {
      return session.then(
        () => this.#commit(response),
        () => withSession(response, UNCHANGED),
      );
    }
    const context = new ResponseContext(this.#state, response, {
      byException: failure !== "none",
      isCsrfExempt,
      isActivity,
    });
    this.#state.observed?.committing();
    const outcome = sessionFactory.commit(loaded, this.#state, context);
    // By whenReady() an unchanged session would pay for a closure.
    return outcome instanceof Promise
      ? outcome.then(
        (outcome) => this.#committed(response, outcome),
        (error) => this.#uncommitted(error),
      )
      : this.#committed(response, outcome);
  }

  #committed(response: Response, outcome: SessionOutcome): Response {
    this.#state.observed?.committed(outcome);
    return withSession(response, outcome);
  }

  /** Keeps the cookies of the error, because an exception view may answer it in its own way. */
  #uncommitted(error: unknown): never {
    if (this.#state.observed !== undefined) this.#state.observed.isUncommitted = true;
    if (error instanceof HttpError) this.#unconfirmed = error.headers.getSetCookie();
    throw error;
  }

  /** Closes the session, sets the last headers, and then calls subscribers and finished callbacks. */
  #close(response: Response): Response | Promise<Response> {
    closeSession(this.#state);
    const sent = withHeaderPolicies(this.#upgradeOr(response), this.#request, this.#state);
    const { finishedCallbacks } = this.#state;
    return finishedCallbacks !== undefined || this.#services.subscribers.areToldOfResponses
      ? this.#announce(sent, finishedCallbacks ?? [])
      : sent;
  }

  /** `NewResponse`, then the finished callbacks. */
  async #announce(
    response: Response,
    callbacks: readonly ((request: ViewRequest<Data>) => unknown)[],
  ): Promise<Response> {
    const { subscribers, logger } = this.#services;
    const event = new NewResponse(this.#request, response);
    await this.#quietly(() => subscribers.tell(event, this.#state.environment.scope));
    for (const callback of callbacks) await this.#quietly(() => callback(this.#request));
    this.#state.finishedCallbacks = undefined;
    try {
      // A subscriber may have read its body.
      refuseUnsendable(response);
      return response;
    } catch (error) {
      logFailure(logger, this.#state, error);
      const answer = await plainError(this.#request, this.#state);
      return withHeaderPolicies(answer, this.#request, this.#state);
    }
  }

  async #quietly(tell: () => unknown): Promise<void> {
    try {
      await tell();
    } catch (error) {
      logFailure(this.#services.logger, this.#state, error);
    }
  }

  /**
   * The 101 of a request that was upgraded, even if another response was to answer it. Otherwise
   * the given response.
   */
  #upgradeOr(response: Response): Response {
    const upgrade = this.#state.upgraded(response);
    if (upgrade === undefined || upgrade === response) return response;
    const { method, url } = this.#request;
    this.#services.logger.error(
      `${method} ${url.pathname} was upgraded and then answered otherwise`,
      new TypeError(
        "Cannot answer a request that became a WebSocket: return the response of request.upgradeWebSocket()",
      ),
      logFields(this.#state),
    );
    return upgrade;
  }

  /** Answers an error of an earlier step, with the added headers and `Vary`, and sends that. */
  async #finishLastly(error: unknown): Promise<Response> {
    // What it holds open, such as a file or the events of a stream, would stay open.
    if (this.#own?.body?.locked === false) quiet(this.#own.body.cancel());
    try {
      return await this.#close(await this.#lastAnswer(error));
    } catch (second) {
      return this.#bareAnswer(second);
    }
  }

  async #lastAnswer(error: unknown): Promise<Response> {
    const state = this.#state;
    const { logger } = this.#services;
    // The headers are put on once more.
    state.isMade = false;
    const { response, foreseenBy } = await this.#answerError(error);
    // Foreseen by its class alone, it was not logged yet, although what the visitor did is lost.
    if (foreseenBy === "class") logFailure(logger, state, error);
    if (state.upgrade !== undefined) return state.upgrade;
    const cookies = this.#unconfirmed;
    try {
      return lastHeaders(state, ownResponse(response), cookies);
    } catch (second) {
      logFailure(logger, state, second);
      return lastHeaders(state, await plainError(this.#request, state), cookies);
    }
  }

  #answerError(error: unknown): ReturnType<typeof answerError> {
    const { exceptionViews, logger } = this.#services;
    return answerError(exceptionViews, logger, this.#request, this.#state, error);
  }

  /** The last answer if even the answer to an error failed, because no error may end the server. */
  #bareAnswer(error: unknown): Response {
    this.#services.logger.error("An error could not be answered", error, logFields(this.#state));
    const bare = this.#state.upgrade ?? unsniffed(new Response(null, { status: 500 }));
    return withHeaderPolicies(bare, this.#request, this.#state);
  }
}

/**
 * Adds the headers to the last answer. The session is not committed, so its outcome is unchanged. A
 * sign-out that failed deletes the cookie all the same.
 */
function lastHeaders<Data extends object>(
  state: StateOf<Data>,
  response: Response,
  cookies: readonly string[],
): Response {
  const { responseHeaders, session, vary } = state;
  state.isMade = true;
  let answer = responseHeaders === undefined ? response : mergeHeaders(response, responseHeaders);
  if (vary !== undefined) answer = withVary(answer, vary);
  if (session === undefined) return answer;
  return withSession(answer, cookies.length === 0 ? UNCHANGED : { do: "remove", cookies });
}

/** The views whose lost status was logged. */
const told = new WeakSet<ViewLabel>();

/**
 * Logs a `request.responseStatus` that the response does not have, once for each view. A `Response`
 * has a status of its own. After `html` or a renderer made the response, the status is set too
 * late.
 */
function warnOfLostStatus<Data extends object>(
  { responseStatus, usedStatus, view }: StateOf<Data>,
  response: Response,
  logger: Logger,
): void {
  if (responseStatus === usedStatus || responseStatus === response.status || told.has(view)) return;
  told.add(view);
  logger.warn(
    `Cannot answer with status ${responseStatus}, as ${view} states by request.responseStatus: only html and renderers use it, when the view returns; write new Response(body, { status: ${responseStatus} }), or json(value, { status: ${responseStatus} })`,
  );
}

/**
 * What a session factory must know of a response. It is computed only if the factory reads it.
 *
 * A shared cache would give the cookie to every visitor. Therefore a response for shared caches
 * carries no renewal. The visitor may never see the response of a HEAD or a prefetch, so it carries
 * no renewal either.
 */
export class ResponseContext implements CommitContext {
  /** Whether the response answers something that was thrown. */
  readonly byException: boolean;
  /** Whether the view answers forms of other sites. */
  readonly isCsrfExempt: boolean;
  /** Whether the request counts as activity. */
  readonly isActivity: boolean;
  readonly #request: Pick<SessionRequest, "method" | "headers">;
  readonly #response: Response;

  /** Takes both, and how the response came about. */
  constructor(
    request: Pick<SessionRequest, "method" | "headers">,
    response: Response,
    made: Pick<CommitContext, "byException" | "isCsrfExempt" | "isActivity">,
  ) {
    this.#request = request;
    this.#response = response;
    this.byException = made.byException;
    this.isCsrfExempt = made.isCsrfExempt ?? false;
    this.isActivity = made.isActivity ?? true;
  }

  /** Whether the response may carry a renewal of an unchanged session. */
  get mayRenew(): boolean {
    return this.isActivity && cacheSharing(this.#response.headers) !== "shared" &&
      !isPassive(this.#request);
  }
}

/**
 * Writes the outcome of a session into its response.
 *
 * `Vary: Cookie` always, since the view looked at the session. A cookie of our name that the view
 * set itself is replaced. A response with a cookie is kept out of shared caches.
 */
export function withSession(response: Response, outcome: SessionOutcome): Response {
  const answer = withMutableHeaders(response);
  const { headers } = answer;
  addVary(headers, "Cookie");
  if (outcome.do === "nothing") return answer;
  keepFromSharedCaches(headers);
  setCookies(headers, outcome.cookies);
  return answer;
}

function setCookies(headers: Headers, cookies: readonly string[]): void {
  if (headers.has("set-cookie")) {
    const ours = new Set(cookies.map(nameOf));
    const theirs = headers.getSetCookie().filter((cookie) => !ours.has(nameOf(cookie)));
    headers.delete("set-cookie");
    for (const cookie of theirs) headers.append("set-cookie", cookie);
  }
  for (const cookie of cookies) headers.append("set-cookie", cookie);
}

function nameOf(setCookie: string): string {
  return setCookie.slice(0, setCookie.indexOf("=")).trim();
}
