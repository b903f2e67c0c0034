/**
 * From what became of a session to what its response says.
 *
 * @module
 */

import type { CommitContext, SessionOutcome, SessionRequest } from "../../session.ts";
import type { CookieRecord } from "./cookie_record.ts";
import type { CookieSessionParts } from "./cookie_session_parts.ts";
import type { RevocationGuard } from "./revocation_guard.ts";
import { MAX_COOKIE_BYTES } from "./session_cookie.ts";
import { SessionTooLargeError } from "./session_too_large_error.ts";

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
    const wanted = maybeChanged || context.mayRenew && this.#isDue(record);
    return wanted ? this.#settle(record, maybeChanged, request, context) : UNCHANGED;
  }

  #isDue(record: CookieRecord): boolean {
    if (record.isNew) return false;
    if (record.loaded === null || record.stale) return true;
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
    if (maybeChanged && schema !== undefined) record.values = await schema.write(record.values);
    if (await this.#isEmpty(record)) return await this.#remove(record, request);
    const text = maybeChanged || record.loaded === null
      ? payload.stringify(record, record.renewed)
      : record.loaded;
    if (maybeChanged && text !== record.loaded) {
      return await this.#write("write", text, record, request);
    }
    return context.mayRenew && this.#isDue(record)
      ? await this.#write("renew", text, record, request)
      : UNCHANGED;
  }

  async #isEmpty(record: CookieRecord): Promise<boolean> {
    const { payload, schema } = this.#parts;
    if (record.hasExtra) return false;
    if (record.values.size === 0 || schema === undefined) return record.values.size === 0;
    const textOf = (values: Map<string, unknown>): string =>
      payload.stringify({ values, flash: new Map(), created: 0, renewed: 0 }, 0);
    return textOf(await schema.blank()) === textOf(record.values);
  }

  async #remove(record: CookieRecord, request: SessionRequest): Promise<SessionOutcome> {
    const { cookie, guard, policy } = this.#parts;
    if (record.loaded === null && record.leave === undefined) return UNCHANGED;
    await guard?.revoke(record, policy.now());
    const own = record.loaded === null ? [] : [cookie.remove(request.origin)];
    return { do: "remove", cookies: [...own, ...await record.leave?.() ?? []] };
  }

  async #write(
    outcome: "write" | "renew",
    text: string,
    record: CookieRecord,
    request: SessionRequest,
  ): Promise<SessionOutcome> {
    const { codec, cookie, guard, payload, policy } = this.#parts;
    const current = guard === undefined ? text : await this.#guarded(guard, text, record);
    // Ended by another request since it was loaded: what this one would write must not bring it back.
    if (current === null) return UNCHANGED;
    const bytes = ENCODER.encode(payload.restamp(current, record, policy.now()));
    const name = cookie.nameFor(request.origin);
    const size = name.length + codec.encodedLength(bytes.length);
    if (size > MAX_COOKIE_BYTES) {
      throw new SessionTooLargeError(name, size, MAX_COOKIE_BYTES, payload.keySizes(record));
    }
    const own = cookie.write(await codec.encode(bytes), request.origin, record.rememberFor);
    return { do: outcome, cookies: [own, ...await record.leave?.() ?? []] };
  }

  /** The text with the id and epoch that revocation needs; `null` where the session was ended meanwhile. */
  async #guarded(
    guard: RevocationGuard,
    text: string,
    record: CookieRecord,
  ): Promise<string | null> {
    const renamed = record.id !== record.loadedId;
    if (!renamed && await guard.isRevoked(record)) return null;
    if (renamed) await guard.revoke(record, this.#parts.policy.now());
    const bound = record.userId === undefined || record.epoch !== undefined;
    if (record.id !== undefined && bound) return text;
    record.id ??= this.#parts.policy.makeToken();
    await guard.bind(record);
    return this.#parts.payload.stringify(record, record.renewed);
  }
}
