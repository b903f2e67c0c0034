/**
 * How views are called in messages.
 *
 * @module
 */

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
export function tellingName(name: string): string {
  return NO_NAMES.includes(name) ? "" : name;
}
