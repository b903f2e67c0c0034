/**
 * Trying again what lost against others.
 *
 * @module
 */

/** What an attempt gives that others came before. */
export const CONTENDED: unique symbol = Symbol("contended");

/** How long it is tried, and what it waits by. */
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
 * Attempts something until nobody else comes before.
 *
 * Between two attempts it waits for a random time, of up to 1, 2, 4 … 32 milliseconds. Two that keep
 * losing against each other would otherwise do so for ever.
 *
 * @param what What is attempted, behind "Cannot".
 * @param attempt Does it, or gives {@linkcode CONTENDED}.
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
