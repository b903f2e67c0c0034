/**
 * Redis as a real process.
 *
 * @module
 */

import { createClient } from "npm:redis@6.3.1";
import { freePort, Keeper, until } from "../keeper.ts";

/** A server with its data in a folder. Both end when it is disposed of. */
export class RedisServer implements AsyncDisposable {
  /** Where it listens. */
  readonly port: number;
  readonly #keeper: Keeper;

  private constructor(keeper: Keeper, port: number) {
    this.#keeper = keeper;
    this.port = port;
  }

  /**
   * Starts a server that writes every change to its file, and waits until it answers.
   *
   * @param settings Its options, such as `--maxmemory`.
   */
  static async start(...settings: string[]): Promise<RedisServer> {
    const port = freePort();
    const keeper = await Keeper.open((folder) => [
      ...["redis-server", "--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder],
      ...["--save", "", "--appendonly", "yes", "--appendfsync", "everysec"],
      ...["--repl-diskless-sync-delay", "0", ...settings],
    ]);
    const server = new RedisServer(keeper, port);
    try {
      await server.restart();
      return server;
    } catch (error) {
      await keeper[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Starts it again after it was killed, and waits until it answers. */
  async restart(): Promise<void> {
    await this.#keeper.start();
    try {
      await until("Redis", async () => await this.ask("PING") === "PONG");
    } catch (error) {
      throw new Error(`Redis does not answer: ${await this.#keeper.log()}`, { cause: error });
    }
  }

  /** Sends a signal to it. */
  signal(signal: Deno.Signal): void {
    this.#keeper.signal(signal);
  }

  /** Sends a command on a connection of its own. */
  async ask(...command: string[]): Promise<unknown> {
    const client = createClient({
      socket: { host: "127.0.0.1", port: this.port, reconnectStrategy: false },
    });
    // What fails is told by the command, too.
    client.on("error", () => {});
    try {
      await client.connect();
      return await client.sendCommand(command);
    } finally {
      client.destroy();
    }
  }

  /** Makes it follow the server at a port, and waits until it has its data. */
  async follow(port: number): Promise<void> {
    await this.ask("REPLICAOF", "127.0.0.1", `${port}`);
    await until(
      "the replica",
      async () => String(await this.ask("INFO", "replication")).includes("master_link_status:up"),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#keeper[Symbol.asyncDispose]();
  }
}
