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
  withMutableHeaders,
  withVary,
} from "../http/response.ts";
import { isPassive } from "../http/request.ts";
import type { Logger } from "../log.ts";
import type { StateOf, ViewRequest } from "../views/request.ts";
import { closeSession } from "../views/request_state.ts";
import type { ViewLabel } from "../views/view_label.ts";
import type { CommitContext, SessionOutcome, SessionRequest } from "../../session.ts";
import { answerError, logFailure, plainError } from "./error_answer.ts";
import { NewResponse, type Subscribers } from "./events.ts";
import type { ExceptionViews } from "./exception_views.ts";

/** What the end of every request of an app needs. */
export interface ExchangeServices<Data extends object> {
  /** Answer what was thrown. */
  readonly exceptionViews: ExceptionViews<Data>;
  /** Told of events. */
  readonly subscribers: Subscribers;
  /** Told what went wrong on our side. */
  readonly logger: Logger;
}

const UNCHANGED: SessionOutcome = { do: "nothing" };

/**
 * Ends a request to whose answer something has to be done: its session, headers or callbacks were
 * asked for, a subscriber is told of responses, or it failed.
 *
 * In this order: headers that the view added, response callbacks, `Vary`, the commit of the session,
 * its close, events and finished callbacks. Each happens once, but that what fails up to the commit is
 * answered as an error, with the added headers and without the rest.
 */
export class Exchange<Data extends object> {
  readonly #services: ExchangeServices<Data>;
  readonly #request: ViewRequest<Data>;
  readonly #state: StateOf<Data>;

  /** Nothing is done yet. */
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
   * Without a promise where nothing has to wait: an unchanged session that was remembered.
   */
  send(response: Response): Response | Promise<Response> {
    try {
      const sent = this.#finish(this.#upgradeOr(response));
      return sent instanceof Promise ? sent.catch((error) => this.fail(error)) : sent;
    } catch (error) {
      return this.fail(error);
    }
  }

  /** Answers what a tween threw, or what was thrown where no exception view stands over it. Never rejects. */
  async fail(error: unknown): Promise<Response> {
    try {
      const { response } = await this.#answerError(error);
      return await this.#finish(response);
    } catch (second) {
      return this.#bareAnswer(second);
    }
  }

  /** All of it, in its order; what fails on the way is answered once more, and that answer is final. */
  #finish(given: Response): Response | Promise<Response> {
    const state = this.#state;
    state.isMade = true;
    if (state.responseStatus !== undefined) warnOfLostStatus(state, given, this.#services.logger);
    try {
      const plain = state.responseHeaders === undefined && state.callbacks === undefined;
      const committed = plain
        ? this.#commit(ownResponse(given))
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
    let response = ownResponse(given);
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

  /** `Vary`, and what the session says. */
  #commit(made: Response): Response | Promise<Response> {
    const { session, loaded, failure, isCsrfExempt, isActivity, vary, environment } = this.#state;
    const response = vary === undefined ? made : withVary(made, vary);
    const { sessionFactory } = environment;
    if (session === undefined || sessionFactory === undefined) return response;
    // A 500 that nobody foresaw commits nothing.
    if (failure === "unforeseen") return withSession(response, UNCHANGED);
    // Where loading failed, whoever awaited it has thrown that already; nobody can have written.
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
    const outcome = sessionFactory.commit(loaded, this.#state, context);
    // By whenReady() an unchanged session would pay for a closure.
    return outcome instanceof Promise
      ? outcome.then((outcome) => withSession(response, outcome))
      : withSession(response, outcome);
  }

  /** From now on the session can only be read, and who wants to be told is told. */
  #close(response: Response): Response | Promise<Response> {
    closeSession(this.#state);
    const sent = this.#upgradeOr(response);
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
    await this.#quietly(() => subscribers.tell(event));
    for (const callback of callbacks) await this.#quietly(() => callback(this.#request));
    this.#state.finishedCallbacks = undefined;
    try {
      // A subscriber may have read its body.
      refuseUnsendable(response);
      return response;
    } catch (error) {
      logFailure(logger, this.#state, error);
      return await plainError(this.#request, this.#state);
    }
  }

  async #quietly(tell: () => unknown): Promise<void> {
    try {
      await tell();
    } catch (error) {
      logFailure(this.#services.logger, this.#state, error);
    }
  }

  /** The 101 of a request that was upgraded, whatever else was to answer it; any other answer as it is. */
  #upgradeOr(response: Response): Response {
    const upgrade = this.#state.upgraded(response);
    if (upgrade === undefined || upgrade === response) return response;
    const { method, url } = this.#request;
    this.#services.logger.error(
      `${method} ${url.pathname} was upgraded and then answered otherwise`,
      new TypeError(
        "Cannot answer a request that became a WebSocket: return the response of request.upgradeWebSocket()",
      ),
    );
    return upgrade;
  }

  /** What failed on the way is answered, with the added headers alone, and that is sent. */
  async #finishLastly(error: unknown): Promise<Response> {
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
    try {
      return lastHeaders(state, ownResponse(response));
    } catch (second) {
      logFailure(logger, state, second);
      return lastHeaders(state, await plainError(this.#request, state));
    }
  }

  #answerError(error: unknown): ReturnType<typeof answerError> {
    const { exceptionViews, logger } = this.#services;
    return answerError(exceptionViews, logger, this.#request, this.#state, error);
  }

  /** What is left where even the answer to an error failed: nothing may end the server. */
  #bareAnswer(error: unknown): Response {
    this.#services.logger.error("An error could not be answered", error);
    return this.#state.upgrade ?? new Response(null, { status: 500 });
  }
}

/** A session that could not be committed is as it was. */
function lastHeaders<Data extends object>(state: StateOf<Data>, response: Response): Response {
  const { responseHeaders, session, vary } = state;
  state.isMade = true;
  let answer = responseHeaders === undefined ? response : mergeHeaders(response, responseHeaders);
  if (vary !== undefined) answer = withVary(answer, vary);
  return session === undefined ? answer : withSession(answer, UNCHANGED);
}

/** The views of which the log was told. */
const told = new WeakSet<ViewLabel>();

/**
 * Tells the log, once for each view, of a `request.responseStatus` that the answer does not have: a
 * `Response` has its own, and once `html` or a renderer made the answer it is too late.
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
 * What a factory must know of a response; worked out only if it asks.
 *
 * A mere renewal is not said to shared caches, who would hand the cookie to everybody, and not where
 * nobody looks.
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

  /** Whether a mere renewal may be said. */
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
