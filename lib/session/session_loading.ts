/**
 * From a request's cookie to its session.
 *
 * @module
 */

import { isPassive } from "../http/passive_request.ts";
import {
  type RefusalReason,
  Session,
  type SessionFactory,
  type SessionRequest,
  sessionState,
} from "../../session.ts";
import { CookieRecord } from "./cookie_record.ts";
import type { CookieSessionParts } from "./cookie_session_parts.ts";
import type { WrittenRecord } from "./payload.ts";
import { MAX_COOKIE_BYTES } from "./session_cookie.ts";

/** What only loading needs. */
export interface LoadingOptions<Data extends object> {
  /** Sessions under another name to take over. */
  readonly formerly: SessionFactory<Data> | undefined;
  /** Told why a cookie was refused. */
  readonly onReject: ((reason: RefusalReason, request: SessionRequest) => void) | undefined;
}

type MaybePromise<T> = T | Promise<T>;

const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Loads sessions: whatever a visitor sent gives one, if need be a new one. */
export class SessionLoading<Data extends object> {
  readonly #parts: CookieSessionParts;
  readonly #formerly: SessionFactory<Data> | undefined;
  readonly #onReject: LoadingOptions<Data>["onReject"];

  /** Takes the parts of the factory. */
  constructor(parts: CookieSessionParts, options: LoadingOptions<Data>) {
    this.#parts = parts;
    this.#formerly = options.formerly;
    this.#onReject = options.onReject;
  }

  /** Loads the session of a request. */
  load(request: SessionRequest): MaybePromise<Session<Data>> {
    const { codec, cookie } = this.#parts;
    const text = cookie.read(request.headers, request.origin);
    if (text === null) {
      return this.#formerly === undefined
        ? this.#new(request)
        : this.#takeOver(this.#formerly, request);
    }
    if (text.length > MAX_COOKIE_BYTES) return this.#refuse("malformed", request);
    return codec.decode(text).then((decoded) =>
      "refused" in decoded
        ? this.#refuse(decoded.refused, request)
        : this.#open(decoded.payload, decoded.stale, request)
    );
  }

  #new(request: SessionRequest): MaybePromise<Session<Data>> {
    const { schema } = this.#parts;
    return schema === undefined
      ? this.#newWith(new Map(), request)
      : schema.blank().then((values) => this.#newWith(values, request));
  }

  #newWith(values: Map<string, unknown>, request: SessionRequest): Session<Data> {
    const now = this.#parts.policy.now();
    const written = { values, flash: new Map(), created: now, renewed: now };
    return this.#session(new CookieRecord(written, { loaded: null }), request);
  }

  #refuse(reason: RefusalReason, request: SessionRequest): MaybePromise<Session<Data>> {
    this.#onReject?.(reason, request);
    return this.#new(request);
  }

  #open(
    payload: Uint8Array<ArrayBuffer>,
    stale: boolean,
    request: SessionRequest,
  ): MaybePromise<Session<Data>> {
    const { lifetimes, policy, schema, guard } = this.#parts;
    const read = this.#read(payload);
    if (read === null) return this.#refuse("malformed", request);
    const { written, text } = read;
    const reason = lifetimes.refusal(written, policy.now());
    if (reason !== null) return this.#refuse(reason, request);
    return schema === undefined && guard === undefined
      ? this.#session(new CookieRecord(written, { loaded: text, stale }), request)
      : this.#openChecked(written, text, stale, request);
  }

  async #openChecked(
    written: WrittenRecord,
    text: string,
    stale: boolean,
    request: SessionRequest,
  ): Promise<Session<Data>> {
    const { guard, payload, schema } = this.#parts;
    if (await guard?.isRevoked(written)) return this.#refuse("revoked", request);
    if (schema === undefined) {
      return this.#session(new CookieRecord(written, { loaded: text, stale }), request);
    }
    const fitted = await schema.read(written.values);
    if (fitted === null) return this.#refuse("schema", request);
    const fit = { ...written, values: fitted.values };
    const loaded = payload.stringify(fit, fit.renewed);
    const record = new CookieRecord(fit, { loaded, stale: stale || fitted.migrated });
    return this.#session(record, request);
  }

  #read(bytes: Uint8Array<ArrayBuffer>): { written: WrittenRecord; text: string } | null {
    const { payload } = this.#parts;
    try {
      const text = DECODER.decode(bytes);
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

  async #takeOver(
    formerly: SessionFactory<Data>,
    request: SessionRequest,
  ): Promise<Session<Data>> {
    const former = await formerly.load(request);
    if (former.isNew) return this.#new(request);
    const { values, flash, created, renewed, userId, rememberFor } = sessionState(former).record;
    // Ids and CSRF secrets stay behind: each format has its own.
    const written: WrittenRecord = { values, flash, created, renewed, userId, rememberFor };
    const fitted = await this.#parts.schema?.read(values);
    if (fitted === null) return this.#refuse("schema", request);
    if (fitted !== undefined) written.values = fitted.values;
    const leave = async (): Promise<readonly string[]> => {
      former.invalidate();
      const context = { mayRenew: false, byException: false };
      const outcome = await formerly.commit(former, request, context);
      return outcome.do === "nothing" ? [] : outcome.cookies;
    };
    return this.#session(new CookieRecord(written, { loaded: null, leave }), request);
  }

  #session(record: CookieRecord, request: SessionRequest): Session<Data> {
    return new Session<Data>(record, this.#parts.policy, { keepFlash: isPassive(request) });
  }
}
