/**
 * The tables of a store in SQLite.
 *
 * @module
 */

/**
 * The statements that make the tables of `sqliteStore()` where they are missing.
 *
 * `createTables()` runs them. They are here for those who keep their schema elsewhere.
 */
export const SQLITE_TABLES = `CREATE TABLE IF NOT EXISTS pyramidion_sessions (
  id TEXT NOT NULL PRIMARY KEY,
  account TEXT,
  head TEXT NOT NULL,
  renewed INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  operations TEXT NOT NULL DEFAULT '',
  data TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS pyramidion_sessions_expires ON pyramidion_sessions (expires);
CREATE INDEX IF NOT EXISTS pyramidion_sessions_account ON pyramidion_sessions (account)
  WHERE account IS NOT NULL;
CREATE TABLE IF NOT EXISTS pyramidion_revocations (
  id TEXT NOT NULL PRIMARY KEY,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS pyramidion_revocations_until ON pyramidion_revocations (until);
CREATE TABLE IF NOT EXISTS pyramidion_epochs (
  user TEXT NOT NULL PRIMARY KEY,
  epoch INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;
