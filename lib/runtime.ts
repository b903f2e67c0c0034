/**
 * Checks the features of the runtime when the library is loaded. A missing feature then gives a
 * clear error, and not a strange one at the first request. Imported first by the doors, for this
 * alone.
 *
 * @module
 */

/** Deno 2.5 and Node 25 have all. */
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

/** The names of the missing features of a runtime. */
export function missingFeatures(runtime: object): string[] {
  return NEEDED.filter((name) => !has(runtime, name.split(".")));
}

/**
 * Throws if the runtime lacks a feature.
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
