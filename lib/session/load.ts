/**
 * Loads the session of a request from its cookies.
 *
 * @module
 */

import { type RefusalReason, Session, type SessionRequest } from "../../session.ts";
import { isPrefetch } from "../http/request.ts";
import {
  type Arrival,
  type Found,
  LoadedRecord,
  type MaybePromise,
  type Refused,
  type SessionBackend,
} from "./backend.ts";
import type { VisitorCells } from "./contract/cells.ts";
import { LateSessionOptions } from "./contract/record.ts";
import { CsrfCookies } from "./csrf.ts";
import type { FormerSessions } from "./former.ts";
import { valuesText, type WrittenRecord } from "./formats/payload.ts";
import type { SessionParts } from "./options.ts";

/** A session that was accepted, with how it came, or the reason why its cookie was rejected. */
type Admission<State> = Admitted<State> | Refused<State>;

interface Admitted<State> {
  readonly written: WrittenRecord;
  readonly arrival: Arrival<State>;
}

/** The most cookies of one name that are verified. A browser usually holds one or two. */
const MOST_COOKIES = 4;

/** The cookie values under two names: the name that is written, and one that is still read. */
type CookieTexts = readonly [texts: readonly string[], others: readonly string[]];

/** Loads sessions. If a request has no valid session cookie, then it gets a new session. */
export class SessionLoading<Data extends object, State> {
  readonly #backend: SessionBackend<State>;
  readonly #parts: SessionParts;

  /** Takes where sessions live, and the parts of the factory. */
  constructor(backend: SessionBackend<State>, parts: SessionParts) {
    this.#backend = backend;
    this.#parts = parts;
  }

  /** Loads the session of a request. */
  load(request: SessionRequest): MaybePromise<Session<Data>> {
    const { cookie, formerly } = this.#parts;
    const texts = cookie.read(request), others = cookie.readOther(request);
    if (texts.length === 1 && others.length === 0) {
      const found = this.#backend.find(texts[0]!);
      return found instanceof Promise
        ? found.then((found) => this.#openOne(found, request))
        : this.#openOne(found, request);
    }
    if (texts.length + others.length > 0) return this.#openBest([texts, others], request);
    return formerly === undefined ? this.#new(request) : this.#takeOver(formerly, request);
  }

  #openOne(
    found: Found<State> | Refused<State>,
    request: SessionRequest,
  ): MaybePromise<Session<Data>> {
    const admission = "refused" in found ? found : this.#admission(found, request);
    return admission instanceof Promise
      ? admission.then((admission) => this.#admitted(admission, request))
      : this.#admitted(admission, request);
  }

  #admitted(admission: Admission<State>, request: SessionRequest): MaybePromise<Session<Data>> {
    if ("refused" in admission) return this.#refuse(admission, request);
    return this.#session(admission.written, admission.arrival, request);
  }

  /**
   * Opens the valid cookie that was renewed last. A cookie of the name that is written comes before
   * one of the other name, which is due to be written again. An old cookie of a parent domain or
   * another path therefore does not lock its visitor out.
   */
  async #openBest(names: CookieTexts, request: SessionRequest): Promise<Session<Data>> {
    let refusal: Refused<State> | undefined;
    for (const [at, texts] of names.entries()) {
      const candidates: [text: string, found: Found<State>][] = [];
      let verified = 0;
      for (const text of new Set(texts)) {
        if (verified === MOST_COOKIES) break;
        const found = await this.#backend.find(text);
        if (!("refused" in found)) candidates.push([text, found]);
        else refusal = moreTelling(refusal, found);
        // A malformed text, or one of an unknown key, costs no verification.
        if (!isFree(found)) verified++;
      }
      candidates.sort(([, one], [, other]) => other.written.renewed - one.written.renewed);
      for (const [text, found] of candidates) {
        const stale = found.stale || at === 1;
        const admission = await this.#admission({ ...found, stale }, request);
        if (!("refused" in admission)) {
          const others = () => this.#others(text, names);
          return this.#admitted(
            { ...admission, arrival: { ...admission.arrival, others } },
            request,
          );
        }
        refusal = moreTelling(refusal, admission);
      }
    }
    return await this.#refuse(refusal ?? { refused: "malformed" }, request);
  }

  /** Gives the sessions in the other cookies, because a sign-out ends them too. */
  async #others(taken: string, names: CookieTexts): Promise<readonly LoadedRecord<State>[]> {
    const others: LoadedRecord<State>[] = [];
    for (const texts of names) {
      let verified = 0;
      for (const text of new Set(texts)) {
        if (verified === MOST_COOKIES) break;
        const found = text === taken ? null : await this.#backend.find(text);
        if (found === null || !isFree(found)) verified++;
        if (found === null) continue;
        if ("refused" in found) {
          if (found.arrival?.endableId !== undefined) others.push(this.#ended(found.arrival));
          continue;
        }
        others.push(new LoadedRecord(found.written, { loaded: found.state }, this.#backend));
      }
    }
    return others;
  }

  /** A session that is not read, and can be ended. */
  #ended(arrival: Partial<Arrival<State>>): LoadedRecord<State> {
    const written = { values: new Map(), flash: new Map(), created: 0, renewed: 0 };
    return new LoadedRecord(written, { ...arrival, loaded: null }, this.#backend);
  }

  #new(
    request: SessionRequest,
    arrival?: Partial<Arrival<State>>,
  ): MaybePromise<Session<Data>> {
    const { payload, policy, schema } = this.#parts;
    const now = policy.now();
    const written = { values: new Map(), flash: new Map(), created: now, renewed: now };
    if (schema === undefined) return this.#session(written, { ...arrival, loaded: null }, request);
    return schema.blank().then((defaults) => {
      const blank = valuesText(payload, defaults);
      // A schema may give the same default object to every visitor.
      const values = payload.parse(blank)?.values ?? defaults;
      return this.#session({ ...written, values }, { ...arrival, loaded: null, blank }, request);
    });
  }

  #refuse(
    { refused, arrival }: Refused<State>,
    request: SessionRequest,
  ): MaybePromise<Session<Data>> {
    this.#tell(refused, request);
    return this.#new(request, { ...arrival, rejected: refused });
  }

  /**
   * Calls `onReject`. If it throws, then the error is logged, and the visitor still gets a session.
   */
  #tell(reason: RefusalReason, request: SessionRequest): void {
    const { logger, options: { onReject } } = this.#parts;
    const failed = (error: unknown) => logger.error("onReject failed", error);
    try {
      const told: unknown = onReject?.(reason, request);
      if (told instanceof Promise) told.catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  /** Applies the limits, and then the checks that need a promise. */
  #admission(
    { written, state, stale }: Found<State>,
    request: SessionRequest,
  ): MaybePromise<Admission<State>> {
    const { lifetimes, policy, schema } = this.#parts;
    const refused = lifetimes.refusal(written, policy.now());
    if (refused !== null) return { refused };
    const arrival = { loaded: state, stale, leave: this.#leaving(request) };
    if (schema === undefined && this.#backend.judge === undefined) return { written, arrival };
    return this.#admit(written, arrival);
  }

  /** Checks whether the session was ended, and fits it to the schema. */
  async #admit(given: WrittenRecord, came: Arrival<State>): Promise<Admission<State>> {
    const { logger, schema } = this.#parts;
    const judged = await this.#backend.judge?.(given) ?? {};
    if ("refused" in judged) return judged;
    const written = judged.written ?? given;
    const arrival = { ...came, ...judged.arrival };
    const fitted = await schema?.read(written.values);
    if (fitted === null) return { refused: "schema" };
    const isAsLoaded = fitted === undefined && written === given && !arrival.takenOver;
    if (isAsLoaded) return { written, arrival };
    try {
      const fit = { ...written, values: fitted?.values ?? written.values };
      const loaded = this.#backend.stateOf(fit, arrival.loaded);
      // A schema may give the same default object, or part of one, to every visitor.
      fit.values = this.#backend.valuesOf(loaded) ?? fit.values;
      const stale = (arrival.stale ?? false) || (fitted?.migrated ?? false);
      return { written: fit, arrival: { ...arrival, loaded, stale } };
    } catch (error) {
      logger.error("A session cannot be written; its visitor gets a new one", error);
      return { refused: "schema" };
    }
  }

  async #takeOver(formerly: FormerSessions, request: SessionRequest): Promise<Session<Data>> {
    const { lifetimes, policy } = this.#parts;
    const former = await formerly.find(request);
    if (former === null) return this.#new(request);
    const { record, mark, leave } = former;
    const { created, description, ownerId, pendingUntil, userId } = record;
    const rememberFor = policy.canRemember ? record.rememberFor : undefined;
    // The other factory applied its idle limit. From now on the limits of this one apply.
    const now = policy.now();
    const refused = lifetimes.refusal({ created, renewed: now, rememberFor }, now);
    if (refused !== null) return this.#refuse({ refused }, request);
    // Ids and CSRF secrets are not taken over, because each format has its own.
    const values = new Map(record.values), flash = new Map(record.flash);
    const { renewed } = record;
    const whose = { userId, ownerId, pendingUntil };
    const written = { values, flash, created, renewed, ...whose, rememberFor, description };
    const isStill = async () => {
      const again = (await formerly.find(request))?.record;
      return again !== undefined && again.userId === userId && again.created === created;
    };
    const admission = await this.#admit(this.#backend.adopt?.(written) ?? written, {
      loaded: null,
      takenOver: true,
      origin: { mark, isStill },
      leave,
    });
    return this.#admitted(admission, request);
  }

  /**
   * Ends the session in the former cookie together with that of this factory, because it would sign
   * the visitor in again.
   */
  #leaving(request: SessionRequest): (() => Promise<readonly string[]>) | undefined {
    const { formerly } = this.#parts;
    return formerly === undefined ? undefined : () => formerly.leave(request);
  }

  #session(
    written: WrittenRecord,
    arrival: Arrival<State>,
    request: SessionRequest,
  ): Session<Data> {
    const record = new LoadedRecord(written, arrival, this.#backend);
    const { policy } = this.#parts;
    return new Session<Data>(record, policy, new RequestOptions(request, record, this.#parts));
  }
}

/** Whether a cookie cost nothing: it is malformed, or of a key that is not ours. */
function isFree<State>(found: Found<State> | Refused<State>): boolean {
  return "refused" in found &&
    (found.refused === "malformed" || found.refused === "unknown-key");
}

/**
 * Chooses the refusal that knows of a session under another id, because a sign-out can end that
 * session.
 */
function moreTelling<State>(
  before: Refused<State> | undefined,
  next: Refused<State>,
): Refused<State> {
  if (before === undefined) return next;
  return before.arrival === undefined && next.arrival !== undefined ? next : before;
}

/** Reads the request's headers only when an option is used. */
class RequestOptions extends LateSessionOptions {
  readonly #request: SessionRequest;
  readonly #record: LoadedRecord;
  readonly #parts: SessionParts;

  constructor(request: SessionRequest, record: LoadedRecord, parts: SessionParts) {
    super();
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

  get cells(): VisitorCells | undefined {
    const { cells } = this.#parts;
    if (cells === undefined) return undefined;
    return {
      open: async (...given) => {
        const make = await cells.get();
        this.#record.cells ??= make(this.#request);
        return await this.#record.cells.open(...given);
      },
    };
  }
}
