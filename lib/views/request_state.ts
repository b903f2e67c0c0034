/**
 * What happens to a request while it is answered.
 *
 * @module
 */

import { requestUrl } from "../routing/request_target.ts";
import type { Route } from "../routing/route.ts";
import type { RouteScope } from "../routing/route_names.ts";
import type { Session } from "../../session.ts";
import type { HeldLimits } from "./body_limits.ts";
import type { ViewLabel } from "./view_label.ts";

/** Who works on a request before its view is found. */
const BEFORE_A_VIEW: ViewLabel = {
  short: "a tween, factory or predicate that comes before the view",
  toString: () => BEFORE_A_VIEW.short,
};

/** What the app states of a route, besides its pattern. */
export interface RequestRoute {
  /** Where the route was stated. */
  readonly scope: RouteScope;
  /** Makes the context of a request, once for each match. */
  readonly factory: ((request: never) => unknown) | undefined;
}

/**
 * What the router found for a request.
 *
 * @internal
 */
export interface RequestMatch {
  /** The route. */
  readonly route: Route;
  /** What its pattern captured. */
  readonly matchdict: Record<string, string | undefined>;
  /** The segments that a group captured. */
  segments(key: string): string[];
  /** What the app states of it. */
  readonly value: RequestRoute;
}

/**
 * Where an outer handler has mounted the app, for one request.
 *
 * @internal
 */
export interface Mounted {
  /** The path that was taken away: with a slash in front and none behind. */
  readonly prefix: string;
  /** The request's URL without it. */
  readonly url: string;
}

/**
 * What happens to a request, kept by the request and known to the app that answers it.
 *
 * One plain object a request: every request pays for it.
 *
 * @internal
 */
export class RequestState<Data extends object, ViewRequest> {
  /** The request as it came. */
  readonly raw: Request;
  /** Where the app is mounted, if it is. */
  readonly mounted: Mounted | undefined;
  /** The headers of a request that may become a WebSocket: afterwards its own cannot be read. */
  handshake: Headers | undefined = undefined;
  /** The 101, once the request was upgraded: from then on nothing else may be answered. */
  upgrade: Response | undefined = undefined;
  /** The socket, where the request was upgraded by `request.upgradeWebSocket()`. */
  socket: WebSocket | undefined = undefined;
  /** The session, if anybody asked for it. */
  session: Promise<Session<Data>> | undefined = undefined;
  /** The same, once it is loaded: so that whoever needs it then need not wait. */
  loaded: Session<Data> | undefined = undefined;
  /** The headers that views added, if any. */
  responseHeaders: Headers | undefined = undefined;
  /** The callbacks, in the order they were added. */
  callbacks:
    | ((request: ViewRequest, response: Response) => Response | void | Promise<Response | void>)[]
    | undefined = undefined;
  /** The finished callbacks, in the order they were added. */
  finishedCallbacks: ((request: ViewRequest) => void | Promise<void>)[] | undefined = undefined;
  /** What was thrown, once it is answered. */
  exception: unknown = undefined;
  /** Whether an exception was answered, and if so whether somebody foresaw it. */
  failure: "none" | "foreseen" | "unforeseen" = "none";
  /** What the router found. */
  match: RequestMatch | undefined = undefined;
  /** What the route's factory made. */
  context: unknown = undefined;
  /** How much of the body is read: by the view, or until it is known by one of those it may be. */
  bodyLimits: HeldLimits | undefined = undefined;
  /** What the view that answers is called in messages. */
  view: ViewLabel = BEFORE_A_VIEW;
  /** The request headers that the route and the view were chosen by, for `Vary`; undefined for none. */
  vary: readonly string[] | undefined = undefined;
  /** Whether that view states `requireCsrf: false`, so that other sites' pages may use the session. */
  isCsrfExempt = false;
  /** Whether the request counts as activity of the session. */
  isActivity = true;
  /** The status that the view stated beside what is rendered. */
  responseStatus: number | undefined = undefined;
  /** The same, once an answer was made with it. */
  usedStatus: number | undefined = undefined;
  /** Whether the headers that views added are on the response, so that more of them would be lost. */
  isMade = false;
  /** Whether the response is on its way: whoever asks for the session from now on can only read. */
  isClosed = false;
  #url: string | undefined;

  /** Begins with the request. */
  constructor(raw: Request, mounted?: Mounted) {
    this.raw = raw;
    this.mounted = mounted;
  }

  /**
   * The URL by which the request is routed: without the path under which the app is mounted.
   *
   * @throws {HttpBadRequest} If its `Host` is none.
   */
  get url(): string {
    return this.#url ??= this.mounted?.url ?? requestUrl(this.raw);
  }

  /** Why nothing can be added to the answer any more, and what to do; undefined as long as it can. */
  get lateness(): string | undefined {
    if (this.isClosed) {
      return "the response was sent already: await what does it, before the view returns";
    }
    return this.isMade
      ? "the response is made already: change the response that the callback gets, or return another"
      : undefined;
  }

  /** Whether anything must be done to the response before it is sent, or after. */
  get isTouched(): boolean {
    return this.session !== undefined || this.responseHeaders !== undefined ||
      this.vary !== undefined || this.responseStatus !== undefined ||
      this.callbacks !== undefined || this.finishedCallbacks !== undefined;
  }
}
