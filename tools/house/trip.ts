/**
 * The way of a request, or of a statement, through the files of the house.
 *
 * A function begins in the file that it is written in. A trip is the files of all functions that
 * began, in their order.
 *
 * - A *move* is a function that begins in another file than the function before it. The first
 *   function of a trip is a move, too.
 * - A file is *entered* by the first move to it.
 * - A *return* is a move to a file that was entered before and left since. Every move either enters a
 *   file or returns to one, so moves are files and returns together.
 * - A file is *opened* by each move to it.
 *
 * That a function ends and its caller goes on is no move: nothing begins. It becomes one as soon as
 * the caller's file begins another function.
 *
 * @module
 */

/** A trip in figures. */
export interface Trip {
  /** Files entered. */
  readonly files: number;
  /** Moves from one file to another. */
  readonly moves: number;
  /** Moves to a file that was left before. */
  readonly returns: number;
  /** How often each file was opened, the most opened first. */
  readonly opened: Readonly<Record<string, number>>;
}

/**
 * Counts a trip.
 *
 * @param begun The file of each function that began, in their order.
 */
export function tripOf(begun: readonly string[]): Trip {
  const moves = begun.filter((file, at) => file !== begun[at - 1]);
  const opened = Map.groupBy(moves, (file) => file);
  const rows = [...opened].map(([file, times]): [string, number] => [file, times.length]);
  return {
    files: opened.size,
    moves: moves.length,
    returns: moves.length - opened.size,
    opened: Object.fromEntries(rows.sort(([, one], [, other]) => other - one)),
  };
}
