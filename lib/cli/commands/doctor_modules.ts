/**
 * The source files of an app, found by following its imports.
 *
 * @module
 */

import { isOfLibrary } from "../../source_location.ts";

/** A file that was read. */
export interface LocalModule {
  /** Its URL. */
  readonly url: string;
  /** Its text. */
  readonly source: string;
  /** Whether it is HTML and not a program. */
  readonly isHtml: boolean;
}

/** A file that was not read. */
export interface UnreadModule {
  /** Its URL. */
  readonly place: string;
  /** Why it was not read. */
  readonly because: string;
}

/** The files of an app. */
export interface LocalModules {
  /** The files that were read, each once. */
  readonly read: readonly LocalModule[];
  /** The files that could not be read. */
  readonly unread: readonly UnreadModule[];
}

const MAX_FILES = 500;
const MAX_BYTES = 1_048_576;

const SOURCE_FILE = /\.(?:[jt]sx?|m[jt]s|html)$/i;
/**
 * `import … from "./a.ts"`, `export … from "./a.ts"` and `import "./a.ts"`, but not
 * `import("./a.ts")`.
 */
const IMPORT = /\b(?:from|import)\s*(["'])(\.{1,2}\/[^"'\n]+)\1/g;

/**
 * Reads files and the files that they import by relative paths: at most 500 files, each of at most
 * 1 MiB. It reads only files of this machine, and no file of this library.
 *
 * @param roots The URLs of the first files.
 * @throws {Deno.errors.NotCapable} If this process has no permission to read them.
 */
export async function localModules(roots: Iterable<string>): Promise<LocalModules> {
  const wanted = new Set<string>();
  const read: LocalModule[] = [];
  const unread: UnreadModule[] = [];
  for (const root of roots) addFile(wanted, root);
  const first = wanted.size;
  let at = 0;
  // The loop also visits the values that it adds to the set.
  for (const url of wanted) {
    const isRoot = at++ < first;
    if (read.length === MAX_FILES) {
      unread.push({ place: url, because: `more than ${MAX_FILES} files` });
      continue;
    }
    const [source, because] = await readSource(url);
    if (source !== null) {
      const isHtml = /\.html$/i.test(url);
      read.push({ url, source, isHtml });
      for (const [, , path = ""] of isHtml ? [] : source.matchAll(IMPORT)) {
        addFile(wanted, path, url);
      }
    } else if (isRoot || because !== MISSING) {
      // The import of the app succeeded, so that a missing file was not really imported.
      unread.push({ place: url, because });
    }
  }
  return { read, unread };
}

const MISSING = "not found";

function addFile(wanted: Set<string>, specifier: string, base?: string): void {
  const url = URL.parse(specifier, base);
  if (url === null || url.protocol !== "file:" || url.host !== "") return;
  url.search = url.hash = "";
  if (SOURCE_FILE.test(url.pathname) && !isOfLibrary(url.href)) wanted.add(url.href);
}

async function readSource(url: string): Promise<[text: string | null, because: string]> {
  try {
    const { isFile, size } = await Deno.stat(new URL(url));
    if (!isFile) return [null, "not a file"];
    if (size > MAX_BYTES) return [null, "larger than 1 MiB"];
    return [await Deno.readTextFile(new URL(url)), ""];
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return [null, error instanceof Deno.errors.NotFound ? MISSING : "cannot be read"];
  }
}
