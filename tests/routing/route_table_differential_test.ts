/**
 * The index gives the answers of a plain scan, on generated patterns and generated or hostile URLs.
 *
 * @module
 */

import { HttpError } from "../../lib/http/errors.ts";
import { route } from "../../lib/configurator/route_statement.ts";
import type { Route } from "../../lib/routing/route.ts";
import { type RouteMatch, RouteTable } from "../../lib/routing/route_table.ts";
import { scan } from "./route_scan.ts";
import { assertEquals } from "jsr:@std/assert@^1.0.0";

/** Raise it, to 100,000 and more, to look longer. */
const PAIRS = 100_000;
/** Change it to look elsewhere. */
const SEED = 20_260_727;

const URLS_PER_TABLE = 100;
const PATTERNS = 220;

/** A small generator of numbers below a bound (mulberry32). */
function generator(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

type Random = ReturnType<typeof generator>;

function pick<T>(random: Random, list: readonly T[]): T {
  const chosen = list[random(list.length)];
  if (chosen === undefined) throw new RangeError("Cannot pick from an empty list");
  return chosen;
}

/** Few words, so that patterns and paths meet often. */
const WORDS = ["a", "b", "a.b", "a-b", "ab", "", "1", "12"] as const;
const PATTERN_SEGMENTS = [
  ...["a", "b", "a.b", "a-b", "", "~", "$a", "1", "."],
  ...["é", "%C3%A9", "%2e", "..", "a b", "%41", "a\\:b", '"', "^"],
  ...[":x", ":y", ":z", ":x", ":y", ":z"],
  ...[
    ":x.:y",
    ":x-b",
    "a:x",
    ":x?",
    ":x*",
    ":x+",
    ":x(\\d+)",
    "(a|b)",
    ":x(a.*)",
    "*",
    "a*",
    "{a}",
  ],
] as const;
const GROUPS = ["{/a}?", "{/:g}?", "{/a/b}?", "{-:g}?", "{.:g}?"] as const;

function generatePattern(random: Random): string {
  let pattern = random(12) === 0 ? pick(random, ["{/:lang}?/a", "{/a/b}?/c", "{/a}?/:x"]) : "";
  const plainOnly = random(2) === 0;
  const segments = plainOnly
    ? PATTERN_SEGMENTS.slice(0, 8).concat(":x", ":y", ":z")
    : PATTERN_SEGMENTS;
  for (let left = 1 + random(4); left > 0; left--) pattern += `/${pick(random, segments)}`;
  if (!plainOnly && random(4) === 0) pattern += pick(random, GROUPS);
  if (random(6) === 0) pattern += "/*";
  return pattern;
}

/** Routes of patterns that can be used; others are passed over. */
function generateRoutes(random: Random, count: number): Route[] {
  const routes: Route[] = [];
  while (routes.length < count) {
    const pattern = generatePattern(random);
    try {
      const made = route(`route${routes.length}`, pattern);
      routes.push(made);
    } catch {
      // Two groups of one name, mostly.
    }
  }
  return routes;
}

const HOSTILE = [
  ...[
    ".",
    "..",
    "%2e",
    "%2E%2e",
    ".%2e",
    "...",
    ".a",
    "a\\b",
    "\\..",
    "%5C",
    "%2F",
    "a%2Fb",
    "%00",
  ],
  ...[
    "%zz",
    "%ff",
    "%E0%A4",
    "%",
    "é",
    "%C3%A9",
    "%c3%a9",
    "%41",
    "a b",
    '"',
    "<",
    "^",
    "|",
    "[a]",
  ],
  ...["$a", "~", "a:b", "{a}", "*", ":x", "(a|b)", "a+b", "a;b", "'", "\t", "\n", "\ud800", "😀"],
  ...["__proto__", "constructor", "-", "--", "a-b-c", "a.b.c", "1a", "😀%zz"],
] as const;
const ENDS = ["", "", "", "?a=b", "?", "#a", "?/../b", "/", "//", "?%zz", " "] as const;
const ORIGINS = [
  ...["http://app.test", "http://app.test", "http://app.test", "https://app.test", "http://h:8000"],
  ...[
    "http://APP.test:80",
    "http://u:p@app.test",
    "http://[::1]",
    "http://a b",
    "http://app.test/..",
  ],
] as const;

function generateUrl(random: Random): string {
  let path = "";
  for (let left = 1 + random(4); left > 0; left--) {
    path += `/${random(4) === 0 ? pick(random, HOSTILE) : pick(random, WORDS)}`;
  }
  return pick(random, ORIGINS) + path + pick(random, ENDS);
}

/** The route and its values, or the status of the answer. */
function outcome(match: () => RouteMatch<number> | null): unknown {
  try {
    const found = match();
    if (found === null) return null;
    return [found.value, found.route.pattern, Object.entries(found.matchdict).sort()];
  } catch (error) {
    if (error instanceof HttpError) return error.status;
    throw error;
  }
}

Deno.test(`RouteTable.match() is the same as a plain scan, on ${PAIRS} generated pairs`, () => {
  const random = generator(SEED);
  const pool = generateRoutes(random, PATTERNS);
  let matched = 0;
  let refused = 0;
  for (let tables = 0; tables * URLS_PER_TABLE < PAIRS; tables++) {
    const table = new RouteTable<number>();
    for (let left = 1 + random(20); left > 0; left--) {
      table.add(pick(random, pool), table.statements.length);
    }
    for (let urls = 0; urls < URLS_PER_TABLE; urls++) {
      const url = generateUrl(random);
      const parity = random(3);
      // Every third look-up asks for more than the first match.
      const accepts = parity === 0 ? (value: number) => value % 2 === 0 : undefined;
      const found = outcome(() => table.match(url, accepts));
      const expected = outcome(() => scan(table.statements, url, accepts));
      if (found !== null && typeof found !== "number") matched++;
      if (typeof found === "number") refused++;
      const patterns = table.statements.map(({ route }) => route.pattern);
      assertEquals(found, expected, `seed ${SEED}, ${JSON.stringify({ url, patterns })}`);
    }
  }
  // A generator that never meets a pattern would prove nothing.
  assertEquals(matched > PAIRS / 10, true, `only ${matched} matches`);
  assertEquals(refused > PAIRS / 100, true, `only ${refused} refusals`);
});

const VALUES = [
  "a",
  "b",
  "a.b",
  "a-b",
  "1",
  "12",
  "é",
  "a/b",
  "a b",
  "..",
  ".",
  "",
  "%41",
  "😀",
  "-",
  "?",
];

Deno.test("what Route.path() makes is read back by RouteTable.match()", () => {
  const random = generator(SEED);
  const pool = generateRoutes(random, PATTERNS);
  let made = 0, values = 0;
  for (let round = 0; round < 4_000; round++) {
    const one = pick(random, pool);
    const params: Record<string, string> = {};
    for (const name of ["x", "y", "z", "g", "lang", "0", "1"]) {
      if (random(8) > 0) params[name] = pick(random, VALUES);
    }
    let path: string;
    try {
      path = one.path(params);
    } catch (error) {
      if (error instanceof TypeError && error.message.startsWith("Cannot make path")) continue;
      throw error;
    }
    made++;
    const table = new RouteTable<number>();
    table.add(one, 0);
    const match = table.match(`http://app.test${path}`);
    const context = `seed ${SEED}, ${JSON.stringify({ pattern: one.pattern, params, path })}`;
    assertEquals(match?.route, one, context);
    for (const [key, text] of Object.entries(match?.matchdict ?? {})) {
      assertEquals(text ?? "", text === undefined ? "" : params[key] ?? "", context);
      if (text !== undefined) values++;
    }
  }
  assertEquals(made > 500, true, `only ${made} paths`);
  assertEquals(values > 500, true, `only ${values} values`);
});

Deno.test("RouteTable.unreachable() names only routes that no generated URL reaches", () => {
  const random = generator(SEED);
  const pool = generateRoutes(random, PATTERNS);
  let named = 0;
  for (let tables = 0; tables < 200; tables++) {
    const table = new RouteTable<number>();
    const drawn = new Set(Array.from({ length: 2 + random(12) }, () => pick(random, pool)));
    for (const one of drawn) {
      table.add(one, table.statements.length, { predicated: random(4) === 0 });
    }
    const unreachable = new Set(table.unreachable().map(({ route }) => [...drawn].indexOf(route)));
    named += unreachable.size;
    for (let urls = 0; urls < 40; urls++) {
      const url = generateUrl(random);
      // What has predicates is passed over; what is unreachable is so all the same.
      const accepts = (value: number) => table.statements[value]?.predicated !== true;
      const found = outcome(() => scan(table.statements, url, accepts));
      if (Array.isArray(found)) {
        assertEquals(unreachable.has(found[0]), false, `seed ${SEED}, ${found[1]} by ${url}`);
      }
    }
  }
  assertEquals(named > 20, true, `only ${named} named`);
});
