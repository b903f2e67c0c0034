/**
 * A folder whose files anybody may read, and nothing outside of it.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import { isDotfile } from "./file_path.ts";

/** A file or a folder that is there. */
export interface FoundFile {
  /** Its path, absolute, every link resolved. */
  readonly path: string;
  /** What the system tells of it. */
  readonly info: Deno.FileInfo;
}

/** What a folder shows. */
export interface PublicFolderOptions {
  /** Whether names that begin with a dot are shown. */
  readonly dotfiles: boolean;
}

const SEPARATOR = Deno.build.os === "windows" ? "\\" : "/";

/** Errors whose name says that there is no such file. */
const ABSENT = [Deno.errors.NotFound, Deno.errors.NotADirectory, Deno.errors.FilesystemLoop];
/** The system's code for a name or path that is too long to exist, for which Deno has no class. */
const TOO_LONG = "ENAMETOOLONG";

/** A folder, found once when the app is configured; links within it are followed as long as they stay inside. */
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
    // Again, since a link or a short name of Windows (`GIT~1`) may stand for a dotfile.
    return this.#dotfiles || !path.slice(this.#inside.length).split(SEPARATOR).some(isDotfile);
  }
}

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
    return refuse('must be a path or a "file:" URL, since files are read from disk');
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
