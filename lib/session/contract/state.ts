/**
 * What became of a session during its request: written to or not, open or closed.
 *
 * @module
 */

import type { SessionRecord } from "./record.ts";

/** What became of a session: for factories. */
export class SessionState {
  /** What the session remembers now. */
  readonly record: SessionRecord;
  /** Whether anything was written, or an object handed out that may have been changed in place. */
  maybeChanged = false;
  /** Whether every further write is forbidden. */
  isClosed = false;
  #objects: LoadedObjects | undefined;

  /** Begins with what was loaded. */
  constructor(record: SessionRecord) {
    this.record = record;
  }

  /** Forbids every further write; to change a loaded object throws as well. */
  close(): void {
    this.isClosed = true;
    this.#objects?.freeze();
  }

  /**
   * Takes down that something is written.
   *
   * @param attempt What is done, behind "Cannot", for the message.
   * @throws {Error} If the session is closed.
   */
  write(attempt: string): void {
    this.refuseLate(attempt);
    this.maybeChanged = true;
  }

  /**
   * Refuses what comes too late.
   *
   * @param attempt What is done, behind "Cannot", for the message.
   * @throws {Error} If the session is closed.
   */
  refuseLate(attempt: string): void {
    if (!this.isClosed) return;
    throw new Error(
      `Cannot ${attempt}: the response is already on its way without it; write to the session before the view returns its response, and await what writes`,
    );
  }

  /** Takes down that an object is handed out, where the app may change it in place. */
  handOut(value: object): void {
    this.maybeChanged = true;
    this.#loaded.add(value);
  }

  /** Takes down that a value is the app's own: it is never frozen. */
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
 * Keeps the objects that a session handed out, to freeze them when a change would be lost.
 *
 * Only what was loaded is frozen: an object of the app's own, put into a loaded one, is left alone.
 */
export class LoadedObjects {
  readonly #objects = new Set<object>();
  readonly #own = new WeakSet<object>();
  #isFrozen = false;

  /** Leaves out a value that the app stored itself. */
  leaveOut(value: unknown): void {
    if (typeof value === "object" && value !== null) this.#own.add(value);
  }

  /** Keeps a value that is handed out, with all that lies in it; costs a walk the first time. */
  add(value: object): void {
    if (this.#objects.has(value) || this.#own.has(value) || !isPlain(value)) return;
    this.#objects.add(value);
    for (const member of Object.values(value)) {
      if (typeof member === "object" && member !== null) this.add(member);
    }
    if (this.#isFrozen) Object.freeze(value);
  }

  /** Freezes what was handed out, and what will be: a change of it throws. */
  freeze(): void {
    this.#isFrozen = true;
    for (const object of this.#objects) Object.freeze(object);
  }
}

/** What JSON makes; a serializer of the app's may make others, which freezing does not stop. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}
