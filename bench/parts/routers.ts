/**
 * The routers that look paths up in this process, ours among them, behind one shape.
 *
 * Ours takes the URL; for each of the others the path is cut out of it first, as the framework
 * around it has to.
 *
 * @module
 */

import findMyWay from "find-my-way";
import { RegExpRouter } from "hono/router/reg-exp-router";
import { SmartRouter } from "hono/router/smart-router";
import { TrieRouter } from "hono/router/trie-router";
import { Memoirist } from "memoirist";
import { addRoute, createRouter, findRoute } from "rou3";
import { Route } from "../../lib/routing/route.ts";
import { RouteTable } from "../../lib/routing/route_table.ts";

/**
 * Looks a URL up, and reads its parameter where the route has one, which most routers give in any case;
 * whether a route matched.
 */
export type Lookup = (url: string, hasParameter: boolean) => boolean;

/** A router. */
export interface RouterEntry {
  /** Its name in the tables. */
  readonly name: string;
  /** Makes it with some patterns; only static ones and ones that end with `/:id`. */
  readonly make: (patterns: readonly string[]) => Lookup;
  /** The most routes that it is asked to hold. */
  readonly most?: number;
  /** Whether it finds static paths alone. */
  readonly onlyStatic?: boolean;
}

/** Ours. */
export const OURS = "Pyramidion `RouteTable`";
/** What a static lookup costs at least. */
export const MAP = "`Map.get` on a sliced path";
/** What a lookup with a parameter is measured by. */
export const MEMOIRIST = "memoirist (Elysia)";

/** Keeps what was looked up, so that no compiler can leave the work out. */
const sink: { last: unknown } = { last: undefined };

function pathOf(url: string): string {
  const start = url.indexOf("/", 8);
  const query = url.indexOf("?", start);
  return query === -1 ? url.slice(start) : url.slice(start, query);
}

/** Every router. */
export const ROUTERS: readonly RouterEntry[] = [
  {
    name: MAP,
    onlyStatic: true,
    make(patterns) {
      const map = new Map(patterns.map((pattern) => [pattern, { pattern }]));
      return (url) => map.get(pathOf(url)) !== undefined;
    },
  },
  {
    name: OURS,
    make(patterns) {
      const table = new RouteTable<{ pattern: string }>();
      for (const pattern of patterns) table.add(new Route(pattern, pattern), { pattern });
      return (url, hasParameter) => {
        const match = table.match(url);
        if (match === null) return false;
        sink.last = hasParameter ? match.matchdict : match.value;
        return true;
      };
    },
  },
  {
    name: MEMOIRIST,
    make(patterns) {
      const router = new Memoirist<{ pattern: string }>();
      for (const pattern of patterns) router.add("GET", pattern, { pattern });
      return (url) => {
        const found = router.find("GET", pathOf(url));
        if (found === null) return false;
        sink.last = found.params;
        return true;
      };
    },
  },
  {
    name: "find-my-way (Fastify)",
    make(patterns) {
      const router = findMyWay();
      for (const pattern of patterns) router.on("GET", pattern, () => {});
      return (url) => {
        const found = router.find("GET", pathOf(url));
        if (found === null) return false;
        sink.last = found.params;
        return true;
      };
    },
  },
  {
    name: "rou3 (h3)",
    make(patterns) {
      const router = createRouter<{ pattern: string }>();
      for (const pattern of patterns) addRoute(router, "GET", pattern, { pattern });
      return (url) => {
        const found = findRoute(router, "GET", pathOf(url));
        if (found === undefined) return false;
        sink.last = found.params;
        return true;
      };
    },
  },
  {
    name: "Hono, default (RegExpRouter)",
    make(patterns) {
      const routers = [new RegExpRouter<object>(), new TrieRouter<object>()];
      const router = new SmartRouter<object>({ routers });
      for (const pattern of patterns) router.add("GET", pattern, { pattern });
      return (url) => {
        const found = router.match("GET", pathOf(url));
        sink.last = found[0][0]?.[1];
        return found[0].length > 0;
      };
    },
  },
  {
    name: "Hono, TrieRouter",
    make(patterns) {
      const router = new TrieRouter<object>();
      for (const pattern of patterns) router.add("GET", pattern, { pattern });
      return (url) => {
        const found = router.match("GET", pathOf(url));
        sink.last = found[0][0]?.[1];
        return found[0].length > 0;
      };
    },
  },
  {
    name: "a scan of `URLPattern`s",
    most: 1000,
    make(patterns) {
      const list = patterns.map((pathname) => new URLPattern({ pathname }));
      return (url) => {
        for (const pattern of list) {
          const found = pattern.exec(url);
          if (found === null) continue;
          sink.last = found.pathname.groups;
          return true;
        }
        return false;
      };
    },
  },
];
