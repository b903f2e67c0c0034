/**
 * Defines cells: values in cookies of their own, and the checks of `session.cell()`.
 *
 * @module
 */

import {
  checkOptions,
  checkValue,
  NUMBER,
  type OptionKind,
  type OptionKinds,
  TEXT,
  withFunctions,
} from "../../check_options.ts";

/** The options of `session.cell()`. */
export interface CellOptions {
  /**
   * The key of the cell, such as the `state` of an OAuth request. It may come from the visitor.
   * @default {""}
   */
  readonly key?: string | undefined;
  /** Seconds after which the cell is empty: an integer from 1 to 86,400 (a day). @default {600} */
  readonly maxAge?: number | undefined;
}

/**
 * A value in a cookie of its own.
 *
 * @typeParam Value The type of the value. Pyramidion does not check it.
 */
export interface Cell<Value = unknown> {
  /** Reads the value. It is undefined if the cell is empty. */
  get(): Value | undefined;
  /**
   * Reads the value and empties the cell. For a HEAD request the value stays.
   *
   * @throws {HttpServiceUnavailable} If the request is a prefetch and the cell holds a value.
   * @throws {Error} If the session is already committed to a response.
   */
  take(): Value | undefined;
  /**
   * Writes the value.
   *
   * @throws {TypeError} If JSON would lose or change the value.
   * @throws {RangeError} If its JSON has more than 1,024 bytes.
   * @throws {Error} If the session is already committed to a response.
   */
  set(value: Value): Promise<void>;
}

/** Opens the cells of a visitor. */
export interface VisitorCells {
  /** Opens a cell, with arguments that were checked. */
  open(name: string, key: string, maxAge: number): Promise<Cell>;
}

const CELL_NAME: OptionKind = {
  expected: "1 to 32 letters, digits, - and _",
  is: (value) => typeof value === "string" && /^[\w-]{1,32}$/.test(value),
};
const KINDS: OptionKinds<CellOptions> = { key: TEXT, maxAge: NUMBER };
const CELLS: OptionKind = withFunctions("open");
const DEFAULT_MAX_AGE = 600;
const MOST_MAX_AGE = 86_400;

/**
 * Opens a cell for `session.cell()`.
 *
 * @param cells What the factory has.
 * @param name The name of the cell.
 * @param options The key and the time.
 * @throws {TypeError} If an argument is of a wrong type, or an option is unknown.
 * @throws {RangeError} If `maxAge` is out of bounds.
 * @throws {Error} If the sessions have no cells.
 */
export function openCell(
  cells: VisitorCells | undefined,
  name: string,
  options: CellOptions,
): Promise<Cell> {
  checkValue("the name of session.cell()", name, CELL_NAME, TypeError);
  checkOptions("session.cell()", options, KINDS, TypeError);
  const { key = "", maxAge = DEFAULT_MAX_AGE } = options;
  if (!Number.isInteger(maxAge) || maxAge < 1 || maxAge > MOST_MAX_AGE) {
    throw new RangeError(
      `Cannot open a cell for ${maxAge} seconds: must be an integer from 1 to ${MOST_MAX_AGE}`,
    );
  }
  if (cells === undefined) {
    throw new Error(
      `Cannot open the cell "${name}": the session factory has no secret for it: use signedCookieSessionFactory(), encryptedCookieSessionFactory() or storedSessionFactory()`,
    );
  }
  checkValue('option "cells" of new Session()', cells, CELLS, TypeError);
  return cells.open(name, key, maxAge);
}
