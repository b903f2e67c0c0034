/**
 * URLs of the files of a folder that change with their content.
 *
 * @module
 */

import { checkValue, NAME } from "../check_options.ts";
import { didYouMean } from "../did_you_mean.ts";
import { printable } from "../printable.ts";
import { type AnyViewRequest, requestState } from "../views/request.ts";
import { type FileHashes, HASH_PARAMETER } from "./file_hashes.ts";
import { type FilePathRules, isName, type PublicFolder } from "./public_folder.ts";

/** What the URLs of a static view are made of. */
export interface AssetUrlsOptions {
  /** The path of the static view, for messages. */
  readonly path: string;
  /** The name of its route. */
  readonly name: string;
  /** Whether visitors can get names that begin with a dot. */
  readonly dotfiles: boolean;
  /** The hashes of the files. */
  readonly hashes: FileHashes;
}

/** Makes the URLs of the files of a static view. */
export class AssetUrls {
  /** The folder. It is undefined until the static view is included. */
  folder: PublicFolder | undefined = undefined;
  readonly #options: AssetUrlsOptions;
  readonly #rules: FilePathRules;
  /** The files whose URL was made, by their names: their paths without links. */
  readonly #found = new Map<string, string>();

  /** Begins without a folder. */
  constructor(options: AssetUrlsOptions) {
    this.#options = options;
    this.#rules = { dotfiles: options.dotfiles, windows: Deno.build.os === "windows" };
  }

  /**
   * The path of a file, with its hash.
   *
   * @param request The request that the page answers.
   * @param name The path within the folder.
   * @throws {RangeError} If the folder has no such file.
   * @throws {TypeError} If the name is not a string, or the static view is not included.
   */
  of(request: AnyViewRequest, name: string): string {
    const { environment } = requestState(request);
    const hash = this.#hash(name, environment.isDevelopment);
    const query = hash === null ? {} : { query: { [HASH_PARAMETER]: hash } };
    return request.routePath(this.#options.name, { 0: name }, query);
  }

  #hash(name: string, isDevelopment: boolean): string | null {
    const { hashes } = this.#options;
    const known = isDevelopment ? undefined : this.#found.get(name);
    const last = known === undefined ? undefined : hashes.lastOf(known);
    if (last !== undefined) return last;
    checkValue("the name of an asset", name, NAME, TypeError);
    const segments = name.split("/");
    const file = segments.every((segment) => isName(segment, this.#rules))
      ? this.#includedFolder().findSync(segments)
      : null;
    if (file === null || !file.info.isFile) throw this.#absence(name);
    if (isDevelopment) return null;
    this.#found.set(name, file.path);
    return hashes.of(file);
  }

  #includedFolder(): PublicFolder {
    if (this.folder !== undefined) return this.folder;
    throw new TypeError(
      `Cannot make the URL of an asset: staticView("${this.#options.path}") is not included: write config.include(…) with it`,
    );
  }

  #absence(name: string): RangeError {
    const { path } = this.#includedFolder();
    const hint = name.startsWith("/")
      ? `: write the path within the folder, without "/" at its start`
      : didYouMean(name, namesBeside(path, name));
    return new RangeError(
      `Cannot make the URL of asset "${
        printable(name)
      }": the folder "${path}" has no such file${hint}`,
    );
  }
}

/** The names in the folder that would hold the file. */
function namesBeside(folder: string, name: string): string[] {
  const within = name.slice(0, name.lastIndexOf("/") + 1);
  if (within.split("/").includes("..")) return [];
  try {
    return [...Deno.readDirSync(`${folder}/${within}`)].map((entry) => within + entry.name);
  } catch {
    return [];
  }
}
