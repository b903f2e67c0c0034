/**
 * Private fields on objects that another class made.
 *
 * @module
 */

/**
 * A constructor that returns the object that it gets, so that a subclass adds its private fields to it.
 *
 * A private field costs less than an entry of a `WeakMap` or `WeakSet`. With these the garbage
 * collector took a third of the time of a request.
 */
export class Given {
  /** Returns the object. */
  constructor(given: object) {
    return given;
  }
}
