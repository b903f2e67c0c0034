/**
 * What the library needs of where it runs, checked when it is loaded: a clear error in place of a
 * strange one at the first request. Imported first by the doors, for this alone.
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

/** Names of what is needed and not there. */
export function missingFeatures(runtime: object): string[] {
  return NEEDED.filter((name) => !has(runtime, name.split(".")));
}

/**
 * Refuses where something is missing.
 *
 * @param runtime The global object.
 * @throws {Error} If something is missing; the message names it and what has it.
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
