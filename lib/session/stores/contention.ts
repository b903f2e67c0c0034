/**
 * Repeating an attempt that lost to another writer.
 *
 * @module
 */

/** What an attempt returns if another writer was first. */
export const CONTENDED: unique symbol = Symbol("contended");

/** How many attempts are made, and how the pauses are made. */
export interface Patience {
  /** Most attempts. */
  readonly attempts: number;
  /** A number from 0 to 1 at random. */
  random(): number;
  /** Waits for so many milliseconds. */
  wait(milliseconds: number): Promise<void>;
}

/** The longest pause between two attempts, in milliseconds. */
const LONGEST_PAUSE = 32;

/** About a second, of which most is waited. */
export const PATIENCE: Patience = {
  attempts: 64,
  random: Math.random,
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/**
 * Repeats an attempt until no other writer was first.
 *
 * Between two attempts it waits for a random time of up to 2, 4, 8, 16 and then 32 milliseconds.
 * Without it, two writers could lose to each other for ever.
 *
 * @param what What is attempted, as the words after "Cannot" in the message.
 * @param attempt Makes the attempt, or returns {@linkcode CONTENDED}.
 * @param patience How often.
 * @throws {Error} If all attempts lost.
 */
export async function untilUncontended<T>(
  what: string,
  attempt: () => T | typeof CONTENDED | Promise<T | typeof CONTENDED>,
  { attempts, random, wait }: Patience = PATIENCE,
): Promise<T> {
  for (let lost = 0; lost < attempts; lost++) {
    if (lost > 0) await wait(random() * Math.min(2 ** lost, LONGEST_PAUSE));
    const answer = await attempt();
    if (answer !== CONTENDED) return answer;
  }
  throw new Error(`Cannot ${what}: others came before at each of ${attempts} attempts`);
}

/** Whether a database says that another process is writing. */
export function isLocked(error: unknown): boolean {
  return error instanceof Error && /database (?:table )?is locked|SQLITE_BUSY/.test(error.message);
}
