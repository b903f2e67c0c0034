/**
 * The library of a checkout: its doors, the files of its rooms and its tests, as they lie there.
 *
 * @module
 */

import { type ModuleSource, readModule } from "./module_source.ts";

/** One import of the house: from which file to which. */
export interface HouseImport {
  /** The importing file. */
  readonly from: string;
  /** The imported file. */
  readonly to: string;
  /** Whether it is an `import()`. */
  readonly isLate: boolean;
}

/** What is known of a checkout. Paths begin at its folder. */
export interface HouseTree {
  /** The doors and every file under `lib/`, sorted by path. */
  readonly files: ReadonlyMap<string, ModuleSource>;
  /** The imports among them. */
  readonly imports: readonly HouseImport[];
  /** The files that `deno.json` exports. */
  readonly doors: readonly string[];
  /** The files of tests. */
  readonly tests: readonly string[];
}

/**
 * Reads a checkout.
 *
 * @param folder Its folder.
 * @throws {TypeError} If it is no checkout of this project.
 */
export async function readTree(folder: string): Promise<HouseTree> {
  const [modules, tests] = await Promise.all([
    libraryFiles(folder),
    Array.fromAsync(filesUnder(folder, "tests/")),
  ]);
  const texts = new Map<string, string>();
  for (const path of modules) texts.set(path, await Deno.readTextFile(`${folder}/${path}`));
  const { exports } = JSON.parse(await Deno.readTextFile(`${folder}/deno.json`));
  return treeOf(
    texts,
    Object.values<string>(exports).map((path) => path.replace(/^\.\//, "")),
    tests.filter((path) => path.endsWith("_test.ts")).sort(),
  );
}

/**
 * A house of texts.
 *
 * @param texts The text of each file.
 * @param doors The files that `deno.json` exports.
 * @param tests The files of tests.
 */
export function treeOf(
  texts: ReadonlyMap<string, string>,
  doors: readonly string[] = [],
  tests: readonly string[] = [],
): HouseTree {
  const files = new Map([...texts].map(([path, text]) => [path, readModule(text)]));
  const imports = [...files].flatMap(([from, { imports }]) =>
    imports.flatMap(({ specifier, isLate }) => {
      if (!specifier.startsWith(".")) return [];
      const to = new URL(specifier, `file:///${from}`).pathname.slice(1);
      return files.has(to) ? [{ from, to, isLate }] : [];
    })
  );
  return { files, imports, doors, tests };
}

/**
 * The paths of the doors and of every file under `lib/`, sorted.
 *
 * @param folder The checkout.
 * @throws {TypeError} If it is no checkout of this project.
 */
export async function libraryFiles(folder: string): Promise<string[]> {
  const files = await Array.fromAsync(filesUnder(folder, "lib/"));
  for await (const { isFile, name } of Deno.readDir(folder)) {
    if (isFile && name.endsWith(".ts")) files.push(name);
  }
  if (!files.includes("mod.ts") || !files.some((path) => path.startsWith("lib/"))) {
    throw new TypeError(`Cannot measure "${folder}": it holds no mod.ts with a folder lib`);
  }
  return files.sort();
}

async function* filesUnder(folder: string, under: string): AsyncGenerator<string> {
  const entries = await Array.fromAsync(Deno.readDir(`${folder}/${under}`)).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  });
  for (const { name, isDirectory, isFile } of entries) {
    if (isFile && name.endsWith(".ts")) yield under + name;
    if (isDirectory) yield* filesUnder(folder, `${under}${name}/`);
  }
}

/** The folder that holds a file, without a slash behind; empty for a door. */
export function roomOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** How many files import each file, `import()` counted. */
export function importersOf(tree: HouseTree): Map<string, number> {
  const importers = new Map([...tree.files.keys()].map((path) => [path, new Set<string>()]));
  for (const { from, to } of tree.imports) importers.get(to)?.add(from);
  return new Map([...importers].map(([path, from]) => [path, from.size]));
}
