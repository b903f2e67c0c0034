/**
 * Revocations in Redis.
 *
 * @module
 */

import { EXPIRY_SLACK } from "../../stored/session_store.ts";
import { runScript, type SendCommand } from "./redis_client.ts";
import { BUMP, REVOKE } from "./redis_scripts.ts";

/** One key for each ended session, and one for each user who was signed out everywhere. */
export class RedisRevocations {
  readonly #send: SendCommand;
  readonly #prefix: string;
  readonly #clock: () => number;

  /** Takes what sends commands, what keys begin with, and the time in milliseconds. */
  constructor(send: SendCommand, prefix: string, clock: () => number) {
    this.#send = send;
    this.#prefix = prefix;
    this.#clock = clock;
  }

  async has(id: string): Promise<boolean> {
    const until = await this.#number(`${this.#prefix}ended:${id}`);
    return until !== undefined && until >= this.#clock();
  }

  async add(id: string, until: number): Promise<void> {
    const time = Math.ceil(until);
    const lifetime = Math.max(1, Math.ceil(time - this.#clock() + EXPIRY_SLACK));
    const parameters = [String(time), String(lifetime)];
    await runScript(this.#send, REVOKE, `${this.#prefix}ended:${id}`, parameters);
  }

  async epoch(user: string): Promise<number> {
    return await this.#number(`${this.#prefix}epoch:${user}`) ?? 0;
  }

  /** By the clock, so that an epoch from before the server lost it is an earlier one. */
  async bump(user: string): Promise<void> {
    const now = String(Math.floor(this.#clock()));
    await runScript(this.#send, BUMP, `${this.#prefix}epoch:${user}`, [now]);
  }

  /** What is there and is no number was not written by this store: it must not count for nothing. */
  async #number(key: string): Promise<number | undefined> {
    const text = await this.#send(key, ["GET", key]);
    if (text === null || text === undefined) return undefined;
    const number = Number(text);
    if (text !== "" && Number.isSafeInteger(number)) return number;
    throw new Error(`Cannot read a revocation from Redis: ${key} holds no number`);
  }
}
