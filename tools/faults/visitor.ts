/**
 * A visitor who remembers what was acknowledged to him.
 *
 * @module
 */

import { until } from "./keeper.ts";
import type { Kind, Ledger } from "./ledger.ts";

/** How long a visitor waits before he gives up, in milliseconds. */
const PATIENCE = 10_000;
/** Under how many keys a visitor writes by turns. A session holds at most 256. */
const KEYS = 100;

/** What became of what a visitor was told. */
export interface Reckoning {
  /** Changes that the visitor asked for. */
  readonly sent: number;
  /** Changes that were answered with success. */
  readonly acknowledged: number;
  /** Acknowledged changes that are not there. */
  readonly lost: number;
  /** Changes that were made more often than they were asked for. */
  readonly repeated: number;
  /** Whether the visitor is no longer the user who signed in. */
  readonly isSignedOut: boolean;
}

/** What a page says of a session. */
interface SessionText {
  /** Who is signed in. */
  readonly user: string | null;
  readonly values: ReadonlyMap<string, number>;
}

/** A browser with its cookies. */
export class Visitor implements Disposable {
  /** The user as whom the visitor signed in. */
  readonly user: string;
  /** The values of the count that were acknowledged. */
  readonly counts: number[] = [];
  readonly #cookies = new Map<string, string>();
  readonly #client = Deno.createHttpClient({ poolMaxIdlePerHost: 1 });
  readonly #ledger: Ledger;
  readonly #origins: readonly string[];
  readonly #acknowledged = new Map<string, number>();
  #asked = 0;
  #countsSent = 0;
  #writesSent = 0;
  #writesAcknowledged = 0;

  /**
   * Takes the name of the user, the ledger, and whom to ask, by turns. Visitors with the same number of
   * requests do not all ask the same origin, because they begin with different ones.
   */
  constructor(user: string, ledger: Ledger, origins: readonly string[], first = 0) {
    this.user = user;
    this.#ledger = ledger;
    this.#origins = origins;
    this.#asked = first;
  }

  /** Signs in, and tells whether it worked. */
  async signIn(): Promise<boolean> {
    return await this.#ask("sign in", "POST", `/sign-in/${this.user}`) !== null;
  }

  /** Signs out, here or everywhere, and tells whether it worked. */
  async signOut(where: "here" | "everywhere" = "here"): Promise<boolean> {
    const path = where === "here" ? "/sign-out" : "/sign-out-everywhere";
    return await this.#ask("sign out", "POST", path) !== null;
  }

  /** Counts by one, and tells whether it worked. */
  async count(): Promise<boolean> {
    this.#countsSent++;
    const count = await this.#ask("count", "POST", "/count");
    if (typeof count === "number") this.counts.push(count);
    return count !== null;
  }

  /** Writes a key, and tells whether it worked. Later values are larger. */
  async write(): Promise<boolean> {
    const value = ++this.#writesSent, key = `key${value % KEYS}`;
    if (await this.#ask("write", "POST", `/write/${key}/${value}`) === null) return false;
    this.#writesAcknowledged++;
    this.#acknowledged.set(key, Math.max(value, this.#acknowledged.get(key) ?? 0));
    return true;
  }

  /** Reads the session. `null` if that did not work. */
  async read(): Promise<SessionText | null> {
    const text = await this.#ask("read", "GET", "/read");
    if (typeof text !== "object" || text === null) return null;
    const user: unknown = Reflect.get(text, "user");
    const values = new Map<string, number>();
    for (const [key, value] of Object.entries(Reflect.get(text, "values"))) {
      values.set(key, Number(value));
    }
    return { user: typeof user === "string" ? user : null, values };
  }

  /** Asks for a page without a session. */
  async plain(): Promise<boolean> {
    return await this.#ask("plain", "GET", "/plain") !== null;
  }

  /** Compares what was acknowledged with what is there. It asks until it is answered. */
  async reckon(): Promise<Reckoning> {
    let read: SessionText | null = null;
    await until(`the session of ${this.user}`, async () => (read = await this.read()) !== null);
    const { user, values }: SessionText = read ?? { user: null, values: new Map() };
    const counted = values.get("counted") ?? 0;
    let lost = this.#lostCounts(counted);
    for (const [key, value] of this.#acknowledged) {
      if (!((values.get(key) ?? 0) >= value)) lost++;
    }
    return {
      sent: this.#countsSent + this.#writesSent,
      acknowledged: this.counts.length + this.#writesAcknowledged,
      lost,
      repeated: Math.max(0, counted - this.#countsSent),
      isSignedOut: user !== this.user,
    };
  }

  /** A count that was told twice, or is higher than what is there, was lost in between. */
  #lostCounts(counted: number): number {
    const told = new Set(this.counts).size, highest = Math.max(0, ...this.counts);
    const twice = this.counts.length - told;
    return Math.max(this.counts.length - counted, twice + Math.max(0, highest - counted), 0);
  }

  /** Asks, and gives what the response holds. It is `null` unless the status is 200. */
  async #ask(kind: Kind, method: string, path: string): Promise<unknown> {
    const origin = this.#origins[this.#asked++ % this.#origins.length];
    const done = this.#ledger.begin(kind);
    let status = 0, saysWhen = false;
    try {
      const response = await fetch(`${origin}${path}`, {
        method,
        client: this.#client,
        redirect: "manual",
        headers: this.#cookies.size === 0 ? {} : { cookie: cookieHeader(this.#cookies) },
        signal: AbortSignal.timeout(PATIENCE),
      });
      const text = await response.text();
      status = response.status;
      saysWhen = response.headers.has("retry-after");
      for (const line of response.headers.getSetCookie()) this.#take(line);
      return status === 200 ? JSON.parse(text) : null;
    } catch (error) {
      if (error instanceof DOMException && error.name === "TimeoutError") status = -1;
      return null;
    } finally {
      done(status, saysWhen);
    }
  }

  #take(line: string): void {
    const [pair = "", ...attributes] = line.split(";");
    const at = pair.indexOf("="), name = pair.slice(0, at).trim();
    if (attributes.some((one) => /^\s*max-age=0\s*$/i.test(one))) this.#cookies.delete(name);
    else this.#cookies.set(name, pair.slice(at + 1).trim());
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}

function cookieHeader(cookies: ReadonlyMap<string, string>): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
}
