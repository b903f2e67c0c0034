/**
 * What visitors asked, what was answered, and how long they waited.
 *
 * @module
 */

/** What a visitor asks for. All but `plain` need the session. */
export type Kind = "count" | "write" | "read" | "sign in" | "sign out" | "plain";

/** One request. */
export interface Asked {
  readonly kind: Kind;
  /** When it was sent, in milliseconds of `performance.now()`. */
  readonly at: number;
  /** How long the visitor waited, in milliseconds. */
  readonly waited: number;
  /** The status of the response. 0 if the connection broke, -1 if the visitor gave up. */
  readonly status: number;
  /** Whether the response says when to ask again. */
  readonly saysWhen: boolean;
}

/** How long visitors waited, in milliseconds. */
export interface Waiting {
  readonly count: number;
  readonly median: number;
  readonly longest: number;
}

/** Takes down the requests. */
export class Ledger {
  /** All of them that have ended, in the order of their ends. */
  readonly asked: Asked[] = [];
  /** How many requests are under way. */
  open = 0;
  /** The most that were under way at once. */
  mostOpen = 0;

  /** Begins a request. Call what it returns when the request has ended. */
  begin(kind: Kind): (status: number, saysWhen: boolean) => void {
    const at = performance.now();
    this.open++;
    this.mostOpen = Math.max(this.mostOpen, this.open);
    return (status, saysWhen) => {
      this.open--;
      this.asked.push({ kind, at, waited: performance.now() - at, status, saysWhen });
    };
  }

  /** The requests that were sent between two times and that fit. */
  between(from: number, to: number, fits: (one: Asked) => boolean = () => true): Asked[] {
    return this.asked.filter((one) => one.at >= from && one.at < to && fits(one));
  }
}

/** Whether a request needs the session. */
export function needsSession({ kind }: Asked): boolean {
  return kind !== "plain";
}

/** How long the visitors waited. */
export function waitingOf(asked: readonly Asked[]): Waiting {
  const sorted = asked.map(({ waited }) => waited).sort((one, other) => one - other);
  return {
    count: sorted.length,
    median: sorted[Math.floor(sorted.length / 2)] ?? 0,
    longest: sorted.at(-1) ?? 0,
  };
}

/** How many requests had each status, such as `"200: 12, 503: 3"`. */
export function statusesOf(asked: readonly Asked[]): string {
  const counts = [...Map.groupBy(asked, ({ status }) => status)]
    .sort(([one], [other]) => one - other);
  return counts.map(([status, { length }]) => `${nameOf(status)}: ${length}`).join(", ");
}

function nameOf(status: number): string {
  return status === 0 ? "broken connections" : status === -1 ? "given up" : String(status);
}
