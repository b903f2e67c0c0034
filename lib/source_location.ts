/**
 * The line of the app's source that declared something.
 *
 * @module
 */

// In a bundle, or on workerd, a module may have no URL.
const ROOT = URL.parse("../", import.meta.url)?.href ?? "";
const OURS = [`${ROOT}lib/`, `${ROOT}configurator.ts`, `${ROOT}session.ts`];
const FRAME = /((?:[a-z-]+:\/\/|data:|blob:)\S+:\d+):\d+\)?$/;

/** Whether a URL, which more text may follow, is that of a module of this library. */
export function isOfLibrary(url: string): boolean {
  return OURS.some((folder) => url.startsWith(folder));
}

/** A line of the app's source. It is cheap to remember, and is read only when a message needs it. */
export class SourceLocation {
  /** The frames as the engine writes them: taking them costs 2 µs, reading them 13 µs. */
  declare readonly stack?: string;

  /**
   * Remembers the caller.
   *
   * @param within The function of the library that was called. Frames within it are not kept.
   * Default: the constructor.
   */
  constructor(within?: (...args: never[]) => unknown) {
    Error.captureStackTrace(this, within ?? SourceLocation);
  }

  /** The file and line of the first caller outside of this library, such as `file:///app/main.ts:12`. */
  toString(): string {
    return sourceLocationIn(this.stack) ?? "an unknown place";
  }
}

/** The file and line of the first frame outside of this library; undefined where there is none. */
export function sourceLocationIn(stack: string | undefined): string | undefined {
  for (const line of stack?.split("\n") ?? []) {
    const at = FRAME.exec(line)?.[1];
    if (at !== undefined && !isOfLibrary(at)) return at;
  }
  return undefined;
}
