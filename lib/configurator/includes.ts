/**
 * The parts of a configuration: the app itself and the included functions.
 *
 * @module
 */

import { type OptionKinds, TEXT } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import type { RouteScope } from "../routing/route_names.ts";
import { SourceLocation } from "../source_location.ts";

/** The options of `include()`. */
export interface IncludeOptions {
  /**
   * The text with which the patterns of the included routes begin, such as `/shop`. Default: no
   * prefix.
   */
  readonly routePrefix?: string;
}

/** The kinds of the values in {@linkcode IncludeOptions}. */
export const INCLUDE_KINDS: OptionKinds<IncludeOptions> = { routePrefix: TEXT };

/** One part of a configuration: the app itself, or one included function under one prefix. */
export interface Part extends RouteScope {
  /** The part that includes this one. */
  readonly parent: Part | null;
  /** The prefix of the patterns of its routes: `""`, or a path without a slash at its end. */
  readonly prefix: string;
  /**
   * A text that distinguishes later inclusions of one function. It is `""` for the first inclusion.
   */
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

/** Whether `by` includes `part`, directly or through other parts. */
export function isIncludedBy(part: Part, by: Part): boolean {
  for (let outer = part.parent; outer !== null; outer = outer.parent) {
    if (outer === by) return true;
  }
  return false;
}

/**
 * Joins a prefix and a pattern. The pattern `""` gives the prefix itself, and `"/"` gives the
 * prefix with a slash.
 */
export function joinPrefix(prefix: string, pattern: string): string {
  const bare = prefix.replace(/\/+$/, "");
  if (bare === "" || pattern === "") return bare + pattern;
  return /^(?:\/|\{\/)/.test(pattern) ? bare + pattern : `${bare}/${pattern}`;
}

/** Remembers the included functions with their prefixes, so that each runs once under a prefix. */
export class Includes {
  readonly #parts = new Map<object, Part[]>();

  /**
   * Makes the part of an included function. Returns `null` if the function has a part with this
   * prefix already.
   *
   * @param callable The function, which is compared by identity and not by name.
   * @param parent The part that includes it.
   * @param prefix The text that follows the parent's prefix.
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
 * Throws if an included function is async.
 *
 * @param callable The included function.
 * @param returned The value that it returned, which its type does not guarantee.
 * @throws {ConfigurationError} If the value is a promise.
 */
export function refuseAsync(callable: { readonly name: string }, returned: unknown): void {
  if (!(returned instanceof Promise)) return;
  returned.catch(() => {});
  const name = callable.name === "" ? "the function" : `"${callable.name}"`;
  throw new ConfigurationError(
    `Cannot include ${name} at ${new SourceLocation()}: it is async, so that its routes and views can come after makeApp(): await everything first, and include a function that is not async`,
  );
}
