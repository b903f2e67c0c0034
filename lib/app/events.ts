/**
 * The events that an app sends to its subscribers.
 *
 * @module
 */

import type { OptionKind } from "../check_options.ts";
import { isThenable } from "../promises.ts";
import type { RoutePart } from "../routing/route_names.ts";
import type { RefusalReason } from "../../session.ts";
import { type AnyData, requestState, type ViewRequest } from "../views/request.ts";

/**
 * The event that a request arrived. No route is matched yet. Pyramid: `NewRequest`.
 *
 * @typeParam Data The keys of the app's sessions. Default: those of any app.
 * @typeParam Taken The request. Default: one of an app with these sessions.
 */
export class NewRequest<Data extends object = AnyData, Taken = ViewRequest<Data>> {
  /** The request. */
  readonly request: Taken;
  /** Makes the event. */
  constructor(request: Taken) {
    this.request = request;
  }
}

/**
 * The event that a response is about to be sent. The response must not be changed any more.
 * Pyramid: `NewResponse`.
 *
 * @typeParam Data The keys of the app's sessions. Default: those of any app.
 * @typeParam Taken The request. Default: one of an app with these sessions.
 */
export class NewResponse<Data extends object = AnyData, Taken = ViewRequest<Data>> {
  /** The request. */
  readonly request: Taken;
  /** The response. */
  readonly response: Response;
  /** Makes the event. */
  constructor(request: Taken, response: Response) {
    this.request = request;
    this.response = response;
  }
}

/** What became of the session of a request, as an operator counts it. */
export type SessionResult =
  | "none"
  | "loaded"
  | "saved"
  | "renewed"
  | "rejected"
  | "signed in"
  | "signed out"
  | "ended"
  | "lost"
  | "unavailable";

/** What is known of a request when its response is ready. */
export interface ResponseFacts {
  /** The id of the request: `request.id`. */
  readonly requestId: string;
  /** The method. */
  readonly method: string;
  /** The path as it was sent, with the path of the mount. `""` if the URL cannot be read. */
  readonly path: string;
  /** The query with its question mark, or `""`. It can hold secrets. */
  readonly search: string;
  /** The visitor's address: `request.clientAddress`. */
  readonly clientAddress: string | undefined;
  /** The pattern of the route. It is `null` if no route matched. */
  readonly route: string | null;
  /** The view that answered, such as `view show`. It is `null` if no view was chosen. */
  readonly view: string | null;
  /** What became of the session. */
  readonly session: SessionResult;
  /** Why the session cookie was rejected. It is undefined if none came, or it was accepted. */
  readonly rejected: RefusalReason | undefined;
  /** What was thrown, if an error or a redirection was. */
  readonly error: unknown;
  /** Whether the thrown value was answered as an unforeseen error of the app. */
  readonly isUnforeseen: boolean;
}

/**
 * The event that the response to an observed request is ready. What its subscribers return is not
 * awaited.
 *
 * @internal
 */
export class ResponseReady {
  /** The request. */
  readonly request: ViewRequest<AnyData>;
  /** The response. */
  readonly response: Response;
  /** What is known of it. */
  readonly facts: ResponseFacts;
  /** Makes the event. */
  constructor(request: ViewRequest<AnyData>, response: Response, facts: ResponseFacts) {
    this.request = request;
    this.response = response;
    this.facts = facts;
  }
}

/** How the sending of a response ended. */
export interface Delivery {
  /**
   * `sent`, or `aborted` if the visitor went away before the end, or `failed` if the stream of the
   * body failed.
   */
  readonly end: "sent" | "aborted" | "failed";
  /** The bytes of the body that were handed to the server. It is `null` if they are not known. */
  readonly bytes: number | null;
  /** Milliseconds from the request to the end. */
  readonly milliseconds: number;
}

/**
 * The event that a response was sent, or that sending it ended. The event occurs once for every
 * response, also for error pages. For a WebSocket it occurs when the socket begins.
 *
 * @typeParam Data The keys of the app's sessions. Default: those of any app.
 * @typeParam Taken The request. Default: one of an app with these sessions.
 */
export class ResponseSent<Data extends object = AnyData, Taken = ViewRequest<Data>> {
  /** The request. Its body and its connection may be gone. */
  readonly request: Taken;
  /** The response. Its body was read. */
  readonly response: Response;
  /** The route, the view, the session and the error. */
  readonly facts: ResponseFacts;
  /** How the sending ended. */
  readonly delivery: Delivery;
  /** Makes the event. */
  constructor(request: Taken, response: Response, facts: ResponseFacts, delivery: Delivery) {
    this.request = request;
    this.response = response;
    this.facts = facts;
    this.delivery = delivery;
  }
}

/**
 * The event that a renderer is about to make the response of what a view returned. Subscribers add
 * values under names. The renderer gets them in `system` of its third argument. Pyramid:
 * `BeforeRender`.
 *
 * A later subscriber replaces the value of an earlier one. It is not sent for `html` and for whole
 * responses.
 *
 * @typeParam Data The keys of the app's sessions. Default: those of any app.
 * @typeParam Taken The request. Default: one of an app with these sessions.
 *
 * @example The year on every page
 * ```ts
 * import { BeforeRender, Configurator, html } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const app = new Configurator()
 *   .addRenderer("page", (value, _request, { system }) => html`${String(value)} ${String(system.get("year"))}`)
 *   .addSubscriber(BeforeRender, (event) => void event.set("year", 2026))
 *   .addRoute("home", "/")
 *   .addView(() => "Hello", { routeName: "home", renderer: "page" })
 *   .makeApp();
 * const response = await app.fetch(new Request("https://app.test/"));
 * assertEquals(await response.text(), "Hello 2026");
 * ```
 */
export class BeforeRender<Data extends object = AnyData, Taken = ViewRequest<Data>>
  extends Map<string, unknown> {
  /** The request. */
  readonly request: Taken;
  /** What the view returned. Pyramid: `rendering_val`. */
  readonly renderingVal: unknown;
  /** Makes the event. */
  constructor(request: Taken, renderingVal: unknown) {
    super();
    this.request = request;
    this.renderingVal = renderingVal;
  }
}

/**
 * The event that the app was made. `makeApp()` is synchronous, so it does not await subscribers.
 * Pyramid: `ApplicationCreated`.
 */
export class ApplicationCreated {
  /** What answers requests. */
  readonly app: {
    /** Answers a request. */
    readonly fetch: (request: Request) => Response | Promise<Response>;
  };
  /** Makes the event. */
  constructor(app: ApplicationCreated["app"]) {
    this.app = app;
  }
}

/** The classes of events. */
export type AppEvent<Data extends object, Taken = ViewRequest<Data>> =
  | NewRequest<Data, Taken>
  | NewResponse<Data, Taken>
  | ResponseSent<Data, Taken>
  | BeforeRender<Data, Taken>
  | ApplicationCreated;

/**
 * A function that Pyramidion calls with each event of its class. Pyramidion awaits it, so that it
 * can refuse a new request by a throw.
 */
export type Subscriber<Event> = (event: Event) => void | Promise<void>;

const EVENT_CLASSES: readonly Subscription["event"][] = [
  NewRequest,
  NewResponse,
  ResponseReady,
  ResponseSent,
  BeforeRender,
  ApplicationCreated,
];

/** What `addSubscriber` takes as the class of events. */
export const EVENT_CLASS: OptionKind = {
  expected:
    "NewRequest, NewResponse, ResponseSent, BeforeRender or ApplicationCreated, or a class that extends one of them",
  is: (value) =>
    typeof value === "function" &&
    EVENT_CLASSES.some((known) => value === known || value.prototype instanceof known),
};

/** A subscriber and the class of events that it receives. */
export interface Subscription {
  /** The class. */
  readonly event: abstract new (...args: never[]) => unknown;
  /** The subscriber. */
  readonly subscriber: Subscriber<never>;
}

/** A subscription of the app, or of a scoped part. */
export interface ScopedSubscription extends Subscription {
  /** The scoped part whose requests it hears of. With `null` it hears of all requests. */
  readonly scope: RoutePart | null;
}

/** The subscribers of an app. */
export class Subscribers {
  readonly #subscriptions: readonly ScopedSubscription[];
  readonly #areToldOfRendering: boolean;
  /** Whether a subscriber listens to responses. */
  readonly areToldOfResponses: boolean;
  /** Whether a subscriber observes how requests are answered. */
  readonly observe: boolean;

  /** Takes the subscriptions, in the order in which Pyramidion calls them. */
  constructor(subscriptions: readonly ScopedSubscription[]) {
    this.#subscriptions = subscriptions;
    this.areToldOfResponses = this.has(NewResponse);
    this.observe = this.has(ResponseReady) || this.has(ResponseSent);
    this.#areToldOfRendering = this.has(BeforeRender);
  }

  /**
   * What the subscribers to `BeforeRender` add to what a renderer gets. It is undefined without such
   * subscribers.
   *
   * @param value What the view returned.
   * @param request The request that it answers.
   */
  renderValues(
    value: unknown,
    request: ViewRequest<AnyData>,
  ): Promise<Map<string, unknown>> | undefined {
    if (!this.#areToldOfRendering) return undefined;
    const event = new BeforeRender<AnyData>(request, value);
    return this.tell(event, requestState(request).environment.scope).then(() => event);
  }

  /** Whether a subscriber listens to events of this class. */
  has(event: Subscription["event"]): boolean {
    return this.#subscriptions.some((one) => one.event === event);
  }

  /**
   * Calls the subscribers of the event's class in order, and awaits each.
   *
   * @param event The event.
   * @param scope The scoped part of its request, or `null`. Subscribers of other parts are left out.
   */
  async tell(event: object, scope: RoutePart | null = null): Promise<void> {
    for (const { event: wanted, subscriber, scope: own } of this.#subscriptions) {
      // Subscribed by this very class, which the list cannot say.
      if (event instanceof wanted && isWithin(scope, own)) await subscriber(event as never);
    }
  }

  /**
   * Calls the subscribers of the event's class in order, and waits for none.
   *
   * @param event The event.
   * @param scope As for {@linkcode Subscribers.tell}.
   * @param failed Gets what a subscriber throws, or rejects with.
   */
  tellAtOnce(event: object, scope: RoutePart | null, failed: (error: unknown) => void): void {
    for (const { event: wanted, subscriber, scope: own } of this.#subscriptions) {
      if (!(event instanceof wanted && isWithin(scope, own))) continue;
      try {
        const told: unknown = subscriber(event as never);
        if (isThenable(told)) Promise.resolve(told).catch(failed);
      } catch (error) {
        failed(error);
      }
    }
  }
}

function isWithin(part: RoutePart | null, scope: RoutePart | null): boolean {
  return part === scope || scope === null || part !== null && isWithin(part.parent, scope);
}
