/**
 * Sessions in Redis.
 *
 * @module
 */

import { BrokenRecordError, ChangeRefusedError } from "../../stored/record_errors.ts";
import {
  EXPIRY_SLACK,
  type ListedSession,
  REMEMBERED_OPERATIONS,
  type SessionChange,
  type StoredRecord,
} from "../../stored/session_store.ts";
import { isReply, runScript, type SendCommand } from "./redis_client.ts";
import { CREATE, DELETE, DELETE_OF, ENTER, type RedisScript, UPDATE } from "./redis_scripts.ts";

/** How many sessions of a list are asked for at once. */
const AT_ONCE = 100;
/**
 * What Redis answers instead of a change: its memory is full, it is a replica, it has too few
 * replicas, or it cannot write its file.
 */
const REFUSALS = ["OOM", "READONLY", "NOREPLICAS", "MISCONF"];
/** How many entries of a list, whose time has passed, are looked at when another comes in. */
const LOOKED_AT = 8;

/**
 * A hash for each session, and a sorted set for each account, which lists the ids.
 *
 * The two can be on two nodes of a cluster, so the store writes one after the other. The list can
 * hold ids of too many sessions, because every reader also reads each session. It never lacks one.
 * Therefore the store enters an id before the session gets the account, and once more afterwards.
 * After it has removed an id, it checks again whether the session exists.
 */
export class RedisSessions {
  readonly #send: SendCommand;
  readonly #prefix: string;

  /** Takes what sends commands, and what keys begin with. */
  constructor(send: SendCommand, prefix: string) {
    this.#send = send;
    this.#prefix = prefix;
  }

  async load(id: string, now: number): Promise<StoredRecord | null> {
    const key = this.#key(id);
    let reply: unknown;
    try {
      reply = await this.#send(key, ["HGETALL", key]);
    } catch (error) {
      throw brokenOr(id, error);
    }
    const record = recordOf(id, reply);
    return record === null || now > record.expires ? null : record;
  }

  async create(id: string, record: StoredRecord, now: number): Promise<boolean> {
    const { head, renewed, expires, account, values } = record;
    const fields = ["h", head, "r", String(renewed), "e", String(expires)];
    if (account !== null) fields.push("a", account);
    for (const [key, text] of values) fields.push(`:${key}`, text);
    if (account !== null) await orRefused(this.#enter(account, id, expires, now));
    const parameters = [String(now), head, lifetime(expires, now), ...fields];
    const [kind, found] = replyOf(await this.#run(CREATE, id, parameters));
    if (kind === 0) throw brokenBy(id, found);
    if (kind === 1) {
      await this.#relist(id, now, { former: found, account, expires, isNew: true });
    } else if (account !== null) await this.#strike(account, id);
    return kind === 1;
  }

  async update(
    id: string,
    head: string,
    change: SessionChange,
    now: number,
  ): Promise<true | null | StoredRecord> {
    const { account, expires } = change;
    const isSignIn = typeof account === "string";
    if (isSignIn) await orRefused(this.#enter(account, id, expires, now));
    const reply = await this.#run(UPDATE, id, parametersOf(head, change, now));
    const [kind, found, until, former] = replyOf(reply);
    if (reply !== null && kind === 1) {
      if (account !== undefined || expires !== undefined) {
        await this.#relist(id, now, {
          former,
          account: found,
          expires: Number(until),
          isNew: isSignIn,
        });
      }
      return true;
    }
    if (isSignIn) await this.#strike(account, id);
    if (reply === null) return null;
    const record = recordOf(id, found);
    if (record === null) throw brokenBy(id, found);
    return record;
  }

  /** The account that the caller knows of counts if an earlier attempt has ended the session. */
  async delete(id: string, known?: string | null): Promise<void> {
    const account = await this.#run(DELETE, id) ?? known;
    if (typeof account === "string") await this.#strike(account, id);
  }

  async list(account: string, now: number): Promise<ListedSession[]> {
    const found: ListedSession[] = [];
    await this.#forEachOf(account, async (id) => {
      const [head, renewed, expires, of] = replyOf(
        await this.#ask(id, "HMGET", "h", "r", "e", "a"),
      );
      if (of !== account) return;
      const times = timesOf(id, head, renewed, expires);
      if (now <= times.expires) found.push({ id, ...times });
    });
    return found;
  }

  async deleteAll(account: string, except: readonly string[], now: number): Promise<number> {
    let ended = 0;
    await this.#forEachOf(account, async (id) => {
      if (except.includes(id)) return;
      const expires = await this.#run(DELETE_OF, id, [account]);
      if (typeof expires !== "string") return;
      if (expires !== "" && now <= Number(expires)) ended++;
      await this.#strike(account, id);
    });
    return ended;
  }

  /** Brings the lists up to what a session has become. */
  async #relist(
    id: string,
    now: number,
    { former, account, expires, isNew }: {
      former: unknown;
      account: unknown;
      expires: number;
      isNew: boolean;
    },
  ): Promise<void> {
    if (typeof former === "string" && former !== account) await this.#strike(former, id);
    if (typeof account !== "string") return;
    await this.#enter(account, id, expires, now);
    if (isNew) await this.#tidy(account, now);
  }

  /**
   * A renewal that was not entered, since a process ended too early, is entered by the next. So a list
   * lives twice as long as its sessions.
   */
  async #enter(account: string, id: string, expires?: number, now?: number): Promise<void> {
    const isKnown = expires !== undefined && now !== undefined;
    const life = isKnown ? 2 * (Math.max(0, expires - now) + EXPIRY_SLACK) : 0;
    const parameters = [id, String(expires ?? "+inf"), String(life)];
    await runScript(this.#send, ENTER, this.#listKey(account), parameters);
  }

  /** Strikes an id out of a list, unless its session is of the account. */
  async #strike(account: string, id: string): Promise<void> {
    const key = this.#listKey(account);
    await this.#send(key, ["ZREM", key, id]);
    const [of, expires] = replyOf(await this.#ask(id, "HMGET", "a", "e"));
    // The request that has just entered it enters it again, with the life of the list.
    if (of === account) await this.#enter(account, id, Number(expires));
  }

  /** Strikes out some of the sessions that Redis has removed, so that a list does not grow for ever. */
  async #tidy(account: string, now: number): Promise<void> {
    const key = this.#listKey(account), before = `(${now - EXPIRY_SLACK}`;
    const passed = textsOf(
      await this.#send(key, [
        "ZRANGEBYSCORE",
        key,
        "-inf",
        before,
        "LIMIT",
        "0",
        String(LOOKED_AT),
      ]),
    );
    await Promise.all(passed.map(async (id) => {
      if (Number(await this.#ask(id, "EXISTS")) === 0) await this.#strike(account, id);
    }));
  }

  async #forEachOf(account: string, work: (id: string) => Promise<void>): Promise<void> {
    const key = this.#listKey(account);
    const ids = textsOf(await this.#send(key, ["ZRANGE", key, "0", "-1"]));
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      await Promise.all(ids.slice(at, at + AT_ONCE).map(work));
    }
  }

  async #ask(id: string, command: string, ...parameters: string[]): Promise<unknown> {
    const key = this.#key(id);
    return await whole(id, this.#send(key, [command, key, ...parameters]));
  }

  async #run(script: RedisScript, id: string, parameters?: readonly string[]): Promise<unknown> {
    return await orRefused(
      whole(id, runScript(this.#send, script, this.#key(id), parameters)),
    );
  }

  #key(id: string): string {
    return `${this.#prefix}session:${id}`;
  }

  #listKey(account: string): string {
    return `${this.#prefix}account:${account}`;
  }
}

/** How long a key stays behind the end of its session, relative, since the server has its own clock. */
function lifetime(expires: number, now: number): string {
  return String(Math.max(1, expires - now + EXPIRY_SLACK));
}

function parametersOf(head: string, change: SessionChange, now: number): string[] {
  const { set, delete: gone = [], expect, account, renewed, expires, operation = "" } = change;
  const fields: string[] = [];
  for (const [key, text] of set ?? []) fields.push(`:${key}`, text);
  if (change.head !== undefined) fields.push("h", change.head);
  if (typeof account === "string") fields.push("a", account);
  if (renewed !== undefined) fields.push("r", String(renewed));
  if (expires !== undefined) fields.push("e", String(expires));
  const [expectedKey, expectedText] = expect ?? [];
  return [
    head,
    String(now),
    operation,
    String(REMEMBERED_OPERATIONS),
    expect === undefined ? "" : expectedText === null ? "none" : "text",
    expect === undefined ? "" : `:${expectedKey}`,
    expectedText ?? "",
    expires === undefined ? "" : lifetime(expires, now),
    account === undefined ? "" : account === null ? "1" : "2",
    change.clear === true ? "1" : "",
    String(fields.length),
    ...fields,
    ...gone.map((key) => `:${key}`),
  ];
}

/** A reply, or what it says of the key. */
async function whole<T>(id: string, reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (error) {
    throw brokenOr(id, error);
  }
}

/** The error to throw. `WRONGTYPE` says that somebody else has put something else there. */
function brokenOr(id: string, error: unknown): unknown {
  return isReply(error, "WRONGTYPE") ? new BrokenRecordError(id, "it is not a hash", error) : error;
}

/**
 * A reply, or what it says of every change. Only before the first change was made: behind it, Redis
 * refuses the rest.
 */
async function orRefused<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (error) {
    const isRefusal = REFUSALS.some((code) => isReply(error, code));
    throw error instanceof Error && isRefusal ? new ChangeRefusedError(error) : error;
  }
}

/** A reply that is a list. */
function replyOf(reply: unknown): readonly unknown[] {
  return Array.isArray(reply) ? reply : [];
}

function textsOf(reply: unknown): string[] {
  return replyOf(reply).filter((one) => typeof one === "string");
}

/** A record is believed if each of its fields is text, and its times are integers. */
function recordOf(id: string, reply: unknown): StoredRecord | null {
  const read = new FieldReader(id);
  // A list of fields and texts by turns, or what clients of the newer protocol make of them.
  if (Array.isArray(reply)) {
    for (let at = 0; at < reply.length; at += 2) read.take(reply[at], reply[at + 1]);
  } else if (reply instanceof Map) {
    for (const [field, text] of reply) read.take(field, text);
  } else if (typeof reply === "object" && reply !== null) {
    for (const field of Object.keys(reply)) read.take(field, Reflect.get(reply, field));
  }
  return read.record();
}

/** Collects the fields of a record. */
class FieldReader {
  readonly #id: string;
  readonly #values = new Map<string, string>();
  #isEmpty = true;
  #head: string | undefined;
  #renewed: string | undefined;
  #expires: string | undefined;
  #account: string | null = null;

  constructor(id: string) {
    this.#id = id;
  }

  take(field: unknown, text: unknown): void {
    if (typeof text !== "string") throw new BrokenRecordError(this.#id, "a field is not text");
    this.#isEmpty = false;
    if (typeof field === "string" && field.startsWith(":")) {
      this.#values.set(field.slice(1), text);
    } else if (field === "h") this.#head = text;
    else if (field === "r") this.#renewed = text;
    else if (field === "e") this.#expires = text;
    else if (field === "a") this.#account = text;
  }

  /** The record, or `null` if there was no field. */
  record(): StoredRecord | null {
    if (this.#isEmpty) return null;
    const times = timesOf(this.#id, this.#head, this.#renewed, this.#expires);
    return { ...times, account: this.#account, values: this.#values };
  }
}

function timesOf(id: string, head: unknown, renewed: unknown, expires: unknown) {
  if (typeof head !== "string") throw new BrokenRecordError(id, "it has no head");
  return {
    head,
    renewed: timeOf(id, "its time of renewal", renewed),
    expires: timeOf(id, "its end", expires),
  };
}

function timeOf(id: string, what: string, text: unknown): number {
  const time = typeof text === "string" && /^-?\d+$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(time)) throw new BrokenRecordError(id, `${what} is not an integer`);
  return time;
}

/** What Redis itself could not read. */
function brokenBy(id: string, reply: unknown): BrokenRecordError {
  try {
    recordOf(id, reply);
  } catch (error) {
    if (error instanceof BrokenRecordError) return error;
  }
  return new BrokenRecordError(id, "its fields are not those of a session");
}
