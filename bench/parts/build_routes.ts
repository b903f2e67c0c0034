/**
 * Builds routes once in a fresh process, and prints what that took. Arguments: what, and how many.
 *
 * @module
 */

import { Memoirist } from "memoirist";
import { Route } from "../../lib/routing/route.ts";
import { RouteTable } from "../../lib/routing/route_table.ts";
import { Configurator } from "../../mod.ts";
import { HELLO } from "../payload.ts";
import { patternsOf } from "../route_patterns.ts";
import { say } from "../say.ts";

const [what, count] = Deno.args;
const patterns = patternsOf(Number(count));
const collectGarbage: unknown = Reflect.get(globalThis, "gc");

function build(): unknown {
  switch (what) {
    case "table": {
      const table = new RouteTable<string>();
      for (const pattern of patterns) table.add(new Route(pattern, pattern), pattern);
      return table;
    }
    case "app": {
      const config = new Configurator();
      for (const pattern of patterns) {
        config.addRoute(pattern, pattern);
        config.addView(() => new Response(HELLO), { routeName: pattern });
      }
      return config.makeApp();
    }
    case "memoirist": {
      const router = new Memoirist<string>();
      for (const pattern of patterns) router.add("GET", pattern, pattern);
      return router;
    }
    default:
      return patterns.map((pathname) => new URLPattern({ pathname }));
  }
}

function collect(): void {
  if (typeof collectGarbage === "function") collectGarbage();
}

collect();
const before = Deno.memoryUsage();
const start = performance.now();
const built = build();
const milliseconds = performance.now() - start;
const after = Deno.memoryUsage();
collect();
const live = Deno.memoryUsage();

say(JSON.stringify({
  milliseconds,
  residentMegabytes: (after.rss - before.rss) / 1e6,
  heapMegabytes: (live.heapUsed - before.heapUsed) / 1e6,
  kept: built !== undefined,
}));
