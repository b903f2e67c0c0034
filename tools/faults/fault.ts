/**
 * What a fault is, and what its run shows.
 *
 * @module
 */

import { type Asked, type Ledger, needsSession, statusesOf, waitingOf } from "./ledger.ts";
import type { Load } from "./load.ts";
import type { Program } from "./servers/programs.ts";
import type { Reckoning } from "./visitor.ts";

/** How much is tried. */
export interface Scale {
  /** How many visitors there are. */
  readonly visitors: number;
  /** How long the load runs before, between and after, in milliseconds. */
  readonly phase: number;
  /** How long a store is stopped, in milliseconds. */
  readonly stall: number;
  /** How many replies are cut. */
  readonly cuts: number;
  /** How much longer everything may take because the machine is busy, in milliseconds. */
  readonly slack: number;
  /** How many counts each of four processes makes. */
  readonly counts: number;
}

/** As `deno task faults` tries it. */
export const LONG: Scale = {
  visitors: 30,
  phase: 2000,
  stall: 4000,
  cuts: 20,
  slack: 500,
  counts: 250,
};
/** As the tests try it, beside other tests. */
export const SHORT: Scale = {
  visitors: 8,
  phase: 400,
  stall: 1500,
  cuts: 4,
  slack: 2500,
  counts: 50,
};

/** A fault, and how it is tried. */
export interface Fault {
  /** Its name. */
  readonly name: string;
  /** What its run shows. */
  readonly shows: string;
  /** The programs without which it cannot be tried. */
  readonly needs: readonly Program[];
  /** On what it is tried. The tests take the first only. */
  readonly on: readonly string[];
  /** Tries it on one of these. */
  run(on: string, scale: Scale): Promise<Outcome>;
}

/** What a run showed. Times are milliseconds. */
export interface Outcome {
  /** Changes that were sent: counts and keys. */
  readonly sent: number;
  /** Changes that were acknowledged. */
  readonly acknowledged: number;
  /** Acknowledged changes that are not there. */
  readonly lost: number;
  /** Changes that were made more than once. */
  readonly repeated: number;
  /** Visitors who are signed out. */
  readonly signedOut: number;
  /** The median time that visitors waited for pages that need the session. */
  readonly median: number;
  /** The longest time. */
  readonly longest: number;
  /** What else was seen. */
  readonly notes: readonly string[];
  /** What should not be. */
  readonly wrong: readonly string[];
}

/** Reckons, and adds up what is to be seen after every fault. */
export async function outcomeOf(load: Load, ...seen: readonly Verdict[]): Promise<Outcome> {
  return totalOf(await load.reckon(), load.ledger, seen);
}

/** Adds up. */
export function totalOf(
  reckonings: readonly Reckoning[],
  ledger: Ledger,
  seen: readonly Verdict[] = [],
): Outcome {
  const sum = (of: (one: Reckoning) => number) => reckonings.reduce((all, one) => all + of(one), 0);
  const { median, longest } = waitingOf(ledger.asked.filter(needsSession));
  const total = {
    sent: sum(({ sent }) => sent),
    acknowledged: sum(({ acknowledged }) => acknowledged),
    lost: sum(({ lost }) => lost),
    repeated: sum(({ repeated }) => repeated),
    signedOut: sum(({ isSignedOut }) => Number(isSignedOut)),
  };
  const wrong = seen.flatMap(({ wrong }) => wrong);
  if (total.lost > 0) wrong.push(`${total.lost} acknowledged changes are lost`);
  if (total.repeated > 0) wrong.push(`${total.repeated} changes were made twice`);
  if (total.signedOut > 0) wrong.push(`${total.signedOut} visitors are signed out`);
  if (total.acknowledged === 0) wrong.push("nothing was acknowledged");
  return { ...total, median, longest, notes: seen.flatMap(({ notes }) => notes), wrong };
}

/** What was seen, and what of it should not be. */
export interface Verdict {
  readonly notes: readonly string[];
  readonly wrong: readonly string[];
}

/** A note, which is also what is wrong unless it may be so. */
export function noted(note: string, mayBe: boolean): Verdict {
  return { notes: [note], wrong: mayBe ? [] : [note] };
}

/**
 * Judges the statuses: pages without a session are answered, all others are answered or get a 503 with
 * `Retry-After`.
 *
 * @param ledger The ledger.
 * @param allowed Statuses that may come besides.
 */
export function judgeStatuses(ledger: Ledger, allowed: readonly number[] = []): Verdict {
  const isRight = (one: Asked) =>
    one.status === 200 || allowed.includes(one.status) ||
    one.status === 503 && one.saysWhen && needsSession(one);
  const others = ledger.asked.filter((one) => !isRight(one));
  const refused = ledger.asked.filter(({ status }) => status === 503).length;
  return {
    notes: [`${refused} responses were a 503`],
    wrong: others.length === 0 ? [] : [`wrong responses: ${statusesOf(others)}`],
  };
}

/**
 * Judges the pages without a session: they were answered, and none waited for the store.
 *
 * @param ledger The ledger.
 * @param from When the fault began.
 * @param to When it ended.
 * @param slack Milliseconds that they may take because the machine is busy.
 */
export function judgePlain(ledger: Ledger, from: number, to: number, slack: number): Verdict {
  const { count, median, longest } = waitingOf(
    ledger.between(from, to, (one) => !needsSession(one)),
  );
  const note = `${count} pages without a session waited ${shown(median)}, at most ${
    shown(longest)
  }`;
  return noted(note, count > 0 && longest < slack);
}

/** A time in milliseconds. */
export function shown(milliseconds: number): string {
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}
