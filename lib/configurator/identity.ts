/**
 * Tells objects of one name apart.
 *
 * @module
 */

const numbers = new WeakMap<object, number>();
let last = 0;

/** A text that is the same for the same object alone. */
export function identityOf(object: object): string {
  const number = numbers.get(object) ?? ++last;
  numbers.set(object, number);
  return `#${number}`;
}
