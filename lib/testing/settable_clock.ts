/**
 * A clock that a test moves.
 *
 * @module
 */

/** A clock that stands still until the test moves it. Call it to get the time in milliseconds. */
export interface SettableClock {
  /** The time, in milliseconds since 1970. */
  (): number;
  /**
   * Moves the clock by some seconds.
   *
   * @param seconds The number of seconds, rounded to milliseconds. A negative number moves the
   * clock back.
   * @throws {RangeError} If the number is not finite.
   */
  travel(seconds: number): void;
  /**
   * Sets the clock to a time.
   *
   * @param milliseconds The new time in milliseconds since 1970, an integer.
   * @throws {RangeError} If the time is not a safe integer.
   */
  travelTo(milliseconds: number): void;
}

function checked(milliseconds: number): number {
  if (Number.isSafeInteger(milliseconds)) return milliseconds;
  throw new RangeError(
    `Cannot set the clock to ${milliseconds}: must be an integer of milliseconds`,
  );
}

/**
 * Makes a clock for the option `clock` of a session factory, a `TestClient` or a `CookieJar`.
 *
 * @param start The first time in milliseconds since 1970, an integer. Default: the start of 2026,
 * so that every run is the same.
 * @returns The clock.
 * @throws {RangeError} If `start` is not a safe integer.
 *
 * @example Twenty minutes later
 * ```ts
 * import { settableClock } from "@pyramidion/pyramidion/testing";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const clock = settableClock(0);
 * clock.travel(20 * 60);
 * assertEquals(clock(), 1_200_000);
 * ```
 */
export function settableClock(start: number = Date.UTC(2026, 0, 1)): SettableClock {
  let now = checked(start);
  return Object.assign(() => now, {
    travel(seconds: number): void {
      now = checked(now + Math.round(seconds * 1000));
    },
    travelTo(milliseconds: number): void {
      now = checked(milliseconds);
    },
  });
}
