/**
 * The rules of the house. Each is a function of a tree that names what breaks it, so that nothing
 * named means a house in order.
 *
 * @module
 */

import { factsSaidTwice } from "./facts.ts";
import { type HouseTree, importersOf, roomOf } from "./house_tree.ts";

/** The least files of a room. */
const LEAST_FILES = 3;
/** The most files of a room. */
const MOST_FILES = 15;
/** The most lines of code of a file. */
const MOST_LINES = 300;
/** A file of fewer lines of code is small. */
const SMALL = 60;

const BANNED = /^(?:utils?|helpers?|managers?)$/;

/**
 * Rooms of too few or too many files. What is in a folder of a room is not counted: it is a room.
 *
 * @param tree The house.
 */
export function misfitRooms(tree: HouseTree): string[] {
  const rooms = Map.groupBy(libraryOf(tree), roomOf);
  return [...rooms].flatMap(([room, { length }]) =>
    length >= LEAST_FILES && length <= MOST_FILES
      ? []
      : [`${room} has ${length} files, not ${LEAST_FILES} to ${MOST_FILES}`]
  );
}

/** Files that are too long. */
export function longFiles(tree: HouseTree): string[] {
  return [...tree.files].filter(([, { lines }]) => lines > MOST_LINES)
    .map(([path, { lines }]) => `${path} has ${lines} lines, not ${MOST_LINES} or fewer`);
}

/**
 * Small files that fewer than two files import and that have no reason of their own: no test by
 * their name, no `import()` that loads them late, no place among the exports of `deno.json`.
 */
export function unearnedFiles(tree: HouseTree): string[] {
  const importers = importersOf(tree);
  const tested = testedFiles(tree);
  const late = new Set(tree.imports.filter(({ isLate }) => isLate).map(({ to }) => to));
  return libraryOf(tree).flatMap((path) => {
    const lines = tree.files.get(path)?.lines ?? 0;
    const count = importers.get(path) ?? 0;
    if (lines >= SMALL || count > 1 || tree.doors.includes(path)) return [];
    if (tested.has(path) || late.has(path)) return [];
    return [`${path} has ${lines} lines and ${count === 0 ? "no importer" : "one importer"}`];
  });
}

/** Files without a test of their name. What holds types and exports from elsewhere alone needs none. */
export function untestedFiles(tree: HouseTree): string[] {
  const tested = testedFiles(tree);
  return libraryOf(tree).filter((path) =>
    !tested.has(path) && tree.files.get(path)?.isDeclarative === false
  );
}

/**
 * The files that have a test by their name: `lib/a/b.ts` has `tests/a/b_test.ts` and
 * `tests/a/b_…_test.ts`, but none that `lib/a/b_….ts` has by its longer name.
 */
function testedFiles(tree: HouseTree): Set<string> {
  // The longer names come first.
  const files = libraryOf(tree).sort((one, other) => other.length - one.length)
    .map((path) => ({ path, tests: path.replace(/^lib\//, "tests/").replace(/\.ts$/, "_") }));
  return new Set(tree.tests.flatMap((test) => {
    const file = files.find(({ tests }) => test.startsWith(tests));
    return file === undefined ? [] : [file.path];
  }));
}

/**
 * Names that several modules export, and modules that export what another declares without being a
 * door. A door is a `mod.ts` or one of the exports of `deno.json`.
 */
export function sharedNames(tree: HouseTree): string[] {
  const exported = [...tree.files].flatMap(([path, { exports }]) =>
    exports.map((name): [name: string, path: string] => [name, path])
  );
  const isDoor = (path: string) => tree.doors.includes(path) || /(?:^|\/)mod\.ts$/.test(path);
  return [
    ...[...Map.groupBy(exported, ([name]) => name)].filter(([, found]) => found.length > 1)
      .map(([name, found]) => `${name}: ${found.map(([, path]) => path).join(", ")}`),
    ...[...tree.files].filter(([path, { reexports }]) => reexports.length > 0 && !isDoor(path))
      .map(([path, { reexports }]) => `${path} hands on ${reexports.join(", ")}`),
  ];
}

/** Names of files, folders and declarations that say nothing, word by word. */
export function bannedNames(tree: HouseTree): string[] {
  return [...tree.files].flatMap(([path, { declared }]) => [
    ...(wordsOf(path).some(isBanned) ? [path] : []),
    ...declared.filter((name) => wordsOf(name).some(isBanned)).map((name) => `${path}: ${name}`),
  ]);
}

function wordsOf(name: string): string[] {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase().split(/[^a-z0-9]+/);
}

function isBanned(word: string): boolean {
  return BANNED.test(word);
}

function libraryOf(tree: HouseTree): string[] {
  return [...tree.files.keys()].filter((path) => path.startsWith("lib/"));
}

/** The rules by their names. */
export const RULES: Readonly<Record<string, (tree: HouseTree) => string[]>> = {
  "a room has 3 to 15 files": misfitRooms,
  "a file has at most 300 lines of code": longFiles,
  "a small file with one importer has a reason of its own": unearnedFiles,
  "a file has a test of its name": untestedFiles,
  "a fact is said in one file": factsSaidTwice,
  "a name is exported by one module": sharedNames,
  "a name says what it names": bannedNames,
};
