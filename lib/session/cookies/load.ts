/**
 * From a request's cookie to its session.
 *
 * @module
 */

import {
  type RefusalReason,
  Session,
  type SessionOptions,
  type SessionRequest,
} from "../../../session.ts";
import { isPrefetch } from "../../http/request.ts";
import { MAX_COOKIE_BYTES } from "../../http/cookies.ts";
import { payloadText, stateText, type WrittenRecord } from "../formats/payload.ts";
import { CsrfCookies } from "./csrf.ts";
import type { FormerSessions } from "./former.ts";
import type { CookieSessionParts } from "./parts.ts";
import { type Arrival, CookieRecord } from "./record.ts";
import type { RevocationGuard, Standing } from "./revocation.ts";
import type { Verification, VerifiedCookie } from "./verified_cookies.ts";

/** What only loading needs. */
export interface LoadingOptions {
  /** Sessions under another name to take over. */
  readonly formerly: FormerSessions | undefined;
  /** Told why a cookie was refused. */
  readonly onReject: ((reason: RefusalReason, request: SessionRequest) => void) | undefined;
}

type MaybePromise<T> = T | Promise<T>;

/** What the text of a cookie says, once it is verified. */
interface Candidate {
  readonly written: WrittenRecord;
  readonly text: string;
  readonly stale: boolean;
}

/** A session as it was let in, with how it came; or why it was not. */
type Admission =
  | { readonly written: WrittenRecord; readonly arrival: Arrival & { readonly loaded: string } }
  | { readonly refused: RefusalReason; readonly arrival?: Partial<Arrival> };

/** Cookies of one name that reach the codec's key: a browser holds one or two. */
const MOST_COOKIES = 4;

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
    return this.#request.method === "HEAD";
  }

  get refuseFlash(): boolean {
    return isPrefetch(this.#request.headers);
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
    const { cookie } = this.#parts;
    const texts = cookie.read(request), others = cookie.readOther(request);
    if (texts.length === 1 && others.length === 0) {
      const known = this.#known(texts[0]!);
      return known instanceof Promise
        ? known.then((known) => this.#openOne(known, request))
        : this.#openOne(known, request);
    }
    if (texts.length + others.length > 0) return this.#openBest([texts, others], request);
    return this.#formerly === undefined
      ? this.#new(request)
      : this.#takeOver(this.#formerly, request);
  }

  /** What a cookie's text says, without a promise where it is remembered. */
  #known(text: string): MaybePromise<Candidate | RefusalReason> {
    const { verified } = this.#parts;
    if (text.length > MAX_COOKIE_BYTES) return "malformed";
    const known = verified?.get(text);
    if (known !== undefined) return this.#parsed(known);
    const verification = verified === undefined
      ? this.#verify(text)
      : verified.verify(text, (text) => this.#verify(text));
    return verification.then((verified) =>
      "refused" in verified ? verified.refused : this.#parsed(verified)
    );
  }

  #parsed({ payload, stale }: VerifiedCookie): Candidate | RefusalReason {
    return this.#read(payload, stale) ?? "malformed";
  }

  #openOne(known: Candidate | RefusalReason, request: SessionRequest): MaybePromise<Session<Data>> {
    if (typeof known === "string") return this.#refuse(known, request);
    const admission = this.#admission(known, request);
    return admission instanceof Promise
      ? admission.then((admission) => this.#admitted(admission, request))
      : this.#admitted(admission, request);
  }

  #admitted(admission: Admission, request: SessionRequest): MaybePromise<Session<Data>> {
    if ("refused" in admission) return this.#refuse(admission.refused, request, admission.arrival);
    return this.#session(new CookieRecord(admission.written, admission.arrival), request);
  }

  /**
   * Of several cookies the one that is valid and was renewed last, those of the name that is written
   * before those of the other, which are due to be written anew: a stale one, of a parent domain or another path, must not lock its visitor out.
   */
  async #openBest(
    names: readonly [texts: readonly string[], others: readonly string[]],
    request: SessionRequest,
  ): Promise<Session<Data>> {
    let refusal: Extract<Admission, { refused: unknown }> | undefined;
    for (const [at, texts] of names.entries()) {
      const candidates: Candidate[] = [];
      let asked = 0;
      for (const text of new Set(texts)) {
        if (asked === MOST_COOKIES) break;
        const known = await this.#known(text);
        if (typeof known !== "string") candidates.push(known);
        else refusal ??= { refused: known };
        // What is malformed, or of a key that is not ours, costs nothing.
        if (typeof known !== "string" || known === "bad-mac") asked++;
      }
      candidates.sort((one, other) => other.written.renewed - one.written.renewed);
      for (const candidate of candidates) {
        const stale = candidate.stale || at === 1;
        const admission = await this.#admission({ ...candidate, stale }, request);
        if (!("refused" in admission)) {
          const others = () => this.#others(candidate.text, names);
          const arrival = { ...admission.arrival, others };
          return this.#admitted({ ...admission, arrival }, request);
        }
        // What is known of a session that goes on elsewhere counts more than why another is none.
        if (refusal?.arrival === undefined) {
          refusal = admission.arrival ? admission : refusal ?? admission;
        }
      }
    }
    return await this.#admitted(refusal ?? { refused: "malformed" }, request);
  }

  /** The sessions in the cookies beside the one that was taken: signing out ends them too. */
  async #others(
    taken: string,
    names: readonly (readonly string[])[],
  ): Promise<readonly CookieRecord[]> {
    const others: CookieRecord[] = [];
    for (const texts of names) {
      for (const text of [...new Set(texts)].slice(0, MOST_COOKIES)) {
        const known = await this.#known(text);
        if (typeof known === "string" || known.text === taken) continue;
        others.push(new CookieRecord(known.written, { loaded: known.text }));
      }
    }
    return others;
  }

  async #verify(text: string): Promise<Verification> {
    const decoded = await this.#parts.codec.decode(text);
    if ("refused" in decoded) return decoded;
    const payload = payloadText(decoded.payload);
    return payload === null ? { refused: "malformed" } : { payload, stale: decoded.stale };
  }

  #new(request: SessionRequest, arrival?: Partial<Arrival>): MaybePromise<Session<Data>> {
    const { schema } = this.#parts;
    if (schema === undefined) return this.#newWith({ values: new Map() }, request, arrival);
    return schema.blank().then((values) => {
      const blank = stateText(this.#parts.payload, values);
      return this.#newWith({ values: this.#copied(blank, values), blank }, request, arrival);
    });
  }

  #newWith(
    { values, blank }: { values: Map<string, unknown>; blank?: string },
    request: SessionRequest,
    arrival: Partial<Arrival> = {},
  ): Session<Data> {
    const now = this.#parts.policy.now();
    const written = { values, flash: new Map(), created: now, renewed: now };
    const begun = blank === undefined
      ? { ...arrival, loaded: null }
      : { ...arrival, loaded: null, blank };
    return this.#session(new CookieRecord(written, begun), request);
  }

  #refuse(
    reason: RefusalReason,
    request: SessionRequest,
    arrival?: Partial<Arrival>,
  ): MaybePromise<Session<Data>> {
    this.#tell(reason, request);
    return this.#new(request, arrival);
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

  /** Applies the limits, and asks what takes a question to somebody else. */
  #admission(
    { written, text, stale }: Candidate,
    request: SessionRequest,
  ): MaybePromise<Admission> {
    const { lifetimes, policy, schema, guard } = this.#parts;
    const refused = lifetimes.refusal(written, policy.now());
    if (refused !== null) return { refused };
    const arrival = { loaded: text, stale, leave: this.#leaving(request) };
    if (schema === undefined && guard === undefined) return { written, arrival };
    return this.#admit(written, arrival);
  }

  #read(text: string, stale: boolean): Candidate | null {
    const { payload } = this.#parts;
    try {
      const written = payload.parse(text);
      if (written === null) return null;
      const current = payload.canonical ? text : payload.stringify(written, written.renewed);
      return { written, text: current, stale };
    } catch {
      return null;
    }
  }

  /** Asks whether the session was ended, and whether it fits. */
  async #admit(
    given: WrittenRecord,
    arrival: Arrival & { readonly loaded: string },
  ): Promise<Admission> {
    const { guard } = this.#parts;
    if (guard === undefined) return await this.#fit(given, arrival);
    // Signed in before there were epochs.
    const isBound = given.userId === undefined || given.epoch !== undefined;
    const written = isBound ? given : { ...given, epoch: 0 };
    const { id: rotatedId } = written;
    switch (await this.#standing(guard, written)) {
      case "valid":
        return await this.#fit(written, arrival);
      case "ended":
        return { refused: "revoked" };
      case "rotated":
        return {
          refused: "revoked",
          arrival: { rotatedId, rotatedRememberFor: written.rememberFor },
        };
      case "signed in lately":
        // Whoever planted the cookie must not see the session that was signed in with it.
        return { refused: "revoked", arrival: { isLate: true } };
      case "rotated lately":
        return await this.#fit(written, { ...arrival, isLate: true, rotatedId });
    }
  }

  /** Fits a session to the schema, if there is one. */
  async #fit(
    written: WrittenRecord,
    arrival: Arrival & { readonly loaded: string },
  ): Promise<Admission> {
    const { guard, payload, schema } = this.#parts;
    const fitted = await schema?.read(written.values);
    if (fitted === null) return { refused: "schema" };
    const isAsWritten = fitted === undefined &&
      (guard === undefined || written.userId === undefined || written.epoch !== 0);
    if (isAsWritten && !arrival.takenOver) return { written, arrival };
    try {
      const fit = { ...written, values: fitted?.values ?? written.values };
      const loaded = payload.stringify(fit, fit.renewed);
      fit.values = this.#copied(loaded, fit.values);
      const stale = (arrival.stale ?? false) || (fitted?.migrated ?? false);
      return { written: fit, arrival: { ...arrival, loaded, stale } };
    } catch (error) {
      this.#parts.logger.error("A session cannot be written; its visitor gets a new one", error);
      return { refused: "schema" };
    }
  }

  async #standing(guard: RevocationGuard, written: WrittenRecord): Promise<Standing> {
    try {
      return await guard.standing(written, this.#parts.policy.now());
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
    return await this.#admitted(
      await this.#admit(written, { loaded: "", takenOver: true, leave }),
      request,
    );
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
