/**
 * The session stores by their addresses on the command line.
 *
 * To add a store, write its entry in {@linkcode STORES}. The program loads the module of a store
 * only if the command line names the store.
 *
 * @module
 */

import { didYouMean, quotedList } from "../did_you_mean.ts";
import { printable } from "../printable.ts";
import type { SessionKv } from "../session/stores/deno_kv_database.ts";
import { CommandFailure } from "./command.ts";
import type { CommandEnvironment } from "./environment.ts";
import { serverUrl, shownServer, withoutPassword } from "./server_url.ts";
import type { OpenedStore } from "./store_servers.ts";

interface KnownStore {
  /** Loads the SQL statements that create its tables. `null` for a store without tables. */
  readonly tables: (() => Promise<string>) | null;
  /**
   * The part of its address after the colon, as the help shows it. `null` for a store without an
   * address.
   */
  readonly place: string | null;
  /** Whether the address is the URL of a server. @default {false} */
  readonly isServer?: boolean;
  /** Whether it is another name of a store, which the help does not show. @default {false} */
  readonly isAlias?: boolean;
  /** Opens the store. It creates no missing file. */
  open(place: string, folder: string): Promise<OpenedStore>;
}

const REDIS: KnownStore = {
  tables: null,
  place: "//<host>:<port>",
  isServer: true,
  open: (place) => openServer("redis", place),
};
const POSTGRES: KnownStore = {
  tables: async () =>
    (await import("../session/stores/postgres/postgres_store.ts")).POSTGRES_TABLES,
  place: "//<user>@<host>/<database>",
  isServer: true,
  open: (place) => openServer("postgres", place),
};

const STORES: ReadonlyMap<string, KnownStore> = new Map<string, KnownStore>([
  ["sqlite", {
    tables: async () => (await import("../session/stores/sqlite.ts")).SQLITE_TABLES,
    place: "<file>",
    open: openSqlite,
  }],
  ["deno-kv", { tables: null, place: "<file>", open: openDenoKv }],
  ["redis", REDIS],
  ["rediss", { ...REDIS, isAlias: true, open: (place) => openServer("rediss", place) }],
  ["postgres", POSTGRES],
  ["postgresql", { ...POSTGRES, isAlias: true }],
  ["memory", {
    tables: null,
    place: null,
    open: () =>
      Promise.reject(
        new CommandFailure(
          "Cannot open a memoryStore(): it is in the memory of the app, so that no other process can read it",
          2,
        ),
      ),
  }],
]);

/** The forms of addresses: `sqlite:<file>`, `redis://<host>:<port>` and others. */
export const ADDRESS_FORMS: readonly string[] = [...STORES].flatMap((
  [name, { place, isAlias = false }],
) => place === null || isAlias ? [] : [`${name}:${place}`]);

/**
 * The SQL statements that create the tables of a store.
 *
 * @param name The store's name, such as `sqlite`.
 * @throws {CommandFailure} If no store has the name, or the store has no tables.
 */
export async function tablesOf(name: string): Promise<string> {
  const tables = STORES.get(name)?.tables ?? null;
  if (tables !== null) return await tables();
  const [having, lacking] = [true, false].map((has) =>
    quotedList(
      [...STORES].filter(([, one]) => (one.tables !== null) === has && one.isAlias !== true)
        .map(([one]) => one),
    )
  );
  const reason = STORES.has(name) ? "this store needs no tables" : unknown(name);
  throw new CommandFailure(
    `Cannot print the tables of "${printable(name)}": ${reason}\n` +
      `Stores with tables: ${having}. Stores without: ${lacking}`,
    2,
  );
}

/** The reason for an unknown name, with a similar name. */
function unknown(name: string): string {
  return `no store has this name${didYouMean(name, STORES.keys())}`;
}

/**
 * The address that an argument gives: itself, or with `env:<variable>` the one in a variable. No list
 * of processes shows the second.
 *
 * @throws {CommandFailure} If the variable is missing or empty.
 */
export function givenAddress(
  given: string,
  { variable }: Pick<CommandEnvironment, "variable">,
): string {
  if (!given.startsWith("env:")) return given;
  const name = given.slice("env:".length);
  const address = name === "" ? undefined : variable(name);
  if (address !== undefined && address !== "") return address;
  throw new CommandFailure(
    `Cannot use the address "${printable(given)}": the environment has no such variable`,
    2,
  );
}

/**
 * Opens the store of an address. It creates no missing file.
 *
 * @param address An address such as `sqlite:sessions.db`.
 * @param folder The absolute path to which paths are relative.
 * @throws {CommandFailure} If the address is not valid, or its file is missing or of another kind.
 */
export async function openStore(address: string, folder: string): Promise<OpenedStore> {
  const colon = address.indexOf(":");
  const name = colon === -1 ? address : address.slice(0, colon);
  const known = STORES.get(name);
  const place = colon === -1 ? "" : address.slice(colon + 1);
  const isWhole = known !== undefined && (place !== "" || known.place === null);
  if (isWhole) return await known.open(place, folder);
  // The part after the colon can contain a password.
  const reason = known === undefined ? unknown(name) : "the part after the colon is missing";
  throw new CommandFailure(
    `Cannot use the address of a store that begins with "${printable(name)}": ${reason}\n` +
      `Write ${ADDRESS_FORMS.join(" or ")}`,
    2,
  );
}

/** How an address is printed: in one line, without user and password. */
export function shownAddress(address: string): string {
  const isOfServer = STORES.get(address.split(":", 1)[0] ?? "")?.isServer === true;
  return isOfServer ? shownServer(address) : printable(address);
}

/** The errors of faulty code. */
const BUGS = [TypeError, RangeError, ReferenceError];

/**
 * Why a store could not be asked, without the password of its address. An error of another kind is
 * thrown again.
 *
 * @param error What was thrown.
 * @param address The address of the store.
 */
export function storeReason(error: unknown, address: string): string {
  const isOfStore = error instanceof Error && !(error instanceof CommandFailure) &&
    !(error instanceof Deno.errors.NotCapable) && !BUGS.some((bug) => error instanceof bug);
  if (!isOfStore) throw error;
  // Several addresses of one host were tried: each of them has a reason.
  const told = error instanceof AggregateError && error.message === "" ? error.errors[0] : error;
  return withoutPassword(told instanceof Error ? told.message : String(told), address);
}

async function openServer(
  name: "redis" | "rediss" | "postgres",
  place: string,
): Promise<OpenedStore> {
  const url = serverUrl(`${name}:${place}`);
  if (url === null) {
    throw new CommandFailure(
      `Cannot use the address of a store that begins with "${name}": it is not a URL with a host\n` +
        "In a user name and a password, write / ? # @ : % as %2F %3F %23 %40 %3A %25",
      2,
    );
  }
  if (name !== "postgres" && !/^\/?\d*$/.test(url.pathname)) {
    throw new CommandFailure(
      `Cannot use the address of a store that begins with "${name}": the part after the host is not the number of a database\n` +
        `Write ${name}://<host>:<port>/0`,
      2,
    );
  }
  const { openPostgres, openRedis } = await import("./store_servers.ts");
  return await (name === "postgres" ? openPostgres(url) : openRedis(url));
}

async function openSqlite(place: string, folder: string): Promise<OpenedStore> {
  const path = await presentFile("sqlite", place, folder);
  const [{ sqliteStore }, { openAsItIs }] = await Promise.all([
    import("../session/stores/sqlite.ts"),
    import("../session/stores/sqlite_file.ts"),
  ]);
  const db = openAsItIs(path);
  return {
    store: sqliteStore(db),
    [Symbol.asyncDispose]: () => Promise.resolve(db.close()),
  };
}

/** The tables of every file of Deno KV. */
const KV_TABLES = ["kv", "migration_state"];

/** Deno with or without `--unstable-kv`. */
type PerhapsWithKv = Pick<typeof Deno, "version"> & {
  openKv?(path: string): Promise<SessionKv & Disposable>;
};

async function openDenoKv(place: string, folder: string): Promise<OpenedStore> {
  const path = await presentFile("deno-kv", place, folder);
  const runtime: PerhapsWithKv = Deno;
  if (runtime.openKv === undefined) {
    throw new CommandFailure(
      "Cannot open Deno KV: this Deno has no Deno.openKv(). Add --unstable-kv after deno run",
      1,
    );
  }
  const [{ denoKvStore }, { hasTables }] = await Promise.all([
    import("../session/stores/deno_kv.ts"),
    import("../session/stores/sqlite_file.ts"),
  ]);
  // Deno KV would write its tables into any database.
  if (!hasTables(path, KV_TABLES)) {
    throw new CommandFailure(`Cannot open "${path}": it is not a database of Deno KV`, 1);
  }
  const kv = await runtime.openKv(path);
  return {
    store: denoKvStore(kv),
    [Symbol.asyncDispose]: () => Promise.resolve(kv[Symbol.dispose]()),
  };
}

/**
 * The absolute path of an existing file. It checks the file, because SQLite creates a missing one.
 *
 * @throws {CommandFailure} If the file does not exist.
 */
async function presentFile(name: string, place: string, folder: string): Promise<string> {
  if (place.startsWith("//")) {
    throw new CommandFailure(
      `Cannot use the address "${name}:${place}": write the path after the colon, without "//"`,
      2,
    );
  }
  const path = /^(?:\/|[a-z]:[\\/])/i.test(place) ? place : `${folder}/${place}`;
  const { isFile } = await Deno.stat(path).catch((cause: Error) => {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const reason = cause instanceof Deno.errors.NotFound
      ? "the file does not exist, and this command does not create it"
      : cause.message;
    throw new CommandFailure(`Cannot open "${path}": ${reason}`, 1, { cause });
  });
  if (!isFile) throw new CommandFailure(`Cannot open "${path}": it is not a file`, 1);
  return path;
}
