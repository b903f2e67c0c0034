/**
 * Observes how an app answers requests: for subscribers, and for `Server-Timing`.
 *
 * @module
 */

import { withMutableHeaders } from "../../http/response.ts";
import { type RequestTarget, requestTarget } from "../../routing/request_target.ts";
import type { AnyData, StateOf, ViewRequest } from "../../views/request.ts";
import { BEFORE_A_VIEW } from "../../views/request_state.ts";
import { logFailure } from "../error_answer.ts";
import { type ResponseFacts, ResponseReady, ResponseSent, type Subscribers } from "../events.ts";
import { type Ending, follow, type Sending } from "./delivery.ts";
import { serverTiming } from "./server_timing.ts";
import { observedSession } from "./session_result.ts";

/** Observes the requests of an app. */
export class Observer {
  readonly #subscribers: Subscribers;
  readonly #tellsReady: boolean;
  readonly #tellsSent: boolean;

  /** Takes the subscribers of the app. */
  constructor(subscribers: Subscribers) {
    this.#subscribers = subscribers;
    this.#tellsReady = subscribers.has(ResponseReady);
    this.#tellsSent = subscribers.has(ResponseSent);
  }

  /**
   * Tells of a response, and follows it until it was sent.
   *
   * @param request The request.
   * @param state What happened to it.
   * @param given The response that is about to be sent.
   * @returns The response to send. A body whose size is unknown is replaced by one that is counted.
   */
  finish(
    request: ViewRequest<AnyData>,
    state: StateOf<AnyData>,
    given: Response,
  ): Response | Promise<Response> {
    try {
      const response = state.environment.isDevelopment ? withTiming(given, state) : given;
      return this.#tellsReady || this.#tellsSent
        ? this.#follow(request, state, response)
        : response;
    } catch (error) {
      // Whoever observes must not change the answer.
      logFailure(state.environment.logger, state, error);
      return given;
    }
  }

  #follow(
    request: ViewRequest<AnyData>,
    state: StateOf<AnyData>,
    response: Response,
  ): Response | Promise<Response> {
    const facts = factsOf(request, state);
    if (this.#tellsReady) this.#tell(new ResponseReady(request, response, facts), state);
    if (!this.#tellsSent) return response;
    const sending = follow(response, state.method, state.info);
    return sending instanceof Promise
      ? sending.then((sending) => this.#send(request, state, facts, sending))
      : this.#send(request, state, facts, sending);
  }

  #send(
    request: ViewRequest<AnyData>,
    state: StateOf<AnyData>,
    facts: ResponseFacts,
    { response, ending }: Sending,
  ): Response {
    const tell = ({ end, bytes }: Ending) => {
      const milliseconds = state.observed?.elapsed ?? 0;
      const delivery = { end, bytes, milliseconds };
      this.#tell(new ResponseSent(request, response, facts, delivery), state);
    };
    if (ending instanceof Promise) void ending.then(tell);
    else tell(ending);
    return response;
  }

  /** What a subscriber throws is logged. */
  #tell(event: ResponseReady | ResponseSent, state: StateOf<AnyData>): void {
    const { logger, scope } = state.environment;
    this.#subscribers.tellAtOnce(event, scope, (error) => logFailure(logger, state, error));
  }
}

/**
 * Collects the facts while the request can be read. After the response was sent, its headers and
 * its connection are gone.
 */
function factsOf(request: ViewRequest<AnyData>, state: StateOf<AnyData>): ResponseFacts {
  const { exception, failure, match, view } = state;
  const target = targetOf(state);
  return {
    requestId: state.id,
    method: state.method,
    path: target.pathname,
    search: target.search,
    clientAddress: addressOf(request),
    route: match?.route.pattern ?? null,
    view: view === BEFORE_A_VIEW ? null : view.short,
    ...observedSession(state),
    error: exception,
    isUnforeseen: failure === "unforeseen",
  };
}

/** The path and the query. Both are empty if the URL cannot be read, such as with a broken `Host`. */
function targetOf({ raw }: StateOf<AnyData>): RequestTarget {
  try {
    return requestTarget(raw.url);
  } catch {
    return { pathname: "", search: "" };
  }
}

/** The visitor's address. It is undefined if a header of a trusted proxy cannot be read. */
function addressOf(request: ViewRequest<AnyData>): string | undefined {
  try {
    return request.clientAddress;
  } catch {
    return undefined;
  }
}

function withTiming(given: Response, { observed }: StateOf<AnyData>): Response {
  if (observed === undefined || given.status === 101) return given;
  const response = withMutableHeaders(given);
  response.headers.append("server-timing", serverTiming(observed));
  return response;
}
