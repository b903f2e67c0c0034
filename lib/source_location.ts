/**
 * Finds the line of the app's source that stated a part of the app.
 *
 * @module
 */

// In a bundle, or on workerd, a module may have no URL.
const ROOT = URL.parse("../", import.meta.url)?.href ?? "";
const OURS = [`${ROOT}lib/`, `${ROOT}configurator.ts`, `${ROOT}session.ts`];
const FRAME = /((?:[a-z-]+:\/\/|data:|blob:)\S+:\d+):\d+\)?$/;

/** Whether a text begins with the URL of a module of this library. */
export function isOfLibrary(url: string): boolean {
  return OURS.some((folder) => url.startsWith(folder));
}

/** A line of the app's source. The line is read only if a message needs it. */
export class SourceLocation {
  /**
   * The stack frames as the engine writes them. Capturing them costs 2 µs, and reading them costs
   * 13 µs.
   */
  declare readonly stack?: string;

  #text: string | undefined;

  /**
   * Captures the stack of the caller.
   *
   * @param within The function of the library that was called. Frames within it are not kept.
   * Default: the constructor.
   */
  constructor(within?: (...args: never[]) => unknown) {
    Error.captureStackTrace(this, within ?? SourceLocation);
  }

  /** The file and line of the first caller outside of this library, such as `file:///app/main.ts:12`. */
  toString(): string {
    return this.#text ??= sourceLocationIn(this.stack) ?? "an unknown place";
  }
}

/** Returns the file and line of the first frame outside of this library, or undefined. */
export function sourceLocationIn(stack: string | undefined): string | undefined {
  for (const line of stack?.split("\n") ?? []) {
    const at = FRAME.exec(line)?.[1];
    if (at !== undefined && !isOfLibrary(at)) return at;
  }
  return undefined;
}
