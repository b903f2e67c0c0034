/**
 * What an app tells its subscribers.
 *
 * @module
 */

import type { OptionKind } from "../check_options.ts";
import type { AnyData, ViewRequest } from "../views/request.ts";

/**
 * A request came in; nothing was matched yet. Pyramid: `NewRequest`.
 *
 * @typeParam Data The keys of the app's sessions. Default: those of any app.
 */
export class NewRequest<Data extends object = AnyData> {
  /** The request. */
  readonly request: ViewRequest<Data>;
  /** Makes the event. */
  constructor(request: ViewRequest<Data>) {
    this.request = request;
  }
}

/**
 * A response is about to be sent; nothing of it can be changed any more. Pyramid: `NewResponse`.
 *
 * @typeParam Data The keys of the app's sessions. Default: those of any app.
 */
export class NewResponse<Data extends object = AnyData> {
  /** The request. */
  readonly request: ViewRequest<Data>;
  /** The response. */
  readonly response: Response;
  /** Makes the event. */
  constructor(request: ViewRequest<Data>, response: Response) {
    this.request = request;
    this.response = response;
  }
}

/** The app was made; `makeApp()` waits for nobody. Pyramid: `ApplicationCreated`. */
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
export type AppEvent<Data extends object> =
  | NewRequest<Data>
  | NewResponse<Data>
  | ApplicationCreated;

/** Is told of events. Awaited, so that it can refuse a new request by a throw. */
export type Subscriber<Event> = (event: Event) => void | Promise<void>;

const EVENT_CLASSES: readonly Subscription["event"][] = [
  NewRequest,
  NewResponse,
  ApplicationCreated,
];

/** What `addSubscriber` takes as the class of events. */
export const EVENT_CLASS: OptionKind = {
  expected: "NewRequest, NewResponse or ApplicationCreated, or a class that extends one of them",
  is: (value) =>
    typeof value === "function" &&
    EVENT_CLASSES.some((known) => value === known || value.prototype instanceof known),
};

/** A subscriber and the class of events that it is told of. */
export interface Subscription {
  /** The class. */
  readonly event: abstract new (...args: never[]) => unknown;
  /** The subscriber. */
  readonly subscriber: Subscriber<never>;
}

/** The subscribers of an app. */
export class Subscribers {
  readonly #subscriptions: readonly Subscription[];
  /** Whether anybody wants to be told of responses. */
  readonly areToldOfResponses: boolean;

  /** Takes them, in the order in which they are told. */
  constructor(subscriptions: readonly Subscription[]) {
    this.#subscriptions = subscriptions;
    this.areToldOfResponses = this.has(NewResponse);
  }

  /** Whether anybody wants to be told of such events. */
  has(event: Subscription["event"]): boolean {
    return this.#subscriptions.some((one) => one.event === event);
  }

  /** Tells everybody who wants to be told, one after the other. */
  async tell(event: object): Promise<void> {
    for (const { event: wanted, subscriber } of this.#subscriptions) {
      // Subscribed by this very class, which the list cannot say.
      if (event instanceof wanted) await subscriber(event as never);
    }
  }
}
