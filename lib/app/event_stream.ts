/**
 * Server-sent events: a response that stays open and sends events to a page.
 *
 * It stands in a module of its own, so an app that does not import it does not load it.
 *
 * ```ts
 * import { Configurator } from "@pyramidion/pyramidion";
 * import { eventStream } from "@pyramidion/pyramidion/event-stream";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const app = new Configurator().addRoute("count", "/count", {
 *   view: (request) =>
 *     eventStream(request, async function* ({ lastEventId }) {
 *       const first = Number(lastEventId ?? 0) + 1;
 *       for (let n = first; n <= 3; n++) yield { id: String(n), data: `${n} of 3` };
 *     }),
 * }).makeApp();
 *
 * const again = new Request("https://app.test/count", { headers: { "last-event-id": "2" } });
 * assertEquals(await (await app.fetch(again)).text(), "data: 3 of 3\nid: 3\n\n");
 * ```
 *
 * @module
 */

import {
  checkOptions,
  describe,
  instanceOf,
  NUMBER,
  type OptionKinds,
  orNull,
} from "../check_options.ts";
import type { Logger } from "../log.ts";
import { isInstanceOf, quietly } from "../promises.ts";
import { type AnyViewRequest, requestState } from "../views/request.ts";
import { eventText, HEARTBEAT, type ServerSentEvent } from "./server_sent_event.ts";

export type { ServerSentEvent } from "./server_sent_event.ts";

/** What a producer of events knows of its stream. */
export interface EventStreamContext {
  /** Aborted when the stream ends, because the visitor went away or for another reason. */
  readonly signal: AbortSignal;
  /**
   * The id of the last event that the browser got before it connected again. A visitor can send any
   * text of up to 1,024 characters. A longer one counts as missing.
   */
  readonly lastEventId: string | undefined;
}

/** Makes the events of a stream. An `async function*` is one, and a function that gives a `ReadableStream`. */
export type EventProducer = (
  context: EventStreamContext,
) => AsyncIterable<string | ServerSentEvent>;

/** The options of {@linkcode eventStream}. */
export interface EventStreamOptions {
  /**
   * Seconds without an event after which a comment is sent: more than 0, at most 86,400. Proxies
   * then keep the connection, and a visitor who went away is noticed. `null` sends none.
   * @default {15}
   */
  readonly heartbeat?: number | null;
  /**
   * Milliseconds after which the browser connects again if the stream ends: 0 to 86,400,000.
   * Default: the browser decides.
   */
  readonly retry?: number;
  /**
   * Ends the stream when it is aborted, such as when the server shuts down. With
   * `AbortSignal.timeout()` the browser connects again after that time, and is asked again who it
   * is.
   */
  readonly signal?: AbortSignal;
}

const LONGEST_HEARTBEAT = 86_400;

const KINDS: OptionKinds<EventStreamOptions> = {
  heartbeat: orNull({
    expected: `a number of seconds above 0, at most ${LONGEST_HEARTBEAT}`,
    is: (value) => typeof value === "number" && value > 0 && value <= LONGEST_HEARTBEAT,
  }),
  retry: NUMBER,
  signal: instanceOf(AbortSignal, "an AbortSignal"),
};

const MAX_ID_LENGTH = 1024;

/**
 * Answers with a stream of server-sent events, for `EventSource` in a page.
 *
 * The app takes the next event only when the connection can take it. When the visitor goes away, the
 * signal is aborted and the generator returns, so that its `finally` runs. What it awaits must end
 * with the signal. If it throws, then the error is logged and the stream ends. `EventSource` then
 * connects again, as after every end. Send an event of your own as the last one if a client must
 * know that it has all.
 *
 * The response is sent before the first event is made. From then on the session can only be read,
 * and a write to it throws. Proxies are asked not to keep, change or buffer the stream. To HEAD no
 * event is sent.
 *
 * @param request The request that is answered.
 * @param producer Makes the events. It gets the signal and the `Last-Event-ID`.
 * @param options The heartbeat, `retry`, and a signal that ends the stream.
 * @throws {TypeError} If the producer is no function, or gives nothing that can be iterated with
 * `for await`. If an option is wrong or unknown.
 * @throws {RangeError} If `retry` is out of bounds.
 *
 * @example Events of another part of the app
 * ```ts
 * import { Configurator } from "@pyramidion/pyramidion";
 * import { eventStream } from "@pyramidion/pyramidion/event-stream";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const notes = new EventTarget();
 * const app = new Configurator().addRoute("notes", "/notes", {
 *   view: (request) =>
 *     eventStream(request, ({ signal }) =>
 *       new ReadableStream<string>({
 *         start(controller) {
 *           notes.addEventListener("note", () => controller.enqueue("A new note"), { signal });
 *         },
 *       })),
 * }).makeApp();
 *
 * const { body } = await app.fetch(new Request("https://app.test/notes"));
 * const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
 * const first = reader.read();
 * notes.dispatchEvent(new Event("note"));
 * assertEquals((await first).value, "data: A new note\n\n");
 * await reader.cancel();
 * ```
 */
export function eventStream(
  request: AnyViewRequest,
  producer: EventProducer,
  options: EventStreamOptions = {},
): Response {
  checkOptions("eventStream()", options, KINDS, TypeError);
  if (typeof producer !== "function") {
    throw new TypeError(
      `Cannot make an event stream: the producer must be a function, not ${describe(producer)}`,
    );
  }
  const headers = {
    "cache-control": "no-store, no-transform",
    "content-type": "text/event-stream",
    "x-accel-buffering": "no",
    "x-content-type-options": "nosniff",
  };
  const opening = options.retry === undefined ? "" : eventText({ retry: options.retry });
  if (request.method === "HEAD") return new Response(null, { headers });
  const source = new EventSourceStream(producer, {
    lastEventId: lastEventIdOf(request.headers),
    logger: requestState(request).environment.logger,
    opening,
    path: request.url.pathname,
    heartbeat: options.heartbeat === undefined ? 15 : options.heartbeat,
    signal: options.signal,
  });
  return new Response(new ReadableStream(source, { highWaterMark: 0 }), { headers });
}

/** The browser sends the id in UTF-8, of which the platform makes a character of each byte. */
function lastEventIdOf(headers: Headers): string | undefined {
  const sent = headers.get("last-event-id");
  if (sent === null || sent === "" || sent.length > MAX_ID_LENGTH) return undefined;
  return new TextDecoder().decode(Uint8Array.from(sent, (byte) => byte.charCodeAt(0)));
}

interface StreamSettings {
  readonly lastEventId: string | undefined;
  readonly logger: Logger;
  readonly opening: string;
  readonly path: string;
  readonly heartbeat: number | null;
  readonly signal: AbortSignal | undefined;
}

/** What the producer gave, or what it threw. */
type Arrival =
  | { readonly result: IteratorResult<string | ServerSentEvent> }
  | { readonly error: unknown };

/** Takes events from a producer while the reader asks for them. */
class EventSourceStream implements UnderlyingDefaultSource<Uint8Array<ArrayBuffer>> {
  readonly #settings: StreamSettings;
  readonly #events: AsyncIterable<string | ServerSentEvent>;
  readonly #ended = new AbortController();
  readonly #encoder = new TextEncoder();
  #iterator: AsyncIterator<string | ServerSentEvent> | undefined;
  /** Whether the next event was asked for and has not arrived. */
  #isAsked = false;
  #arrival: Arrival | undefined;
  #opening: string;
  /** Ends the wait for an event. */
  #wake: () => void = () => {};

  constructor(producer: EventProducer, settings: StreamSettings) {
    this.#settings = settings;
    this.#opening = settings.opening;
    const { signal } = this.#ended;
    this.#events = iterable(producer({ signal, lastEventId: settings.lastEventId }));
  }

  /** Waits for the signal of the options. */
  start(controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): void {
    const { signal } = this.#settings;
    if (signal === undefined) return;
    const end = () => {
      controller.close();
      this.#end();
    };
    if (signal.aborted) end();
    // Ends with the stream, because the signal may live as long as the server.
    else signal.addEventListener("abort", end, { once: true, signal: this.#ended.signal });
  }

  /** Sends the next event, or a heartbeat if none comes. */
  async pull(controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): Promise<void> {
    if (this.#opening !== "") {
      controller.enqueue(this.#encoder.encode(this.#opening));
      this.#opening = "";
      return;
    }
    if (!this.#isAsked) this.#ask();
    await this.#arrived();
    if (this.#ended.signal.aborted) return;
    try {
      const text = this.#text();
      if (text !== undefined) return controller.enqueue(this.#encoder.encode(text));
    } catch (error) {
      this.#fail(error);
    }
    // Also after an error: the browser connects again, and Deno would log the error once more.
    controller.close();
    this.#end();
  }

  /** The visitor went away. */
  cancel(): void {
    this.#end();
  }

  /** The text to send. Undefined means that the producer is done. */
  #text(): string | undefined {
    const arrival = this.#arrival;
    if (arrival === undefined) return HEARTBEAT;
    this.#arrival = undefined;
    this.#isAsked = false;
    if ("error" in arrival) throw arrival.error;
    return arrival.result.done === true ? undefined : eventText(arrival.result.value);
  }

  #ask(): void {
    this.#isAsked = true;
    const arrive = (arrival: Arrival) => {
      if (this.#ended.signal.aborted) return this.#forget(arrival);
      this.#arrival = arrival;
      this.#wake();
    };
    this.#next().then((result) => arrive({ result }), (error) => arrive({ error }));
  }

  async #next(): Promise<IteratorResult<string | ServerSentEvent>> {
    this.#iterator ??= iteratorOf(this.#events);
    return await this.#iterator.next();
  }

  /** Waits for an event, for the time of a heartbeat, or for the end. */
  #arrived(): Promise<void> {
    if (this.#arrival !== undefined) return Promise.resolve();
    return new Promise((resolve) => {
      const { heartbeat } = this.#settings;
      const timer = heartbeat === null ? undefined : setTimeout(resolve, heartbeat * 1000);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #end(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    this.#wake();
    // A generator that waits returns when its wait ends, so that nothing waits for it here.
    this.#returned().catch((error) => this.#forget({ error }));
  }

  async #returned(): Promise<void> {
    await this.#iterator?.return?.();
  }

  /** What comes after the end is dropped, and an error is logged, unless the end is its cause. */
  #forget(arrival: Arrival): void {
    if ("error" in arrival && !isAbort(arrival.error)) this.#fail(arrival.error);
  }

  #fail(error: unknown): void {
    this.#settings.logger.error(`The event stream of ${this.#settings.path} failed`, error);
  }
}

/** The iterator of a stream that ends while a read waits. That of the platform waits for the read. */
function iteratorOf<T>(events: AsyncIterable<T>): AsyncIterator<T> {
  if (!(events instanceof ReadableStream)) return events[Symbol.asyncIterator]();
  const reader: ReadableStreamDefaultReader<T> = events.getReader();
  return {
    async next(): Promise<IteratorResult<T>> {
      const { done, value } = await reader.read();
      return done ? { done, value: undefined } : { value };
    },
    async return(): Promise<IteratorResult<T>> {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}

function iterable(
  events: AsyncIterable<string | ServerSentEvent>,
): AsyncIterable<string | ServerSentEvent> {
  const given: unknown = events;
  if (typeof given === "object" && given !== null && Symbol.asyncIterator in given) return events;
  quietly(given);
  throw new TypeError(
    `Cannot make an event stream: the producer must give an async iterable, not ${
      describe(given)
    }: write async function* (…)`,
  );
}

function isAbort(error: unknown): boolean {
  return isInstanceOf(error, Error) && error.name === "AbortError";
}
