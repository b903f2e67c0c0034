/**
 * Opening the file of an SQLite database.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";

/** How long the thread waits for another process before it does something else, in milliseconds. */
const BUSY_TIMEOUT = 5;
/** The same while the file is opened, when there are no requests yet. */
const BUSY_TIMEOUT_AT_START = 5000;

/**
 * Opens a file for an app, with the write-ahead log. A file that is missing is made.
 *
 * @param path The path of the file.
 * @param synchronous What a power cut may take back.
 * @throws {Error} If it cannot be opened.
 */
export function openForApp(path: string, synchronous: "NORMAL" | "FULL"): DatabaseSync {
  // The time limit first: the change to the write-ahead log may have to wait for another process.
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_AT_START });
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}`);
  db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
  return db;
}

/**
 * Opens a file as it is: its journal mode stays, because its app chose it.
 *
 * @param path The path of a file that is there: SQLite makes one that is missing.
 * @throws {Error} If it cannot be opened.
 */
export function openAsItIs(path: string): DatabaseSync {
  return new DatabaseSync(path, { timeout: BUSY_TIMEOUT });
}

/**
 * Gives what throws once a path no longer leads to the file that it leads to now. SQLite would work on
 * with a file that was deleted, and lose everything at the end of the process.
 *
 * @param path The path of a file that is there.
 */
export function fileWatch(path: string): () => void {
  const opened = identityOf(path);
  return () => {
    if (identityOf(path) === opened) return;
    throw new Error(
      `Cannot use the file "${path}": it was deleted or replaced while it was open: restart the app`,
    );
  };
}

function identityOf(path: string): string {
  try {
    const { dev, ino } = Deno.statSync(path);
    return `${dev} ${ino}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "none";
    throw error;
  }
}

/**
 * Whether a file holds tables of these names.
 *
 * @param path The path of a file that is there.
 * @param names The tables.
 * @throws {Error} If it is no SQLite database.
 */
export function hasTables(path: string, names: readonly string[]): boolean {
  const db = openAsItIs(path);
  try {
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    return names.every((wanted) => tables.some(({ name }) => name === wanted));
  } finally {
    db.close();
  }
}
