/**
 * The tables of a store in PostgreSQL, and the parts of a client that it calls.
 *
 * @module
 */

import type { OptionKind } from "../../../check_options.ts";

/**
 * The SQL statements that create the tables of `postgresStore()` if they are missing.
 *
 * `createTables()` runs them. You need them only if another tool creates your tables.
 */
export const POSTGRES_TABLES = `CREATE TABLE IF NOT EXISTS pyramidion_sessions (
  id text COLLATE "C" PRIMARY KEY,
  account text,
  head text NOT NULL,
  renewed bigint NOT NULL,
  expires bigint NOT NULL,
  sweep integer NOT NULL,
  operations text NOT NULL DEFAULT '',
  data jsonb NOT NULL
) WITH (fillfactor = 75);
CREATE INDEX IF NOT EXISTS pyramidion_sessions_sweep ON pyramidion_sessions (sweep);
CREATE INDEX IF NOT EXISTS pyramidion_sessions_account ON pyramidion_sessions (account)
  WHERE account IS NOT NULL;
CREATE TABLE IF NOT EXISTS pyramidion_revocations (
  id text COLLATE "C" PRIMARY KEY,
  until bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS pyramidion_revocations_until ON pyramidion_revocations (until);
CREATE TABLE IF NOT EXISTS pyramidion_epochs (
  account text COLLATE "C" PRIMARY KEY,
  epoch bigint NOT NULL
);
`;

/** A row by its columns. */
export type PostgresRow = Readonly<Record<string, unknown>>;

/** A pool or a client of `npm:pg`. */
export interface PgClient {
  /** Carries a statement out. One with a name is prepared once for each connection. */
  query(statement: {
    name?: string;
    text: string;
    values?: (string | null)[];
  }): PromiseLike<{ readonly rows: readonly PostgresRow[] }>;
}

/** The client that `npm:postgres` returns. */
export interface PostgresJsClient {
  /** Carries a statement out, prepared once for each connection or not. */
  unsafe(
    text: string,
    values?: (string | null)[],
    options?: { prepare?: boolean },
  ): PromiseLike<readonly PostgresRow[]>;
}

/** The clients of PostgreSQL that a store takes. */
export type PostgresClient = PgClient | PostgresJsClient;

/** What stands for a client. */
export const POSTGRES_CLIENT: OptionKind = {
  expected: "a pool of npm:pg or the client of npm:postgres",
  is: (value) => has(value, "query") || has(value, "unsafe"),
};

/** A statement with the name under which a connection keeps it. */
export interface PreparedStatement {
  /** Its name, which no other statement has. */
  readonly name: string;
  /** Its text. */
  readonly text: string;
}

/** Carries a statement out, with its parameters. */
export type RunStatement = (
  statement: PreparedStatement,
  ...values: (string | null)[]
) => Promise<readonly PostgresRow[]>;

/** What a store does with a database. */
export interface PostgresDatabase {
  readonly run: RunStatement;
  /** Carries several statements out that have no result. */
  exec(text: string): Promise<void>;
}

/**
 * Makes one interface for every client that a store takes.
 *
 * @param client The client.
 * @param isPrepared Whether connections keep statements.
 */
export function databaseOf(client: PostgresClient, isPrepared: boolean): PostgresDatabase {
  if (isPostgresJs(client)) {
    return {
      run: async ({ text }, ...values) =>
        await client.unsafe(text, values, { prepare: isPrepared }),
      exec: async (text) => void await client.unsafe(text),
    };
  }
  return {
    run: async ({ name, text }, ...values) =>
      (await client.query(isPrepared ? { name, text, values } : { text, values })).rows,
    exec: async (text) => void await client.query({ text }),
  };
}

/** The error code of PostgreSQL (its manual, appendix A). */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function isPostgresJs(client: PostgresClient): client is PostgresJsClient {
  return has(client, "unsafe");
}

function has(value: unknown, name: string): boolean {
  return (typeof value === "object" && value !== null || typeof value === "function") &&
    typeof Reflect.get(value, name) === "function";
}
