/**
 * Adds private fields to objects that another class made.
 *
 * @module
 */

/**
 * Its constructor returns the object that it gets. A subclass therefore adds its private fields to
 * that object.
 *
 * A private field costs less than an entry of a `WeakMap` or `WeakSet`. With those, the garbage
 * collector took a third of the time of a request.
 */
export class Given {
  /** Returns the given object in place of a new one. */
  constructor(given: object) {
    return given;
  }
}
