/**
 * Random requests at once, compared with a plain map.
 *
 * @module
 */

import type { SessionChange } from "../../session/stored/session_store.ts";
import { shown } from "./expectation.ts";
import { PlainStore } from "./plain_store.ts";
import { recordAt, type TestedStore } from "./trial.ts";

/** A call that can be made of the store on trial and of a plain one. */
interface Call {
  readonly text: string;
  readonly ask: (store: TestedStore) => Promise<unknown>;
  readonly answer: (plain: PlainStore) => unknown;
}

/** How many calls of one session are made at once: six orders. */
const AT_ONCE = 3;
const BATCHES = 4;

/**
 * Plays rounds of random calls.
 *
 * Calls at once may be carried out in any order. So there must be one in which a plain store gives the
 * same answers. What the store may hold is known up to that order, and each later answer narrows it.
 *
 * @param store The store on trial.
 * @param seed What the calls are made of.
 * @param rounds The number of rounds. Each round has its own sessions.
 * @param start The time at which each begins.
 * @throws {Error} If no order explains what the store answered. The message has the seed and the calls.
 */
export async function playInterleavings(
  store: TestedStore,
  seed: number,
  rounds: number,
  start: number,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const random = new Random(seed + round);
    let now = start;
    let possible = [new PlainStore()];
    const history: string[] = [];
    for (let batch = 0; batch < BATCHES; batch++) {
      now += random.pick(0, 0, 1, 5, 20);
      const id = `${round}-${random.pick("a", "b")}`;
      const calls = Array.from({ length: AT_ONCE }, () => callOf(random, id, round, now));
      // Those of an account are no single step in every store, so each of them goes alone.
      for (const together of [calls, [accountCallOf(random, round, now)], ...looks(round, now)]) {
        const answers = await Promise.all(together.map(({ ask }) => ask(store)));
        history.push(
          together.map(({ text }, at) => `${text} → ${shown(answers[at])}`).join("\n & "),
        );
        possible = explanations(possible, together, answers);
        if (possible.length > 0) continue;
        throw new Error(
          `no order of these calls explains the answers (seed ${seed + round}, { rounds: 1 }):\n${
            history.join("\n")
          }`,
        );
      }
    }
  }
}

function explanations(
  possible: readonly PlainStore[],
  calls: readonly Call[],
  answers: readonly unknown[],
): PlainStore[] {
  const wanted = answers.map(shown);
  const found = new Map<string, PlainStore>();
  for (const before of possible) {
    for (const order of orders(calls.map((_, at) => at))) {
      const plain = new PlainStore(before);
      const fits = order.every((at) => shown(calls[at]?.answer(plain)) === wanted[at]);
      if (fits) found.set(shown(plain.state), plain);
    }
  }
  return [...found.values()];
}

function orders(items: readonly number[]): number[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((first) =>
    orders(items.filter((other) => other !== first)).map((rest) => [first, ...rest])
  );
}

function callOf(random: Random, id: string, round: number, now: number): Call {
  const account = random.pick(null, `ada-${round}`, `bob-${round}`);
  if (random.chance(25)) {
    const record = recordAt(now, {
      head: random.pick("1", "2"),
      expires: now + random.pick(0, 3, 10, 1000, 100_000),
      account,
      values: valuesOf(random),
    });
    return {
      text: `create(${id}, ${shown(record)}, ${now})`,
      ask: (store) => store.create(id, record, now),
      answer: (plain) => plain.create(id, record, now),
    };
  }
  if (random.chance(10)) {
    return {
      text: `delete(${id})`,
      ask: async (store) => (await store.delete(id), null),
      answer: (plain) => (plain.delete(id), null),
    };
  }
  const head = random.pick("1", "1", "2"), change = changeOf(random, account, now);
  return {
    text: `update(${id}, ${head}, ${shown(change)}, ${now})`,
    ask: (store) => store.update(id, head, change, now),
    answer: (plain) => plain.update(id, head, change, now),
  };
}

function accountCallOf(random: Random, round: number, now: number): Call {
  const account = `${random.pick("ada", "bob")}-${round}`,
    except = [`${round}-${random.pick("a", "b")}`];
  if (random.chance(30)) {
    return {
      text: `deleteAll(${account}, ${except}, ${now})`,
      ask: (store) => store.deleteAll(account, except, now),
      answer: (plain) => plain.deleteAll(account, except, now),
    };
  }
  const inOrder = (listed: { id: string }[]) =>
    listed.sort((one, other) => one.id < other.id ? -1 : 1);
  return {
    text: `list(${account}, ${now})`,
    ask: async (store) => inOrder(await store.list(account, now)),
    answer: (plain) => inOrder(plain.list(account, now)),
  };
}

/** Looks at both sessions, one after the other. */
function looks(round: number, now: number): Call[][] {
  return ["a", "b"].map((name) => [{
    text: `load(${round}-${name}, ${now})`,
    ask: (store) => store.load(`${round}-${name}`, now),
    answer: (plain) => plain.load(`${round}-${name}`, now),
  }]);
}

function changeOf(random: Random, account: string | null, now: number): SessionChange {
  const change: SessionChange = {};
  if (random.chance(60)) change.set = valuesOf(random);
  if (random.chance(10)) change.clear = true;
  if (random.chance(20)) change.delete = ["b", "__proto__"].filter((key) => !change.set?.has(key));
  if (random.chance(30)) change.expect = ["a", random.pick(null, "0", "1", "null")];
  if (random.chance(20)) change.head = random.pick("1", "2");
  if (random.chance(20)) change.account = account;
  if (random.chance(20)) change.renewed = now;
  if (random.chance(20)) change.expires = now + random.pick(0, 3, 10, 1000, 100_000);
  if (random.chance(50)) change.operation = `op-${random.below(6)}`;
  return change;
}

function valuesOf(random: Random): Map<string, string> {
  const values = new Map<string, string>();
  while (random.chance(60)) {
    values.set(random.pick("a", "b", "__proto__", "0"), random.pick("0", "1", "null", ""));
  }
  return values;
}

/** A seeded stream of numbers (mulberry32). */
class Random {
  #state: number;

  /** Starts the stream of a seed, a 32-bit integer. */
  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** An integer from 0, included, to `bound`, excluded. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor(((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296 * bound);
  }

  /** One of a list, which is not empty. */
  pick<T>(first: T, ...others: readonly T[]): T {
    return others[this.below(others.length + 1) - 1] ?? first;
  }

  /** True in so many of a hundred cases. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
}
