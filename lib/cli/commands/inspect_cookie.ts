/**
 * Inspects a session cookie: its format, what it holds, and whether an app would accept it.
 *
 * @module
 */

import type { RefusalReason, SessionCodec } from "../../../session.ts";
import { MAX_COOKIE_BYTES } from "../../http/cookies.ts";
import { bareCookieName } from "../../session/cookie_attributes.ts";
import { GCM_NONCE_LENGTH, GCM_TAG_LENGTH, PADDING_BLOCK } from "../../session/crypto/aes_gcm.ts";
import { decodeBase64url, MAX_TEXT_LENGTH } from "../../session/crypto/bytes.ts";
import { HMAC_TAG_LENGTH } from "../../session/crypto/hmac.ts";
import { checkSecrets } from "../../session/crypto/secrets.ts";
import type { SessionKeySize } from "../../session/errors.ts";
import { encryptedCodec } from "../../session/formats/encrypted.ts";
import { NativePayload } from "../../session/formats/native_payload.ts";
import { HEADER_LENGTH } from "../../session/formats/native_token.ts";
import type { Payload, WrittenRecord } from "../../session/formats/payload.ts";
import { pyramidCodec, type PyramidCodecOptions } from "../../session/formats/pyramid.ts";
import { PyramidPayload } from "../../session/formats/pyramid_payload.ts";
import { signedCodec } from "../../session/formats/signed.ts";
import { Lifetimes } from "../../session/lifetimes.ts";

/** How a cookie is inspected. */
export interface InspectionOptions {
  /** The secrets of the app, the newest first; empty where they are unknown. */
  readonly secrets: readonly string[];
  /** The app's `timeout` in seconds; `null`: none. Default: the library's. */
  readonly timeout?: number | null | undefined;
  /** The app's `lifetime` in seconds; `null`: none. Default: the library's. */
  readonly lifetime?: number | null | undefined;
  /** The salt of a Pyramid app. Default: Pyramid's. */
  readonly salt?: string | undefined;
  /** The time in milliseconds. */
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
    /** The app would refuse it. */
    readonly state: "refused";
    /** Why not. */
    readonly reason: RefusalReason;
  };

/** What a session cookie holds. */
export interface CookieInspection {
  /** The cookie's name. */
  readonly name: string;
  /** The format, and what is readable without a secret. */
  readonly format: RecognizedFormat;
  /** What the payload is. `opaque`: it needs its secret to be read, or it is no session. */
  readonly content: "session" | "stored id" | "opaque";
  /** When the session began and when its cookie was issued, in milliseconds; `null` if unreadable. */
  readonly times: { readonly created: number; readonly renewed: number } | null;
  /** Seconds asked for by `remember()`. */
  readonly rememberFor: number | undefined;
  /** The size of each key in the payload; `null` if unreadable. */
  readonly keys: readonly SessionKeySize[] | null;
  /** The values of the app's keys. */
  readonly values: ReadonlyMap<string, unknown>;
  /** Bytes of name and value. */
  readonly size: number;
  /** The most that browsers keep, in bytes. */
  readonly limit: number;
  /** Whether an app with these secrets would accept it. */
  readonly verification: CookieVerification;
  /** Why its own times would make an app refuse it, whether or not it is genuine. */
  readonly over: RefusalReason | null;
  /** Why an app would refuse the secrets; never a secret itself. */
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
 * @param name The cookie's name, with its prefix where it has one.
 * @param value The cookie's value.
 * @param options Secrets and limits of the app.
 * @throws {TypeError} If a secret or the salt cannot be used.
 * @throws {ConfigurationError} If the name or a limit cannot be used.
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
  const kind = payloadKind(format, name);
  const record = opened.payload === null || opened.content === "stored id"
    ? null
    : read(kind, opened.payload);
  const over = record === null ? null : limits.refusal(record, options.now);
  return {
    name,
    format,
    content: record !== null ? "session" : opened.content,
    times: record && { created: record.created, renewed: record.renewed },
    rememberFor: record?.rememberFor,
    keys: record && [...kind.keySizes(record)].sort((one, other) => other.bytes - one.bytes),
    values: record?.values ?? new Map(),
    size: new TextEncoder().encode(name + value).length,
    limit: MAX_COOKIE_BYTES,
    verification: verdict(opened, record, over),
    over,
    weakness: weakness(options.secrets),
  };
}

/** An app also refuses a genuine cookie that is over or cannot be read. */
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
  const { payload } = format;
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

/** The hash of a Pyramid cookie. */
export type PyramidHash = NonNullable<PyramidCodecOptions["hash"]>;

/** The format of a cookie, and what is readable without a secret. */
export type RecognizedFormat =
  | {
    /** Our formats 1 and 2. */
    readonly format: "signed" | "encrypted";
    /** The first byte. */
    readonly version: number;
    /** The second byte, in which no bit has a meaning yet. */
    readonly flags: number;
    /** Which key: four bytes that are derived from its secret, in hexadecimal. */
    readonly keyId: string;
    /** The payload of a signed cookie, which is not encrypted; `null` for an encrypted one. */
    readonly payload: Uint8Array<ArrayBuffer> | null;
  }
  | {
    /** Pyramid's `SignedCookieSessionFactory`. */
    readonly format: "pyramid";
    /** The hash, found by the length of what stands before the payload. */
    readonly hash: PyramidHash;
    /** The payload. */
    readonly payload: Uint8Array<ArrayBuffer>;
  }
  | {
    /** No known format. */
    readonly format: "unknown";
    /** Why not. */
    readonly because: string;
  };

const SIGNED = 1;
const ENCRYPTED = 2;
const PAYLOAD = /^\[\d+(?:\.\d+)?(?:e[+-]?\d+)?, ?\d+(?:\.\d+)?(?:e[+-]?\d+)?, ?\{/;

/**
 * Recognizes the format of a cookie's value.
 *
 * @param value Any text.
 */
export function recognizeFormat(value: string): RecognizedFormat {
  const token = value === "" ? null : decodeBase64url(value);
  if (token === null) return { format: "unknown", because: whyNotBase64url(value) };
  return nativeFormat(token) ?? pyramidFormat(token) ?? {
    format: "unknown",
    because: "it begins like none of the formats, or is too short for the one that it begins like",
  };
}

function nativeFormat(token: Uint8Array<ArrayBuffer>): RecognizedFormat | null {
  const [version, flags] = token;
  if (version === undefined || flags === undefined) return null;
  const keyId = token.subarray(2, HEADER_LENGTH).toHex();
  if (version === SIGNED && token.length >= HEADER_LENGTH + HMAC_TAG_LENGTH["SHA-256"]) {
    // One of Pyramid's tags may begin with our version. The payload decides.
    const pyramid = pyramidFormat(token);
    const payload = token.slice(HEADER_LENGTH, -HMAC_TAG_LENGTH["SHA-256"]);
    if (pyramid !== null && !isPayload(payload)) return pyramid;
    return { format: "signed", version, flags, keyId, payload };
  }
  const encrypted = token.length - HEADER_LENGTH - GCM_NONCE_LENGTH - GCM_TAG_LENGTH;
  if (version === ENCRYPTED && encrypted >= PADDING_BLOCK && encrypted % PADDING_BLOCK === 0) {
    return pyramidFormat(token) ?? { format: "encrypted", version, flags, keyId, payload: null };
  }
  return null;
}

function pyramidFormat(token: Uint8Array<ArrayBuffer>): RecognizedFormat | null {
  const hashes: readonly PyramidHash[] = ["SHA-512", "SHA-384", "SHA-256", "SHA-1"];
  for (const hash of hashes) {
    const payload = token.slice(HMAC_TAG_LENGTH[hash]);
    if (isPayload(payload)) return { format: "pyramid", hash, payload };
  }
  return null;
}

/** Whether it is `[renewed, created, {…}` as JSON writes it, ours or Python's. */
function isPayload(bytes: Uint8Array<ArrayBuffer>): boolean {
  try {
    return PAYLOAD.test(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return false;
  }
}

function whyNotBase64url(value: string): string {
  if (value === "") return "it is empty";
  if (value.length > MAX_TEXT_LENGTH) {
    return `it has ${value.length} characters, and none of the formats more than ${MAX_TEXT_LENGTH}`;
  }
  const odd = /[^A-Za-z0-9_-]/u.exec(value)?.[0];
  if (odd === "=") return 'it ends in "=", which none of the formats has';
  if (odd !== undefined) return `"${odd}" is no character of base64url`;
  return "it is cut off, or changed at its end";
}
