/**
 * From a request's cookie to its session.
 *
 * @module
 */

import { isPassive } from "../http/passive_request.ts";
import {
  type RefusalReason,
  Session,
  type SessionOptions,
  type SessionRequest,
} from "../../session.ts";
import { CookieRecord } from "./cookie_record.ts";
import type { CookieSessionParts } from "./cookie_session_parts.ts";
import { CsrfCookies } from "./csrf_cookies.ts";
import type { FormerSessions } from "./former_sessions.ts";
import { stateText, type WrittenRecord } from "./payload.ts";
import type { RevocationGuard } from "./revocation_guard.ts";
import { MAX_COOKIE_BYTES } from "./session_cookie.ts";
import type { Verification, VerifiedCookie } from "./verified_cookies.ts";

/** What only loading needs. */
export interface LoadingOptions {
  /** Sessions under another name to take over. */
  readonly formerly: FormerSessions | undefined;
  /** Told why a cookie was refused. */
  readonly onReject: ((reason: RefusalReason, request: SessionRequest) => void) | undefined;
}

type MaybePromise<T> = T | Promise<T>;

/** A session as it was let in, with its text; or why it was not. */
type Admission =
  | { readonly written: WrittenRecord; readonly text: string; readonly migrated: boolean }
  | { readonly refused: RefusalReason };

const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Three times as fast as the strict one. */
const LENIENT = new TextDecoder("utf-8", { ignoreBOM: true });

/** Looks at the request's headers only if it matters. */
class RequestOptions implements SessionOptions {
  readonly #request: SessionRequest;
  readonly #record: CookieRecord;
  readonly #parts: CookieSessionParts;

  constructor(request: SessionRequest, record: CookieRecord, parts: CookieSessionParts) {
    this.#request = request;
    this.#record = record;
    this.#parts = parts;
  }

  get keepFlash(): boolean {
    return isPassive(this.#request);
  }

  get csrf(): CsrfCookies | undefined {
    const { csrfCookie, policy } = this.#parts;
    if (csrfCookie === undefined) return undefined;
    return this.#record.csrfCookies ??= new CsrfCookies(csrfCookie, policy, this.#request);
  }
}

/** Loads sessions: whatever a visitor sent gives one, if need be a new one. */
export class SessionLoading<Data extends object> {
  readonly #parts: CookieSessionParts;
  readonly #formerly: FormerSessions | undefined;
  readonly #onReject: LoadingOptions["onReject"];

  /** Takes the parts of the factory. */
  constructor(parts: CookieSessionParts, options: LoadingOptions) {
    this.#parts = parts;
    this.#formerly = options.formerly;
    this.#onReject = options.onReject;
  }

  /** Loads the session of a request. */
  load(request: SessionRequest): MaybePromise<Session<Data>> {
    const { cookie, verified } = this.#parts;
    const text = cookie.read(request.headers, request.origin);
    if (text === null) {
      return this.#formerly === undefined
        ? this.#new(request)
        : this.#takeOver(this.#formerly, request);
    }
    if (text.length > MAX_COOKIE_BYTES) return this.#refuse("malformed", request);
    const known = verified?.get(text);
    if (known !== undefined) return this.#open(known, request);
    const verification = verified === undefined
      ? this.#verify(text)
      : verified.verify(text, (text) => this.#verify(text));
    return verification.then((verified) =>
      "refused" in verified
        ? this.#refuse(verified.refused, request)
        : this.#open(verified, request)
    );
  }

  async #verify(text: string): Promise<Verification> {
    const decoded = await this.#parts.codec.decode(text);
    if ("refused" in decoded) return decoded;
    const payload = decodeUtf8(decoded.payload);
    return payload === null ? { refused: "malformed" } : { payload, stale: decoded.stale };
  }

  #new(request: SessionRequest): MaybePromise<Session<Data>> {
    const { schema } = this.#parts;
    if (schema === undefined) return this.#newWith({ values: new Map() }, request);
    return schema.blank().then((values) => {
      const blank = stateText(this.#parts.payload, values);
      return this.#newWith({ values: this.#copied(blank, values), blank }, request);
    });
  }

  #newWith(
    { values, blank }: { values: Map<string, unknown>; blank?: string },
    request: SessionRequest,
  ): Session<Data> {
    const now = this.#parts.policy.now();
    const written = { values, flash: new Map(), created: now, renewed: now };
    const arrival = blank === undefined ? { loaded: null } : { loaded: null, blank };
    return this.#session(new CookieRecord(written, arrival), request);
  }

  #refuse(reason: RefusalReason, request: SessionRequest): MaybePromise<Session<Data>> {
    this.#tell(reason, request);
    return this.#new(request);
  }

  /** Whoever listens must not keep the visitor from a session. */
  #tell(reason: RefusalReason, request: SessionRequest): void {
    const failed = (error: unknown) => this.#parts.logger.error("onReject failed", error);
    try {
      const told: unknown = this.#onReject?.(reason, request);
      if (told instanceof Promise) told.catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  #open(
    { payload, stale }: VerifiedCookie,
    request: SessionRequest,
  ): MaybePromise<Session<Data>> {
    const { lifetimes, policy, schema, guard } = this.#parts;
    const read = this.#read(payload);
    if (read === null) return this.#refuse("malformed", request);
    const { written, text } = read;
    const reason = lifetimes.refusal(written, policy.now());
    if (reason !== null) return this.#refuse(reason, request);
    const leave = this.#leaving(request);
    if (schema === undefined && guard === undefined) {
      return this.#session(new CookieRecord(written, { loaded: text, stale, leave }), request);
    }
    return this.#admit(written, text).then((admitted) => {
      if ("refused" in admitted) return this.#refuse(admitted.refused, request);
      const arrival = { loaded: admitted.text, stale: stale || admitted.migrated, leave };
      return this.#session(new CookieRecord(admitted.written, arrival), request);
    });
  }

  #read(text: string): { written: WrittenRecord; text: string } | null {
    const { payload } = this.#parts;
    try {
      const written = payload.parse(text);
      if (written === null) return null;
      return {
        written,
        text: payload.canonical ? text : payload.stringify(written, written.renewed),
      };
    } catch {
      return null;
    }
  }

  /** Asks what takes a question to somebody else: whether the session was ended, and whether it fits. */
  async #admit(given: WrittenRecord, text: string | null): Promise<Admission> {
    const { guard, payload, schema } = this.#parts;
    // Signed in before there were epochs.
    const bound = guard === undefined || given.userId === undefined || given.epoch !== undefined;
    const written = bound ? given : { ...given, epoch: 0 };
    if (guard !== undefined && await this.#isRevoked(guard, written)) return { refused: "revoked" };
    const fitted = await schema?.read(written.values);
    if (fitted === null) return { refused: "schema" };
    if (fitted === undefined && bound && text !== null) return { written, text, migrated: false };
    try {
      const fit = { ...written, values: fitted?.values ?? written.values };
      const fitText = payload.stringify(fit, fit.renewed);
      fit.values = this.#copied(fitText, fit.values);
      return { written: fit, text: fitText, migrated: fitted?.migrated ?? false };
    } catch (error) {
      this.#parts.logger.error("A session cannot be written; its visitor gets a new one", error);
      return { refused: "schema" };
    }
  }

  async #isRevoked(guard: RevocationGuard, written: WrittenRecord): Promise<boolean> {
    try {
      return await guard.isRevoked(written);
    } catch (error) {
      // A 503 is an answer like any other: nobody else logs it.
      this.#parts.logger.error("Loading a session failed", error);
      throw error;
    }
  }

  // A schema may hand out one and the same default, or part of one, to every visitor.
  #copied(text: string, values: Map<string, unknown>): Map<string, unknown> {
    return this.#parts.payload.parse(text)?.values ?? values;
  }

  async #takeOver(formerly: FormerSessions, request: SessionRequest): Promise<Session<Data>> {
    const { lifetimes, policy } = this.#parts;
    const former = await formerly.find(request);
    if (former === null) return this.#new(request);
    const { record, leave } = former;
    const { created, userId } = record;
    const rememberFor = policy.canRemember ? record.rememberFor : undefined;
    // How long it may idle was for the other factory to say: from now on it is for this one.
    const now = policy.now();
    const reason = lifetimes.refusal({ created, renewed: now, rememberFor }, now);
    if (reason !== null) return this.#refuse(reason, request);
    // Ids and CSRF secrets stay behind: each format has its own.
    const values = new Map(record.values), flash = new Map(record.flash);
    const written = { values, flash, created, renewed: record.renewed, userId, rememberFor };
    const admitted = await this.#admit(written, null);
    if ("refused" in admitted) return this.#refuse(admitted.refused, request);
    const arrival = { loaded: admitted.text, takenOver: true, leave };
    return this.#session(new CookieRecord(admitted.written, arrival), request);
  }

  /** For a session of our own: whoever signs out of it must not come back by the cookie left behind. */
  #leaving(request: SessionRequest): (() => Promise<readonly string[]>) | undefined {
    const formerly = this.#formerly;
    if (formerly === undefined) return undefined;
    return () => formerly.leave(request);
  }

  #session(record: CookieRecord, request: SessionRequest): Session<Data> {
    const { policy } = this.#parts;
    return new Session<Data>(record, policy, new RequestOptions(request, record, this.#parts));
  }
}

/** The text of UTF-8 bytes; `null` where they are not. */
function decodeUtf8(bytes: Uint8Array): string | null {
  const text = LENIENT.decode(bytes);
  // What cannot be read becomes this, and somebody may have written it.
  if (!text.includes("\ufffd")) return text;
  try {
    return STRICT.decode(bytes);
  } catch {
    return null;
  }
}
