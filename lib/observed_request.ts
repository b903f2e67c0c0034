/**
 * What an app notes of a request while it answers it, if anybody observes the app.
 *
 * @module
 */

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
  #chosenAt: number;

  /**
   * Begins with the request.
   *
   * @param now Gives milliseconds. Default: `performance.now()`.
   */
  constructor(now: () => number = performanceNow) {
    this.#now = now;
    this.begun = this.#chosenAt = now();
  }

  /** Milliseconds since the app got the request. */
  get elapsed(): number {
    return this.#now() - this.begun;
  }

  /** Notes that a view was chosen. */
  chosen(): void {
    this.#chosenAt = this.#now();
    this.routing = this.#chosenAt - this.begun;
  }

  /** Notes that the view answered, or threw. */
  answered(): void {
    if (this.routing !== undefined) this.view ??= this.#now() - this.#chosenAt;
  }

  /** Notes how long the session is loaded. */
  loading<Loaded>(session: Promise<Loaded>): Promise<Loaded> {
    const begun = this.#now();
    const loaded = () => void (this.session = this.#now() - begun);
    session.then(loaded, loaded);
    return session;
  }

  /**
   * Notes what became of the session.
   *
   * @param outcome What became of it.
   * @param begun The value of `elapsed` when committing began.
   */
  committed(outcome: NotedOutcome, begun: number): void {
    this.outcome = outcome;
    this.commit = this.elapsed - begun;
  }
}

function performanceNow(): number {
  return performance.now();
}
