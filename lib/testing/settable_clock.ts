/**
 * Time that passes when a test says so.
 *
 * @module
 */

/** A clock that stands still until it is moved: call it for the time in milliseconds. */
export interface SettableClock {
  /** The time, in milliseconds since 1970. */
  (): number;
  /**
   * Moves the clock.
   *
   * @param seconds How far; negative goes back. Rounded to milliseconds.
   * @throws {RangeError} If it is not a finite number.
   */
  travel(seconds: number): void;
  /**
   * Sets the clock.
   *
   * @param milliseconds The new time, an integer since 1970.
   * @throws {RangeError} If it is not a safe integer.
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
 * A clock for every `clock` option: of session factories, of a `TestClient`, of a `CookieJar`.
 *
 * @param start Where it stands, an integer of milliseconds. Default: the start of 2026, so that
 * every run is the same.
 * @returns The time in milliseconds when called.
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
