/**
 * PostgreSQL as a real process.
 *
 * @module
 */

import postgres from "npm:postgres@3.4.9";
import { freePort, Keeper, until } from "../keeper.ts";
import { output, postgresFolder } from "./programs.ts";

/** A server with its data in a folder. Both end when it is disposed of. */
export class PostgresServer implements AsyncDisposable {
  /** Where it listens. */
  readonly port: number;
  readonly #keeper: Keeper;

  private constructor(keeper: Keeper, port: number) {
    this.#keeper = keeper;
    this.port = port;
  }

  /** Starts a server, and waits until it answers. */
  static async start(): Promise<PostgresServer> {
    const programs = await postgresFolder();
    const port = freePort();
    const keeper = await Keeper.open(async (folder) => {
      const [program = "", ...before] = await asUser(folder);
      const initial = ["-D", `${folder}/data`, "-A", "trust", "-U", "postgres", "-E", "UTF8"];
      await output(program, ...before, `${programs}/initdb`, "--no-sync", "--locale=C", ...initial);
      return [
        ...[program, ...before, `${programs}/postgres`, "-D", `${folder}/data`, "-p", `${port}`],
        ...["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="],
      ];
    });
    const server = new PostgresServer(keeper, port);
    try {
      await server.restart();
      return server;
    } catch (error) {
      await keeper[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Starts it again after it has ended, and waits until it answers. */
  async restart(): Promise<void> {
    await this.#keeper.start();
    try {
      await until("PostgreSQL", async () => (await this.ask("SELECT 1")) === 1);
    } catch (error) {
      throw new Error(`PostgreSQL does not answer: ${await this.#keeper.log()}`, { cause: error });
    }
  }

  /** Ends it at once, without writing what is in its memory to its files. */
  shutDownImmediately(): void {
    this.#keeper.signal("SIGQUIT");
  }

  /** Stops or continues it and all its processes. */
  async signalAll(signal: "SIGSTOP" | "SIGCONT"): Promise<void> {
    const { pid } = this.#keeper;
    const children = (await output("pgrep", "-P", `${pid}`)).split("\n").map(Number);
    for (const one of [pid, ...children]) {
      try {
        Deno.kill(one, signal);
      } catch (error) {
        // It may have ended since it was listed.
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
  }

  /** Ends all connections but the own. */
  async endConnections(): Promise<void> {
    await this.ask(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
      WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'`);
  }

  /** Carries a statement out on a connection of its own. Gives the first value of the first row. */
  async ask(statement: string): Promise<unknown> {
    const sql = postgres({
      host: "127.0.0.1",
      port: this.port,
      user: "postgres",
      max: 1,
      connect_timeout: 1,
    });
    try {
      const [row] = await sql.unsafe(statement);
      return Object.values(row ?? {})[0];
    } finally {
      await sql.end({ timeout: 0.1 });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#keeper[Symbol.asyncDispose]();
  }
}

/** PostgreSQL does not run as root, so root runs it as the user `postgres`. */
async function asUser(folder: string): Promise<string[]> {
  if (await output("id", "-u") !== "0") return ["env"];
  await output("chown", "postgres", folder);
  return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"];
}
