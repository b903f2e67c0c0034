/**
 * The session stores on servers: Redis and PostgreSQL.
 *
 * The clients are packages of npm. The program imports one only if an address needs it, so that
 * nothing else depends on it.
 *
 * @module
 */

import { redisStore } from "../session/stores/redis/redis_store.ts";
import { type PgClient, postgresStore } from "../session/stores/postgres/postgres_store.ts";
import type { SessionStore } from "../session/stored/session_store.ts";
import { CommandFailure } from "./command.ts";

/** A store that a command opened. Disposing of it closes the store. */
export interface OpenedStore extends AsyncDisposable {
  /** The store. */
  readonly store: SessionStore;
}

/** The packages, each in the version with which the store is tested. */
export const PACKAGES = { redis: "npm:redis@^6", postgres: "npm:pg@^8" } as const;

/** Milliseconds until a server counts as not there. */
const CONNECT_TIMEOUT = 5_000;
/** Milliseconds until a command counts as failed. A batch of a sweep can take some seconds. */
const COMMAND_TIMEOUT = 30_000;

/** Imports a package. A test gives its own. */
export type ImportPackage = (specifier: string) => Promise<unknown>;

// Deno would download a package that it can read here, also for those who need none.
const IMPORT: ImportPackage = (specifier) => import(specifier);

/** What is used of `npm:redis`. */
interface RedisPackage {
  createClient(options: unknown): {
    on(event: "error", listener: () => void): unknown;
    connect(): Promise<unknown>;
    destroy(): void;
    sendCommand(parameters: string[]): Promise<unknown>;
  };
}

/** What is used of `npm:pg`. */
interface PgPackage {
  readonly Pool: new (options: unknown) => PgClient & {
    on(event: "error", listener: () => void): unknown;
    end(): Promise<void>;
  };
}

/**
 * Opens the store of a `redis:` or `rediss:` URL.
 *
 * @throws {CommandFailure} If the package cannot be imported, or the server cannot be reached.
 */
export async function openRedis(url: URL, load: ImportPackage = IMPORT): Promise<OpenedStore> {
  const redis = await load(PACKAGES.redis).catch(notLoaded(PACKAGES.redis));
  if (!isRedis(redis)) throw notLoadedAs(PACKAGES.redis);
  const client = redis.createClient({
    url: url.href,
    disableOfflineQueue: true,
    // Otherwise it reads variables of the environment.
    maintNotifications: "disabled",
    socket: {
      connectTimeout: CONNECT_TIMEOUT,
      socketTimeout: COMMAND_TIMEOUT,
      reconnectStrategy: false,
    },
  });
  // The command that fails has the reason too.
  client.on("error", () => {});
  await client.connect();
  return {
    store: redisStore(client),
    [Symbol.asyncDispose]: () => Promise.resolve(client.destroy()),
  };
}

/**
 * Opens the store of a `postgres:` or `postgresql:` URL. It connects with the first statement.
 *
 * @throws {CommandFailure} If the package cannot be imported.
 */
export async function openPostgres(url: URL, load: ImportPackage = IMPORT): Promise<OpenedStore> {
  const pg = await load(PACKAGES.postgres).catch(notLoaded(PACKAGES.postgres));
  if (!isPg(pg)) throw notLoadedAs(PACKAGES.postgres);
  const pool = new pg.Pool({
    connectionString: url.href,
    max: 2,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    statement_timeout: COMMAND_TIMEOUT,
  });
  pool.on("error", () => {});
  return { store: postgresStore(pool), [Symbol.asyncDispose]: () => pool.end() };
}

function isRedis(module: unknown): module is RedisPackage {
  return hasFunction(module, "createClient");
}

function isPg(module: unknown): module is PgPackage {
  return hasFunction(module, "Pool");
}

function hasFunction(module: unknown, name: string): boolean {
  return typeof module === "object" && module !== null && name in module &&
    typeof Object(module)[name] === "function";
}

function notLoaded(specifier: string): (error: unknown) => never {
  return (cause) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CommandFailure(
      `Cannot import ${specifier}, which opens the store: ${reason}\n` +
        `"deno cache ${specifier}" downloads it. With --frozen it must be in deno.lock`,
      1,
      { cause },
    );
  };
}

function notLoadedAs(specifier: string): CommandFailure {
  return new CommandFailure(`Cannot use ${specifier}: it is another package than expected`, 1);
}
