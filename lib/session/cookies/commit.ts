/**
 * From what became of a session to what its response says.
 *
 * @module
 */

import type { CommitContext, SessionOutcome, SessionRequest } from "../../../session.ts";
import { MAX_COOKIE_BYTES } from "../../http/cookies.ts";
import { SessionTooLargeError } from "../errors.ts";
import { stateText } from "../formats/payload.ts";
import type { SessionSchema } from "../schema.ts";
import type { CookieSessionParts } from "./parts.ts";
import type { CookieRecord } from "./record.ts";
import { type RevocationGuard, signsIn } from "./revocation.ts";

const UNCHANGED: SessionOutcome = { do: "nothing" };
const ENCODER = new TextEncoder();

/** Commits sessions: one decision each, and at most one signature. */
export class SessionCommitting {
  readonly #parts: CookieSessionParts;

  /** Takes the parts of the factory. */
  constructor(parts: CookieSessionParts) {
    this.#parts = parts;
  }

  /**
   * Decides what the response says.
   *
   * @param record What the session holds at the end.
   * @param maybeChanged Whether it was written to, or handed out an object.
   * @param request The request.
   * @param context What the response allows.
   */
  commit(
    record: CookieRecord,
    maybeChanged: boolean,
    request: SessionRequest,
    context: CommitContext,
  ): SessionOutcome | Promise<SessionOutcome> {
    if (record.isLate && !this.#countsThoughLate(record)) return UNCHANGED;
    const wanted = maybeChanged || this.#isDue(record) && context.mayRenew;
    return wanted ? this.#settle(record, maybeChanged, request, context) : UNCHANGED;
  }

  /** Signing out by a cookie that was just rotated away, and signing in: neither waits for another request. */
  #countsThoughLate(record: CookieRecord): boolean {
    return signsIn(record) || (record.ended === true && record.rotatedId !== undefined);
  }

  #isDue(record: CookieRecord): boolean {
    if (record.isNew) return false;
    if (record.takenOver || record.stale) return true;
    const { lifetimes, policy } = this.#parts;
    const empty = record.values.size === 0 && !record.hasExtra;
    return empty || lifetimes.isDue(record, policy.now());
  }

  async #settle(
    record: CookieRecord,
    maybeChanged: boolean,
    request: SessionRequest,
    context: CommitContext,
  ): Promise<SessionOutcome> {
    const { payload, schema } = this.#parts;
    const fits = maybeChanged && schema !== undefined;
    const emptied = record.values.size === 0;
    if (fits) record.values = await schema.write(record.values);
    if (
      !record.hasExtra && (emptied || schema !== undefined && await this.#isBlank(record, schema))
    ) {
      return await this.#remove(record, request);
    }
    const text = maybeChanged || record.loaded === null
      ? payload.stringify(record, record.renewed)
      : record.loaded;
    if (maybeChanged && (text !== record.loaded || record.rotated === true)) {
      if (!context.isCsrfExempt && this.#mayReplaceAnother(record, request)) return UNCHANGED;
      return await this.#write("write", text, record, request, context);
    }
    return this.#isDue(record) && context.mayRenew
      ? await this.#write("renew", text, record, request, context)
      : UNCHANGED;
  }

  /**
   * Whether a session that merely begins might take the place of one that the browser holds and did
   * not send: the page of another site could sign visitors out.
   */
  #mayReplaceAnother(record: CookieRecord, request: SessionRequest): boolean {
    const { cookie } = this.#parts;
    return record.loaded === null && record.userId === undefined &&
      cookie.isKeptBack(request) && cookie.read(request).length === 0;
  }

  /** Whether the app's keys hold what those of a new session do. */
  async #isBlank(record: CookieRecord, schema: SessionSchema): Promise<boolean> {
    const { payload } = this.#parts;
    const blank = record.blank ?? stateText(payload, await schema.blank());
    return stateText(payload, record.values) === blank;
  }

  async #remove(record: CookieRecord, request: SessionRequest): Promise<SessionOutcome> {
    const { cookie, guard, policy } = this.#parts;
    // A cookie that was refused is left alone, unless its session goes on elsewhere and ends here.
    const isGone = record.loaded === null;
    if (isGone && (record.rotatedId === undefined || record.ended !== true)) return UNCHANGED;
    if (guard !== undefined) await this.#end(record, guard, policy.now());
    const own = record.takenOver ? [] : cookie.remove(request);
    return { do: "remove", cookies: [...own, ...await record.leave?.() ?? []] };
  }

  /** Ends a session that held something. Visitors who never did must not be able to fill the store. */
  async #end(record: CookieRecord, guard: RevocationGuard, now: number): Promise<void> {
    for (const one of [record, ...await record.others?.() ?? []]) {
      if (one.rotatedId !== undefined || await this.#heldSomething(one)) await guard.end(one, now);
    }
  }

  /** Whether a session held a key of the app, or a user, as it was loaded; defaults are no keys. */
  async #heldSomething({ loaded }: CookieRecord): Promise<boolean> {
    const { payload, schema } = this.#parts;
    const written = loaded === null ? null : payload.parse(loaded);
    if (written === null || written.userId !== undefined) return true;
    if (schema === undefined) return written.values.size > 0;
    return stateText(payload, written.values) !== stateText(payload, await schema.blank());
  }

  async #write(
    outcome: "write" | "renew",
    text: string,
    record: CookieRecord,
    request: SessionRequest,
    context: CommitContext,
  ): Promise<SessionOutcome> {
    const { codec, cookie, guard, payload, policy, verified } = this.#parts;
    const now = policy.now();
    // Ended by another request since it was loaded: what this one would write must not bring it back.
    if (guard !== undefined && await guard.isOver(record, now)) return UNCHANGED;
    const signedIn = signsIn(record);
    const named = guard === undefined || await guard.name(record, policy.makeToken);
    const current = named ? text : payload.stringify(record, record.renewed);
    const keepsTime = context.isActivity === false && !record.isNew;
    const renewed = Math.max(keepsTime ? record.renewed : now, record.created);
    const issued = payload.restamp(current, record, renewed);
    const bytes = ENCODER.encode(issued);
    const name = cookie.nameFor(request);
    const size = name.length + codec.encodedLength(bytes.length);
    if (size > MAX_COOKIE_BYTES) {
      throw new SessionTooLargeError(name, size, MAX_COOKIE_BYTES, payload.keySizes(record));
    }
    const value = await codec.encode(bytes);
    const own = cookie.write(value, request, record.rememberFor);
    // Not before there is a cookie to take its place.
    if (guard !== undefined && record.ended === true) await this.#end(record, guard, now);
    else if (guard !== undefined && !await guard.leave(record, signedIn, now)) return UNCHANGED;
    verified?.add(value, { payload: issued, stale: false });
    const begins = record.takenOver || record.isNew;
    const left = begins && record.leave !== undefined ? await record.leave() : [];
    return { do: outcome, cookies: [...own, ...left] };
  }
}
