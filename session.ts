/**
 * Sessions: a map that notes whether it changed, and the contracts of factories, codecs and stores.
 *
 * Pure: no clock, cookie, key or store is touched here. A {@linkcode SessionFactory} loads a
 * {@linkcode Session} for a request and decides, once the response exists, what that must say.
 *
 * ```ts
 * import { Session } from "@pyramidion/pyramidion/session";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const session = new Session<{ city: string }>();
 * session.set("city", "Rome").flash("Welcome");
 * assertEquals([session.get("city"), session.popFlash()], ["Rome", ["Welcome"]]);
 * ```
 *
 * @module
 */

import "./lib/runtime.ts";
import {
  ANY,
  BOOLEAN,
  checkOptions,
  checkValue,
  describe,
  type OptionKinds,
} from "./lib/check_options.ts";
import { HttpServiceUnavailable } from "./lib/http/errors.ts";
import {
  type BindOptions,
  checkBinding,
  checkModifying,
  checkRemembering,
} from "./lib/session/contract/binding.ts";
import { quiet } from "./lib/promises.ts";
import { CsrfTokens } from "./lib/session/contract/csrf_tokens.ts";
import type {
  CommitContext,
  LoggerUser,
  SessionOutcome,
  SessionRequest,
} from "./lib/session/contract/factory.ts";
import {
  BARE_POLICY,
  blankRecord,
  LateSessionOptions,
  type SessionPolicy,
  type SessionRecord,
  type VisitorCsrf,
} from "./lib/session/contract/record.ts";
import { SessionState } from "./lib/session/contract/state.ts";

export type { Logger } from "./lib/log.ts";
export type { BindOptions } from "./lib/session/contract/binding.ts";
export type {
  CommitContext,
  DecodedCookie,
  LoggerUser,
  RefusalReason,
  RevocationStore,
  SessionCodec,
  SessionOutcome,
  SessionRequest,
} from "./lib/session/contract/factory.ts";
export type { SessionPolicy, SessionRecord, VisitorCsrf } from "./lib/session/contract/record.ts";
export { SessionState } from "./lib/session/contract/state.ts";

/** Makes the sessions of an app: loads one for a request, and says what its response must say. */
export interface SessionFactory<Data extends object = Record<string, unknown>> extends LoggerUser {
  /**
   * Loads the session of a request.
   *
   * Whatever a visitor sent gives a session, if need be a new one; only a store that is down rejects.
   */
  load(request: SessionRequest): Session<Data> | Promise<Session<Data>>;
  /** Decides what the response says. Called at most once a session, after the response exists. */
  commit(
    session: Session<Data>,
    request: SessionRequest,
    context: CommitContext,
  ): SessionOutcome | Promise<SessionOutcome>;
}

/** How {@linkcode Session.flash} treats a message that the queue already holds. */
export interface FlashOptions {
  /** Whether a message that is already in the queue is added again. @default {true} */
  readonly allowDuplicate?: boolean;
}

const FLASH_KINDS: OptionKinds<FlashOptions> = { allowDuplicate: BOOLEAN };

/** How a session behaves for one request. */
export interface SessionOptions {
  /** Whether `popFlash()` only peeks, as for HEAD. Read when it matters. @default {false} */
  readonly keepFlash?: boolean;
  /**
   * Whether `popFlash()` refuses to take a message with a 503, as for a prefetch, which a browser may
   * show later without asking again. Read when it matters. @default {false}
   */
  readonly refuseFlash?: boolean;
  /**
   * CSRF secrets for as long as the visitor has no session. Default: the session begins with the
   * first token.
   */
  readonly csrf?: VisitorCsrf | undefined;
}

const NO_OPTIONS: SessionOptions = {};

const PREFETCHED = "This page cannot be prefetched: it shows a message once";
const NO_STORE = { "cache-control": "no-store" };

// Read when they matter, and checked then.
const SESSION_KINDS: OptionKinds<SessionOptions> = { keepFlash: ANY, refuseFlash: ANY, csrf: ANY };

type Change = (value: unknown) => unknown;

/** A key with its value. */
export type SessionEntry<Data extends object> = {
  [Key in keyof Data & string]: readonly [key: Key, value: Data[Key]];
}[keyof Data & string];

let openState: <Data extends object>(session: Session<Data>) => SessionState;

/**
 * Opens what stands behind a session: for those who write a {@linkcode SessionFactory}.
 *
 * @param session A session made by the factory itself.
 * @returns Its record, whether it may have changed, and the way to close it.
 */
export function sessionState<Data extends object>(session: Session<Data>): SessionState {
  return openState(session);
}

/**
 * What an app remembers of a visitor between requests: a map of its keys, with flash messages and a
 * CSRF token beside them.
 *
 * Everything is synchronous once the session is loaded. Nested changes are noticed; there is
 * nothing to mark and nothing to save. Pyramid: `pyramid.interfaces.ISession`.
 *
 * @typeParam Data The app's keys and the types of their values. Every key may be missing.
 */
export class Session<Data extends object = Record<string, unknown>> {
  readonly #state: SessionState;
  readonly #policy: SessionPolicy;
  readonly #options: SessionOptions;
  #tokens: CsrfTokens | undefined;
  /** Seconds asked for in this request. */
  #rememberFor: number | undefined;

  static {
    openState = (session) => session.#state;
  }

  /**
   * Makes a session; apps get theirs from `await request.session`.
   *
   * @param record What it remembers. Default: a new and empty one.
   * @param policy What its factory decides. Default: no checks, and CSRF tokens unm
   * @param options `keepFlash`.
   * @throws {TypeError} If an option is unknown; a wrong `keepFlash` is refused when it is read.
   */
  constructor(
    record?: SessionRecord,
    policy: SessionPolicy = BARE_POLICY,
    options: SessionOptions = NO_OPTIONS,
  ) {
    const isChecked = options === NO_OPTIONS || options instanceof LateSessionOptions;
    if (!isChecked) checkOptions("new Session()", options, SESSION_KINDS, TypeError);
    this.#state = new SessionState(record ?? blankRecord(policy.now()));
    this.#policy = policy;
    this.#options = options;
  }

  /** When the session began, in milliseconds since 1970. Pyramid: `created`, in seconds. */
  get created(): number {
    return this.#state.record.created;
  }

  /** Whether no valid session came with the request. An expired one is new. Pyramid: `new`. */
  get isNew(): boolean {
    return this.#state.record.isNew;
  }

  /** Who signed in, by {@linkcode bindTo}; undefined for everybody else. */
  get userId(): string | undefined {
    return this.#state.record.userId;
  }

  /** The number of the app's keys. */
  get size(): number {
    return this.#state.record.values.size;
  }

  /**
   * Reads a key.
   *
   * @returns Its value, or undefined where it is missing. An object may be changed in place.
   */
  get<Key extends keyof Data & string>(key: Key): Data[Key] | undefined {
    return this.#handOut(this.#state.record.values.get(key)) as Data[Key] | undefined;
  }

  /**
   * Writes a key.
   *
   * @throws {TypeError} If the value could not be read back as it is; the message has its path.
   * @throws {Error} If the response was already committed.
   */
  set<Key extends keyof Data & string>(key: Key, value: Data[Key]): this {
    this.#state.write(`set "${key}"`);
    this.#policy.check(value, key);
    this.#put(key, value);
    return this;
  }

  /** Whether a key is there. */
  has(key: keyof Data & string): boolean {
    return this.#state.record.values.has(key);
  }

  /** Removes a key; tells whether it was there. */
  delete(key: keyof Data & string): boolean {
    this.#state.write(`delete "${key}"`);
    return this.#state.record.values.delete(key);
  }

  /**
   * Changes a key at once, by what it holds in the store, so that no change of another request is lost.
   *
   * A hundred requests that each add one have added a hundred. It does not wait for the end of the
   * request, and stays if the view throws. If this request has already set the key, or if the session
   * is new, then the key is changed like by {@linkcode set}.
   *
   * @param key The key.
   * @param change Makes the new value of the present one; `undefined` removes the key. It may be called
   * several times, so it does nothing else.
   * @returns What the key holds now.
   * @throws {Error} If the session lives in its cookie, or if the response was already committed.
   * @throws {TypeError} If the value could not be kept as it is, or is a promise.
   */
  modify<Key extends keyof Data & string>(
    key: Key,
    change: (value: Data[Key] | undefined) => Data[Key] | undefined,
  ): Promise<Data[Key] | undefined> {
    return quiet(this.#modify(key, change as Change)) as Promise<Data[Key] | undefined>;
  }

  async #modify(key: keyof Data & string, change: Change): Promise<unknown> {
    checkModifying(key, change, this.#policy);
    this.#state.refuseLate(`modify "${key}"`);
    const made = await this.#state.record.modify?.(key, change) ?? null;
    if (made !== null) return this.#handOut(made.value);
    const value = change(this.get(key));
    if (value === undefined) this.delete(key);
    else this.set(key, value as Data[typeof key]);
    return value;
  }

  /** Removes a key and returns what it held, or `fallback` where it is missing. */
  pop<Key extends keyof Data & string>(key: Key): Data[Key] | undefined;
  /** Removes a key and returns what it held, or `fallback` where it is missing. */
  pop<Key extends keyof Data & string, Fallback>(
    key: Key,
    fallback: Fallback,
  ): Data[Key] | Fallback;
  pop(key: keyof Data & string, fallback?: unknown): unknown {
    this.#state.write(`pop "${key}"`);
    if (!this.#state.record.values.has(key)) return fallback;
    const value = this.#state.record.values.get(key);
    this.#state.record.values.delete(key);
    return value;
  }

  /** Writes a key that is missing, and returns what it holds then. Pyramid: `setdefault`. */
  setDefault<Key extends keyof Data & string>(key: Key, value: Data[Key]): Data[Key] {
    if (!this.#state.record.values.has(key)) this.set(key, value);
    return this.#handOut(this.#state.record.values.get(key)) as Data[Key];
  }

  /** Writes several keys. All are checked before the first is written. */
  update(entries: Partial<Data> | Iterable<SessionEntry<Data>>): this {
    this.#state.write("update");
    const pairs: Iterable<readonly [string, unknown]> = Symbol.iterator in entries
      ? entries as Iterable<readonly [string, unknown]>
      : Object.entries(entries);
    const checked = [...pairs].filter(([, value]) => value !== undefined);
    for (const [key, value] of checked) this.#policy.check(value, key);
    for (const [key, value] of checked) this.#put(key, value);
    return this;
  }

  /** Removes every one of the app's keys; flash messages and the CSRF token stay. */
  clear(): void {
    this.#state.write("clear");
    this.#state.record.values.clear();
  }

  /** The app's keys. */
  keys(): MapIterator<keyof Data & string> {
    return this.#state.record.values.keys() as MapIterator<keyof Data & string>;
  }

  /** The values of the app's keys. */
  values(): MapIterator<Data[keyof Data & string]> {
    this.#handOutAll();
    return this.#state.record.values.values() as MapIterator<Data[keyof Data & string]>;
  }

  /** The app's keys with their values. */
  entries(): MapIterator<[keyof Data & string, Data[keyof Data & string]]> {
    this.#handOutAll();
    return this.#state.record.values.entries() as MapIterator<
      [keyof Data & string, Data[keyof Data & string]]
    >;
  }

  /** The app's keys with their values. */
  [Symbol.iterator](): MapIterator<[keyof Data & string, Data[keyof Data & string]]> {
    return this.entries();
  }

  /**
   * Leaves a message for the page that comes next.
   *
   * @param message Any value that the session can hold; usually text. Escape it where it is shown.
   * @param queue Which queue; default `""`.
   * @param options `allowDuplicate: false` leaves out a message that equals one in the queue.
   * @throws {TypeError} If the message cannot be kept, the queue is no text, or an option is wrong or
   * unknown.
   */
  flash(message: unknown, queue = "", options?: FlashOptions): this {
    if (typeof queue !== "string") {
      throw new TypeError(
        `Cannot flash a message: the queue must be a string, not ${describe(queue)}`,
      );
    }
    if (options !== undefined) checkOptions("session.flash()", options, FLASH_KINDS, TypeError);
    this.#state.write("flash a message");
    this.#policy.check(message, queue === "" ? "flash" : `flash.${queue}`);
    const messages = this.#state.record.flash.get(queue) ?? [];
    const duplicate = options?.allowDuplicate === false &&
      messages.some((one) => this.#policy.same(one, message));
    if (duplicate) return this;
    this.#state.leaveOut(message);
    this.#state.record.flash.set(queue, [...messages, message]);
    return this;
  }

  /**
   * Takes the messages of a queue, oldest first. On HEAD they stay.
   *
   * A prefetch that would take a message is answered with a 503 that is not stored: the browser asks
   * again when the visitor comes, and the message is shown once.
   *
   * @typeParam Message What the app put there; nothing checks it.
   */
  popFlash<Message = string>(queue = ""): Message[] {
    const messages = this.peekFlash<Message>(queue);
    if (messages.length > 0 && !this.#keepsFlash) {
      if (this.#refusesFlash) throw new HttpServiceUnavailable(PREFETCHED, { headers: NO_STORE });
      this.#state.write("pop the flash messages");
      this.#state.record.flash.delete(queue);
    }
    return messages;
  }

  /**
   * Reads the messages of a queue, oldest first, and leaves them there.
   *
   * @typeParam Message What the app put there; nothing checks it.
   */
  peekFlash<Message = string>(queue = ""): Message[] {
    const messages = this.#state.record.flash.get(queue) ?? [];
    return messages.map((message) => this.#handOut(message)) as Message[];
  }

  /**
   * The CSRF token for forms of this response; made, and remembered, the first time.
   *
   * For a visitor without a session its secret lies in a cookie of its own, `csrf-<id>`, until the
   * session is regenerated or ends; Pyramid's format keeps it in the session.
   */
  getCsrfToken(): string {
    return this.#csrf.token();
  }

  /** Makes a new CSRF token; every earlier one is refused from now on. */
  newCsrfToken(): string {
    return this.#csrf.renew();
  }

  /** Whether there is a CSRF token, without making one. */
  get hasCsrfToken(): boolean {
    return this.#csrf.exists;
  }

  /** Whether a text that came with a request is a CSRF token of this session. Pyramid: `check_csrf_token`. */
  checkCsrfToken(presented: string): boolean {
    return this.#csrf.matches(presented);
  }

  /**
   * Forgets everything and begins a new session under a new id; unless something is stored in it,
   * the cookie is deleted. What lived in a store is deleted there, for good.
   */
  invalidate(): void {
    this.#state.write("invalidate the session");
    const record = this.#state.record;
    record.values.clear();
    record.flash.clear();
    record.csrfToken =
      record.userId =
      record.rememberFor =
      record.id =
        undefined;
    record.created = this.#policy.now();
    record.isNew = true;
    record.ended = true;
    this.#rememberFor = undefined;
    this.#csrf.end();
  }

  /**
   * Keeps the app's keys under a new id, with a new CSRF token, and sends a new cookie. The absolute
   * limit goes on.
   *
   * With `revocations`, a request that comes with the cookie from before reads for ten seconds, saves
   * nothing and gets no cookie. Where sessions live in a store, it saves too.
   */
  regenerate(): void {
    this.#state.write("regenerate the session");
    const record = this.#state.record;
    record.id = undefined;
    record.rotated = true;
    if (record.csrfToken !== undefined) record.csrfToken = this.#policy.makeToken();
    this.#csrf.end();
  }

  /**
   * Keeps this visitor signed in: replaces the idle timeout for this session, raises its absolute
   * lifetime to at least as much, and lets the browser keep the cookie as long.
   *
   * @param seconds A positive integer, at most 34,560,000 (400 days).
   * @throws {RangeError} If it is not.
   * @throws {Error} If the cookie's format has no place for it, as Pyramid's has not.
   */
  remember(seconds: number): void {
    checkRemembering(seconds, this.#policy);
    this.#state.write("remember the session");
    this.#state.record.rememberFor = this.#rememberFor = seconds;
  }

  /**
   * Signs a user in: {@linkcode regenerate}s, so that nobody who planted or saw the session from
   * before can use it, and remembers whose it is. The session begins now.
   *
   * Where another user was signed in, nothing is kept. Where no user was, the app's keys are kept,
   * such as a cart.
   * What {@linkcode remember} was told in an earlier request is forgotten. With `revocations`, or in
   * a store, a request that comes with the cookie from before sees an empty session and gets no
   * cookie, for ten seconds.
   *
   * @param userId What the app calls this user; not empty.
   * @param options The user's stamp, where `storedSessionFactory()` has the option `stampOf`.
   * @throws {TypeError} If it is not text, or if an option is wrong or unknown, or if the factory needs
   * a stamp and there is none.
   * @throws {RangeError} If it is empty, or if the stamp is longer than 256 characters.
   * @throws {Error} If there is a stamp, and the factory has no `stampOf`. Cookie sessions have none.
   */
  bindTo(userId: string, options: BindOptions = {}): void {
    checkBinding(userId, options, this.#policy);
    this.regenerate();
    const record = this.#state.record;
    record.stamp = options.stamp;
    if (record.userId !== undefined && record.userId !== userId) {
      record.values.clear();
      record.flash.clear();
      record.csrfToken = undefined;
    }
    record.created = this.#policy.now();
    record.userId = userId;
    record.epoch = undefined;
    // The box that was ticked at an earlier sign-in says nothing of this one.
    record.rememberFor = this.#rememberFor;
  }

  /** Says that something changed. Never needed, since every change is noticed; kept from Pyramid. */
  changed(): void {
    this.#state.write("mark the session as changed");
  }

  get #keepsFlash(): boolean {
    const { keepFlash = false } = this.#options;
    checkValue('option "keepFlash" of new Session()', keepFlash, BOOLEAN, TypeError);
    return keepFlash === true;
  }

  get #refusesFlash(): boolean {
    const { refuseFlash = false } = this.#options;
    checkValue('option "refuseFlash" of new Session()', refuseFlash, BOOLEAN, TypeError);
    return refuseFlash === true;
  }

  /** Made with the first question: most sessions have no form. */
  get #csrf(): CsrfTokens {
    return this.#tokens ??= new CsrfTokens(this.#state, this.#policy, this.#options.csrf);
  }

  #handOutAll(): void {
    for (const value of this.#state.record.values.values()) this.#handOut(value);
  }

  #handOut(value: unknown): unknown {
    if (typeof value === "object" && value !== null) this.#state.handOut(value);
    return value;
  }

  /** Puts in what the app stores; its own objects stay its own. */
  #put(key: string, value: unknown): void {
    this.#state.leaveOut(value);
    this.#state.record.values.set(key, value);
  }
}
