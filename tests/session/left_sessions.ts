/**
 * Sessions as an earlier time left them, and what became of them: the same for every kind.
 *
 * @module
 */

import { encryptedCodec, signedCodec } from "@pyramidion/pyramidion";
import type { SessionStore } from "@pyramidion/pyramidion/stores";
import { platformRandomBytes } from "../../lib/session/crypto/bytes.ts";
import { NativePayload } from "../../lib/session/formats/native_payload.ts";
import { storedKeyCodec } from "../../lib/session/formats/signed.ts";
import { readTexts, textsOf } from "../../lib/session/stored/record_texts.ts";
import { headText, readHead } from "../../lib/session/stored/stored_head.ts";
import { keyOf, makeKey, verifyKey, writeKey } from "../../lib/session/stored/stored_token.ts";

/** The stores behind factories of stored sessions. */
export const STORES = new WeakMap<object, SessionStore>();

/** Long after every limit: the times of the session itself decide. */
const FAR = Date.UTC(9999, 0, 1);
const PAYLOAD = new NativePayload();

/** Leaves sessions with one factory, and looks at them. */
export class LeftSessions {
  readonly #secret: string;
  readonly #kind: string;
  readonly #store: SessionStore | undefined;
  readonly #left = new Map<string, string>();

  /** Takes the secret, the kind, and the factory of the kind. */
  constructor(secret: string, kind: string, factory: object) {
    this.#secret = secret;
    this.#kind = kind;
    this.#store = STORES.get(factory);
  }

  /**
   * Leaves a session, and gives its cookie.
   *
   * @param payload `[renewed, created, values, extra]` as signed cookies have it.
   */
  async leave(payload: string): Promise<string> {
    const text = this.#store === undefined
      ? await this.#codec().encode(new TextEncoder().encode(payload))
      : await this.#keep(this.#store, payload);
    this.#left.set(text, payload);
    return text;
  }

  async #keep(store: SessionStore, payload: string): Promise<string> {
    const [renewed, created, values, extra = {}] = JSON.parse(payload);
    const key = makeKey(platformRandomBytes);
    const head = headText({
      created,
      rememberFor: extra.life,
      stamp: undefined,
      description: undefined,
      hash: key.hash,
      previous: [],
    });
    const record = {
      values: new Map<string, unknown>(Object.entries(values)),
      flash: new Map<string, unknown[]>(Object.entries(extra.flash ?? {})),
      csrfToken: extra.csrf,
    };
    let tag = 0;
    const texts = textsOf(record, {
      payload: PAYLOAD,
      before: undefined,
      makeTag: () => `t${tag++}`,
    });
    const kept = { head, renewed, expires: FAR, account: extra.user ?? null, values: texts };
    await store.create(key.id, kept, 0);
    return await writeKey(storedKeyCodec(this.#secret, { cookieName: "session" }), key);
  }

  /**
   * What a request made of a session that was left, as a payload. `null` if it stayed as it was.
   *
   * @param text The cookie with which the request came, its value or a pair.
   * @param cookies The cookies that it got.
   */
  async after(text: string, cookies: readonly string[]): Promise<string | null> {
    const sent = /=([^;]*)/.exec(cookies[0] ?? "")?.[1];
    if (this.#store === undefined) {
      if (sent === undefined) return null;
      const decoded = await this.#codec().decode(sent);
      return "payload" in decoded ? new TextDecoder().decode(decoded.payload) : decoded.refused;
    }
    const came = text.replace(/^.*=/, "");
    const found = await this.#payloadIn(this.#store, sent ?? came);
    return found === this.#left.get(came) ? null : found;
  }

  async #payloadIn(store: SessionStore, text: string): Promise<string> {
    const codec = storedKeyCodec(this.#secret, { cookieName: "session" });
    const verified = await verifyKey(codec, text);
    if ("refused" in verified) return verified.refused;
    const { id } = keyOf(verified.payload);
    const record = await store.load(id, 0);
    const head = record === null ? null : readHead(record.head);
    if (record === null || head === null) return "gone";
    const { values, flash, csrfToken } = readTexts(id, record.values, PAYLOAD);
    const { renewed, account } = record;
    const { created, rememberFor } = head;
    return PAYLOAD.stringify({
      values,
      flash,
      csrfToken,
      created,
      renewed,
      rememberFor,
      userId: account ?? undefined,
    }, renewed);
  }

  #codec() {
    return this.#kind === "encrypted" ? encryptedCodec(this.#secret) : signedCodec(this.#secret);
  }
}
