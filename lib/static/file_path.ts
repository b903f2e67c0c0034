/**
 * From the path of a request to the path of a file, before the file system is asked.
 *
 * @module
 */

/** What a visitor asks for, within the folder. */
export interface FilePath {
  /** The names of the folders and of the file; none for the folder itself. */
  readonly segments: readonly string[];
  /** Whether a slash ends the path, or nothing is left of it: a folder is meant. */
  readonly isDirectory: boolean;
}

/** Which names can be asked for. */
export interface FilePathRules {
  /** Whether names that begin with a dot can. */
  readonly dotfiles: boolean;
  /** Whether the system reads names as Windows does. */
  readonly windows: boolean;
}

/** Characters that no name of ours has: the separator of Windows, and what ends a name in C or a line in a log. */
// deno-lint-ignore no-control-regex -- they are what is refused
const FORBIDDEN = /[\\\x00-\x1f\x7f]/;

/**
 * Names that Windows reads as something else: a drive or an alternate stream (`C:`, `a.txt::$DATA`),
 * the name without what ends it (`a.txt.`), a device (`nul.txt`), a pattern.
 */
const WINDOWS =
  /[:<>"|?*]|[. ]$|^(?:con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³]) *(?:\.|$)/i;

/**
 * Reads which file is meant.
 *
 * There is one way to write each path: an encoded slash, an empty segment, `.` and `..` are refused,
 * so that whoever guards a path in front of the app (a proxy) guards the file.
 *
 * @param pathname The path of the request, canonical and percent-encoded.
 * @param rest What the route's `*` captured: the end of `pathname`, percent-decoded.
 * @param rules Which names can be asked for.
 * @returns The path within the folder, or `null` where there can be no such file.
 */
export function filePath(pathname: string, rest: string, rules: FilePathRules): FilePath | null {
  const segments = rest.split("/");
  const encoded = pathname.split("/").slice(-segments.length);
  // A slash that was encoded is one segment too few in `encoded`.
  if (!segments.every((segment, at) => segment === decode(encoded[at]))) return null;
  const isDirectory = segments.at(-1) === "";
  if (isDirectory) segments.pop();
  return segments.every((segment) => isName(segment, rules)) ? { segments, isDirectory } : null;
}

/**
 * Whether a name begins with a dot: what folders keep for themselves (`.git`, `.env`).
 *
 * @param name One segment.
 */
export function isDotfile(name: string): boolean {
  return name.startsWith(".");
}

function isName(segment: string, { dotfiles, windows }: FilePathRules): boolean {
  if (segment === "" || segment === "." || segment === ".." || FORBIDDEN.test(segment)) {
    return false;
  }
  if (isDotfile(segment) && !dotfiles) return false;
  return !windows || !WINDOWS.test(segment);
}

function decode(segment: string | undefined): string | null {
  try {
    return segment === undefined ? null : decodeURIComponent(segment);
  } catch {
    return null;
  }
}
