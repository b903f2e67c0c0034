/**
 * A folder whose files visitors can get: the folder itself, which file a path means, and the
 * compressed files beside the original.
 *
 * @module
 */

import { acceptsEncodings } from "jsr:@std/http@^1.0.0/negotiation";
import { ConfigurationError } from "../configuration_error.ts";

/** A file or a folder that is there. */
export interface FoundFile {
  /** Its path, absolute, every link resolved. */
  readonly path: string;
  /** What the system reports of it. */
  readonly info: Deno.FileInfo;
}

/** What a folder shows. */
export interface PublicFolderOptions {
  /** Whether names that begin with a dot are shown. */
  readonly dotfiles: boolean;
}

const SEPARATOR = Deno.build.os === "windows" ? "\\" : "/";

/** A folder. It is found once, when the app is configured. Links are followed only within it. */
export class PublicFolder {
  /** Its path, absolute, every link resolved. */
  readonly path: string;
  readonly #inside: string;
  readonly #dotfiles: boolean;

  /**
   * Finds the folder.
   *
   * @param folder A path, relative to the working directory, or a `file:` URL.
   * @param options What it shows.
   * @throws {ConfigurationError} If there is no such folder, or it cannot be read.
   */
  constructor(folder: string | URL, options: PublicFolderOptions) {
    this.path = realFolder(folder);
    this.#inside = this.path.endsWith(SEPARATOR) ? this.path : this.path + SEPARATOR;
    this.#dotfiles = options.dotfiles === true;
  }

  /**
   * Looks for a file or a folder.
   *
   * @param segments Names without separators, `.` and `..`, as `filePath()` gives them.
   * @returns What is there, or `null` where nothing is, or a link leads outside or to a dotfile that is not shown.
   * @throws {Deno.errors.PermissionDenied} If the system forbids it.
   * @throws {Deno.errors.NotCapable} If Deno was not given the permission.
   */
  async find(segments: readonly string[]): Promise<FoundFile | null> {
    try {
      const path = await Deno.realPath(this.#inside + segments.join(SEPARATOR));
      return this.#shows(path) ? { path, info: await Deno.stat(path) } : null;
    } catch (error) {
      if (isAbsence(error)) return null;
      throw error;
    }
  }

  #shows(path: string): boolean {
    if (path === this.path) return true;
    if (!path.startsWith(this.#inside)) return false;
    // Checked again, because a link or a short name of Windows (`GIT~1`) may stand for a dotfile.
    return this.#dotfiles || !path.slice(this.#inside.length).split(SEPARATOR).some(isDotfile);
  }
}

/** The errors for a file that does not exist. */
const ABSENT = [Deno.errors.NotFound, Deno.errors.NotADirectory, Deno.errors.FilesystemLoop];
/** The system's code for a name or path that is too long to exist, for which Deno has no class. */
const TOO_LONG = "ENAMETOOLONG";

/**
 * Whether an error of the file system says that there is no such file.
 *
 * @param error What was thrown.
 */
export function isAbsence(error: unknown): boolean {
  if (ABSENT.some((kind) => error instanceof kind)) return true;
  return error instanceof Error && "code" in error && error.code === TOO_LONG;
}

/**
 * Whether an error of the file system says that the app may not read a file.
 *
 * @param error What was thrown.
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
    if (isDenial(error)) return refuse("it may not be read: start with --allow-read", error);
    return refuse("it cannot be read", error);
  }
}

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

/** Refused in names: the separator of Windows, and characters that end a name in C or a line in a log. */
// deno-lint-ignore no-control-regex -- they are what is refused
const FORBIDDEN = /[\\\x00-\x1f\x7f]/;

/**
 * Names that Windows reads as something else: a drive or an alternate stream (`C:`, `a.txt::$DATA`),
 * the name without what ends it (`a.txt.`), a device (`nul.txt`), a pattern.
 */
const WINDOWS =
  /[:<>"|?*]|[. ]$|^(?:con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³]) *(?:\.|$)/i;

/**
 * Which file a path means.
 *
 * There is one way to write each path: an encoded slash, an empty segment, `.` and `..` are refused,
 * so that a proxy that guards a path guards the file.
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
  if (!segments.every((segment, at) => segment === decodeSegment(encoded[at]))) return null;
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

function decodeSegment(segment: string | undefined): string | null {
  try {
    return segment === undefined ? null : decodeURIComponent(segment);
  } catch {
    return null;
  }
}

/** A content coding whose files are looked for. */
export type Coding = "br" | "gzip";

/** A file that lies compressed beside the original. */
export interface PrecompressedFile {
  /** How it is compressed. */
  readonly coding: Coding;
  /** Where it is. */
  readonly file: FoundFile;
}

const SUFFIXES: readonly (readonly [coding: Coding, suffix: string])[] = [
  ["br", ".br"],
  ["gzip", ".gz"],
];

/** Browsers send about 30 characters; a longer header counts as missing. */
const MAX_HEADER_LENGTH = 1024;

/**
 * Looks for the compressed files beside one.
 *
 * One that is older than the original by whole seconds is left out, because it was made of an earlier
 * version.
 *
 * @param folder Where to look.
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
 * The coding of the highest quality wins, and `br` between equals, because it is the smallest. None is
 * chosen without the header, or with one of more than 1,024 characters. Source: RFC 9110, section 12.5.3.
 *
 * @param header The header's value.
 * @param offered The codings that are there.
 * @returns The coding, or `null` for the file as it is.
 */
export function chooseCoding(header: string | null, offered: readonly Coding[]): Coding | null {
  // The standard library reads an empty header as a missing one, and a missing one as "any coding".
  if (header === null || header.trim() === "" || header.length > MAX_HEADER_LENGTH) return null;
  const headers = new Headers({ "accept-encoding": brotliFirst(header) });
  const best = acceptsEncodings({ headers }, ...offered, "identity");
  return offered.find((coding) => coding === best) ?? null;
}

/** Of codings of equal quality the standard library takes the first one, and browsers name gzip first. */
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
