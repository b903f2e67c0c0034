/**
 * What something is, whatever it is.
 *
 * @module
 */

/**
 * `instanceof` for what may be anything: a proxy that cannot be asked is no instance.
 *
 * @param value What was thrown, returned or given.
 * @param wanted The class.
 */
export function isInstanceOf<Instance>(
  value: unknown,
  wanted: abstract new (...args: never[]) => Instance,
): value is Instance {
  try {
    return value instanceof wanted;
  } catch {
    return false;
  }
}
