/**
 * Applies the limits of a session: an idle limit, an absolute limit and the time between two
 * renewals.
 *
 * @module
 */

import { numberOf, type OptionKinds, orNull } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";

/** How long sessions live, in seconds. */
export interface LifetimeOptions {
  /**
   * The idle limit: seconds without a request until the session ends. `null` switches the limit
   * off.
   * @default {1200}
   */
  readonly timeout?: number | null;
  /**
   * Seconds between two renewals of an unchanged session, at most `timeout`. A session can end this
   * much before its idle limit, because a request within this time does not renew it. `null`
   * switches renewal off, so that the idle limit counts from the last change.
   * @default {timeout / 10}
   */
  readonly reissueTime?: number | null;
  /**
   * The absolute limit: seconds after which the session ends, even if the visitor is active. `null`
   * switches the limit off.
   * @default {2592000}
   */
  readonly lifetime?: number | null;
}

const SECONDS = orNull(numberOf("a number of seconds"), " for none");

/** The types of the values in {@linkcode LifetimeOptions}. */
export const LIFETIME_KINDS: OptionKinds<LifetimeOptions> = {
  timeout: SECONDS,
  reissueTime: SECONDS,
  lifetime: SECONDS,
};

/** The times by which the limits apply to a session, in milliseconds since 1970. */
export interface SessionTimes {
  /** When the session began. */
  readonly created: number;
  /** When its cookie was last issued. */
  readonly renewed: number;
  /** Seconds asked for by `remember()`. */
  readonly rememberFor?: number | undefined;
}

const DEFAULT_TIMEOUT = 1200;
const DEFAULT_LIFETIME = 30 * 24 * 60 * 60;
/** How far two servers' clocks may differ, in milliseconds. */
const CLOCK_SKEW = 60_000;

/** The limits of a factory's sessions. */
export class Lifetimes {
  /** The idle limit in milliseconds. Infinity switches it off. */
  readonly timeout: number;
  /** The time between two renewals in milliseconds. Infinity switches renewal off. */
  readonly reissueTime: number;
  /** The absolute limit in milliseconds. Infinity switches it off. */
  readonly lifetime: number;
  readonly #skew: number;
  readonly #reissueShare: number;

  /**
   * Checks the limits.
   *
   * @param options The limits in seconds.
   * @param skew How far in the future a time may lie, in milliseconds.
   * @param maxAge Seconds for which the browser keeps the cookie. The cookie is renewed before they
   * are over.
   * @throws {ConfigurationError} If a limit is not a number of seconds, or if two limits contradict
   * each other.
   */
  constructor(options: LifetimeOptions, skew: number = CLOCK_SKEW, maxAge?: number) {
    const { timeout = DEFAULT_TIMEOUT, lifetime = DEFAULT_LIFETIME } = options;
    this.timeout = milliseconds("timeout", timeout);
    this.lifetime = milliseconds("lifetime", lifetime);
    this.reissueTime = options.reissueTime === undefined
      ? this.timeout / 10
      : milliseconds("reissueTime", options.reissueTime);
    this.#reissueShare = reissueShare(this.reissueTime, this.timeout, options.reissueTime);
    this.#skew = skew;
    if (Number.isFinite(this.reissueTime) && this.reissueTime > this.timeout) {
      throw new ConfigurationError(
        `Cannot renew sessions every ${options.reissueTime} seconds: they end after ${timeout} seconds without a request, and reissueTime must not be more than timeout`,
      );
    }
    if (timeout !== null && lifetime !== null && timeout > lifetime) {
      throw new ConfigurationError(
        `Cannot let sessions idle for ${timeout} seconds: they end after ${lifetime} seconds in any case, and timeout must not be more than lifetime`,
      );
    }
    // The browser forgets the cookie after `maxAge`: an active visitor gets a new one before that.
    if (maxAge !== undefined && options.reissueTime !== null) {
      this.reissueTime = Math.min(this.reissueTime, maxAge * 100);
    }
  }

  /**
   * Gives the reason why a session of these times is over, or `null` if it is valid. A session
   * whose age is exactly the limit is valid.
   */
  refusal(
    session: SessionTimes,
    now: number,
  ): "future" | "malformed" | "expired-absolute" | "expired-idle" | null {
    const { created, renewed } = session;
    if (renewed > now + this.#skew || created > now + this.#skew) return "future";
    // Pyramid cuts the time of issue to whole seconds and not that of the start: its fresh cookies
    // look as if they were issued before the session began.
    if (renewed < created - this.#skew) return "malformed";
    const remembered = (session.rememberFor ?? 0) * 1000;
    if (now - created > Math.max(this.lifetime, remembered)) return "expired-absolute";
    if (now - renewed > (remembered || this.timeout)) return "expired-idle";
    return null;
  }

  /** Whether an unchanged session is due to be renewed. */
  isDue(session: SessionTimes, now: number): boolean {
    return now - session.renewed >= this.#reissueTimeOf(session);
  }

  /**
   * Gives the last millisecond in which a session of these times is valid. Infinity means that it
   * never ends.
   */
  endOf({ created, renewed, rememberFor = 0 }: SessionTimes): number {
    const remembered = rememberFor * 1000;
    const idle = renewed + (remembered || this.timeout);
    return Math.floor(Math.min(idle, created + Math.max(this.lifetime, remembered)));
  }

  /**
   * Gives the milliseconds after which no copy of a session that is issued now can be valid. It
   * covers every limit that copies can have. Infinity means that copies stay valid.
   */
  longest(rememberFor: number = 0): number {
    const remembered = rememberFor * 1000;
    const idle = Math.max(this.timeout, remembered);
    return Math.min(idle, Math.max(this.lifetime, remembered));
  }

  // A remembered session is renewed by its own idle limit, not by the factory's.
  #reissueTimeOf(session: SessionTimes): number {
    if (session.rememberFor === undefined) return this.reissueTime;
    return session.rememberFor * 1000 * this.#reissueShare;
  }
}

function reissueShare(reissueTime: number, timeout: number, given?: number | null): number {
  if (given === null) return Infinity;
  return Number.isFinite(timeout) && timeout > 0 ? reissueTime / timeout : 0.1;
}

function milliseconds(option: string, seconds: number | null): number {
  if (seconds === null) return Infinity;
  const valid = Number.isFinite(seconds) && Number.isFinite(seconds * 1000) && seconds >= 0 &&
    (seconds > 0 || option !== "lifetime");
  if (!valid) {
    throw new ConfigurationError(
      `Cannot set ${option} to ${seconds}: must be a number of seconds, or null for none`,
    );
  }
  return seconds * 1000;
}
