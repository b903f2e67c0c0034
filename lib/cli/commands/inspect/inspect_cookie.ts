/**
 * Inspects a session cookie: its format, its contents, and whether an app would accept it.
 *
 * @module
 */

import type { RefusalReason, SessionCodec } from "../../../../session.ts";
import { MAX_COOKIE_BYTES } from "../../../http/cookies.ts";
import { bareCookieName } from "../../../session/cookie_attributes.ts";
import { checkSecrets } from "../../../session/crypto/secrets.ts";
import type { SessionKeySize } from "../../../session/errors.ts";
import { encryptedCodec } from "../../../session/formats/encrypted.ts";
import { NativePayload } from "../../../session/formats/native_payload.ts";
import type { Payload, WrittenRecord } from "../../../session/formats/payload.ts";
import { pyramidCodec } from "../../../session/formats/pyramid.ts";
import { PyramidPayload } from "../../../session/formats/pyramid_payload.ts";
import { signedCodec, storedKeyCodec } from "../../../session/formats/signed.ts";
import { Lifetimes } from "../../../session/lifetimes.ts";
import type { SessionStore } from "../../../session/stored/session_store.ts";
import { type RecognizedFormat, recognizeFormat } from "./inspect_format.ts";
import {
  inspectStored,
  type StoredInspection,
  type StoredKey,
  storedKeyIn,
} from "./inspect_stored.ts";

/** The options of the app that the inspection needs. */
export interface InspectionOptions {
  /** The secrets of the app, the newest first. The list is empty if they are unknown. */
  readonly secrets: readonly string[];
  /** The app's `timeout` in seconds. `null` sets no limit. Default: the default of the library. */
  readonly timeout?: number | null | undefined;
  /** The app's `lifetime` in seconds. `null` sets no limit. Default: the default of the library. */
  readonly lifetime?: number | null | undefined;
  /** The salt of a Pyramid app. Default: the default of Pyramid. */
  readonly salt?: string | undefined;
  /** The store of the app, to ask for the session of a cookie. Default: no store is asked. */
  readonly store?: Pick<SessionStore, "load"> | undefined;
  /** The time in milliseconds since 1970. */
  readonly now: number;
}

/** Whether an app would accept a cookie. */
export type CookieVerification =
  | {
    /** Unknown, because there is no secret to verify it with. */
    readonly state: "unverified";
  }
  | {
    /** The app would accept it. */
    readonly state: "valid";
    /** Whether an older secret signed it. The app would write it again with the newest. */
    readonly stale: boolean;
  }
  | {
    /** The app would reject it. */
    readonly state: "refused";
    /** The reason. */
    readonly reason: RefusalReason;
  };

/** The result of an inspection. */
export interface CookieInspection {
  /** The cookie's name. */
  readonly name: string;
  /** The format, and the parts that are readable without a secret. */
  readonly format: RecognizedFormat;
  /**
   * The kind of the payload. `opaque` means that it is not readable without the secret, or is not a
   * session.
   */
  readonly content: "session" | "stored session" | "stored id" | "opaque";
  /**
   * The beginning of the session and the time of its cookie, in milliseconds. `null` if they are
   * not readable.
   */
  readonly times: { readonly created: number; readonly renewed: number } | null;
  /** The seconds that the app gave to `remember()`. */
  readonly rememberFor: number | undefined;
  /** The size of each key in the payload. `null` if the payload is not readable. */
  readonly keys: readonly SessionKeySize[] | null;
  /** The values of the app's keys. */
  readonly values: ReadonlyMap<string, unknown>;
  /** The id of a stored session. Its secret is not shown. `null` for other cookies. */
  readonly id: string | null;
  /** What the store holds of it. `null` if no store was asked, or it holds nothing. */
  readonly stored: Pick<StoredInspection, "standing" | "expires" | "isSignedIn"> | null;
  /** Whether a store was asked. */
  readonly isStoreAsked: boolean;
  /** The size of name and value, in bytes. */
  readonly size: number;
  /** The largest cookie that browsers keep, in bytes. */
  readonly limit: number;
  /** Whether an app with these secrets would accept it. */
  readonly verification: CookieVerification;
  /**
   * The reason why an app would reject it because of its times. It does not depend on the
   * signature.
   */
  readonly over: RefusalReason | null;
  /** The error that the secrets would cause at start-up. It never contains a secret. */
  readonly weakness: string | null;
}

interface Opened {
  readonly verification: CookieVerification;
  readonly content: CookieInspection["content"];
  readonly payload: Uint8Array<ArrayBuffer> | null;
}

/**
 * Inspects a session cookie.
 *
 * @param name The cookie's name, with its prefix.
 * @param value The cookie's value.
 * @param options The secrets and the limits of the app.
 * @throws {TypeError} If a secret or the salt is not valid.
 * @throws {ConfigurationError} If the name or a limit is not valid.
 */
export async function inspectCookie(
  name: string,
  value: string,
  options: InspectionOptions,
): Promise<CookieInspection> {
  const bare = bareCookieName(name);
  const format = recognizeFormat(value);
  const limits = lifetimes(format, options);
  const opened = await open(format, bare, value, options);
  if (format.format === "stored") {
    const key = storedKeyIn(format.key);
    return {
      ...await storedParts(opened, key, limits, options),
      ...common(name, value, options),
      format,
      content: "stored session",
      id: key.id,
      isStoreAsked: options.store !== undefined,
    };
  }
  const kind = payloadKind(format, name);
  const record = opened.payload === null || opened.content === "stored id"
    ? null
    : read(kind, opened.payload);
  const over = record === null ? null : limits.refusal(record, options.now);
  return {
    ...common(name, value, options),
    format,
    content: record !== null ? "session" : opened.content,
    id: null,
    stored: null,
    isStoreAsked: false,
    times: record && { created: record.created, renewed: record.renewed },
    rememberFor: record?.rememberFor,
    keys: record && [...kind.keySizes(record)].sort((one, other) => other.bytes - one.bytes),
    values: record?.values ?? new Map(),
    verification: verdict(opened, record, over),
    over,
  };
}

function common(name: string, value: string, { secrets }: InspectionOptions) {
  const size = new TextEncoder().encode(name + value).length;
  return { name, size, limit: MAX_COOKIE_BYTES, weakness: weakness(secrets) };
}

/** What the store says of the session, if it was asked. */
async function storedParts(
  { verification }: Opened,
  key: StoredKey,
  limits: Lifetimes,
  { now, store }: InspectionOptions,
) {
  const stored = store === undefined ? null : await inspectStored(store, key, now);
  const { times = null, rememberFor, keys = null, values = new Map<string, unknown>() } = stored ??
    {};
  const over = times === null ? null : limits.refusal({ ...times, rememberFor }, now);
  const reason = store === undefined
    ? null
    : stored === null
    ? "gone"
    : stored.standing === "outdated" || stored.standing === "signed in lately"
    ? "revoked"
    : over;
  const isRefused = verification.state === "valid" && reason !== null;
  return {
    times,
    rememberFor,
    keys: keys && [...keys].sort((one, other) => other.bytes - one.bytes),
    values,
    over,
    stored,
    verification: isRefused ? { state: "refused", reason } as const : verification,
  };
}

/** The final result. An app also rejects a genuine cookie that has expired or is not readable. */
function verdict(
  { verification, content }: Opened,
  record: WrittenRecord | null,
  over: RefusalReason | null,
): CookieVerification {
  if (verification.state !== "valid" || content === "stored id") return verification;
  if (record === null) return { state: "refused", reason: "malformed" };
  return over === null ? verification : { state: "refused", reason: over };
}

async function open(
  format: RecognizedFormat,
  cookieName: string,
  value: string,
  options: InspectionOptions,
): Promise<Opened> {
  if (format.format === "unknown") return refused("malformed", null);
  const payload = format.format === "stored" ? null : format.payload;
  if (format.format !== "pyramid" && format.flags !== 0) return refused("malformed", payload);
  const [newest, ...older] = options.secrets;
  if (newest === undefined) {
    return { verification: { state: "unverified" }, content: "opaque", payload };
  }
  let first: Opened | undefined;
  for (const [content, codec] of codecs(format, cookieName, [newest, ...older], options)) {
    const decoded = await codec.decode(value);
    if ("payload" in decoded) {
      const { payload, stale } = decoded;
      return { verification: { state: "valid", stale }, content, payload };
    }
    first ??= refused(decoded.refused, payload);
  }
  return first ?? refused("malformed", payload);
}

function refused(reason: RefusalReason, payload: Opened["payload"]): Opened {
  return { verification: { state: "refused", reason }, content: "opaque", payload };
}

function codecs(
  format: Exclude<RecognizedFormat, { format: "unknown" }>,
  cookieName: string,
  secrets: readonly [string, ...string[]],
  { salt }: InspectionOptions,
): [content: Opened["content"], codec: SessionCodec][] {
  // Reading with a weak secret is safe. `weakness` reports it beside the result.
  const weak = { insecureAllowWeakSecret: true };
  switch (format.format) {
    case "signed":
      return [
        ["opaque", signedCodec(secrets, { ...weak, cookieName })],
        ["stored id", signedCodec(secrets, { ...weak, cookieName, purpose: "stored" })],
      ];
    case "stored":
      return [["stored session", storedKeyCodec(secrets, { ...weak, cookieName })]];
    case "encrypted":
      return [["opaque", encryptedCodec(secrets, { ...weak, cookieName })]];
    case "pyramid": {
      const salted = salt === undefined ? {} : { salt };
      return [["opaque", pyramidCodec(secrets, { ...weak, ...salted, hash: format.hash })]];
    }
  }
}

function payloadKind({ format }: RecognizedFormat, name: string): Payload {
  return format === "pyramid"
    ? new PyramidPayload({ name, lengthOf: (bytes) => bytes })
    : new NativePayload();
}

function read(kind: Payload, bytes: Uint8Array<ArrayBuffer>): WrittenRecord | null {
  try {
    return kind.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return null;
  }
}

function lifetimes(
  { format }: RecognizedFormat,
  { timeout, lifetime }: InspectionOptions,
): Lifetimes {
  const idle = timeout === undefined ? {} : { timeout };
  // Pyramid's cookies have no absolute lifetime, and may be issued in the future.
  if (format === "pyramid") return new Lifetimes({ ...idle, lifetime: null }, Infinity);
  return new Lifetimes({ ...idle, ...(lifetime === undefined ? {} : { lifetime }) });
}

function weakness(secrets: readonly string[]): string | null {
  const [newest, ...older] = secrets;
  if (newest === undefined) return null;
  try {
    checkSecrets([newest, ...older]);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
