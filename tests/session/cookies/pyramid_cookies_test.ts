/**
 * Cookies that real Pyramid judged, judged again by our factory.
 *
 * @module
 */

import { assertEquals, assertNotEquals } from "jsr:@std/assert@^1.0.0";
import oracle from "../../data/pyramid_cookies.json" with { type: "json" };
import type { PyramidSecret } from "../../../lib/session/formats/pyramid.ts";
import {
  pyramidCookieSessionFactory,
  type PyramidCookieSessionOptions,
} from "../../../lib/session/cookies/pyramid.ts";
import { type Session, sessionState } from "../../../session.ts";
import { rowsOf } from "../pyramid_differences.ts";

/** What came of a cookie; `null` where Pyramid answers 500, or we refuse to make the factory. */
type MatchResult = null | {
  readonly isNew: boolean;
  readonly state: unknown;
  /** Milliseconds; of a new session it is now. */
  readonly created: number | null;
  readonly renewed: number | null;
  /** Whether reading sends a cookie. */
  readonly reissued: boolean;
};

interface Expected {
  readonly outcome: string;
  readonly created?: number | string;
  readonly renewed?: number | string;
  readonly reissued?: boolean;
  readonly state?: unknown;
}

interface Case {
  readonly name: string;
  readonly header: string;
  readonly hashalg: string;
  readonly secret?: string;
  readonly secret_hex?: string;
  readonly salt?: string;
  readonly salt_hex?: string;
  /** Seconds. */
  readonly now: number;
  readonly timeout: number | null;
  readonly reissue_time: number | null;
  readonly factory: Expected;
}

/** Where a visitor gets a new session instead, on purpose: why, and in which cases. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  "an expired session is new and leaves nothing behind; Pyramid's is old, keeps `created`, and is sent again empty":
    [
      "age 1200.001: expired",
      "age one year: expired",
      "timeout 0, age 0.25: expired",
      "JSON string 123 (unpacks to 1, 2, 3)",
      "renewed is true",
    ],
  "one spelling of base64url is read; Pyramid reads many": [
    "2 padding characters added",
    "3 padding characters added",
    "8 padding characters added",
    "four exclamation marks in the middle",
    "full padding and then garbage",
    "padding in the middle ends the data",
    "mixed alphabets (one character of the standard one)",
    "whole value in double quotes",
  ],
  "a payload is an array of two numbers and an object; Pyramid takes whatever Python unpacks": [
    "state is an empty array",
    "state is an array of pairs",
    "state is an array of two-letter strings",
    "renewed is a numeric string",
  ],
  "what a visitor sends is never an error; Pyramid answers 500": [
    "JSON object with 3 numeric keys",
    "state is null",
    "state is true",
    "state is a string",
    "renewed is a huge integer",
    "nesting of 1400 arrays",
  ],
  "NaN and Infinity are not JSON": [
    "payload: NaN and Infinity",
    "renewed is NaN",
    "renewed is the string nan",
    "renewed is Infinity",
    "renewed is 1e400 (infinite as a float)",
  ],
  "an integer beyond 2^53 would be read as another": ["payload: integers"],
  "at most 100 levels": ["nesting of 200 arrays"],
  "longer than browsers keep, and than Pyramid itself writes": [
    "a longer cookie than Pyramid would send is still read",
  ],
};

/** Where no factory can be made. */
const UNMADE: Readonly<Record<string, readonly string[]>> = {
  "SubtleCrypto has no such hash": ["alg md5", "alg sha3_256"],
  "an empty secret leaves a key that everybody knows": ["empty secret, default salt"],
};

/** Where we answer otherwise. */
const OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  "a session without anything in it is deleted, not renewed": ["payload: empty state"],
  "renewal is due when reissueTime has passed; Pyramid's in the second after it": [
    "age 0.999 s: a read does not reissue (int clock)",
    "reissue_time 120, age 120: a read does not reissue",
  ],
  "of two cookies of one name the one that was renewed last counts, at one time the first; Pyramid's last":
    ["twice: Admin then Eve"],
  "a comma does not end a cookie (RFC 6265)": ["commas between cookies"],
};

const DIFFERENCES = { ...REFUSED, ...UNMADE, ...OTHERWISE };

const HASHES: Readonly<Record<string, PyramidCookieSessionOptions["hash"]>> = {
  sha1: "SHA-1",
  sha256: "SHA-256",
  sha384: "SHA-384",
  sha512: "SHA-512",
};

const cases: readonly Case[] = [
  ...oracle.cases.map((row) => ({ ...row, header: `session=${row.cookie}` })),
  ...oracle.header_cases,
];

function secretOf(text: string | undefined, hex: string | undefined): PyramidSecret {
  return hex === undefined ? text ?? "" : Uint8Array.fromHex(hex);
}

/** Pyramid's verdict in our words. */
function theirs({ factory, now }: Case): MatchResult {
  const { outcome, created, renewed, reissued = false, state = {} } = factory;
  if (outcome === "exception") return null;
  const isNew = outcome === "rejected" || outcome === "none";
  const [from, issued] = [created, renewed].map((seconds) =>
    isNew ? now * 1000 : typeof seconds === "number" ? seconds * 1000 : null
  );
  return { isNew, state, created: from ?? null, renewed: issued ?? null, reissued };
}

/** Ours: the cookie as a browser sends it, everything read, the session committed. */
async function ours(row: Case): Promise<MatchResult> {
  // deno-lint-ignore no-explicit-any -- a caller without types
  const hash = HASHES[row.hashalg] ?? row.hashalg as any;
  const make = () =>
    pyramidCookieSessionFactory(secretOf(row.secret, row.secret_hex), {
      insecureAllowWeakSecret: true,
      salt: secretOf(row.salt, row.salt_hex),
      hash,
      timeout: row.timeout,
      reissueTime: row.reissue_time,
      secure: false,
      httpOnly: false,
      clock: () => row.now * 1000,
    });
  let factory: ReturnType<typeof make>;
  try {
    factory = make();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
  const raw = new Request("http://app.test/");
  const headers = headersOf(row);
  const request = { raw, method: "GET", headers, origin: "http://app.test" };
  const session = await factory.load(request);
  const { record } = sessionState(session);
  const { isNew, created, renewed } = record;
  const state = stateOf(session);
  const outcome = await factory.commit(session, request, { mayRenew: true, byException: false });
  const reissued = outcome.do === "renew" || outcome.do === "write";
  return { isNew, created, renewed, state, reissued };
}

/** No message can carry a line break: such a cookie never arrives. */
function headersOf({ header }: Case): Headers {
  return /[\r\n]./.test(header) ? new Headers() : new Headers({ cookie: header });
}

/** All that the session holds, as Pyramid keeps it. */
function stateOf(session: Session): unknown {
  const { flash, csrfToken, userId } = sessionState(session).record;
  const beside = [...flash].map((
    [queue, messages],
  ): [string, unknown] => [`_f_${queue}`, messages]);
  if (csrfToken !== undefined) beside.push(["_csrft_", csrfToken]);
  if (userId !== undefined) beside.push(["auth.userid", userId]);
  return Object.fromEntries([...session, ...beside]);
}

Deno.test("pyramidCookieSessionFactory() takes in every cookie as Pyramid does, but for the differences named", async (t) => {
  const reasons = rowsOf(DIFFERENCES);
  const differing = new Map<string, number>();
  for (const row of cases) {
    const reason = reasons.get(row.name);
    await t.step(reason === undefined ? row.name : `${row.name} (${reason})`, async () => {
      const verdict = await ours(row), expected = theirs(row);
      if (reason === undefined) return assertEquals(verdict, expected);
      assertNotEquals(verdict, expected, "the difference is not one");
      if (reason in REFUSED) assertEquals([verdict?.isNew, verdict?.state], [true, {}]);
      assertEquals(verdict === null, reason in UNMADE);
      differing.set(reason, (differing.get(reason) ?? 0) + 1);
    });
  }
  const count = [...differing.values()].reduce((sum, one) => sum + one, 0);
  await t.step(`${cases.length - count} of ${cases.length} alike, ${count} not, on purpose`, () => {
    const known = new Set(cases.map(({ name }) => name));
    assertEquals([...reasons.keys()].filter((name) => !known.has(name)), []);
    assertEquals(new Set(cases.map(({ name }) => name)).size, cases.length, "a name stands twice");
    assertEquals(
      Object.fromEntries(differing),
      Object.fromEntries(Object.entries(DIFFERENCES).map(([why, names]) => [why, names.length])),
    );
  });
});
