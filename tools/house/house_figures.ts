/**
 * The size of a house and of its rooms.
 *
 * @module
 */

import { median } from "../../bench/statistics.ts";
import { type HouseTree, importersOf, roomOf } from "./house_tree.ts";

/** Some files in figures. Lines are lines of code. */
export interface Size {
  /** How many files. */
  readonly files: number;
  /** Their lines. */
  readonly lines: number;
  /** The lines of the file in the middle. */
  readonly median: number;
  /** The lines of the longest file. */
  readonly longest: number;
  /** The longest file. */
  readonly longestFile: string;
}

/** A house in figures. What is said of all files is said of those under `lib/`. */
export interface HouseFigures {
  /** All files. */
  readonly all: Size;
  /** The files of each room, by the room's folder; the doors at `""`. */
  readonly rooms: Readonly<Record<string, Size>>;
  /** Files of fewer than 40 lines. */
  readonly under40: number;
  /** Files of more than 300 lines. */
  readonly over300: number;
  /** Files that one file imports. */
  readonly oneImporter: number;
  /** Those of them that have fewer than 60 lines. */
  readonly smallOneImporter: number;
}

/**
 * Measures a house.
 *
 * @param tree The house.
 */
export function figuresOf(tree: HouseTree): HouseFigures {
  const lines = [...tree.files].map(([path, module]): [string, number] => [path, module.lines]);
  const library = lines.filter(([path]) => path.startsWith("lib/"));
  const importers = importersOf(tree);
  const ofOne = library.filter(([path]) => importers.get(path) === 1);
  return {
    all: sizeOf(library),
    rooms: Object.fromEntries(
      [...Map.groupBy(lines, ([path]) => roomOf(path))]
        .map(([room, files]): [string, Size] => [room, sizeOf(files)])
        .sort(([one], [other]) => one < other ? -1 : 1),
    ),
    under40: library.filter(([, count]) => count < 40).length,
    over300: library.filter(([, count]) => count > 300).length,
    oneImporter: ofOne.length,
    smallOneImporter: ofOne.filter(([, count]) => count < 60).length,
  };
}

function sizeOf(files: readonly (readonly [path: string, lines: number])[]): Size {
  const counts = files.map(([, count]) => count);
  const longest = Math.max(...counts);
  return {
    files: files.length,
    lines: counts.reduce((sum, count) => sum + count, 0),
    median: median(counts),
    longest,
    longestFile: files.find(([, count]) => count === longest)?.[0] ?? "",
  };
}
