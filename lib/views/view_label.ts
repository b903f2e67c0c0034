/**
 * How views are called in messages.
 *
 * @module
 */

/**
 * How a view is called in messages. The text is made only if a message needs it, because reading a
 * source location costs 13 µs.
 */
export interface ViewLabel {
  /**
   * The name alone, such as `view show`. If the view has no name, the source location is included.
   */
  readonly short: string;
  /** With the place: `view show at file:///app/views.ts:12`, `view at file:///app/views.ts:12`. */
  toString(): string;
}

/** What a function is called that its author gave no name: by the option, or the export, it stands in. */
const NO_NAMES: readonly string[] = ["", "view", "default"];

/** A view's name. It is `""` if the name does not identify the view. */
export function tellingName(name: string): string {
  return NO_NAMES.includes(name) ? "" : name;
}
