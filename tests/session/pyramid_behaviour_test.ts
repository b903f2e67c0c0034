/**
 * What real Pyramid did with a session, request by request, done again by an app of ours.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import oracle from "../data/pyramid_behaviour.json" with { type: "json" };
import {
  type App,
  ConfigurationError,
  Configurator,
  HttpForbidden,
  HttpFound,
  HttpNotFound,
  pyramidCodec,
  pyramidCookieSessionFactory,
  type Session,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import type { PyramidCookieSessionOptions } from "@pyramidion/pyramidion/types";
import { type SettableClock, settableClock } from "@pyramidion/pyramidion/testing";
import { parseSetCookie } from "../../lib/testing/set_cookie.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Operation = readonly Json[];

interface Step {
  readonly ops: readonly Operation[];
  /** Seconds after the start. */
  readonly at: number;
  /** Null: an error left the app. */
  readonly status: number | null;
  readonly results: readonly Json[];
  readonly set_cookie: readonly string[];
  /** How the view ends. */
  readonly view?: string;
  /** Sent instead of what was set before. */
  readonly cookie?: string;
}

interface Scenario {
  readonly name: string;
  /** Null: no session factory. */
  readonly options: Readonly<Record<string, Json>> | null;
  readonly requests: readonly Step[];
}

/** What came of a step. */
interface Outcome {
  readonly status: number | null;
  readonly results: readonly Json[];
  /** How many `Set-Cookie` there were. */
  readonly sent: number;
  /** What the last of them says of the session. */
  readonly cookie: "none" | "deleted" | "written";
  readonly state?: Json;
  readonly renewed?: number;
  readonly created?: number;
  readonly attributes?: string;
}

/** One way in which an outcome is not Pyramid's. */
interface Difference {
  readonly scenario: string;
  readonly options: Readonly<Record<string, Json>>;
  readonly step: Step;
  /** The step's place. */
  readonly at: number;
  readonly what: keyof Outcome | "factory";
  /** The outcomes; none where our factory cannot be made. */
  readonly ours: Partial<Outcome>;
  readonly theirs: Partial<Outcome>;
}

const secret = oracle.secret;
const scenarios = oracle.scenarios as unknown as readonly Scenario[];

class Handled extends Error {}
class Unhandled extends Error {}

const RAISED: Readonly<Record<string, () => Error>> = {
  HTTPFound: () => new HttpFound("/elsewhere"),
  HTTPForbidden: () => new HttpForbidden(),
  HTTPNotFound: () => new HttpNotFound(),
  Handled: () => new Handled(),
  Unhandled: () => new Unhandled(),
};

const VALUES: ReadonlyMap<Json, unknown> = new Map<Json, unknown>([
  ["<set>", new Set()],
  ["<4000 x>", "x".repeat(4000)],
]);

const ATTRIBUTES: Readonly<Record<string, (session: Session) => Json>> = {
  new: (session) => session.isNew,
  created: (session) => session.created / 1000,
};

const OPERATIONS: Readonly<Record<string, (session: Session, ...args: Json[]) => unknown>> = {
  touch: () => "ok",
  attr: (session, name) => ATTRIBUTES[String(name)]?.(session),
  get: (session, key) => session.get(String(key)),
  getitem: (session, key) => session.get(String(key)),
  contains: (session, key) => session.has(String(key)),
  len: (session) => session.size,
  bool: (session) => session.size > 0,
  keys: (session) => [...session.keys()],
  items: (session) => [...session.entries()],
  values: (session) => [...session.values()],
  iter: (session) => [...session],
  set: (session, key, value = null) => void session.set(String(key), VALUES.get(value) ?? value),
  del: (session, key) => void session.delete(String(key)),
  pop: (session, key, ...rest) =>
    rest.length === 0 ? session.pop(String(key)) : session.pop(String(key), rest[0]),
  popitem: (session) => {
    const key = [...session.keys()].at(-1) ?? "";
    return [key, session.pop(key)];
  },
  setdefault: (session, key, value) => session.setDefault(String(key), value),
  update: (session, entries) => void session.update(Object.entries(entries ?? {})),
  append: (session, key, value) => {
    const list = session.get(String(key));
    if (Array.isArray(list)) list.push(value);
  },
  clear: (session) => session.clear(),
  changed: (session) => session.changed(),
  invalidate: (session) => session.invalidate(),
  flash: (session, message) => void session.flash(message),
  pop_flash: (session) => session.popFlash(),
  peek_flash: (session) => session.peekFlash(),
  get_csrf_token: (session) => session.getCsrfToken(),
  new_csrf_token: (session) => session.newCsrfToken(),
};

const OPTIONS: Readonly<Record<string, keyof PyramidCookieSessionOptions>> = {
  timeout: "timeout",
  reissue_time: "reissueTime",
  max_age: "maxAge",
  cookie_name: "cookieName",
  path: "path",
  domain: "domain",
  secure: "secure",
  httponly: "httpOnly",
  samesite: "sameSite",
  set_on_exception: "setOnException",
  hashalg: "hash",
};

/** Pyramid's options as ours, Pyramid's defaults included; values as they are, of whatever type. */
function optionsOf(given: Readonly<Record<string, Json>>): PyramidCookieSessionOptions {
  const entries = Object.entries(given).map(([name, value]) => {
    const ours = OPTIONS[name];
    assert(ours !== undefined, `no option for ${name}`);
    return [ours, value];
  });
  return { reissueTime: 0, secure: false, httpOnly: false, ...Object.fromEntries(entries) };
}

/** An app whose view does what a step says. */
class PyramidsDouble {
  readonly clock: SettableClock = settableClock(oracle.t0 * 1000);
  readonly #app: App;
  readonly #cookieName: string;
  #step: Step | undefined;
  #results: unknown[] = [];
  #randoms = 0;

  constructor(options: Scenario["options"]) {
    const logger = { warn: () => {}, error: () => {} };
    const config = new Configurator({ logger });
    if (options !== null) {
      config.setSessionFactory(pyramidCookieSessionFactory(secret, {
        insecureAllowWeakSecret: true,
        clock: this.clock,
        randomBytes: (length) => this.#randomBytes(length),
        logger,
        ...optionsOf(options),
      }));
    }
    config.addRoute("all", "/*").addView((request) => this.#view(request), { routeName: "all" });
    config.addExceptionView(() => new Response("handled", { status: 500 }), { context: Handled });
    this.#app = config.makeApp();
    this.#cookieName = String(options?.cookie_name ?? "session");
  }

  /** What was sent, and the value of the session's cookie; `null` where none was. */
  async run(step: Step, cookie: string | null): Promise<[Outcome, string | null]> {
    this.#step = step;
    this.#results = [];
    this.clock.travelTo((oracle.t0 + step.at) * 1000);
    const headers = cookie === null ? {} : { cookie: `${this.#cookieName}=${cookie}` };
    const response = await this.#app.fetch(new Request("http://app.test/", { headers }));
    await response.body?.cancel();
    const cookies = response.headers.getSetCookie();
    const { status } = response;
    const results = this.#results.map((result) => (result ?? null) as Json);
    return await outcomeOf({ status, results, set_cookie: cookies });
  }

  async #view(request: ViewRequest): Promise<Response | HttpFound> {
    const { ops = [], view } = this.#step ?? {};
    for (const [name, ...args] of ops) this.#results.push(await this.#perform(name, args, request));
    switch (view) {
      case "return HTTPFound":
        return new HttpFound("/elsewhere");
      case "own Set-Cookie":
        return new Response("", { headers: { "set-cookie": "session=mine; Path=/" } });
      case "status 500":
        return new Response("", { status: 500 });
      default:
        return new Response("");
    }
  }

  async #perform(name: Json | undefined, args: Json[], request: ViewRequest): Promise<unknown> {
    if (name === "tick") return this.clock.travel(Number(args[0]));
    if (name === "raise") throw RAISED[String(args[0])]?.() ?? new TypeError(String(args[0]));
    const session = await request.session;
    if (name === "same") return session === await request.session;
    const operation = OPERATIONS[String(name)];
    assert(operation !== undefined, `no operation ${name}`);
    // A list that was handed out may still change.
    return structuredClone(operation(session, ...args));
  }

  /** The oracle's `os.urandom`. */
  #randomBytes(length: number): Uint8Array<ArrayBuffer> {
    const from = ++this.#randoms;
    return Uint8Array.from({ length }, (_, index) => from + 37 * index);
  }
}

async function outcomeOf(
  { status, results, set_cookie }: Pick<Step, "status" | "results" | "set_cookie">,
): Promise<[Outcome, string | null]> {
  const last = set_cookie.at(-1);
  const sent = set_cookie.length;
  if (last === undefined) return [{ status, results, sent, cookie: "none" }, null];
  const parsed = parseSetCookie(last);
  assert(parsed !== null);
  const { name, value, path, domain, secure, httpOnly, sameSite, partitioned, maxAge } = parsed;
  if (value === "") return [{ status, results, sent, cookie: "deleted" }, ""];
  const codec = pyramidCodec(secret, { insecureAllowWeakSecret: true });
  const decoded = await codec.decode(value);
  assert("payload" in decoded, `a bad cookie: ${last}`);
  const [renewed, created, state] = JSON.parse(new TextDecoder().decode(decoded.payload));
  const attributes = JSON.stringify({
    name,
    path,
    domain,
    secure,
    httpOnly,
    sameSite,
    partitioned,
    maxAge,
  });
  return [
    { status, results, sent, cookie: "written", state, renewed, created, attributes },
    value,
  ];
}

/** Runs a scenario, each step with the cookie that we, or that Pyramid, set before. */
async function differencesOf(
  { name: scenario, options, requests }: Scenario,
  cookies: "our" | "Pyramid's",
): Promise<Difference[]> {
  const found: Difference[] = [];
  const note = (
    at: number,
    what: Difference["what"],
    ours: Partial<Outcome> = {},
    theirs: Partial<Outcome> = {},
  ) => {
    const step = requests[at];
    assert(step !== undefined);
    found.push({ scenario, options: options ?? {}, step, at, what, ours, theirs });
  };
  let app: PyramidsDouble;
  try {
    app = new PyramidsDouble(options);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    note(0, "factory");
    return found;
  }
  let cookie: string | null = null;
  for (const [at, step] of requests.entries()) {
    const [ours, value] = await app.run(step, step.cookie ?? (cookie || null));
    const [theirs, theirValue] = await outcomeOf(step);
    cookie = (cookies === "our" ? value : theirValue) ?? cookie;
    for (const what of Object.keys({ ...ours, ...theirs }) as (keyof Outcome)[]) {
      // What is in a cookie is compared where there are two.
      if (ours.cookie !== theirs.cookie && !["status", "results", "cookie"].includes(what)) {
        continue;
      }
      if (JSON.stringify(sorted(ours[what])) === JSON.stringify(sorted(theirs[what]))) continue;
      note(at, what, ours, theirs);
    }
  }
  return found;
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1));
}

const READS = ["get", "getitem", "get_csrf_token", "items"];
const ATTRIBUTES_ONLY = ["touch", "attr", "same"];

function every(step: Step, names: readonly string[]): boolean {
  return step.ops.length > 0 && step.ops.every(([name]) => names.includes(String(name)));
}

function has(step: Step, ...operation: Json[]): boolean {
  return step.ops.some((one) => operation.every((part, index) => one[index] === part));
}

function sentOnlyHere({ what, ours, theirs }: Difference): boolean {
  return what === "cookie" && ours.cookie === "written" && theirs.cookie === "none";
}

function isEmpty(state: Json | undefined): boolean {
  return state !== undefined && JSON.stringify(state) === "{}";
}

const EXPIRED = [
  "without reads between, the session is gone after 1200 s",
  "untouched requests do not extend the session",
];
const CHANGED = "changed() alone does not renew: the cookie is re-sent with the OLD renewed time";
const NESTED = "changing a nested list without changed(): lost when in the same second";
const LEFT_EMPTY = "invalidate leaves a cookie with an empty state; the cookie is not deleted";
const RENEWED_AT_120 = "reissue_time 120: read at 120 s sends nothing, at 121 s reissues";

/** Where we answer otherwise on purpose: why, and which differences that covers. */
const RULES: Readonly<Record<string, (difference: Difference) => boolean>> = {
  "a session without anything in it has no cookie: none is sent, and one that is there is deleted":
    ({ what, scenario, at, ours, theirs }) =>
      what === "cookie" && !EXPIRED.includes(scenario) && scenario !== CHANGED &&
        (ours.cookie === "deleted" || ours.cookie === "none" && isEmpty(theirs.state)) ||
      what === "results" && scenario === LEFT_EMPTY && at === 2,
  "an expired session is new: `created` is now, and reading it sends nothing": (
    { what, scenario, at, ours },
  ) =>
    (EXPIRED.includes(scenario) || scenario === CHANGED && at === 2) &&
    (what === "cookie" && ours.cookie === "none" || what === "results" && scenario !== CHANGED),
  "asking for the session counts as use; in Pyramid only reading a key does": (difference) =>
    sentOnlyHere(difference) && every(difference.step, ATTRIBUTES_ONLY),
  "renewal is due when reissueTime has passed (0: always); Pyramid's in the second after it": (
    difference,
  ) =>
    sentOnlyHere(difference) && every(difference.step, READS) ||
    difference.what === "cookie" && difference.scenario === RENEWED_AT_120 && difference.at === 2,
  "every change is noticed, nested ones included; Pyramid loses them without changed()": (
    difference,
  ) =>
    sentOnlyHere(difference) && has(difference.step, "append") ||
    difference.what === "results" && difference.scenario === NESTED && difference.at === 2,
  "changed() renews like any write; Pyramid sends the old time again": (
    { what, scenario, at, step },
  ) =>
    what === "renewed" && has(step, "changed") ||
    scenario === CHANGED && at === 2 && (what === "results" || what === "state"),
  "iterating a session gives entries, as a Map's does": ({ what, step }) =>
    what === "results" && has(step, "iter"),
  "a missing key is undefined or false, not an error": ({ what, theirs }) =>
    what === "results" && JSON.stringify(theirs.results).includes("KeyError"),
  "there is no `renewed` and no `accessed`": ({ what, step }) =>
    what === "results" && (has(step, "attr", "renewed") || has(step, "attr", "accessed")),
  "invalidate() begins a new session: `isNew`, `created` is now": ({ what, step }) =>
    (what === "results" || what === "created") && has(step, "invalidate"),
  "clear() leaves the CSRF token and the flash messages": ({ what, step }) =>
    (what === "results" || what === "state") && has(step, "clear"),
  "one Set-Cookie: a cookie of the session's name that the view set is replaced": (
    { what, step },
  ) => what === "sent" && step.view === "own Set-Cookie",
  "an error that nobody answers is a 500; in Pyramid it leaves the app": (
    { what, step, options, scenario, ours },
  ) =>
    what === "status" && ours.status === 500 &&
    (has(step, "raise", "Unhandled") || has(step, "set", "d", "<set>") ||
      scenario === "no session factory configured" && Object.keys(options).length === 0),
  "what JSON cannot hold is refused where it is written": ({ what, step }) =>
    what === "results" && has(step, "set", "d", "<set>"),
  "a session that does not fit is a 413, and exception views are asked first": (
    { what, step, ours },
  ) => what === "status" && ours.status === 413 && has(step, "set", "d", "<4000 x>"),
  "reissueTime must not be more than timeout": ({ what, options }) =>
    what === "factory" && "reissue_time" in options,
  "numbers are numbers, and SameSite is one of three words": ({ what, options }) =>
    what === "factory" &&
    (typeof options.max_age === "string" || [null, "lax"].includes(options.samesite as null)),
  "what browsers or the grammar refuse is refused when the factory is made": (
    { what, options },
  ) =>
    what === "factory" &&
    (["None", "bogus"].includes(String(options.samesite)) || options.cookie_name === "bad name"),
  'a cookie may be called "expires"': ({ what, options }) =>
    options.cookie_name === "expires" && (what === "status" || what === "cookie"),
};

/** The one rule that covers a difference. */
function reasonOf(difference: Difference): string {
  const reasons = Object.entries(RULES).filter(([, covers]) => covers(difference));
  const { scenario, at, what, ours, theirs } = difference;
  const found = what === "factory" ? "" : `: ${JSON.stringify([ours[what], theirs[what]])}`;
  const where = `${scenario}, request ${at}, ${what}${found}`;
  assert(reasons.length > 0, `not on purpose: ${where}`);
  assertEquals(reasons.length, 1, `several reasons: ${where}`);
  return reasons[0]?.[0] ?? "";
}

for (const cookies of ["our", "Pyramid's"] as const) {
  Deno.test(`pyramidCookieSessionFactory() answers each request, sent with ${cookies} cookies, as Pyramid does, but for the differences named`, async (t) => {
    const scenariosOf = new Map(Object.keys(RULES).map((reason) => [reason, new Set<string>()]));
    const differing = new Set<string>();
    for (const scenario of scenarios) {
      await t.step(scenario.name, async () => {
        for (const difference of await differencesOf(scenario, cookies)) {
          scenariosOf.get(reasonOf(difference))?.add(scenario.name);
          differing.add(scenario.name);
        }
      });
    }
    const [all, not] = [scenarios.length, differing.size];
    await t.step(`${all - not} of ${all} alike, ${not} not, on purpose`, () => {
      assertEquals(new Set(scenarios.map(({ name }) => name)).size, all, "a name stands twice");
    });
    for (const [reason, names] of scenariosOf) {
      await t.step(`${names.size}: ${reason}`, () => assert(names.size > 0, "covers nothing"));
    }
  });
}

Deno.test("pyramidCookieSessionFactory() refuses, when it is made, the options that Pyramid refuses then", async (t) => {
  for (const { options, raises } of oracle.configuration_errors) {
    await t.step(`${JSON.stringify(options)}, ${raises}`, () => {
      const { secret = oracle.secret, ...rest } = options as Record<string, Json>;
      assertThrows(() =>
        // deno-lint-ignore no-explicit-any -- a caller without types
        pyramidCookieSessionFactory(secret as any, {
          insecureAllowWeakSecret: true,
          ...optionsOf(rest),
        })
      );
    });
  }
});

Deno.test("pyramidCookieSessionFactory() loses a parallel write to a read that renews, as Pyramid does, and by default to none", async () => {
  const step = (at: number, ...ops: Operation[]): Step => ({
    ops,
    at,
    status: 200,
    results: [],
    set_cookie: [],
  });
  /** Both requests carry the cookie of the first; the reader answers last. */
  async function race(options: Record<string, Json>): Promise<Json | undefined> {
    const app = new PyramidsDouble(options);
    const [, before] = await app.run(step(0.25, ["set", "user", "Admin"]), null);
    const [, written] = await app.run(step(5, ["set", "cart", 1]), before);
    const [, read] = await app.run(step(5, ["get", "user"]), before);
    const [{ results }] = await app.run(step(6, ["items"]), read ?? written);
    return results[0];
  }
  assertEquals(await race({}), oracle.races[0]?.items_after);
  assertEquals(await race({ reissue_time: 120 }), [["cart", 1], ["user", "Admin"]]);
});

Deno.test("pyramidCookieSessionFactory() reads a copy of a cookie after logout, as Pyramid does", async () => {
  const app = new PyramidsDouble({});
  const step = { at: 0.25, status: 200, results: [], set_cookie: [] };
  const [, copy] = await app.run({ ...step, ops: [["set", "user", "Admin"]] }, null);
  const [signedOut] = await app.run({ ...step, ops: [["pop", "user"]] }, copy);
  assertEquals(signedOut.cookie, "deleted");
  const [{ results }] = await app.run({ ...step, ops: [["get", "user"]] }, copy);
  assertEquals(results[0], oracle.races[1]?.["get user"]);
});
