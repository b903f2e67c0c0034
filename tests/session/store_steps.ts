/**
 * Requests at once, in every order in which their questions to a store can be answered.
 *
 * @module
 */

import { assert } from "jsr:@std/assert@^1.0.0";
import type { RevocationStore } from "@pyramidion/pyramidion";
import { memoryRevocations } from "@pyramidion/pyramidion/stores/memory";

/** A question that waits for its answer. */
interface Step {
  /** Who asks, and which of its questions it is. */
  readonly name: string;
  readonly key: string;
  readonly writes: boolean;
  readonly go: () => void;
}

/** One store, as each request sees it: nothing is answered before it is that question's turn. */
export class SteppedStore {
  readonly #store: RevocationStore;
  readonly #asked = new Map<string, number>();
  /** What waits, in the order in which it was asked. */
  readonly waiting: Step[] = [];

  /** Makes an empty store; `clock` gives the time. */
  constructor(clock: () => number) {
    this.#store = memoryRevocations({ clock });
  }

  /** The store without waiting. */
  get atOnce(): RevocationStore {
    return this.#store;
  }

  /** The store as one request sees it. */
  seenBy(who: string): RevocationStore {
    const ask = <T>(key: string, writes: boolean, work: () => T): Promise<Awaited<T>> => {
      const answer = Promise.withResolvers<Awaited<T>>();
      const count = (this.#asked.get(who) ?? 0) + 1;
      this.#asked.set(who, count);
      const go = () => answer.resolve(work() as Awaited<T>);
      this.waiting.push({ name: `${who} ${count}`, key, writes, go });
      return answer.promise;
    };
    const store = this.#store;
    return {
      has: (id) => ask(id, false, () => store.has(id)),
      add: (id, until) => ask(id, true, () => store.add(id, until)),
      epoch: (user) => ask(`epoch ${user}`, false, () => store.epoch(user)),
      bump: (user) => ask(`epoch ${user}`, true, () => store.bump(user)),
    };
  }
}

/** Requests that are under way, and what must be true once they are answered. */
export interface Play {
  /** Each request's answer. */
  readonly requests: readonly Promise<unknown>[];
  /** Looks at what came of it; `order` says who asked when. */
  readonly check: (order: string) => Promise<void>;
}

interface Choice {
  readonly waiting: readonly Step[];
  /** Orders that begin with these have been tried, and differ from what follows in nothing. */
  readonly asleep: ReadonlyMap<string, Step>;
  readonly tried: Map<string, Step>;
  chosen: Step;
}

/**
 * Plays the requests in every order; of orders that differ only in questions that do not touch each
 * other, in one (sleep sets, Godefroid 1996).
 *
 * @param clock The time, which stands still.
 * @param play Sends the requests.
 * @returns How many orders there were.
 */
export async function inEveryOrder(
  clock: () => number,
  play: (store: SteppedStore) => Promise<Play>,
): Promise<number> {
  const choices: Choice[] = [];
  let orders = 0;
  do {
    const store = new SteppedStore(clock);
    const { requests, check } = await play(store);
    let left = requests.length;
    for (const request of requests) request.then(() => left--, () => left--);
    const order: string[] = [];
    let isRepeated = false;
    for (let depth = 0; await settled(store, () => left); depth++) {
      const choice = choices[depth] ?? choiceAfter(choices[depth - 1], store.waiting);
      if (choice === undefined) {
        isRepeated = true;
        break;
      }
      choices[depth] = choice;
      const at = store.waiting.findIndex(({ name }) => name === choice.chosen.name);
      const [step] = store.waiting.splice(at, 1);
      assert(step !== undefined && at >= 0, "it does not go the same way twice");
      order.push(step.name);
      step.go();
    }
    if (!isRepeated) {
      orders++;
      await Promise.all(requests);
      await check(order.join(", "));
    }
  } while (next(choices));
  return orders;
}

/** Waits until everybody waits; tells whether anybody does. */
async function settled(store: SteppedStore, left: () => number): Promise<boolean> {
  for (let turn = 0; turn < 60; turn++) await null;
  assert(left() === 0 || store.waiting.length > 0, "somebody is still at work");
  return store.waiting.length > 0;
}

function choiceAfter(before: Choice | undefined, waiting: readonly Step[]): Choice | undefined {
  const asleep = new Map<string, Step>();
  for (const step of [...before?.asleep.values() ?? [], ...before?.tried.values() ?? []]) {
    if (before !== undefined && !touches(step, before.chosen)) asleep.set(step.name, step);
  }
  const chosen = waiting.find(({ name }) => !asleep.has(name));
  if (chosen === undefined) return undefined;
  return { waiting: [...waiting], asleep, tried: new Map(), chosen };
}

/** Goes to the next order; tells whether there is one. */
function next(choices: Choice[]): boolean {
  for (let choice = choices.at(-1); choice !== undefined; choice = choices.at(-1)) {
    const { asleep, tried, waiting } = choice;
    tried.set(choice.chosen.name, choice.chosen);
    const other = waiting.find(({ name }) => !asleep.has(name) && !tried.has(name));
    if (other !== undefined) {
      choice.chosen = other;
      return true;
    }
    choices.pop();
  }
  return false;
}

function touches(one: Step, other: Step): boolean {
  return one.key === other.key && (one.writes || other.writes);
}
