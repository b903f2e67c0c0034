/**
 * Visitors who ask without end.
 *
 * @module
 */

import { pause } from "./keeper.ts";
import { Ledger } from "./ledger.ts";
import { type Reckoning, Visitor } from "./visitor.ts";

/** How long a visitor waits between two requests, in milliseconds. */
const BETWEEN = 10;
/** How long a visitor waits after a response without success, in milliseconds. */
const AFTER_FAILURE = 30;
/** How often an open load sends requests, in milliseconds. */
const TICK = 10;

/** What a visitor does, over and over. */
const STEPS = ["count", "write", "plain", "count", "read"] as const;

/** Visitors and their load. */
export class Load implements AsyncDisposable {
  /** What was asked and answered. */
  readonly ledger = new Ledger();
  /** The visitors. */
  readonly visitors: readonly Visitor[];
  #isOver = false;
  readonly #work: Promise<unknown>[] = [];

  /** Takes how many visitors there are, whom they ask, and what their names begin with. */
  constructor(visitors: number, origins: readonly string[], name = "user") {
    this.visitors = Array.from(
      { length: visitors },
      (_, at) => new Visitor(`${name}${at}`, this.ledger, origins, at),
    );
  }

  /** Signs all in. */
  async signIn(): Promise<void> {
    const signedIn = await Promise.all(this.visitors.map((one) => one.signIn()));
    if (signedIn.includes(false)) throw new Error("A visitor could not sign in");
  }

  /** Begins: each visitor asks again once he was answered. */
  begin(): void {
    for (const visitor of this.visitors) this.#work.push(this.#persist(visitor));
  }

  /** Begins: so many requests a second are sent, whether those before were answered or not. */
  beginOpen(rate: number): void {
    this.#work.push(this.#flood(rate));
  }

  /** Ends the load, and waits for all responses. */
  async end(): Promise<void> {
    this.#isOver = true;
    // An open load adds what it sends.
    for (const one of this.#work) await one;
    this.#work.length = 0;
  }

  /** Ends the load, and compares what was acknowledged with what is there. */
  async reckon(): Promise<Reckoning[]> {
    await this.end();
    return await Promise.all(this.visitors.map((one) => one.reckon()));
  }

  async #persist(visitor: Visitor): Promise<void> {
    for (let step = 0; !this.#isOver; step++) {
      const went = await this.#do(visitor, step);
      await pause(went ? BETWEEN : AFTER_FAILURE);
    }
  }

  async #flood(rate: number): Promise<void> {
    const began = performance.now();
    let sent = 0;
    while (!this.#isOver) {
      const due = rate * (performance.now() - began) / 1000;
      for (; sent < due; sent++) {
        const visitor = this.visitors[sent % this.visitors.length];
        const step = Math.floor(sent / this.visitors.length);
        if (visitor !== undefined) this.#work.push(this.#do(visitor, step));
      }
      await pause(TICK);
    }
  }

  async #do(visitor: Visitor, step: number): Promise<boolean> {
    const what = STEPS[step % STEPS.length];
    return what !== undefined && Boolean(await visitor[what]());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    for (const visitor of this.visitors) visitor[Symbol.dispose]();
  }
}
