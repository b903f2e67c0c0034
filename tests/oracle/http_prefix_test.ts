/**
 * Patterns that real Pyramid joined with the prefixes of includes, joined again by ours.
 *
 * @module
 */

import { Configurator } from "@pyramidion/pyramidion";
import oracle from "../data/pyramid_http.json" with { type: "json" };
import { compare } from "./http_differences.ts";

interface Join {
  readonly prefixes: readonly (string | null)[];
  readonly pattern: string;
  readonly inherit_slash?: boolean | undefined;
  readonly result?: string | undefined;
}

Deno.test("includes join patterns as Pyramid does, but for what is decided otherwise", async (t) => {
  const joins: readonly Join[] = oracle.route_prefix;
  const cases = joins.map((join) => ({ ...join, name: nameOf(join) }));
  await compare(t, "route_prefix", cases, (join) => ({
    theirs: join.result?.replace(/^\//, "") ?? "error",
    ours: joined(join),
  }));
});

function nameOf({ prefixes, pattern, inherit_slash }: Join): string {
  const how = inherit_slash === true ? " (inherit_slash)" : "";
  return `"${pattern}" under ${prefixes.map(String).join(", ")}${how}`;
}

/** The pattern that the route gets within nested includes, without its first slash: Pyramid keeps none. */
function joined({ prefixes, pattern }: Join): string {
  const config = new Configurator();
  let add = (config: Configurator): void => void config.addRoute("x", pattern);
  for (const prefix of prefixes.toReversed()) {
    const inner = add;
    add = (config) => void config.include(inner, prefix === null ? {} : { routePrefix: prefix });
  }
  try {
    add(config);
    const [route] = config.makeApp().report.routes;
    return route === undefined ? "no route" : route.pattern.slice(1);
  } catch {
    return "error";
  }
}
