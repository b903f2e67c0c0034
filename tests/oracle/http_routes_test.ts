/**
 * Routes that real Pyramid matched, and paths that it made, matched and made again by ours.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { Configurator, json, Route } from "@pyramidion/pyramidion";
import oracle from "../data/pyramid_http.json" with { type: "json" };
import { recordingLogger } from "../sample_app.ts";
import { compare } from "./http_differences.ts";
import { urlPatternOf } from "./pyramid_pattern.ts";

interface MatchRow {
  readonly pattern: string;
  readonly error?: string | undefined;
  readonly matches?:
    | readonly { readonly path: string; readonly matchdict: object | null }[]
    | undefined;
}

interface GenerateRow {
  readonly pattern: string;
  readonly kw: object;
  readonly path?: string | undefined;
  readonly error?: string | undefined;
}

Deno.test("urlPatternOf() says in URLPattern's words what a pattern of Pyramid's says", async (t) => {
  const rows: Record<string, string> = {
    "": "/",
    "foo": "/foo",
    "/users/{id}": "/users/{:id([^/]+)}",
    "/:bar": "/{:bar([^/]+)}",
    "/{year:\\d{4}}.html": "/{:year(\\d{4})}.html",
    "/{x:(a|b)}": "/{:x((?:a|b))}",
    "/foo*rest": "/foo{:rest(.*)}",
    "/a+(b)": "/a\\+\\(b\\)",
    "/100%": "/100%25",
  };
  for (const [pyramid, ours] of Object.entries(rows)) {
    await t.step(pyramid || "(empty)", () => assertEquals(urlPatternOf(pyramid), ours));
  }
});

Deno.test("routes match what Pyramid's match, but for what is decided otherwise", async (t) => {
  const rows: readonly MatchRow[] = oracle.route_match;
  const cases = rows.flatMap(({ pattern, matches = [], error }) =>
    error === undefined
      ? matches.map(({ path, matchdict }) => ({
        name: `${pattern} on ${path}`,
        pattern,
        path,
        theirs: matchdict === null ? "no match" : JSON.stringify(matchdict),
      }))
      : [{ name: pattern, pattern, path: "/", theirs: "error" }]
  );
  await compare(t, "route_match", cases, async ({ pattern, path, theirs }) => ({
    theirs,
    ours: await match(pattern, path),
  }));
});

Deno.test("routes make the paths that Pyramid's make, but for what is decided otherwise", async (t) => {
  const rows: readonly GenerateRow[] = oracle.route_generate;
  const cases = rows.map((row) => ({
    ...row,
    name: `${row.pattern} of ${JSON.stringify(row.kw)}`,
  }));
  await compare(t, "route_generate", cases, ({ pattern, kw, path = "error" }) => ({
    theirs: path,
    ours: verdict(() => new Route("x", urlPatternOf(pattern)).path({ ...kw })),
  }));
});

/** What an app with a route of this pattern captures; Pyramid's paths are decoded. */
async function match(pattern: string, path: string): Promise<string> {
  const config = new Configurator({ logger: recordingLogger() });
  const made = verdict(() => {
    config.addRoute("x", urlPatternOf(pattern));
    return "made";
  });
  if (made === "error") return made;
  config.addView((request) => json(request.matchdict), { routeName: "x" });
  const url = "https://app.test" + encodeURI(path).replace(/[?#]/g, encodeURIComponent);
  const response = await config.makeApp().fetch(new Request(url));
  if (response.status === 404) return "no match";
  const matchdict: Record<string, string> = await response.json();
  // A remainder is text with us, and a list of the segments that are not empty with Pyramid.
  const entries = Object.entries(matchdict).map(([name, value]) =>
    name === "rest" ? [name, value.split("/").filter((segment) => segment !== "")] : [name, value]
  );
  return JSON.stringify(Object.fromEntries(entries));
}

function verdict(make: () => string): string {
  try {
    return make();
  } catch {
    return "error";
  }
}
