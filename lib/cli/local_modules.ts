/**
 * The files that an app is written in, as far as imports lead from one to the next.
 *
 * @module
 */

import { isOfLibrary } from "../place.ts";

/** A file and what is in it. */
export interface LocalModule {
  /** Its URL. */
  readonly url: string;
  /** Its text. */
  readonly source: string;
  /** Whether it is HTML and no program. */
  readonly isHtml: boolean;
}

/** A file that was not read. */
export interface UnreadModule {
  /** Its URL. */
  readonly place: string;
  /** Why it was not read. */
  readonly because: string;
}

/** What was read, and what was not. */
export interface LocalModules {
  /** The files that were read, each once. */
  readonly read: readonly LocalModule[];
  /** The files that should have been. */
  readonly unread: readonly UnreadModule[];
}

const MOST_FILES = 500;
const MOST_BYTES = 1_048_576;

const SOURCE = /\.(?:[jt]sx?|m[jt]s|html)$/i;
/** `import … from "./a.ts"`, `export … from "./a.ts"` and `import "./a.ts"`; not `import("./a.ts")`. */
const IMPORT = /\b(?:from|import)\s*(["'])(\.{1,2}\/[^"'\n]+)\1/g;

/**
 * Reads files, and those that they import by relative paths: 500 at most, and of each 1 MiB at most.
 * Everything else than a file of this machine is left out, and so is this library.
 *
 * @param roots URLs, from which imports are followed.
 * @throws {Deno.errors.NotCapable} If this process may not read them.
 */
export async function localModules(roots: Iterable<string>): Promise<LocalModules> {
  const wanted = new Set<string>();
  const read: LocalModule[] = [];
  const unread: UnreadModule[] = [];
  for (const root of roots) want(wanted, root);
  const first = wanted.size;
  let at = 0;
  // A set gives what is added to it on the way.
  for (const url of wanted) {
    const isRoot = at++ < first;
    if (read.length === MOST_FILES) {
      unread.push({ place: url, because: `more than ${MOST_FILES} files` });
      continue;
    }
    const [source, because] = await textOf(url);
    if (source !== null) {
      const isHtml = /\.html$/i.test(url);
      read.push({ url, source, isHtml });
      for (const [, , path = ""] of isHtml ? [] : source.matchAll(IMPORT)) want(wanted, path, url);
    } else if (isRoot || because !== MISSING) {
      // What looks like an import and leads nowhere is none, since the app was imported.
      unread.push({ place: url, because });
    }
  }
  return { read, unread };
}

const MISSING = "not found";

function want(wanted: Set<string>, specifier: string, base?: string): void {
  const url = URL.parse(specifier, base);
  if (url === null || url.protocol !== "file:" || url.host !== "") return;
  url.search = url.hash = "";
  if (SOURCE.test(url.pathname) && !isOfLibrary(url.href)) wanted.add(url.href);
}

async function textOf(url: string): Promise<[text: string | null, because: string]> {
  try {
    const { isFile, size } = await Deno.stat(new URL(url));
    if (!isFile) return [null, "not a file"];
    if (size > MOST_BYTES) return [null, "larger than 1 MiB"];
    return [await Deno.readTextFile(new URL(url)), ""];
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return [null, error instanceof Deno.errors.NotFound ? MISSING : "cannot be read"];
  }
}
