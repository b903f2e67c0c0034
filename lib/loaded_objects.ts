/**
 * Objects that were loaded for one request, and that nobody reads any more once it is answered.
 *
 * @module
 */

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
