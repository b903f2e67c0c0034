/**
 * The parts of a Redis client that the store calls: one way to send a command, for every kind of
 * client.
 *
 * @module
 */

import { ConfigurationError } from "../../../configuration_error.ts";
import type { OptionKind } from "../../../check_options.ts";
import type { RedisScript } from "./redis_scripts.ts";

/** A client or a cluster of `npm:ioredis`, and of what has its interface, such as `npm:iovalkey`. */
export interface RedisCallClient {
  /** Sends a command. */
  call(command: string, ...parameters: string[]): Promise<unknown>;
}

/** How `npm:redis` is to send a command, and to read its reply. */
export interface RedisReplyOptions {
  /** What it makes of a type of the protocol, which is named by its first byte. */
  readonly typeMapping?: { readonly 37?: ArrayConstructor };
  /** Milliseconds until it gives up a command that it has not sent, or 0 for never. */
  readonly timeout?: number;
}

/**
 * Asks for a map (`%`, which is 37) as a list. The client makes a list in less time than an object.
 */
const AS_LISTS: RedisReplyOptions = { typeMapping: { 37: Array } };

/**
 * The same without a timer of the client for each command, which takes longer than the rest of the
 * client's work. The guard of the store has one for each call.
 */
const WITHOUT_TIMER: RedisReplyOptions = { ...AS_LISTS, timeout: 0 };

/** A client or a pool of `npm:redis`: `createClient()`, `createClientPool()`. */
export interface RedisSendClient {
  /** Sends a command: its name and its parameters. */
  sendCommand(parameters: string[], options?: RedisReplyOptions): Promise<unknown>;
}

/** A cluster of `npm:redis`: `createCluster()`. */
export interface RedisClusterClient {
  /** The connection to a node. The store recognises a cluster by it. */
  nodeClient(node: never): unknown;
  /** Sends a command to the node of a key. */
  sendCommand(
    key: string,
    isReadonly: boolean,
    parameters: string[],
    options?: RedisReplyOptions,
  ): Promise<unknown>;
}

/** A client by sentinels of `npm:redis`: `createSentinel()`. */
export interface RedisSentinelClient {
  /** The node that is written to. The store recognises the client by it. */
  getMasterNode(): unknown;
  /** Sends a command to the node that is written to, unless it is marked as read-only. */
  sendCommand(
    isReadonly: boolean,
    parameters: string[],
    options?: RedisReplyOptions,
  ): Promise<unknown>;
}

/** The clients of Redis that a store takes. */
export type RedisClient =
  | RedisCallClient
  | RedisSendClient
  | RedisClusterClient
  | RedisSentinelClient;

/** Sends a command, the name first, to the node that writes the key. */
export type SendCommand = (key: string, parameters: string[]) => Promise<unknown>;

/** What stands for a client. */
export const REDIS_CLIENT: OptionKind = {
  expected: "a client of npm:redis or npm:ioredis",
  is: (value) => has(value, "call") || has(value, "sendCommand"),
};

/**
 * Finds out how a client sends commands.
 *
 * @throws {ConfigurationError} If the client may read replicas, because these are late.
 */
export function senderOf(client: RedisClient): SendCommand {
  if (hasCall(client)) {
    const { scaleReads = "master" } = optionsOf(client);
    if (scaleReads !== "master") {
      throw new ConfigurationError(
        'Cannot use the client of redisStore(): its option scaleReads must be "master", since replicas are late',
      );
    }
    return (_, [name = "", ...parameters]) => client.call(name, ...parameters);
  }
  if (isCluster(client)) {
    return (key, parameters) => client.sendCommand(key, false, parameters, AS_LISTS);
  }
  if (isSentinel(client)) return (_, parameters) => client.sendCommand(false, parameters, AS_LISTS);
  const options = hasOwnTimeout(client) ? AS_LISTS : WITHOUT_TIMER;
  return (_, parameters) => client.sendCommand(parameters, options);
}

/** Runs scripts: by their SHA-1, and by their text where the server does not know it yet. */
export async function runScript(
  send: SendCommand,
  { lua, sha1 }: RedisScript,
  key: string,
  parameters: readonly string[] = [],
): Promise<unknown> {
  try {
    return await send(key, ["EVALSHA", sha1, "1", key, ...parameters]);
  } catch (error) {
    if (!isReply(error, "NOSCRIPT")) throw error;
    return await send(key, ["EVAL", lua, "1", key, ...parameters]);
  }
}

/** Whether Redis answered with an error that begins so. */
export function isReply(error: unknown, code: string): boolean {
  return error instanceof Error && error.message.startsWith(code);
}

function hasCall(client: RedisClient): client is RedisCallClient {
  return has(client, "call");
}

function isCluster(client: RedisClient): client is RedisClusterClient {
  return has(client, "nodeClient");
}

function isSentinel(client: RedisClient): client is RedisSentinelClient {
  return has(client, "getMasterNode");
}

/** Whether the app has set the time limit of commands itself. */
function hasOwnTimeout(client: object): boolean {
  const { commandOptions } = optionsOf(client);
  return typeof commandOptions === "object" && commandOptions !== null &&
    Reflect.get(commandOptions, "timeout") !== undefined;
}

function optionsOf(
  client: object,
): { readonly scaleReads?: unknown; readonly commandOptions?: unknown } {
  const options: unknown = Reflect.get(client, "options");
  return typeof options === "object" && options !== null ? options : {};
}

function has(value: unknown, name: string): boolean {
  return typeof value === "object" && value !== null &&
    typeof Reflect.get(value, name) === "function";
}
