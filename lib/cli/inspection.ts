/**
 * What a session cookie says, and whether it is to be believed.
 *
 * @module
 */

import type { RefusalReason, SessionCodec } from "../../session.ts";
import { Lifetimes } from "../session/lifetimes.ts";
import { NativePayload } from "../session/native_payload.ts";
import type { Payload, WrittenRecord } from "../session/payload.ts";
import { pyramidCodec } from "../session/pyramid_codec.ts";
import { PyramidPayload } from "../session/pyramid_payload.ts";
import { sealedCodec } from "../session/sealed_codec.ts";
import { checkSecrets } from "../session/secrets.ts";
import { bareCookieName, MAX_COOKIE_BYTES } from "../session/session_cookie.ts";
import type { SessionKeySize } from "../session/session_too_large_error.ts";
import { signedCodec } from "../session/signed_codec.ts";
import { type CookieFormat, cookieFormat } from "./cookie_format.ts";

/** How a cookie is inspected. */
export interface InspectionOptions {
  /** The secrets of the app, the newest first; empty where they are not known. */
  readonly secrets: readonly string[];
  /** The app's `timeout` in seconds; `null`: none. Default: the library's. */
  readonly timeout?: number | null;
  /** The app's `lifetime` in seconds; `null`: none. Default: the library's. */
  readonly lifetime?: number | null;
  /** The salt of a Pyramid app. Default: Pyramid's. */
  readonly salt?: string;
  /** The time in milliseconds. */
  readonly now: number;
}

/** What can be said of whether an app would take a cookie. */
export type Verification =
  | {
    /** Nobody knows: there is no secret to check it by. */
    readonly state: "unverified";
  }
  | {
    /** The app would take it. */
    readonly state: "valid";
    /** Whether an older secret signed it, so that it is due to be written anew. */
    readonly stale: boolean;
  }
  | {
    /** The app would not take it. */
    readonly state: "refused";
    /** Why not. */
    readonly reason: RefusalReason;
  };

/** What a session cookie says. */
export interface CookieInspection {
  /** The cookie's name. */
  readonly name: string;
  /** The format, with what stands openly in it. */
  readonly format: CookieFormat;
  /** What the payload is. `opaque`: it cannot be read without its secret, or not as a session. */
  readonly content: "session" | "stored id" | "opaque";
  /** When the session began and when its cookie was issued, in milliseconds; `null` where they cannot be read. */
  readonly times: { readonly created: number; readonly renewed: number } | null;
  /** Seconds asked for by `remember()`. */
  readonly rememberFor: number | undefined;
  /** What each key takes of the payload; `null` where it cannot be read. */
  readonly keys: readonly SessionKeySize[] | null;
  /** The values of the app's keys. */
  readonly values: ReadonlyMap<string, unknown>;
  /** Bytes of name and value. */
  readonly size: number;
  /** The most that browsers keep, in bytes. */
  readonly limit: number;
  /** Whether an app with these secrets would take it. */
  readonly verification: Verification;
  /** Why the session would be over by what it says of its times, whoever wrote it. */
  readonly over: RefusalReason | null;
  /** What is wrong with the secrets, which an app would refuse; never a secret itself. */
  readonly weakness: string | null;
}

interface Opened {
  readonly verification: Verification;
  readonly content: CookieInspection["content"];
  readonly payload: Uint8Array<ArrayBuffer> | null;
}

/**
 * Takes a session cookie apart.
 *
 * @param name The cookie's name, with its prefix where it has one.
 * @param value The cookie's value.
 * @param options Secrets and limits of the app.
 * @throws {TypeError} If a secret or the salt is none.
 * @throws {ConfigurationError} If the name is none, or the limits are none.
 */
export async function inspectCookie(
  name: string,
  value: string,
  options: InspectionOptions,
): Promise<CookieInspection> {
  const bare = bareCookieName(name);
  const format = cookieFormat(value);
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

/** A cookie that verifies, and is over or cannot be read, is refused even so. */
function verdict(
  { verification, content }: Opened,
  record: WrittenRecord | null,
  over: RefusalReason | null,
): Verification {
  if (verification.state !== "valid" || content === "stored id") return verification;
  if (record === null) return { state: "refused", reason: "malformed" };
  return over === null ? verification : { state: "refused", reason: over };
}

async function open(
  format: CookieFormat,
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
  format: Exclude<CookieFormat, { format: "unknown" }>,
  cookieName: string,
  secrets: readonly [string, ...string[]],
  { salt }: InspectionOptions,
): [content: Opened["content"], codec: SessionCodec][] {
  // Only read here: whether an app would take such secrets is said beside it.
  const weak = { insecureAllowWeakSecret: true };
  switch (format.format) {
    case "signed":
      return [
        ["opaque", signedCodec(secrets, { ...weak, cookieName })],
        ["stored id", signedCodec(secrets, { ...weak, cookieName, purpose: "stored" })],
      ];
    case "sealed":
      return [["opaque", sealedCodec(secrets, { ...weak, cookieName })]];
    case "pyramid": {
      const salted = salt === undefined ? {} : { salt };
      return [["opaque", pyramidCodec(secrets, { ...weak, ...salted, hash: format.hash })]];
    }
  }
}

function payloadKind({ format }: CookieFormat, name: string): Payload {
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
  { format }: CookieFormat,
  { timeout, lifetime }: InspectionOptions,
): Lifetimes {
  const idle = timeout === undefined ? {} : { timeout };
  // Pyramid's cookies have no absolute lifetime, and may come from the future.
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
