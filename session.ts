/**
 * Defines the session, and the interfaces of session factories, codecs and revocation stores.
 *
 * A {@linkcode SessionFactory} loads a {@linkcode Session} for a request. After the response
 * exists, the factory decides which `Set-Cookie` headers are added to it. This module touches no
 * cookie, key or store.
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
import { ANY, checkOptions, type OptionKinds } from "./lib/check_options.ts";
import {
  type BindOptions,
  checkBinding,
  checkModifying,
  checkRemembering,
} from "./lib/session/contract/binding.ts";
import {
  type Cell,
  type CellOptions,
  openCell,
  type VisitorCells,
} from "./lib/session/contract/cells.ts";
import { CsrfTokens } from "./lib/session/contract/csrf_tokens.ts";
import { describing, type SessionDescription } from "./lib/session/contract/description.ts";
import type {
  CommitContext,
  LoggerUser,
  SessionOutcome,
  SessionRequest,
} from "./lib/session/contract/factory.ts";
import { addFlash, type FlashOptions, peekFlash, popFlash } from "./lib/session/contract/flash.ts";
import {
  type BeginSignInOptions,
  checkBeginning,
  emptyRecord,
  pendingUser,
  rotateRecord,
  signIn,
  signInHalf,
  signOut,
} from "./lib/session/contract/identity.ts";
import {
  BARE_POLICY,
  blankRecord,
  LateSessionOptions,
  type SessionPolicy,
  type SessionRecord,
  type VisitorCsrf,
} from "./lib/session/contract/record.ts";
import { SessionState } from "./lib/session/contract/state.ts";
import { quiet } from "./lib/promises.ts";

export type { LogFields, Logger } from "./lib/log.ts";
export type { BindOptions } from "./lib/session/contract/binding.ts";
export type { SessionDescription } from "./lib/session/contract/description.ts";
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
export type { Cell, CellOptions, VisitorCells } from "./lib/session/contract/cells.ts";
export type { FlashOptions } from "./lib/session/contract/flash.ts";
export type { BeginSignInOptions } from "./lib/session/contract/identity.ts";
export type { SessionPolicy, SessionRecord, VisitorCsrf } from "./lib/session/contract/record.ts";
export { SessionState } from "./lib/session/contract/state.ts";

/** Loads the session of each request, and decides which `Set-Cookie` headers the response gets. */
export interface SessionFactory<Data extends object = Record<string, unknown>> extends LoggerUser {
  /**
   * Loads the session of a request.
   *
   * If the request has no valid session cookie, then the session is new. The promise rejects only
   * if a store fails.
   */
  load(request: SessionRequest): Session<Data> | Promise<Session<Data>>;
  /**
   * Decides which `Set-Cookie` headers the response gets. The app calls it at most once for each
   * session, after the response exists.
   */
  commit(
    session: Session<Data>,
    request: SessionRequest,
    context: CommitContext,
  ): SessionOutcome | Promise<SessionOutcome>;
}

/** How a session behaves for one request. */
export interface SessionOptions {
  /**
   * Whether `popFlash()` leaves the messages in the queue, as for a HEAD request. The session reads
   * this option when `popFlash()` finds a message.
   * @default {false}
   */
  readonly keepFlash?: boolean;
  /**
   * Whether `popFlash()` throws a 503 instead of taking a message, as for a prefetch. A browser may
   * show a prefetched page later without a new request. The session reads this option when
   * `popFlash()` finds a message.
   * @default {false}
   */
  readonly refuseFlash?: boolean;
  /**
   * Keeps the CSRF secrets of a visitor without a session. Default: the first token begins a
   * session, which keeps the secret.
   */
  readonly csrf?: VisitorCsrf | undefined;
  /** Opens the cells of the visitor. Default: the session has no cells. */
  readonly cells?: VisitorCells | undefined;
}

const NO_OPTIONS: SessionOptions = {};

// The session checks a value when it reads it.
const SESSION_KINDS: OptionKinds<SessionOptions> = {
  keepFlash: ANY,
  refuseFlash: ANY,
  csrf: ANY,
  cells: ANY,
};

type Change = (value: unknown) => unknown;

/** One key of a session with its value. */
export type SessionEntry<Data extends object> = {
  [Key in keyof Data & string]: readonly [key: Key, value: Data[Key]];
}[keyof Data & string];

let openState: <Data extends object>(session: Session<Data>) => SessionState;

/**
 * Gives the state behind a session to the author of a {@linkcode SessionFactory}.
 *
 * @param session A session that the factory itself made.
 * @returns Its record, whether it may have changed, and the way to close it.
 */
export function sessionState<Data extends object>(session: Session<Data>): SessionState {
  return openState(session);
}

/**
 * Holds what an app remembers of a visitor between requests.
 *
 * A session is a map of the app's keys. It also holds flash messages and the secret of CSRF tokens.
 *
 * After the session is loaded, every method is synchronous, except {@linkcode modify}. You do not
 * call a save method. At the end of the request the factory compares the session with what it
 * loaded, so it also finds nested changes. Pyramid: `pyramid.interfaces.ISession`.
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
   * Makes a session. An app does not call this: it gets its session from `await request.session`.
   *
   * @param record What the session remembers. Default: a new and empty record.
   * @param policy What the factory decides. Default: no checks of values, and CSRF tokens without
   * masks.
   * @param options How flash messages and CSRF secrets behave in this request.
   * @throws {TypeError} If an option is unknown. A wrong value throws later, when the session reads
   * that option.
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

  /**
   * The time when the session began, in milliseconds since 1970. Pyramid: `created`, in seconds.
   */
  get created(): number {
    return this.#state.record.created;
  }

  /**
   * Whether the request came without a valid session. If a session has expired, then the visitor
   * gets a new one. Pyramid: `new`.
   */
  get isNew(): boolean {
    return this.#state.record.isNew;
  }

  /** The id of the user that {@linkcode bindTo} signed in, or undefined if no user is signed in. */
  get userId(): string | undefined {
    return this.#state.record.userId;
  }

  /**
   * The id of the user who is half signed in, by {@linkcode beginSignIn}. It is undefined if there
   * is no such user, if the time is over, or if a user is signed in.
   */
  get pendingUserId(): string | undefined {
    return pendingUser(this.#state.record, this.#policy.now());
  }

  /**
   * The time of the last sign-in by {@linkcode bindTo}, in milliseconds since 1970. It is undefined
   * if no user is signed in.
   */
  get signedInAt(): number | undefined {
    return this.userId === undefined ? undefined : this.created;
  }

  /**
   * Whether a user is signed in, and signed in at most so long ago. A request does not make a
   * sign-in fresh again, only {@linkcode bindTo} does.
   *
   * @param seconds The greatest age of the sign-in.
   */
  isFresh(seconds: number): boolean {
    const { signedInAt } = this;
    return signedInAt !== undefined && this.#policy.now() - signedInAt <= seconds * 1000;
  }

  /** The number of the app's keys. */
  get size(): number {
    return this.#state.record.values.size;
  }

  /**
   * Reads a key.
   *
   * @returns The value of the key, or undefined if the key is missing. You may change an object in
   * place.
   */
  get<Key extends keyof Data & string>(key: Key): Data[Key] | undefined {
    return this.#handOut(this.#state.record.values.get(key)) as Data[Key] | undefined;
  }

  /**
   * Writes a key.
   *
   * @throws {TypeError} If JSON would lose or change the value. The message names the path to it.
   * @throws {Error} If the session is already committed to a response.
   */
  set<Key extends keyof Data & string>(key: Key, value: Data[Key]): this {
    this.#state.write(`set "${key}"`);
    this.#policy.check(value, key);
    this.#put(key, value);
    return this;
  }

  /** Whether the session holds a key. */
  has(key: keyof Data & string): boolean {
    return this.#state.record.values.has(key);
  }

  /**
   * Removes a key.
   *
   * @returns Whether the session held the key.
   */
  delete(key: keyof Data & string): boolean {
    this.#state.write(`delete "${key}"`);
    return this.#state.record.values.delete(key);
  }

  /**
   * Changes a key in the store at once, so that no change of another request is lost.
   *
   * If a hundred requests each add one, then the sum is a hundred. The change does not wait for the
   * end of the request. It stays if the view throws. If this request has already set the key, or if
   * the session is new, then the method works like {@linkcode set}.
   *
   * @param key The key.
   * @param change Makes the new value from the present one. `undefined` removes the key. The
   * session may call it several times, so it must have no other effect.
   * @returns The value that the key holds now.
   * @throws {Error} If the session lives in its cookie, or if it is already committed to a
   * response.
   * @throws {TypeError} If JSON would lose or change the value, or if it is a promise.
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

  /**
   * Removes a key and returns the value that it held. If the key is missing, then it returns
   * `fallback`.
   */
  pop<Key extends keyof Data & string>(key: Key): Data[Key] | undefined;
  /**
   * Removes a key and returns the value that it held. If the key is missing, then it returns
   * `fallback`.
   */
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

  /**
   * Writes a key only if it is missing, and returns the value that it then holds. Pyramid:
   * `setdefault`.
   */
  setDefault<Key extends keyof Data & string>(key: Key, value: Data[Key]): Data[Key] {
    if (!this.#state.record.values.has(key)) this.set(key, value);
    return this.#handOut(this.#state.record.values.get(key)) as Data[Key];
  }

  /**
   * Writes several keys. The session checks all values before it writes the first. It leaves out a
   * key whose value is undefined.
   */
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

  /** Removes all of the app's keys. Flash messages and the CSRF token stay. */
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
   * Adds a message that the next page can show.
   *
   * @param message Any value that the session can hold, usually a string. Escape it where you show
   * it.
   * @param queue The name of the queue. Default: `""`.
   * @param options `allowDuplicate: false` leaves out a message that equals one in the queue.
   * @throws {TypeError} If JSON would lose or change the message. Also if the queue is not a
   * string, or if an option is wrong or unknown.
   */
  flash(message: unknown, queue = "", options?: FlashOptions): this {
    addFlash(this.#state, this.#policy, message, queue, options);
    return this;
  }

  /**
   * Takes the messages out of a queue, oldest first. For a HEAD request they stay in the queue.
   *
   * For a prefetch, the method throws a 503 if the queue holds a message. The browser does not
   * store that response. It requests the page again when the visitor opens it, so the page shows
   * the message once.
   *
   * @throws {HttpServiceUnavailable} If the request is a prefetch and the queue holds a message.
   *
   * @typeParam Message The type of the messages. Pyramidion does not check it.
   */
  popFlash<Message = string>(queue = ""): Message[] {
    return popFlash(this.#state, queue, this.#options) as Message[];
  }

  /**
   * Reads the messages of a queue, oldest first, and leaves them in the queue.
   *
   * @typeParam Message The type of the messages. Pyramidion does not check it.
   */
  peekFlash<Message = string>(queue = ""): Message[] {
    return peekFlash(this.#state, queue) as Message[];
  }

  /**
   * Gives the CSRF token for the forms of this response. The first call makes its secret and keeps
   * it.
   *
   * If the visitor has no session, then the secret lies in a separate cookie, `csrf-<id>`. That
   * cookie ends when the session is regenerated or invalidated. Pyramid's format keeps the secret
   * in the session.
   *
   * @throws {Error} If the session is already committed to a response and has no secret yet.
   */
  getCsrfToken(): string {
    return this.#csrf.token();
  }

  /** Makes a new CSRF token. From then on, the session rejects every earlier token. */
  newCsrfToken(): string {
    return this.#csrf.renew();
  }

  /** Whether the visitor already has a CSRF secret. Reading this property makes none. */
  get hasCsrfToken(): boolean {
    return this.#csrf.exists;
  }

  /**
   * Whether a string from a request is a CSRF token of this visitor. Pyramid: `check_csrf_token`.
   */
  checkCsrfToken(presented: string): boolean {
    return this.#csrf.matches(presented);
  }

  /**
   * Removes everything from the session and begins a new one under a new id.
   *
   * If the view then stores nothing in the new session, the response deletes the cookie. A session
   * that lived in a store is deleted there.
   */
  invalidate(): void {
    this.#state.write("invalidate the session");
    const { record } = this.#state;
    emptyRecord(record);
    record.userId = record.rememberFor = record.id = undefined;
    record.ownerId = record.pendingUntil = undefined;
    record.created = this.#policy.now();
    record.isNew = true;
    record.ended = true;
    this.#rememberFor = undefined;
    this.#csrf.end();
  }

  /**
   * Moves the session to a new id, with a new CSRF token and a new cookie. The app's keys and the
   * absolute limit stay.
   *
   * With `revocations`, requests can still read the session by the old cookie for ten seconds. They
   * save nothing and get no cookie. If sessions live in a store, then these requests can also save.
   */
  regenerate(): void {
    this.#state.write("regenerate the session");
    rotateRecord(this.#state.record, this.#policy);
    this.#csrf.end();
  }

  /**
   * Keeps this visitor signed in for a time that you choose.
   *
   * The time replaces the idle limit of this session. If the absolute limit is shorter, then it is
   * raised to the same time. The browser keeps the cookie for as long.
   *
   * @param seconds An integer from 1 to 34,560,000 (400 days).
   * @throws {RangeError} If `seconds` is not such an integer.
   * @throws {Error} If the cookie's format has no place for the time. Pyramid's format has no place
   * for it.
   */
  remember(seconds: number): void {
    checkRemembering(seconds, this.#policy);
    this.#state.write("remember the session");
    this.#state.record.rememberFor = this.#rememberFor = seconds;
  }

  /**
   * Signs a user in.
   *
   * The method calls {@linkcode regenerate}, so that an attacker who planted or saw the earlier
   * session cannot use the new one. `created` and the absolute limit start from now.
   *
   * If another user was signed in, then the session is emptied. Otherwise the keys that this request
   * holds stay, such as a cart. What other requests wrote meanwhile is dropped, because they can be
   * those of an attacker. A time that an earlier request gave to {@linkcode remember} no longer counts. With
   * `revocations`, or if sessions live in a store, requests can still arrive with the old cookie.
   * For ten seconds they get an empty session and no cookie.
   *
   * @param userId The app's id of this user, a string that is not empty.
   * @param options The user's stamp, where `storedSessionFactory()` has the option `stampOf`.
   * @throws {TypeError} If `userId` is not a string, or if an option is wrong or unknown. Also if
   * the factory has `stampOf` and the stamp is missing.
   * @throws {RangeError} If `userId` is empty, or if the stamp is longer than 256 characters.
   * @throws {Error} If you give a stamp and the factory has no `stampOf`. Only
   * `storedSessionFactory()` has this option.
   */
  bindTo(userId: string, options: BindOptions = {}): void {
    checkBinding(userId, options, this.#policy);
    this.regenerate();
    const { record } = this.#state;
    record.stamp = options.stamp;
    signIn(record, userId, this.#policy.now());
    // The time that an earlier sign-in chose does not apply to this one.
    record.rememberFor = this.#rememberFor;
  }

  /**
   * Notes that a user has passed the first factor, and has to pass another one.
   *
   * Until {@linkcode bindTo} completes the sign-in, no user is signed in: `userId` is undefined.
   * {@linkcode pendingUserId} gives the id. A user who was signed in is signed out. The session
   * moves to a new id, and keeps its keys by the rules of {@linkcode bindTo}. OWASP ASVS 5.0, 6.3.
   *
   * @param userId The app's id of this user, a string that is not empty.
   * @param options The seconds for which the visitor can complete the sign-in.
   * @throws {TypeError} If `userId` is no string or empty, or an option is wrong or unknown.
   * @throws {RangeError} If `maxAge` is not an integer from 1 to 86,400.
   * @throws {Error} If the session is already committed to a response.
   */
  beginSignIn(userId: string, options: BeginSignInOptions = {}): void {
    const maxAge = checkBeginning(userId, options);
    this.forget();
    const now = this.#policy.now();
    signInHalf(this.#state.record, userId, now, Math.floor(now) + maxAge * 1000);
  }

  /**
   * Signs the user out, and keeps the keys and the flash messages for the same user.
   *
   * The session remembers whose keys they are. If another user signs in by {@linkcode bindTo}, then
   * the session is emptied. The session moves to a new id, and the earlier cookie is ended as by
   * {@linkcode invalidate}. A session without keys ends. Pyramid: `forget(request)`.
   *
   * Pages that show the keys also show them to the next visitor at the same browser. On shared
   * computers, use {@linkcode invalidate}.
   *
   * @throws {Error} If the session is already committed to a response.
   */
  forget(): void {
    this.regenerate();
    const { record } = this.#state;
    signOut(record, this.#policy.now());
    record.rememberFor = this.#rememberFor = undefined;
  }

  /**
   * Notes what a list of the user's sessions shows of this one, such as `"Firefox on Linux"`.
   *
   * `list(userId)` of the factory returns the parts as `label` and `address`. Call it when a user
   * signs in, or in each request: the session is saved only if a part changes. A description alone
   * begins no session. OWASP ASVS 5.0, 7.5.2.
   *
   * @param description The parts to note. A part that is missing stays as it was. A longer text is
   * cut, and control characters become spaces, because a visitor can have written them.
   * @throws {TypeError} If a part is not a string or `null`, or if there is an unknown one.
   * @throws {Error} If the session lives in its cookie, or if it is already committed to a
   * response.
   */
  describe(description: SessionDescription): void {
    const noted = describing(this.#state.record, this.#policy, description);
    this.#state.write("describe the session");
    this.#state.record.description = noted;
  }

  /**
   * Opens a cell: a value in a cookie of its own, which several tabs do not take from each other.
   *
   * Use it for what belongs to one attempt, such as the PKCE verifier of an OAuth request under its
   * `state`. The cookie is encrypted, with `SameSite=Lax` and `Max-Age`. A visitor needs no session
   * for it, and a sign-out does not end it. A browser keeps at most eight cells, and the oldest go
   * first. The first call in a request decrypts its cells.
   *
   * @typeParam Value The type of the value. Pyramidion does not check it.
   * @param name The name: 1 to 32 letters, digits, `-` and `_`.
   * @param options The key among cells of one name, and the time.
   * @throws {TypeError} If an argument is of a wrong type, or an option is unknown.
   * @throws {RangeError} If `maxAge` is not an integer from 1 to 86,400.
   * @throws {Error} If the factory has no secret for cells. A factory with a codec of your own and
   * Pyramid's format have none.
   */
  cell<Value = unknown>(name: string, options: CellOptions = {}): Promise<Cell<Value>> {
    return quiet(openCell(this.#options.cells, name, options)) as Promise<Cell<Value>>;
  }

  /**
   * Marks the session as changed. You never need to call it, because the session finds every
   * change. Pyramid: `changed`.
   */
  changed(): void {
    this.#state.write("mark the session as changed");
  }

  /** Made on first use, because most requests need no token. */
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

  /** Stores a value of the app. The session never freezes objects that the app itself stored. */
  #put(key: string, value: unknown): void {
    this.#state.leaveOut(value);
    this.#state.record.values.set(key, value);
  }
}
