/**
 * Routing: looking up in this process, building, and a routed request over HTTP.
 *
 * @module
 */

import { Route } from "../../lib/routing/route.ts";
import { RouteTable } from "../../lib/routing/route_table.ts";
import { type Contender, interleave, type Turns } from "../measure/interleaved.ts";
import {
  type Effort,
  figure,
  ratio,
  type Result,
  type Table,
  type Target,
  whole,
} from "../result.ts";
import { patternsOf, sectionOf } from "../route_patterns.ts";
import { progress } from "../say.ts";
import { median, minimum } from "../statistics.ts";
import { buildTable, buildTargets, measureBuilds } from "./route_builds.ts";
import { measureServed, servedTable, servedTarget } from "./routed_requests.ts";
import { type Lookup, MAP, MEMOIRIST, OURS, type RouterEntry, ROUTERS } from "./routers.ts";

const COUNTS: readonly number[] = [10, 100, 1000, 10_000];
const ORIGIN = "http://127.0.0.1:8000";
const URLS = 64;

/** What is looked up. */
type Kind = "static" | "one parameter" | "miss" | "any route";
const KINDS: readonly Kind[] = ["static", "one parameter", "miss", "any route"];

/** By kind, number of routes and router: nanoseconds of each turn. */
type Lookups = Map<string, Map<string, number[]>>;

/** Measures routing. */
export async function measureRoutes(effort: Effort): Promise<Result> {
  // Short turns, and many: the least of them is what a lookup costs undisturbed.
  const turns = { rounds: effort.quick ? 20 : 200, milliseconds: effort.quick ? 0.5 : 1 };
  const lookups = await measureLookups(turns);
  const growth = await measureGrowth({ ...turns, rounds: turns.rounds * 3 });
  const mixed = await measureMixed(turns);
  const builds = await measureBuilds(effort.quick ? 1 : 5);
  const served = await measureServed(effort);
  return {
    tables: [
      ...KINDS.map((kind) => lookupTable(kind, lookups)),
      growthTable(growth),
      mixedTable(mixed),
      buildTable(builds),
      servedTable(served),
    ],
    targets: [
      ...lookupTargets(lookups),
      ...[...growth].filter(([kind]) => kind !== "any route").map(([kind, { factor }]): Target => ({
        what: `growth of a lookup from 10 to 10,000 routes: ${kind}`,
        measured: factor,
        unit: "×",
        must: "at most",
        limit: 1.15,
      })),
      servedTarget(served),
      ...buildTargets(builds),
    ],
    series: ROUTERS.flatMap(({ name }) => {
      const points = COUNTS.map((count) => ({
        x: String(count),
        y: minimum(lookups.get(key("one parameter", count))?.get(name) ?? []),
      }));
      const drawn = points.filter(({ y }) => Number.isFinite(y));
      return drawn.length === 0 ? [] : [{ chart: "routes" as const, name, points: drawn }];
    }),
    samples: {
      lookups: plain(lookups),
      growth: Object.fromEntries(growth),
      mixed: Object.fromEntries(mixed),
      builds,
      served: Object.fromEntries(served),
    },
  };
}

function key(kind: Kind, count: number): string {
  return `${kind}, ${count}`;
}

function plain(lookups: Lookups): Record<string, Record<string, number[]>> {
  return Object.fromEntries([...lookups].map(([at, byName]) => [at, Object.fromEntries(byName)]));
}

/** URLs to look up by turns, each a text of its own. */
function urlsOf(kind: Kind, count: number): string[] {
  return Array.from({ length: URLS }, (_, at) => {
    // The last routes; the parameter ones are odd.
    const lastParameter = sectionOf(count - 1);
    const lastStatic = sectionOf(count - 2);
    const any = (at * 7919) % (count / 2) * 2 + 1;
    const path = {
      "static": `/${lastStatic}/page`,
      "one parameter": `/${lastParameter}/${1000 + at}`,
      "miss": `/${lastParameter}/${1000 + at}/nothing`,
      "any route": `/${sectionOf(any)}/${1000 + at}`,
    }[kind];
    return flat(ORIGIN + path);
  });
}

/** The same text in one piece, as a server hands it on. */
function flat(text: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(text));
}

function contenderOf(
  name: string,
  lookup: Lookup,
  kind: Kind,
  urls: readonly string[],
): Contender {
  const hasParameter = kind !== "static";
  let at = 0;
  return {
    name,
    run(times) {
      let found = 0;
      for (const end = at + times; at < end; at++) {
        if (lookup(urls[at % URLS] ?? "", hasParameter)) found++;
      }
      return found;
    },
  };
}

async function measureLookups(turns: Turns): Promise<Lookups> {
  const lookups: Lookups = new Map();
  for (const count of COUNTS) {
    const patterns = patternsOf(count);
    const made = ROUTERS.filter(({ most = Infinity }) => count <= most).map((router) => {
      progress(`routes: building ${router.name} with ${whole(count)} routes`);
      return { router, lookup: router.make(patterns) };
    });
    for (const kind of KINDS) {
      progress(`routes: ${kind} among ${whole(count)}`);
      const urls = urlsOf(kind, count);
      const asked = made.filter(({ router }) => isAsked(router, kind, count));
      for (const { router, lookup } of asked) check(router.name, kind, lookup, urls);
      const contenders = asked.map(({ router, lookup }) =>
        contenderOf(router.name, lookup, kind, urls)
      );
      lookups.set(key(kind, count), await interleave(contenders, turns));
    }
  }
  return lookups;
}

/** A scan that is long enough to fill a turn alone would be told by its luckiest route. */
function isAsked({ most, onlyStatic }: RouterEntry, kind: Kind, count: number): boolean {
  return kind === "static" || (!onlyStatic && (kind !== "any route" || count !== most));
}

function check(name: string, kind: Kind, lookup: Lookup, urls: readonly string[]): void {
  const wrong = urls.find((url) => lookup(url, kind !== "static") === (kind === "miss"));
  if (wrong !== undefined) throw new Error(`${name} answers wrongly for ${wrong}`);
}

/** How much slower ours is with 10,000 routes than with 10: minima of many short turns. */
async function measureGrowth(
  turns: Turns,
): Promise<Map<Kind, { few: number; many: number; factor: number }>> {
  const ours = ROUTERS.find(({ name }) => name === OURS);
  if (ours === undefined) throw new Error("Ours is not among the routers");
  const growth = new Map<Kind, { few: number; many: number; factor: number }>();
  const few = ours.make(patternsOf(10));
  const many = ours.make(patternsOf(10_000));
  for (const kind of KINDS) {
    progress(`routes: growth, ${kind}`);
    const samples = await interleave([
      contenderOf("10", few, kind, urlsOf(kind, 10)),
      contenderOf("10,000", many, kind, urlsOf(kind, 10_000)),
    ], turns);
    const least = {
      few: minimum(samples.get("10") ?? []),
      many: minimum(samples.get("10,000") ?? []),
    };
    growth.set(kind, { ...least, factor: least.many / least.few });
  }
  return growth;
}

/** A thousand plain routes among which some need a `URLPattern`. */
async function measureMixed(turns: Turns): Promise<Map<string, number[]>> {
  progress("routes: tables with regular expressions");
  const last = sectionOf(999);
  const tables: [name: string, patterns: string[], path: (at: number) => string][] = [
    ["plain route, no other", [], (at) => `/${last}/${at}`],
    ["plain route, 10 others elsewhere", elsewhere(10), (at) => `/${last}/${at}`],
    ["plain route, 100 others elsewhere", elsewhere(100), (at) => `/${last}/${at}`],
    ["plain route, 1 other asked first", [`/${last}/:id(\\d+)x`], (at) => `/${last}/${at}`],
    ["route with a regular expression", elsewhere(10), (at) => `/pattern9/${at}`],
  ];
  const contenders = tables.map(([name, patterns, path]) => {
    const table = new RouteTable<string>();
    for (const pattern of [...patterns, ...patternsOf(1000)]) {
      table.add(new Route(pattern, pattern), pattern);
    }
    const urls = Array.from({ length: URLS }, (_, at) => flat(ORIGIN + path(1000 + at)));
    const lookup = (url: string): boolean => table.match(url)?.matchdict !== undefined;
    return contenderOf(name, lookup, "one parameter", urls);
  });
  return await interleave(contenders, turns);
}

function elsewhere(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `/pattern${at}/:id(\\d+)`);
}

function lookupTable(kind: Kind, lookups: Lookups): Table {
  const names = ROUTERS.filter(({ onlyStatic }) => kind === "static" || !onlyStatic);
  return {
    id: `routes-${kind.replaceAll(" ", "-")}`,
    columns: [`${kind}, ns`, ...COUNTS.map((count) => count.toLocaleString("en"))],
    rows: names.map(({ name }) => [
      name,
      ...COUNTS.map((count) => figure(minimum(lookups.get(key(kind, count))?.get(name) ?? []))),
    ]),
  };
}

function lookupTargets(lookups: Lookups): Target[] {
  const against = (kind: Kind, other: string, limit: number): Target => {
    const ratios = COUNTS.map((count) => {
      const byName = lookups.get(key(kind, count));
      return minimum(byName?.get(OURS) ?? []) / minimum(byName?.get(other) ?? []);
    });
    return {
      what: `lookup of the last route, ${kind}, against ${other}: median of 10 to 10,000 routes`,
      measured: median(ratios),
      unit: "×",
      must: "at most",
      limit,
    };
  };
  return [against("static", MAP, 1.5), against("one parameter", MEMOIRIST, 1.3)];
}

function growthTable(
  growth: ReadonlyMap<Kind, { few: number; many: number; factor: number }>,
): Table {
  return {
    id: "routes-growth",
    columns: ["Pyramidion", "10 routes, ns", "10,000 routes, ns", "growth"],
    rows: [...growth].map(([kind, { few, many, factor }]) => [
      kind,
      figure(few),
      figure(many),
      ratio(factor),
    ]),
  };
}

function mixedTable(mixed: ReadonlyMap<string, number[]>): Table {
  return {
    id: "routes-mixed",
    columns: ["1,000 plain routes", "ns"],
    rows: [...mixed].map(([name, samples]) => [name, figure(minimum(samples))]),
  };
}
