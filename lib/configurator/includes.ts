/**
 * The parts of a configuration: the app itself, and what it includes.
 *
 * @module
 */

import { type OptionKinds, TEXT } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import type { RouteScope } from "../routing/route_names.ts";
import { SourceLocation } from "../source_location.ts";

/** What `include` takes besides the callable. */
export interface IncludeOptions {
  /** What the patterns of the included routes begin with. */
  readonly routePrefix?: string;
}

/** What {@linkcode IncludeOptions} take. */
export const INCLUDE_KINDS: OptionKinds<IncludeOptions> = { routePrefix: TEXT };

/** One part of a configuration: the app's own statements, or those of one included callable. */
export interface Part extends RouteScope {
  /** The part that includes this one. */
  readonly parent: Part | null;
  /** What the patterns of its routes begin with: `""`, or a path without a slash at its end. */
  readonly prefix: string;
  /** Tells the second and every further inclusion of a callable from the first; `""` for the first. */
  readonly repetition: string;
}

/** The app's own part. */
export function ownPart(): Part {
  return { parent: null, prefix: "", repetition: "" };
}

/** The parts, from the app's own down to this one. */
export function pathOf(part: Part): readonly Part[] {
  return part.parent === null ? [part] : [...pathOf(part.parent), part];
}

/** Whether `part` is included, at however many removes, by `by`. */
export function isIncludedBy(part: Part, by: Part): boolean {
  for (let outer = part.parent; outer !== null; outer = outer.parent) {
    if (outer === by) return true;
  }
  return false;
}

/** Joins a prefix and what comes behind it: `""` is the prefix itself, `"/"` the prefix and a slash. */
export function joinPrefix(prefix: string, pattern: string): string {
  const bare = prefix.replace(/\/+$/, "");
  if (bare === "" || pattern === "") return bare + pattern;
  return /^(?:\/|\{\/)/.test(pattern) ? bare + pattern : `${bare}/${pattern}`;
}

/** Remembers which callables were included, and where: each once under one prefix of one part. */
export class Includes {
  readonly #parts = new Map<object, Part[]>();

  /**
   * The part of a callable that is to be included; `null` where it is there already.
   *
   * @param callable Known by its identity, not by its name.
   * @param parent The part that includes it.
   * @param prefix What it adds to the parent's prefix.
   */
  add(callable: object, parent: Part, prefix: string): Part | null {
    const stated = prefix === "" || prefix.startsWith("/") ? prefix : `/${prefix}`;
    const whole = joinPrefix(parent.prefix, stated).replace(/\/+$/, "");
    const parts = this.#parts.get(callable) ?? [];
    if (parts.some((part) => part.prefix === whole)) return null;
    const own = parts.length === 0 ? "" : ` included under "${whole}"`;
    const part = { parent, prefix: whole, repetition: parent.repetition + own };
    this.#parts.set(callable, [...parts, part]);
    return part;
  }
}

/**
 * Refuses a callable that is async.
 *
 * @param callable The callable that was included.
 * @param returned What it returned, whatever its type promised.
 * @throws {ConfigurationError} If that is a promise.
 */
export function refuseAsync(callable: { readonly name: string }, returned: unknown): void {
  if (!(returned instanceof Promise)) return;
  returned.catch(() => {});
  const name = callable.name === "" ? "the function" : `"${callable.name}"`;
  throw new ConfigurationError(
    `Cannot include ${name} at ${new SourceLocation()}: it is async, and what it states later may come too late: await first, and include a function that is not async`,
  );
}
