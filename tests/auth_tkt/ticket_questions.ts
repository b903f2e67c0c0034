/**
 * The same questions about tickets to real Pyramid and to us.
 *
 * @module
 */

import { Configurator, html } from "@pyramidion/pyramidion";
import {
  type AuthTktCookies,
  authTktCookies,
  type AuthTktOptions,
  type TicketHash,
  type UserId,
} from "@pyramidion/pyramidion/auth-tkt";

/** The options of Pyramid's `AuthTktCookieHelper`. */
export interface HelperOptions {
  readonly secret: string;
  readonly hashalg?: string;
  readonly cookie_name?: string;
  readonly secure?: boolean;
  readonly http_only?: boolean;
  readonly samesite?: "Strict" | "Lax" | "None";
  readonly path?: string;
  readonly max_age?: number;
  readonly include_ip?: boolean;
  readonly wild_domain?: boolean;
  readonly parent_domain?: boolean;
  readonly timeout?: number;
  readonly reissue_time?: number;
}

/** A user id with the name of its type in Python. */
export type PythonId = readonly [type: "int" | "str" | "bytes", text: string];

/** A question: write a ticket, or read a `Cookie` header. */
export interface Question {
  readonly options: HelperOptions;
  /** The time in seconds. */
  readonly now: number;
  readonly ip?: string;
  readonly host?: string;
  readonly write?: { readonly userid: PythonId; readonly tokens?: readonly string[] };
  readonly read?: string;
}

/** What a ticket is read as. */
export interface Identified {
  readonly userid: PythonId;
  readonly tokens: readonly string[];
  readonly timestamp: number;
  readonly userdata: string;
  readonly reissued: readonly string[];
}

/** Asks real Pyramid, everything in one go. */
export async function askPyramid(questions: readonly Question[]): Promise<unknown[]> {
  const script = new URL("pyramid_tickets.py", import.meta.url).pathname;
  const child = new Deno.Command("/usr/bin/python3", {
    args: ["-W", "ignore", script],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdin = new Blob([JSON.stringify(questions)]).stream();
  const [{ success, stdout, stderr }] = await Promise.all([
    child.output(),
    stdin.pipeTo(child.stdin),
  ]);
  const decoder = new TextDecoder();
  if (!success) throw new Error(`Pyramid failed: ${decoder.decode(stderr)}`);
  return JSON.parse(decoder.decode(stdout));
}

const HASHES: Readonly<Record<string, TicketHash>> = {
  sha256: "SHA-256",
  sha384: "SHA-384",
  sha512: "SHA-512",
};

/** Our options that say what Pyramid's say, with Pyramid's defaults. */
export function optionsAs(options: HelperOptions): AuthTktOptions {
  const { cookie_name, path, max_age, samesite } = options;
  return {
    hash: HASHES[options.hashalg ?? "sha512"] ?? "SHA-512",
    secure: options.secure ?? false,
    httpOnly: options.http_only ?? false,
    wildDomain: options.wild_domain ?? true,
    parentDomain: options.parent_domain ?? false,
    includeIp: options.include_ip ?? false,
    timeout: options.timeout ?? null,
    reissueTime: options.reissue_time ?? null,
    ...(cookie_name === undefined ? {} : { cookieName: cookie_name }),
    ...(path === undefined ? {} : { path }),
    ...(max_age === undefined ? {} : { maxAge: max_age }),
    ...(samesite === undefined ? {} : { sameSite: samesite }),
  };
}

/** Answers a question as `pyramid_tickets.py` does. */
export async function askUs(question: Question): Promise<string[] | Identified | null> {
  const { options, now, ip = "127.0.0.1", host = "app.test", write, read } = question;
  const tickets = authTktCookies(options.secret, {
    ...optionsAs(options),
    clock: () => now * 1000,
  });
  let identified: Identified | null = null;
  const app = new Configurator().addRoute("x", "/", {
    view: async (request) => {
      if (write !== undefined) {
        await tickets.remember(request, userIdOf(write.userid), { tokens: write.tokens ?? [] });
      } else identified = await identifiedBy(tickets, request);
      return html``;
    },
  }).makeApp();
  const { headers } = await app.fetch(
    new Request(`https://${host}/`, read === undefined ? {} : { headers: { cookie: read } }),
    { remoteAddr: { transport: "tcp", hostname: ip, port: 1 }, completed: Promise.resolve() },
  );
  const cookies = headers.getSetCookie();
  if (write !== undefined) return cookies;
  return identified === null ? null : { ...identified as Identified, reissued: cookies };
}

async function identifiedBy(
  tickets: AuthTktCookies,
  request: Parameters<AuthTktCookies["identify"]>[0],
): Promise<Identified | null> {
  const identity = await tickets.identify(request);
  return identity && {
    userid: pythonId(identity.userId),
    tokens: identity.tokens,
    timestamp: identity.timestamp / 1000,
    userdata: identity.userData,
    reissued: [],
  };
}

/** A user id of ours. */
export function userIdOf([type, text]: PythonId): UserId {
  if (type === "str") return text;
  if (type === "bytes") return Uint8Array.fromHex(text);
  return Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text);
}

function pythonId(userId: UserId): PythonId {
  if (typeof userId === "string") return ["str", userId];
  if (userId instanceof Uint8Array) return ["bytes", userId.toHex()];
  return ["int", String(userId)];
}

/** Name and value of a `Set-Cookie` header, as a `Cookie` header has them. */
export function pairOf(setCookie: string): string {
  return setCookie.slice(0, setCookie.indexOf(";"));
}

/** The attributes of a `Set-Cookie` header, without the date that says `Max-Age` again. */
export function attributesOf(setCookie: string): string[] {
  const [, ...attributes] = setCookie.split("; ");
  return attributes.map((one) => one === "secure" ? "Secure" : one)
    .filter((one) => !/^expires=/i.test(one)).sort();
}
