/**
 * How views are called in messages.
 *
 * @module
 */

import type { SourceLocation } from "../source_location.ts";

/** How a view is called in messages: worked out when a message needs it, since a place costs 13 µs to read. */
export interface ViewLabel {
  /** Without the place where the name says enough: `view show`; else with it. */
  readonly short: string;
  /** With the place: `view show at file:///app/views.ts:12`, `view at file:///app/views.ts:12`. */
  toString(): string;
}

/** What a function is called that its author gave no name: by the option, or the export, it stands in. */
const NO_NAMES: readonly string[] = ["", "view", "default"];

/** A view's name; `""` where it says nothing. */
export function viewName(name: string): string {
  return NO_NAMES.includes(name) ? "" : name;
}

/**
 * What a view is called in messages, by its name and its place.
 *
 * @param name What {@linkcode viewName} makes of its name.
 * @param place Where it was stated.
 */
export function viewLabel(name: string, place: SourceLocation): string {
  return name === "" ? `view at ${place}` : `view ${name} at ${place}`;
}

/** The same without the place, where there is a name. */
export function shortViewLabel(name: string, place: SourceLocation): string {
  return name === "" ? viewLabel(name, place) : `view ${name}`;
}
