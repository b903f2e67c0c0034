/**
 * URLs that real Pyramid made within a request, made again by ours.
 *
 * @module
 */

import { assert } from "jsr:@std/assert@^1.0.0";
import { Configurator, type ViewRequest } from "@pyramidion/pyramidion";
import type { QueryInit } from "@pyramidion/pyramidion/types";
import oracle from "../data/pyramid_http.json" with { type: "json" };
import { compare } from "./http_differences.ts";
import { urlPatternOf } from "./pyramid_pattern.ts";

interface Call {
  readonly call: string;
  readonly args: readonly string[];
  readonly kw: {
    readonly id?: string | undefined;
    readonly _query?: unknown;
    readonly _anchor?: string | undefined;
  };
  readonly url?: string | undefined;
}

Deno.test("requests make the URLs that Pyramid's make, but for what is decided otherwise", async (t) => {
  const { request: url, routes } = oracle.route_url;
  const calls: readonly Call[] = oracle.route_url.calls;
  const cases = calls.map((call) => ({
    ...call,
    name: `${call.call}(${JSON.stringify(call.args)}, ${JSON.stringify(call.kw)})`,
  }));
  const request = await requestOf(url, routes);
  await compare(t, "route_url", cases, (call) => ({
    theirs: call.url ?? "error",
    ours: verdict(() => make(request, call)),
  }));
});

/** The request as the view of `item` gets it. */
async function requestOf(
  url: string,
  { item, ext }: { readonly item: string; readonly ext: string },
): Promise<ViewRequest> {
  let request: ViewRequest | undefined;
  const { origin, pathname } = new URL(ext);
  const app = new Configurator()
    .addRoute("item", urlPatternOf(item))
    .addRoute("ext", origin + urlPatternOf(decodeURI(pathname)))
    .addView((given) => {
      request = given;
      return new Response();
    }, { routeName: "item" })
    .makeApp();
  await app.fetch(new Request(url));
  assert(request);
  return request;
}

/** The same call in our words. */
function make(request: ViewRequest, { call, args: [name = ""], kw }: Call): string {
  const { _query: query, _anchor: fragment, ...values } = kw;
  const options = { query: query as QueryInit | undefined, fragment };
  if (call === "route_url") return request.routeUrl(name, values, options);
  if (call === "route_path") return request.routePath(name, values, options);
  // `current_route_url()`: the route, what it captured, and the query, unless another is given.
  const { matchedRoute, matchdict } = request;
  if (matchedRoute === undefined) throw new Error("no route matched");
  const current = [
    matchedRoute,
    { ...matchdict, ...values },
    { ...options, query: options.query ?? request.query },
  ] as const;
  return call === "current_route_url"
    ? request.routeUrl(...current)
    : request.routePath(...current);
}

function verdict(make: () => string): string {
  try {
    return make();
  } catch {
    return "error";
  }
}
