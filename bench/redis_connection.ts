/**
 * The connection of a server of the bench to Redis, whose port is its second argument.
 *
 * @module
 */

import { Redis } from "ioredis";
import { createClient } from "redis";

const HOST = "127.0.0.1";

/**
 * A client of `npm:redis`, connected.
 *
 * @param port Where Redis listens.
 * @param options Options of its commands. Default: those of the client.
 */
export async function connectRedis(
  port: number = Number(Deno.args[1]),
  options: { timeout?: number } = {},
) {
  const client = createClient({
    socket: { host: HOST, port },
    disableOfflineQueue: true,
    commandOptions: options,
  });
  return await client.connect();
}

/** A client of `npm:ioredis`, connected. */
export async function connectIoredis(port: number = Number(Deno.args[1])): Promise<Redis> {
  const client = new Redis({ host: HOST, port, enableOfflineQueue: false, lazyConnect: true });
  await client.connect();
  return client;
}
