/**
 * Tracks whether a request wrote to its session, and whether the session is closed.
 *
 * @module
 */

import type { SessionRecord } from "./record.ts";

/** The state of a session during its request, for factories. */
export class SessionState {
  /** The present contents of the session. */
  readonly record: SessionRecord;
  /** Whether the app wrote to the session, or got an object that it may have changed in place. */
  maybeChanged = false;
  /** Whether the session is closed, so that every write throws. */
  isClosed = false;
  #objects: LoadedObjects | undefined;

  /** Begins with the record that was loaded. */
  constructor(record: SessionRecord) {
    this.record = record;
  }

  /** Closes the session: every further write throws. A change of a loaded object throws too. */
  close(): void {
    this.isClosed = true;
    this.#objects?.freeze();
  }

  /**
   * Notes that the app writes to the session.
   *
   * @param attempt The action for the message, as it stands after "Cannot".
   * @throws {Error} If the session is closed.
   */
  write(attempt: string): void {
    this.refuseLate(attempt);
    this.maybeChanged = true;
  }

  /**
   * Throws if the session is closed.
   *
   * @param attempt The action for the message, as it stands after "Cannot".
   * @throws {Error} If the session is closed.
   */
  refuseLate(attempt: string): void {
    if (!this.isClosed) return;
    throw new Error(
      `Cannot ${attempt}: the response is already on its way without it; write to the session before the view returns its response, and await what writes`,
    );
  }

  /** Notes that the app gets an object, which it may change in place. */
  handOut(value: object): void {
    this.maybeChanged = true;
    this.#loaded.add(value);
  }

  /** Notes that a value belongs to the app, so that the session never freezes it. */
  leaveOut(value: unknown): void {
    if (typeof value === "object") this.#loaded.leaveOut(value);
  }

  get #loaded(): LoadedObjects {
    if (this.#objects === undefined) {
      this.#objects = new LoadedObjects();
      if (this.isClosed) this.#objects.freeze();
    }
    return this.#objects;
  }
}

/**
 * Keeps the objects that a session gave to the app, and freezes them when a change would be lost.
 *
 * It freezes only loaded objects. An object that the app put into a loaded one stays as it is.
 */
export class LoadedObjects {
  readonly #objects = new Set<object>();
  readonly #own = new WeakSet<object>();
  #isFrozen = false;

  /** Leaves out a value that the app stored itself. */
  leaveOut(value: unknown): void {
    if (typeof value === "object" && value !== null) this.#own.add(value);
  }

  /**
   * Keeps an object that the app gets, with all objects in it. The first call for an object walks
   * through all of them.
   */
  add(value: object): void {
    if (this.#objects.has(value) || this.#own.has(value) || !isPlain(value)) return;
    this.#objects.add(value);
    for (const member of Object.values(value)) {
      if (typeof member === "object" && member !== null) this.add(member);
    }
    if (this.#isFrozen) Object.freeze(value);
  }

  /** Freezes the objects that the app got and will get, so that a change of them throws. */
  freeze(): void {
    this.#isFrozen = true;
    for (const object of this.#objects) Object.freeze(object);
  }
}

/**
 * Whether JSON makes such objects. A serializer of the app may make others, which freezing does not
 * stop.
 */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}
