/**
 * From a response that is ready to the end of its sending.
 *
 * @module
 */

import type { ConnectionInfo } from "../../http/request.ts";
import { bodyText, NULL_BODY_STATUSES } from "../../http/response.ts";
import { isInstanceOf } from "../../promises.ts";

/** How the sending ended, and how many bytes were handed over. */
export interface Ending {
  /** How it ended. */
  readonly end: "sent" | "aborted" | "failed";
  /** The bytes. The value is `null` if they are not known. */
  readonly bytes: number | null;
}

/** A response, and the promise of its end. The promise is left out if the end is known now. */
export interface Sending {
  /** What the server gets: the response, or a copy whose body is counted. */
  readonly response: Response;
  /** How it ends. */
  readonly ending: Ending | Promise<Ending>;
}

/** The type that the platform gives to a text. A stream never gets it. */
const TEXT_OF_PLATFORM = "text/plain;charset=UTF-8";
/** Steps of the microtask queue in which a body that is in memory gives all of itself. */
const MOST_TURNS = 8;

/**
 * Follows a response until it was sent.
 *
 * The size is known from `Content-Length`, from the text that the library wrote, or by counting.
 * Only a body that neither states is counted, which costs about 50 µs. A body that is in memory is
 * then sent with its length, as before. A plain text of `new Response(text)` is not touched, and
 * its size stays unknown.
 *
 * @param response The response.
 * @param method The method of the request.
 * @param info What the server knows of the connection. Its `completed` gives the end.
 */
export function follow(
  response: Response,
  method: string,
  info: ConnectionInfo | undefined,
): Sending | Promise<Sending> {
  const { status } = response;
  // A WebSocket: its connection is no longer one of requests.
  if (status === 101) return { response, ending: { end: "sent", bytes: 0 } };
  const bytes = method === "HEAD" || NULL_BODY_STATUSES.has(status) ? 0 : knownSize(response);
  if (bytes === undefined) return count(response, info);
  return { response, ending: whenSent(info, () => ({ end: "sent", bytes })) };
}

/** The size of the body. It is `null` if it stays unknown, and undefined if it can be counted. */
function knownSize(response: Response): number | null | undefined {
  const { headers } = response;
  const length = headers.get("content-length");
  if (length !== null && /^\d{1,15}$/.test(length)) return Number(length);
  const text = bodyText(response);
  if (text !== undefined) return byteLength(text);
  return headers.get("content-type") === TEXT_OF_PLATFORM ? null : undefined;
}

const encoder = new TextEncoder();
/** Takes the bytes of short texts, so that none has to be allocated. */
const scratch = new Uint8Array(16_384);

function byteLength(text: string): number {
  // A UTF-16 code unit takes at most three bytes.
  return text.length * 3 <= scratch.length
    ? encoder.encodeInto(text, scratch).written
    : encoder.encode(text).length;
}

/** Waits until the server has sent the response. Without a server that is now. */
function whenSent(
  info: ConnectionInfo | undefined,
  ending: (isSent: boolean) => Ending,
): Ending | Promise<Ending> {
  const completed: unknown = info?.completed;
  if (!isInstanceOf(completed, Promise)) return ending(true);
  return completed.then(() => ending(true), () => ({ ...ending(false), end: "aborted" }));
}

/** Reads what is there at once: the whole body, if it is in memory. */
async function count(response: Response, info: ConnectionInfo | undefined): Promise<Sending> {
  const { body } = response;
  if (body === null || body.locked) {
    return { response, ending: whenSent(info, () => ({ end: "sent", bytes: 0 })) };
  }
  const { status, statusText, headers } = response;
  const reader = body.getReader();
  const start = await firstChunks(reader);
  if (start.isWhole) {
    const [whole = new Uint8Array()] = start.chunks;
    return {
      response: new Response(whole, { status, statusText, headers }),
      ending: whenSent(info, () => ({ end: "sent", bytes: whole.length })),
    };
  }
  const counted = new CountedBody(reader, start);
  const stream = new ReadableStream(counted, { highWaterMark: 0 });
  return {
    response: new Response(stream, { status, statusText, headers }),
    ending: counted.ending(info),
  };
}

/** What a body gave at once. */
interface Start {
  readonly chunks: readonly Uint8Array<ArrayBuffer>[];
  /** The read that has not answered yet. */
  readonly next: Promise<ReadableStreamReadResult<Uint8Array<ArrayBuffer>>> | undefined;
  /** Whether this is the whole body, in one piece or none. */
  readonly isWhole: boolean;
}

/** At most one chunk, and whether the end follows it. */
async function firstChunks(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
): Promise<Start> {
  const first = reader.read();
  const one = await soon(first);
  if (one === undefined) return { chunks: [], next: first, isWhole: false };
  if (one.done) return { chunks: [], next: undefined, isWhole: true };
  // A stream may give anything. The server refuses it, as without a log.
  if (!isInstanceOf(one.value, Uint8Array)) {
    return { chunks: [one.value], next: undefined, isWhole: false };
  }
  const next = reader.read();
  const isWhole = (await soon(next))?.done === true;
  return { chunks: [one.value], next, isWhole };
}

/** What a promise gives within a few turns. It is undefined if it takes longer, or rejects. */
async function soon<T>(promise: Promise<T>): Promise<T | undefined> {
  let settled: T | undefined;
  promise.then((value) => settled = value, () => {});
  for (let turn = 0; turn < MOST_TURNS && settled === undefined; turn++) await undefined;
  return settled;
}

/** Hands a body on, and counts its bytes. */
class CountedBody implements UnderlyingDefaultSource<Uint8Array<ArrayBuffer>> {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  readonly #start: Uint8Array<ArrayBuffer>[];
  readonly #ended: PromiseWithResolvers<Ending["end"]> = Promise.withResolvers();
  #next: Start["next"];
  #bytes = 0;
  #end: Ending["end"] | undefined;

  constructor(
    reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
    { chunks, next }: Start,
  ) {
    this.#reader = reader;
    this.#start = [...chunks];
    this.#next = next;
  }

  /** How the sending ends: with the stream, or when the server is done with it. */
  ending(info: ConnectionInfo | undefined): Ending | Promise<Ending> {
    const ofStream = this.#ended.promise.then((end) => ({ end, bytes: this.#bytes }));
    const ofServer = whenSent(info, () => ({ end: this.#end ?? "aborted", bytes: this.#bytes }));
    return ofServer instanceof Promise ? Promise.race([ofStream, ofServer]) : ofStream;
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): Promise<void> {
    try {
      const chunk = this.#start.shift() ?? await this.#read();
      if (chunk === undefined) {
        controller.close();
        return this.#settle("sent");
      }
      if (isInstanceOf(chunk, Uint8Array)) this.#bytes += chunk.byteLength;
      else this.#settle("failed");
      controller.enqueue(chunk);
    } catch (error) {
      this.#settle("failed");
      throw error;
    }
  }

  async cancel(reason: unknown): Promise<void> {
    this.#settle("aborted");
    await this.#reader.cancel(reason);
  }

  async #read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const reading = this.#next ?? this.#reader.read();
    this.#next = undefined;
    const { done, value } = await reading;
    return done ? undefined : value;
  }

  #settle(end: Ending["end"]): void {
    this.#end ??= end;
    this.#ended.resolve(end);
  }
}
