/**
 * Times things in this process by turns: A B C, A B C, …, so that whatever disturbs the machine
 * disturbs all of them.
 *
 * @module
 */

/** Something to time: does its work so many times. */
export interface Contender {
  /** Its name. */
  readonly name: string;
  /** Does the work so many times. */
  readonly run: (times: number) => unknown;
}

/** How long to time. */
export interface Turns {
  /** How often each has its turn. */
  readonly rounds: number;
  /** About how long a turn takes, in milliseconds. */
  readonly milliseconds: number;
  /** How long each is warmed up, in milliseconds: until the compiler has finished with it. @default {60} */
  readonly warmUp?: number;
}

/** Gives nanoseconds for one time of the work: by name, a sample for each round. */
export async function interleave(
  contenders: readonly Contender[],
  { rounds, milliseconds, warmUp = 60 }: Turns,
): Promise<Map<string, number[]>> {
  const samples = new Map<string, number[]>();
  const turns: { contender: Contender; times: number; taken: number[] }[] = [];
  for (const contender of contenders) {
    const taken: number[] = [];
    samples.set(contender.name, taken);
    turns.push({ contender, times: await timesFor(contender, milliseconds, warmUp), taken });
  }
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < turns.length; turn++) {
      // Another goes first each time, so that nobody always follows the same one.
      const next = turns[(turn + round) % turns.length];
      if (next === undefined) continue;
      next.taken.push(await nanoseconds(next.contender, next.times) / next.times);
    }
  }
  return samples;
}

/** Warms up, and finds how many times fill a turn. */
async function timesFor(
  contender: Contender,
  milliseconds: number,
  warmUp: number,
): Promise<number> {
  const wanted = milliseconds * 1e6;
  const warm = performance.now() + warmUp;
  let times = 1;
  for (;;) {
    const taken = await nanoseconds(contender, times);
    if (performance.now() >= warm && taken >= wanted / 2) {
      return Math.max(1, Math.round(times * wanted / taken));
    }
    if (taken < wanted) {
      times = Math.max(times + 1, Math.min(times * 10, Math.ceil(times * wanted / taken)));
    }
  }
}

async function nanoseconds({ run }: Contender, times: number): Promise<number> {
  const start = performance.now();
  const done = run(times);
  if (done instanceof Promise) await done;
  return (performance.now() - start) * 1e6;
}
