/**
 * A folder whose files visitors can get: it finds the file of a path, and compressed files beside
 * it.
 *
 * @module
 */

import { acceptsEncodings } from "jsr:@std/http@^1.0.0/negotiation";
import { ConfigurationError } from "../configuration_error.ts";

/** Whether two reports of the system are of the same version of a file, by its size and time. */
export function hasSameVersion(one: Deno.FileInfo, other: Deno.FileInfo): boolean {
  return one.size === other.size && one.mtime?.getTime() === other.mtime?.getTime();
}

/** A file or a folder that exists. */
export interface FoundFile {
  /** Its absolute path, without links. */
  readonly path: string;
  /** The size, the times and the kind, as the system reports them. */
  readonly info: Deno.FileInfo;
}

/** The options of a folder. */
export interface PublicFolderOptions {
  /** Whether visitors can get files and folders whose names begin with a dot. */
  readonly dotfiles: boolean;
}

const SEPARATOR = Deno.build.os === "windows" ? "\\" : "/";

/**
 * A folder. The app resolves its path once at start-up. It follows links only within the folder.
 */
export class PublicFolder {
  /** Its absolute path, without links. */
  readonly path: string;
  readonly #dotfiles: boolean;

  /**
   * Finds the folder.
   *
   * @param folder A path, relative to the working directory, or a `file:` URL.
   * @param options Whether visitors can get dotfiles.
   * @throws {ConfigurationError} If the folder does not exist, or the app cannot read it.
   */
  constructor(folder: string | URL, options: PublicFolderOptions) {
    this.path = realFolder(folder);
    this.#dotfiles = options.dotfiles === true;
  }

  /**
   * Looks for a file or a folder.
   *
   * @param segments Names without separators, `.` and `..`, as `filePath()` returns them.
   * @returns The file or folder. `null` if it does not exist, or a link leads outside or to a
   * hidden dotfile.
   * @throws {Deno.errors.PermissionDenied} If the system forbids the access.
   * @throws {Deno.errors.NotCapable} If Deno has no permission to read.
   */
  async find(segments: readonly string[]): Promise<FoundFile | null> {
    try {
      const path = await Deno.realPath(joined(this.path, segments));
      return this.#shows(path) ? { path, info: await Deno.stat(path) } : null;
    } catch (error) {
      if (isAbsence(error)) return null;
      throw error;
    }
  }

  /** Looks for a file or a folder at once, as {@linkcode find} does. */
  findSync(segments: readonly string[]): FoundFile | null {
    try {
      const path = Deno.realPathSync(joined(this.path, segments));
      return this.#shows(path) ? { path, info: Deno.statSync(path) } : null;
    } catch (error) {
      if (isAbsence(error)) return null;
      throw error;
    }
  }

  #shows(path: string): boolean {
    return isVisibleBelow(this.path, path, this.#dotfiles);
  }
}

/** The path of a file of a folder. */
export function joined(folder: string, segments: readonly string[]): string {
  return inside(folder) + segments.join(SEPARATOR);
}

/**
 * Whether visitors can get a file.
 *
 * @param folder The folder, without links.
 * @param path The file, without links.
 * @param dotfiles Whether they can get names that begin with a dot.
 */
export function isVisibleBelow(folder: string, path: string, dotfiles: boolean): boolean {
  if (path === folder) return true;
  const within = inside(folder);
  if (!path.startsWith(within)) return false;
  // Checked again, because a link or a short name of Windows (`GIT~1`) may stand for a dotfile.
  return dotfiles || !path.slice(within.length).split(SEPARATOR).some(isDotfile);
}

function inside(folder: string): string {
  return folder.endsWith(SEPARATOR) ? folder : folder + SEPARATOR;
}

/** The errors of the system for a file that does not exist. */
const ABSENT = [Deno.errors.NotFound, Deno.errors.NotADirectory, Deno.errors.FilesystemLoop];
/** The code of the system for a name that is too long to exist. Deno has no class for it. */
const TOO_LONG = "ENAMETOOLONG";

/**
 * Whether an error of the file system means that the file does not exist.
 *
 * @param error The error.
 */
export function isAbsence(error: unknown): boolean {
  if (ABSENT.some((kind) => error instanceof kind)) return true;
  return error instanceof Error && "code" in error && error.code === TOO_LONG;
}

/**
 * Whether an error of the file system means that the app has no access to a file.
 *
 * @param error The error.
 */
export function isDenial(error: unknown): boolean {
  return error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable;
}

function realFolder(folder: string | URL): string {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new ConfigurationError(`Cannot serve the folder "${folder}": ${reason}`, { cause });
  };
  if (folder instanceof URL && folder.protocol !== "file:") {
    return refuse('must be a path or a "file:" URL, because files are read from disk');
  }
  try {
    const path = Deno.realPathSync(folder);
    return Deno.statSync(path).isDirectory ? path : refuse("it is a file, not a folder");
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    if (isAbsence(error)) return refuse("it does not exist", error);
    if (isDenial(error)) {
      return refuse("Deno has no permission to read it: start with --allow-read", error);
    }
    return refuse("it cannot be read", error);
  }
}

/** The path of a file within the folder. */
export interface FilePath {
  /** The names of the folders and of the file. It is empty for the folder itself. */
  readonly segments: readonly string[];
  /** Whether the path means a folder: it is empty, or it ends with a slash. */
  readonly isDirectory: boolean;
}

/** The names that visitors can request. */
export interface FilePathRules {
  /** Whether visitors can request names that begin with a dot. */
  readonly dotfiles: boolean;
  /** Whether the system interprets names as Windows does. */
  readonly windows: boolean;
}

/** Characters that names must not contain: separators, and control characters. */
// deno-lint-ignore no-control-regex -- they are what is refused
const FORBIDDEN = /[\\/\x00-\x1f\x7f]/;

/**
 * Names that Windows interprets in another way.
 *
 * Examples are a drive (`C:`), an alternate stream (`a.txt::$DATA`), a final dot (`a.txt.`), a
 * device (`nul.txt`) and a pattern (`*`).
 */
const WINDOWS =
  /[:<>"|?*]|[. ]$|^(?:con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³]) *(?:\.|$)/i;

/**
 * Finds the names in the path of a request.
 *
 * Each file has exactly one path, so that a proxy that guards a path guards the file. Encoded
 * slashes, empty segments, `.` and `..` are not allowed.
 *
 * @param pathname The path of the request, canonical and percent-encoded.
 * @param rest The end of `pathname` that the route's `*` captured, percent-decoded.
 * @param rules The names that visitors can request.
 * @returns The path within the folder, or `null` if no file can have this path.
 */
export function filePath(pathname: string, rest: string, rules: FilePathRules): FilePath | null {
  const segments = rest.split("/");
  const encoded = pathname.split("/").slice(-segments.length);
  // With an encoded slash, `encoded` has one segment fewer.
  if (!segments.every((segment, at) => segment === decodeSegment(encoded[at]))) return null;
  const isDirectory = segments.at(-1) === "";
  if (isDirectory) segments.pop();
  return segments.every((segment) => isName(segment, rules)) ? { segments, isDirectory } : null;
}

/**
 * Whether a name begins with a dot, such as `.git` and `.env`.
 *
 * @param name One segment.
 */
export function isDotfile(name: string): boolean {
  return name.startsWith(".");
}

/**
 * Whether visitors can request a name.
 *
 * @param segment One segment of a path. A separator in it is refused.
 * @param rules The names that visitors can request.
 */
export function isName(segment: string, { dotfiles, windows }: FilePathRules): boolean {
  if (segment === "" || segment === "." || segment === ".." || FORBIDDEN.test(segment)) {
    return false;
  }
  if (isDotfile(segment) && !dotfiles) return false;
  return !windows || !WINDOWS.test(segment);
}

function decodeSegment(segment: string | undefined): string | null {
  try {
    return segment === undefined ? null : decodeURIComponent(segment);
  } catch {
    return null;
  }
}

/** A content coding of compressed files. */
export type Coding = "br" | "gzip";

/** A compressed file beside the original. */
export interface PrecompressedFile {
  /** Its content coding. */
  readonly coding: Coding;
  /** The file. */
  readonly file: FoundFile;
}

const SUFFIXES: readonly (readonly [coding: Coding, suffix: string])[] = [
  ["br", ".br"],
  ["gzip", ".gz"],
];

/**
 * The longest accepted header in characters. A longer one counts as missing. Browsers send about 30
 * characters.
 */
const MAX_HEADER_LENGTH = 1024;

/**
 * Looks for compressed files beside the original.
 *
 * It skips a compressed file that is at least one second older than the original. Such a file has
 * the contents of an earlier version.
 *
 * @param folder The folder.
 * @param segments The path of the original.
 * @param original The original.
 */
export async function findPrecompressed(
  folder: PublicFolder,
  segments: readonly string[],
  original: FoundFile,
): Promise<PrecompressedFile[]> {
  const name = segments.at(-1) ?? "";
  const found = await Promise.all(SUFFIXES.map(async ([coding, suffix]) => {
    const file = await folder.find([...segments.slice(0, -1), name + suffix]);
    return file !== null && file.info.isFile && isOf(original, file) ? [{ coding, file }] : [];
  }));
  return found.flat();
}

/**
 * Chooses a content coding by `Accept-Encoding`.
 *
 * The coding of the highest quality wins. Between equal qualities `br` wins, because its files are
 * the smallest. Without the header, or if it has more than 1,024 characters, no coding is chosen.
 * Source: RFC 9110, section 12.5.3.
 *
 * @param header The header's value.
 * @param offered The codings of the existing files.
 * @returns The coding, or `null` for the original file.
 */
export function chooseCoding(header: string | null, offered: readonly Coding[]): Coding | null {
  // The standard library reads an empty header as a missing one, and a missing one as "any coding".
  if (header === null || header.trim() === "" || header.length > MAX_HEADER_LENGTH) return null;
  const headers = new Headers({ "accept-encoding": brotliFirst(header) });
  const best = acceptsEncodings({ headers }, ...offered, "identity");
  return offered.find((coding) => coding === best) ?? null;
}

/**
 * Puts `br` first in the header, because the standard library takes the first of equal codings and
 * browsers name gzip first.
 */
function brotliFirst(header: string): string {
  const isBrotli = (entry: string) => Number(/^\s*br\s*(?:;|$)/.test(entry));
  return header.split(",").sort((one, other) => isBrotli(other) - isBrotli(one)).join(",");
}

function isOf(original: FoundFile, compressed: FoundFile): boolean {
  const [made, changed] = [compressed.info.mtime, original.info.mtime];
  return made === null || changed === null || seconds(made) >= seconds(changed);
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
