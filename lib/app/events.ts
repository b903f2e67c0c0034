/**
 * The events that an app sends to its subscribers.
 *
 * @module
 */

import type { OptionKind } from "../check_options.ts";
import type { RoutePart } from "../routing/route_names.ts";
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
  BeforeRender,
  ApplicationCreated,
];

/** What `addSubscriber` takes as the class of events. */
export const EVENT_CLASS: OptionKind = {
  expected:
    "NewRequest, NewResponse, BeforeRender or ApplicationCreated, or a class that extends one of them",
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

  /** Takes the subscriptions, in the order in which Pyramidion calls them. */
  constructor(subscriptions: readonly ScopedSubscription[]) {
    this.#subscriptions = subscriptions;
    this.areToldOfResponses = this.has(NewResponse);
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
}

function isWithin(part: RoutePart | null, scope: RoutePart | null): boolean {
  return part === scope || scope === null || part !== null && isWithin(part.parent, scope);
}
