/**
 * Decides which `Set-Cookie` headers a response gets, by the session at the end of the request.
 *
 * | the session at the end of the request                   | what goes out                             |
 * | ------------------------------------------------------- | ----------------------------------------- |
 * | was only read, and is not due                           | nothing                                   |
 * | was only read, and is due to be renewed                 | its cookie, if the response may renew it  |
 * | holds something else than before, or was regenerated    | its cookie                                |
 * | holds nothing any more                                  | the deletion of its cookie                |
 * | the same, and lives in a store                          | nothing: it stays until it idles          |
 * | held nothing and holds nothing                          | nothing                                   |
 * | would replace one whose cookie `SameSite` kept back     | nothing                                   |
 * | came late, by a cookie from before a rotation           | nothing, except a sign-in and a sign-out  |
 *
 * @module
 */

import {
  type CommitContext,
  type Session,
  type SessionOutcome,
  type SessionRequest,
  sessionState,
} from "../../session.ts";
import { whenReady } from "../promises.ts";
import { isKeptBy, type LoadedRecord, type SessionBackend } from "./backend.ts";
import { valuesText } from "./formats/payload.ts";
import type { SessionParts } from "./options.ts";
import type { SessionSchema } from "./schema.ts";

const UNCHANGED: SessionOutcome = { do: "nothing" };
/** A change that is not kept. */
const LOST: SessionOutcome = { do: "nothing", isLost: true };

/** Commits sessions, with one decision and at most one write for each. */
export class SessionCommitting<State> {
  readonly #backend: SessionBackend<State>;
  readonly #parts: SessionParts;

  /** Takes where sessions live, and the parts of the factory. */
  constructor(backend: SessionBackend<State>, parts: SessionParts) {
    this.#backend = backend;
    this.#parts = parts;
  }

  /**
   * Closes a session, and decides which `Set-Cookie` headers the response gets.
   *
   * @param session The session.
   * @param request The request.
   * @param context What the response allows.
   * @throws {TypeError} If the session was made by another factory.
   */
  commitSession<Data extends object>(
    session: Session<Data>,
    request: SessionRequest,
    context: CommitContext,
  ): SessionOutcome | Promise<SessionOutcome> {
    const state = sessionState(session);
    state.close();
    const { record, maybeChanged } = state;
    if (!isKeptBy(this.#backend, record)) {
      throw new TypeError(
        "Cannot commit the session: it was made by another factory: load and commit it by one",
      );
    }
    return this.commit(record, maybeChanged, request, context);
  }

  /**
   * Decides which `Set-Cookie` headers the response gets.
   *
   * @param record The contents of the session at the end.
   * @param maybeChanged Whether the app wrote to the session, or got an object from it.
   * @param request The request.
   * @param context What the response allows.
   */
  commit(
    record: LoadedRecord<State>,
    maybeChanged: boolean,
    request: SessionRequest,
    context: CommitContext,
  ): SessionOutcome | Promise<SessionOutcome> {
    if (context.byException && this.#parts.options.setOnException === false) return UNCHANGED;
    const outcome = this.#decide(record, maybeChanged, request, context);
    if (record.cells === undefined) return outcome;
    const cookies = record.cells.setCookies();
    return whenReady(outcome, (outcome) => withCookies(outcome, cookies));
  }

  #decide(
    record: LoadedRecord<State>,
    maybeChanged: boolean,
    request: SessionRequest,
    context: CommitContext,
  ): SessionOutcome | Promise<SessionOutcome> {
    const { csrfCookies } = record;
    const isWanted = record.isLate && !countsThoughLate(record)
      ? false
      : maybeChanged || this.#isDue(record) && context.mayRenew;
    if (isWanted) {
      const outcome = this.#settle(record, maybeChanged, request, context);
      return csrfCookies === undefined
        ? outcome
        : outcome.then((outcome) => withCookies(outcome, csrfCookies.setCookies()));
    }
    // A late request saves nothing: its CSRF secret would be one too many.
    if (record.isLate) return maybeChanged ? LOST : UNCHANGED;
    if (csrfCookies === undefined) return UNCHANGED;
    return withCookies(UNCHANGED, csrfCookies.setCookies());
  }

  #isDue(record: LoadedRecord<State>): boolean {
    if (record.isNew) return false;
    if (record.takenOver || record.stale) return true;
    const { lifetimes, policy } = this.#parts;
    const isEmpty = record.values.size === 0 && !record.hasExtra;
    return isEmpty || lifetimes.isDue(record, policy.now());
  }

  async #settle(
    record: LoadedRecord<State>,
    maybeChanged: boolean,
    request: SessionRequest,
    context: CommitContext,
  ): Promise<SessionOutcome> {
    const { schema } = this.#parts;
    const isEmptied = record.values.size === 0;
    if (maybeChanged && schema !== undefined) record.values = await schema.write(record.values);
    const { loaded } = record;
    const isEmpty = !record.hasExtra &&
      (isEmptied || schema !== undefined && await this.#isBlank(record, schema));
    const stays = this.#backend.keepsEmptied === true && loaded !== null &&
      record.ended !== true && record.isolated !== true;
    if (isEmpty && !stays) return await this.#remove(record, request);
    const state = maybeChanged || loaded === null ? this.#backend.stateOf(record, loaded) : loaded;
    const isChanged = maybeChanged &&
      (record.rotated === true || loaded === null || !this.#backend.isSame(state, loaded));
    if (isChanged && !context.isCsrfExempt && this.#mayReplaceAnother(record, request)) {
      return LOST;
    }
    if (!isChanged && (isEmpty || !(this.#isDue(record) && context.mayRenew))) return UNCHANGED;
    const now = this.#parts.policy.now();
    const keepsTime = context.isActivity === false && !record.isNew;
    const renewed = Math.max(keepsTime ? record.renewed : now, record.created);
    const cookies = await this.#backend.write(record, state, { request, now, renewed });
    if (cookies === null) return isChanged ? LOST : UNCHANGED;
    const begins = record.takenOver || record.isNew || record.isolated === true;
    const left = begins && record.leave !== undefined ? await record.leave() : [];
    return { do: isChanged ? "write" : "renew", cookies: [...cookies, ...left] };
  }

  /**
   * Whether a new session might replace one that the browser holds and did not send. Otherwise the
   * page of another site could sign visitors out.
   */
  #mayReplaceAnother(record: LoadedRecord<State>, request: SessionRequest): boolean {
    const { cookie } = this.#parts;
    return record.loaded === null && record.userId === undefined &&
      cookie.isKeptBack(request) && cookie.read(request).length === 0;
  }

  /** Whether the app's keys have the same values as in a new session. */
  async #isBlank(record: LoadedRecord<State>, schema: SessionSchema): Promise<boolean> {
    const { payload } = this.#parts;
    const blank = record.blank ?? valuesText(payload, await schema.blank());
    return valuesText(payload, record.values) === blank;
  }

  async #remove(record: LoadedRecord<State>, request: SessionRequest): Promise<SessionOutcome> {
    const { cookie, policy } = this.#parts;
    // A rejected cookie stays, unless its session continues under another id and this request ends it.
    const isGone = record.loaded === null;
    const isEnded = record.ended === true || record.isolated === true;
    if (isGone && (record.endableId === undefined || !isEnded)) return UNCHANGED;
    await this.#backend.end(record, policy.now(), request);
    const own = record.takenOver ? [] : cookie.remove(request);
    return { do: "remove", cookies: [...own, ...await record.leave?.() ?? []] };
  }
}

/** Whether a late request counts: a sign-in, or a sign-out by a cookie from before a rotation. */
function countsThoughLate(record: LoadedRecord): boolean {
  if (record.signsIn || record.pendingUntil !== undefined && record.isolated === true) return true;
  return (record.ended === true || record.isolated === true) && record.endableId !== undefined;
}

/** An outcome with further `Set-Cookie` values. */
function withCookies(outcome: SessionOutcome, cookies: readonly string[]): SessionOutcome {
  if (cookies.length === 0) return outcome;
  if (outcome.do === "nothing") return { ...outcome, do: "write", cookies };
  return { ...outcome, cookies: [...outcome.cookies, ...cookies] };
}
