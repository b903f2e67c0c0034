/**
 * Facts about a request: safe methods, prefetches, the connection, its id, and the times of its
 * steps.
 *
 * @module
 */

/** The safe methods, which read only (RFC 9110, section 9.2.1). */
export const SAFE_METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS", "TRACE"];

/**
 * Whether the request is a HEAD or a prefetch, whose response a person may never see.
 *
 * The header `Sec-Purpose` marks a prefetch (Fetch standard). Messages that are shown once are kept
 * for a later request.
 */
export function isPassive(
  request: { readonly method: string; readonly headers: Headers },
): boolean {
  return request.method === "HEAD" || isPrefetch(request.headers);
}

/**
 * Whether the browser prefetches the page. It may show this response later, when the visitor opens
 * the page.
 */
export function isPrefetch(headers: Headers): boolean {
  const purpose = headers.get("sec-purpose");
  return purpose !== null && /(?:^|[\s;,])prefetch(?:$|[\s;,])/.test(purpose);
}

/**
 * The connection of a request, as the server passes it. A `Deno.ServeHandlerInfo` fits.
 *
 * It is declared here so that the types can be used without `Deno`.
 */
export interface ConnectionInfo {
  /** The address of the peer: the visitor, or your proxy. */
  readonly remoteAddr: {
    /** The kind of connection, such as `"tcp"` or `"unix"`. */
    readonly transport: string;
    /** The IP address. It is missing if the connection is not over the network. */
    readonly hostname?: string;
    /** The port. It is missing if the connection is not over the network. */
    readonly port?: number;
    /** The path of a Unix socket. It is missing for other connections. */
    readonly path?: string;
  };
  /** Resolves when the response was sent. It rejects if the connection closes earlier. */
  readonly completed: Promise<void>;
}

/** What became of the session, as far as an observer asks for it. */
interface NotedOutcome {
  readonly do: "nothing" | "renew" | "write" | "remove";
  readonly isLost?: boolean;
}

/**
 * The times of one request in milliseconds, and what became of its session.
 *
 * @internal
 */
export class ObservedRequest {
  /** When the app got the request. */
  readonly begun: number;
  readonly #now: () => number;
  /** Milliseconds until a view was chosen. Undefined if none was. */
  routing: number | undefined = undefined;
  /** Milliseconds for which the session was loaded. */
  session: number | undefined = undefined;
  /** Milliseconds from the choice of the view to its answer. */
  view: number | undefined = undefined;
  /** Milliseconds for which the session was committed. */
  commit: number | undefined = undefined;
  /** What became of the session. Undefined if it was not committed. */
  outcome: NotedOutcome | undefined = undefined;
  /** Whether committing the session failed. */
  isUncommitted = false;
  readonly #timesSteps: boolean;
  #chosenAt: number;
  #committingAt = 0;

  /**
   * Begins with the request.
   *
   * @param timesSteps Whether the steps are timed, or the whole alone. Each look at the clock takes
   * a quarter of a microsecond.
   * @param now Gives milliseconds. Default: `performance.now()`.
   */
  constructor(timesSteps: boolean, now: () => number = performanceNow) {
    this.#timesSteps = timesSteps;
    this.#now = now;
    this.begun = this.#chosenAt = now();
  }

  /** Milliseconds since the app got the request. */
  get elapsed(): number {
    return this.#now() - this.begun;
  }

  /** Notes that a view was chosen. */
  chosen(): void {
    if (!this.#timesSteps) return;
    this.#chosenAt = this.#now();
    this.routing = this.#chosenAt - this.begun;
  }

  /** Notes that the view answered, or threw. */
  answered(): void {
    if (this.routing !== undefined) this.view ??= this.#now() - this.#chosenAt;
  }

  /** Notes how long the session is loaded. */
  loading<Loaded>(session: Promise<Loaded>): Promise<Loaded> {
    if (!this.#timesSteps) return session;
    const begun = this.#now();
    const loaded = () => void (this.session = this.#now() - begun);
    session.then(loaded, loaded);
    return session;
  }

  /** Notes that committing the session begins. */
  committing(): void {
    if (this.#timesSteps) this.#committingAt = this.#now();
  }

  /** Notes what became of the session. */
  committed(outcome: NotedOutcome): void {
    this.outcome = outcome;
    if (this.#timesSteps) this.commit = this.#now() - this.#committingAt;
  }
}

function performanceNow(): number {
  return performance.now();
}

/** What a proxy may send: visible ASCII that needs no escape in a header, in JSON and in a log. */
const REQUEST_ID = /^[A-Za-z0-9+/=_.:@~-]{1,128}$/;
/** Version, trace id, id of the caller's span, and flags. A later version may append fields. */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;
const LONGEST_TRACEPARENT = 512;

/**
 * Returns a request id that a proxy sent, if it has 1 to 128 letters, digits and `+/=_.:@~-`.
 *
 * @param value The value of `X-Request-Id`. The values of several headers form one list, which is no
 * id.
 * @returns The id, or `null` if it is not valid.
 */
export function validRequestId(value: string | null): string | null {
  return value !== null && REQUEST_ID.test(value) ? value : null;
}

/**
 * Reads the trace id of a `traceparent` (W3C Trace Context, section 3.2).
 *
 * @param value The value of the header.
 * @returns 32 hexadecimal digits, or `null` if the header is not valid.
 */
export function traceId(value: string | null): string | null {
  if (value === null || value.length > LONGEST_TRACEPARENT) return null;
  const [, version, trace, parent, more] = TRACEPARENT.exec(value) ?? [];
  if (trace === undefined || parent === undefined || version === "ff") return null;
  if (version === "00" && more !== undefined) return null;
  return isZero(trace) || isZero(parent) ? null : trace;
}

function isZero(digits: string): boolean {
  return /^0+$/.test(digits);
}

/** Makes a random id of 32 hexadecimal digits, as long as a trace id. */
export function randomRequestId(): string {
  return crypto.randomUUID().replaceAll("-", "");
}
