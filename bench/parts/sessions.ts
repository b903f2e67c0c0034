/**
 * Sessions in this process: reading and writing through the factory, against bare SubtleCrypto over
 * the same bytes.
 *
 * @module
 */

import {
  encryptedCookieSessionFactory,
  pyramidCookieSessionFactory,
  type Session,
  type SessionFactory,
  signedCookieSessionFactory,
} from "../../mod.ts";
import type { SessionRequest } from "../../types.ts";
import { type Contender, interleave, type Turns } from "../measure/interleaved.ts";
import { SECRET, stateOf } from "../payload.ts";
import { type Effort, figure, ratio, type Result, type Table } from "../result.ts";
import { progress } from "../say.ts";
import { median, pairedRatio } from "../statistics.ts";
import { measureShares, shareTable } from "./request_share.ts";

type Values = Record<string, unknown>;

const ORIGIN = "http://127.0.0.1:8000";
const NOTHING_REMEMBERED = { verifiedCookies: 0, cookieName: "session" };
const CONTEXT = { mayRenew: true, byException: false };
/** More visitors than any factory remembers. */
const VISITORS = 12_000;

/** Contenders that take turns. Each is divided by the last bare one above it. */
interface Group {
  readonly id: string;
  readonly title: string;
  readonly contenders: readonly Contender[];
}

/** Measures sessions. */
export async function measureSessions(effort: Effort): Promise<Result> {
  // First, while the code has seen nothing but this, as in a server.
  progress("sessions: our own share of a request");
  const shares = await measureShares(effort);
  const turns = effort.quick
    ? { rounds: 3, milliseconds: 20, warmUp: 300 }
    : { rounds: 15, milliseconds: 60, warmUp: 1500 };
  const groups = [await readGroup(), await writeGroup(), await sizeGroup()];
  const measured: { group: Group; samples: Map<string, number[]> }[] = [];
  for (const group of groups) measured.push({ group, samples: await measure(group, turns) });
  return {
    tables: [...measured.map(({ group, samples }) => tableOf(group, samples)), shareTable(shares)],
    targets: [{
      what: "our own share of a request (`/hello`, in this process, above hand-written)",
      measured: shares.hello.ours - shares.hello.hand,
      unit: "µs",
      must: "at most",
      limit: 1,
    }],
    samples: {
      shares,
      ...Object.fromEntries(
        measured.map(({ group, samples }) => [group.id, Object.fromEntries(samples)]),
      ),
    },
  };
}

async function measure({ id, contenders }: Group, turns: Turns): Promise<Map<string, number[]>> {
  progress(`sessions: ${id}`);
  return await interleave(contenders, turns);
}

function tableOf({ id, title, contenders }: Group, samples: Map<string, number[]>): Table {
  let bare: readonly number[] = [];
  const rows = contenders.map(({ name }) => {
    const taken = samples.get(name) ?? [];
    if (name.includes("bare")) bare = taken;
    return [name, figure(median(taken) / 1000), ratio(pairedRatio(bare, taken))];
  });
  return { id, columns: [title, "µs", "× bare"], rows };
}

/** A request with a session's cookie, or without. */
export function requestWith(cookie: string | null): SessionRequest {
  const init = cookie === null ? {} : { headers: { cookie } };
  const raw = new Request(`${ORIGIN}/read`, init);
  return { raw, method: "GET", headers: raw.headers, origin: ORIGIN };
}

/** The cookie of a new session of a state, by name and text. */
export async function cookieFor(factory: SessionFactory<Values>, state: Values): Promise<string> {
  const request = requestWith(null);
  const session = await factory.load(request);
  session.update(state);
  const outcome = await factory.commit(session, request, CONTEXT);
  const cookie = outcome.do === "write" ? outcome.cookies[0]?.split(";", 1)[0] : undefined;
  if (cookie === undefined) throw new Error("A new session gave no cookie");
  return cookie;
}

/** Load, look at one key, commit: what a request that reads does. */
async function readOnce(factory: SessionFactory<Values>, request: SessionRequest): Promise<void> {
  const session = await loaded(factory, request);
  session.get("user");
  const outcome = factory.commit(session, request, CONTEXT);
  if (outcome instanceof Promise) await outcome;
}

async function loaded(
  factory: SessionFactory<Values>,
  request: SessionRequest,
): Promise<Session<Values>> {
  const session = factory.load(request);
  return session instanceof Promise ? await session : session;
}

/** Loads, looks at one key and commits, request after request. */
export function reader(
  name: string,
  factory: SessionFactory<Values>,
  requests: readonly SessionRequest[],
): Contender {
  let at = 0;
  return {
    name,
    async run(times) {
      for (let time = 0; time < times; time++) {
        const request = requests[at++ % requests.length];
        if (request !== undefined) await readOnce(factory, request);
      }
    },
  };
}

/** So many at a time. */
export function atOnce(name: string, once: () => Promise<unknown>, concurrency: number): Contender {
  return {
    name,
    async run(times) {
      let left = times;
      const lane = async (): Promise<void> => {
        while (left-- > 0) await once();
      };
      await Promise.all(Array.from({ length: concurrency }, lane));
    },
  };
}

/** What SubtleCrypto alone costs for the bytes of a cookie, under a key that is there. */
interface BareOperations {
  readonly verify: () => Promise<unknown>;
  readonly sign: () => Promise<unknown>;
  /** One after the other. */
  readonly both: () => Promise<unknown>;
}

async function bareOperations(cookie: string): Promise<BareOperations> {
  const token = Uint8Array.fromBase64(cookie.slice(cookie.indexOf("=") + 1), {
    alphabet: "base64url",
  });
  const key = await hmacKey();
  const signed = token.slice(0, -32);
  const tag = new Uint8Array(await crypto.subtle.sign("HMAC", key, signed));
  const verify = (): Promise<unknown> => crypto.subtle.verify("HMAC", key, tag, signed);
  const sign = (): Promise<unknown> => crypto.subtle.sign("HMAC", key, signed);
  const both = async (): Promise<void> => {
    await verify();
    await sign();
  };
  return { verify, sign, both };
}

function hmacKey(): Promise<CryptoKey> {
  const secret = new TextEncoder().encode(SECRET);
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  return crypto.subtle.importKey("raw", secret, algorithm, false, ["sign", "verify"]);
}

async function readGroup(): Promise<Group> {
  const shipped = signedCookieSessionFactory<Values>(SECRET);
  const verifying = signedCookieSessionFactory<Values>(SECRET, NOTHING_REMEMBERED);
  const encrypted = encryptedCookieSessionFactory<Values>(SECRET);
  const pyramid = pyramidCookieSessionFactory<Values>(SECRET, NOTHING_REMEMBERED);
  const cookie = await cookieFor(shipped, stateOf(7));
  const request = requestWith(cookie);
  const { verify } = await bareOperations(cookie);
  const distinct: SessionRequest[] = [];
  for (let visitor = 0; visitor < VISITORS; visitor++) {
    distinct.push(requestWith(await cookieFor(shipped, stateOf(visitor))));
  }
  const forged = requestWith(`${cookie.slice(0, -6)}AAAAAA`);
  const oversized = requestWith(`session=${"A".repeat(5000)}`);
  const encryptedRequest = requestWith(await cookieFor(encrypted, stateOf(7)));
  const pyramidRequest = requestWith(await cookieFor(pyramid, stateOf(7)));
  return {
    id: "sessions-read",
    title: "reading",
    contenders: [
      atOnce("bare `subtle.verify` of the same bytes", verify, 1),
      reader("signed, one cookie", shipped, [request]),
      reader("signed, one cookie, nothing remembered", verifying, [request]),
      reader("signed, cookies first seen", shipped, distinct),
      ...[2, 4, 16].map((secrets) =>
        reader(
          `signed, ${secrets} secrets, nothing remembered`,
          signedCookieSessionFactory<Values>(secretsOf(secrets), NOTHING_REMEMBERED),
          [request],
        )
      ),
      reader("signed, forged", shipped, [forged]),
      reader("signed, 5,000 characters", shipped, [oversized]),
      reader("signed, no cookie", shipped, [requestWith(null)]),
      reader("encrypted", encrypted, [encryptedRequest]),
      reader("Pyramid's format, nothing remembered", pyramid, [pyramidRequest]),
      atOnce("bare `subtle.verify`, 32 at a time", verify, 32),
      atOnce("signed, nothing remembered, 32 at a time", () => readOnce(verifying, request), 32),
      atOnce("signed, one cookie, 32 at a time", () => readOnce(shipped, request), 32),
    ],
  };
}

/** So many secrets; the newest is the one that all cookies are signed by. */
function secretsOf(count: number): [newest: string, ...older: string[]] {
  const older = Array.from({ length: count - 1 }, (_, at) => at + 1);
  return [SECRET, ...older.map((at) => SECRET.slice(at) + SECRET.slice(0, at))];
}

/** Loads, changes one key and commits. */
export function writer(
  name: string,
  factory: SessionFactory<Values>,
  request: SessionRequest,
): () => Promise<void> {
  // Not the number that is stored: a session that is written as it was is not written.
  let visits = 1;
  return async () => {
    const session = await loaded(factory, request);
    session.set("visits", ++visits);
    const outcome = await factory.commit(session, request, CONTEXT);
    if (outcome.do !== "write") throw new Error(`${name} wrote nothing`);
  };
}

async function writeGroup(): Promise<Group> {
  const shipped = signedCookieSessionFactory<Values>(SECRET);
  const verifying = signedCookieSessionFactory<Values>(SECRET, NOTHING_REMEMBERED);
  const encrypted = encryptedCookieSessionFactory<Values>(SECRET);
  const pyramid = pyramidCookieSessionFactory<Values>(SECRET, NOTHING_REMEMBERED);
  const cookie = await cookieFor(shipped, stateOf(7));
  const { sign, both } = await bareOperations(cookie);
  const contender = async (
    name: string,
    factory: SessionFactory<Values>,
    known: boolean,
  ): Promise<Contender> => {
    const request = requestWith(known ? await cookieFor(factory, stateOf(7)) : null);
    return atOnce(name, writer(name, factory, request), 1);
  };
  return {
    id: "sessions-write",
    title: "writing",
    contenders: [
      atOnce("bare `subtle.verify` and `subtle.sign`", both, 1),
      await contender("signed, read and write", shipped, true),
      await contender("signed, read and write, nothing remembered", verifying, true),
      await contender("encrypted, read and write", encrypted, true),
      await contender("Pyramid's format, read and write, nothing remembered", pyramid, true),
      atOnce("bare `subtle.sign`", sign, 1),
      await contender("signed, new session", shipped, false),
    ],
  };
}

async function sizeGroup(): Promise<Group> {
  const verifying = signedCookieSessionFactory<Values>(SECRET, NOTHING_REMEMBERED);
  const contenders: Contender[] = [];
  for (const bytes of [100, 300, 1000, 2900]) {
    const text = bytes.toLocaleString("en");
    const state = { user: "ada", filler: "x".repeat(Math.max(0, bytes - 26)) };
    const cookie = await cookieFor(verifying, state);
    const request = requestWith(cookie);
    const { verify, both } = await bareOperations(cookie);
    contenders.push(
      atOnce(`${text} B, bare \`subtle.verify\``, verify, 1),
      reader(`${text} B, read`, verifying, [request]),
      atOnce(`${text} B, bare \`subtle.verify\` and \`subtle.sign\``, both, 1),
      atOnce(`${text} B, read and write`, writer(text, verifying, request), 1),
    );
  }
  return { id: "sessions-size", title: "by bytes of JSON, nothing remembered", contenders };
}
