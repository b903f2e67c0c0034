/**
 * Keeps sessions in their cookie: the text of the payload is the state.
 *
 * @module
 */

import type { SessionCodec } from "../../../session.ts";
import { MAX_COOKIE_BYTES } from "../../http/cookies.ts";
import type {
  Found,
  Judgement,
  LoadedRecord,
  MaybePromise,
  Refused,
  SessionBackend,
  SessionWriting,
} from "../backend.ts";
import { SessionTooLargeError } from "../errors.ts";
import { payloadText, valuesText, type WrittenRecord } from "../formats/payload.ts";
import type { SessionParts } from "../options.ts";
import type { RevocationGuard } from "./revocation.ts";
import type { VerifiedCookie, VerifiedCookies, VerifiedOrRefused } from "./verified_cookies.ts";

const MALFORMED = { refused: "malformed" } as const;
const ENCODER = new TextEncoder();

/** The parts of sessions in cookies, with those that all sessions have. */
export interface CookieBackendParts extends SessionParts {
  /** Makes and reads the cookie's text. */
  readonly codec: SessionCodec;
  /** Revokes sessions, if the app has a revocation store. */
  readonly guard: RevocationGuard | undefined;
  /** The cookies that were verified, if they are remembered. */
  readonly verified: VerifiedCookies | undefined;
}

/** Reads sessions out of cookies and writes them there: at most one verification and one signature. */
export class CookieBackend implements SessionBackend<string> {
  readonly #parts: CookieBackendParts;
  /** Queries the revocation store, if there is one. */
  readonly judge: SessionBackend<string>["judge"];

  /** Takes the parts. */
  constructor(parts: CookieBackendParts) {
    this.#parts = parts;
    const { guard } = parts;
    this.judge = guard && ((written) => this.#judge(guard, written));
  }

  /** Reads a cookie's text. If the text is remembered, then the result is no promise. */
  find(text: string): MaybePromise<Found<string> | Refused<string>> {
    const { verified } = this.#parts;
    if (text.length > MAX_COOKIE_BYTES) return MALFORMED;
    const known = verified?.get(text);
    if (known !== undefined) return this.#read(known);
    const verification = verified === undefined
      ? this.#verify(text)
      : verified.verify(text, (text) => this.#verify(text));
    return verification.then((verified) => "refused" in verified ? verified : this.#read(verified));
  }

  async #verify(text: string): Promise<VerifiedOrRefused> {
    const decoded = await this.#parts.codec.decode(text);
    if ("refused" in decoded) return decoded;
    const payload = payloadText(decoded.payload);
    return payload === null ? MALFORMED : { payload, stale: decoded.stale };
  }

  #read({ payload: text, stale }: VerifiedCookie): Found<string> | Refused<string> {
    const { payload } = this.#parts;
    try {
      const written = payload.parse(text);
      if (written === null) return MALFORMED;
      const state = payload.canonical ? text : payload.stringify(written, written.renewed);
      return { written, state, stale };
    } catch {
      return MALFORMED;
    }
  }

  async #judge(guard: RevocationGuard, given: WrittenRecord): Promise<Judgement<string>> {
    const { logger, policy } = this.#parts;
    // A user who signed in under a release without epochs has epoch 0.
    const isBound = given.userId === undefined || given.epoch !== undefined;
    const written = isBound ? given : { ...given, epoch: 0 };
    try {
      const judged = await guard.judge(written, policy.now());
      return isBound || "refused" in judged ? judged : { ...judged, written };
    } catch (error) {
      // Only this place logs the 503 that follows.
      logger.error("Loading a session failed", error);
      throw error;
    }
  }

  /** Makes the text of the payload. */
  stateOf(written: WrittenRecord): string {
    return this.#parts.payload.stringify(written, written.renewed);
  }

  /** Reads the app's keys of a text. */
  valuesOf(state: string): Map<string, unknown> | null {
    return this.#parts.payload.parse(state)?.values ?? null;
  }

  /** Whether two texts are equal. */
  isSame(one: string, other: string): boolean {
    return one === other;
  }

  /** Writes the cookie, and revokes the ids that the session no longer uses. */
  async write(
    record: LoadedRecord<string>,
    state: string,
    { request, now, renewed }: SessionWriting,
  ): Promise<readonly string[] | null> {
    const { codec, cookie, guard, payload, policy, verified } = this.#parts;
    // If another request ended the session, then this one must not restore it.
    if (guard !== undefined && await guard.isOver(record, now)) return null;
    const { leavesCookie } = record;
    const isNamed = guard === undefined || await guard.name(record, policy.makeToken);
    const issued = payload.restamp(isNamed ? state : this.stateOf(record), record, renewed);
    const bytes = ENCODER.encode(issued);
    const name = cookie.nameFor(request);
    const size = name.length + codec.encodedLength(bytes.length);
    if (size > MAX_COOKIE_BYTES) {
      throw new SessionTooLargeError(name, size, MAX_COOKIE_BYTES, payload.keySizes(record));
    }
    const value = await codec.encode(bytes);
    const cookies = cookie.write(value, request, record.rememberFor);
    // Only after the new cookie exists.
    if (guard !== undefined && record.ended === true) await this.end(record, now);
    else if (guard !== undefined && !await guard.leave(record, leavesCookie, now)) return null;
    if (record.isolated === true) await this.#endAll(await record.others?.() ?? [], now);
    verified?.add(value, { payload: issued, stale: false });
    return cookies;
  }

  /**
   * Ends sessions that held something. Visitors with empty sessions must not be able to fill the
   * store.
   */
  async end(record: LoadedRecord<string>, now: number): Promise<void> {
    await this.#endAll([record, ...await record.others?.() ?? []], now);
  }

  async #endAll(all: readonly LoadedRecord<string>[], now: number): Promise<void> {
    const { guard } = this.#parts;
    if (guard === undefined) return;
    for (const one of all) {
      if (one.endableId !== undefined || await this.#heldSomething(one)) await guard.end(one, now);
    }
  }

  /**
   * Whether a session had a key of the app or a user, also half signed in, when it was loaded.
   * Defaults do not count.
   */
  async #heldSomething({ loaded }: LoadedRecord<string>): Promise<boolean> {
    const { payload, schema } = this.#parts;
    const written = loaded === null ? null : payload.parse(loaded);
    if (written === null || written.userId !== undefined) return true;
    if (written.pendingUntil !== undefined) return true;
    if (schema === undefined) return written.values.size > 0;
    return valuesText(payload, written.values) !== valuesText(payload, await schema.blank());
  }
}
