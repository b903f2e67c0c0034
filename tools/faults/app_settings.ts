/**
 * What an app process is started with.
 *
 * @module
 */

/** The clients by which an app reaches a store. */
export type ClientName = "npm:redis" | "npm:ioredis" | "npm:pg" | "npm:postgres";

/** Where an app keeps its sessions. */
export type Place =
  | { readonly kind: "memory" }
  | { readonly kind: "sqlite" | "kv"; readonly file: string }
  | {
    readonly kind: "redis" | "postgres";
    readonly port: number;
    readonly client: ClientName;
  };

/**
 * A fault that is planted into the store, to see that the harness notices it. `drops`: some changes
 * are answered and not made. `repeats`: some counts are made twice. `forgets`: some sessions are gone.
 */
export type Plant = "drops" | "repeats" | "forgets";

/** What an app process is started with. */
export interface AppSettings {
  /** Where the sessions live. `"cookies"`: with the visitors. */
  readonly place: Place | "cookies";
  /** Whether sessions are taken over from cookies. */
  readonly formerly?: boolean;
  readonly plant?: Plant;
}

/** What signs the cookies of all app processes of a run. */
export interface AppSecrets {
  /** That of the sessions in a store. */
  readonly secret: string;
  /** That of the sessions in cookies. */
  readonly formerSecret: string;
}

const CLIENTS: readonly string[] = ["npm:redis", "npm:ioredis", "npm:pg", "npm:postgres"];

/** Whether a client is one of PostgreSQL. */
export function isPostgres(client: string): boolean {
  return client === "npm:pg" || client === "npm:postgres";
}

/** Where the store is that a client reaches at a port. */
export function placeOf(client: string, port: number): Place {
  if (!isClient(client)) throw new TypeError(`There is no client ${client}`);
  return { kind: isPostgres(client) ? "postgres" : "redis", port, client };
}

function isClient(name: string): name is ClientName {
  return CLIENTS.includes(name);
}
