/**
 * Checks that the runtime has the features that the library needs.
 *
 * The entry modules import this module first. If a runtime is too old, then loading the library
 * fails with a clear error.
 *
 * @module
 */

/** The names of the features. Deno 2.5 and Node 25 have all of them. */
const NEEDED: readonly string[] = [
  "Iterator.prototype.find",
  "Map.groupBy",
  "URL.parse",
  "URLPattern",
  "Uint8Array.fromBase64",
  "Uint8Array.prototype.toBase64",
  "Uint8Array.prototype.toHex",
];

const FLOOR = "it must be Deno 2.5, Node 25 or newer";

/** Returns the names of the needed features that the runtime lacks. */
export function missingFeatures(runtime: object): string[] {
  return NEEDED.filter((name) => !has(runtime, name.split(".")));
}

/**
 * Throws if the runtime lacks a feature that the library needs.
 *
 * @param runtime The global object.
 * @throws {Error} If a feature is missing. The message names it, and the runtimes that have it.
 */
export function checkRuntime(runtime: object): void {
  const missing = missingFeatures(runtime);
  if (missing.length === 0) return;
  throw new Error(
    `Cannot load Pyramidion: this runtime lacks ${missing.join(", ")}: ${FLOOR}`,
  );
}

function has(object: unknown, [name = "", ...rest]: readonly string[]): boolean {
  const value: unknown = Reflect.get(Object(object), name);
  return typeof value === "function" && rest.length === 0 ||
    value !== undefined && rest.length > 0 && has(value, rest);
}

checkRuntime(globalThis);
