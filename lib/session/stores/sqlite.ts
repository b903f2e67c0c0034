/**
 * Sessions and revocations in an SQLite file: for the processes of one machine.
 *
 * @module
 */

export type { RevocationStore } from "../../../session.ts";
export type {
  AsyncCloser,
  ListedSession,
  SessionChange,
  SessionStore,
  StoredRecord,
} from "../stored/session_store.ts";
export type { SqliteDatabase, SqliteRow, SqliteStatement, SqliteValue } from "./sqlite_database.ts";
export { SQLITE_TABLES } from "./sqlite_tables.ts";
export { type SqliteStore, sqliteStore, type SqliteStoreOptions } from "./sqlite_store.ts";
