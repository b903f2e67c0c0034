/**
 * URLs that real Pyramid made within a request, made again by ours.
 *
 * @module
 */

import { type QueryInit, route, type ViewRequest } from "@pyramidion/pyramidion";
import oracle from "../data/pyramid_http.json" with { type: "json" };
import { sampleRequest } from "../sample_app.ts";
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
  const origin = "https://example.org";
  const ours = [
    route("item", urlPatternOf(routes.item)),
    route("ext", origin + urlPatternOf(routes.ext.slice(origin.length))),
  ];
  const request = sampleRequest(url, { routes: ours });
  await compare(t, "route_url", cases, (call) => ({
    theirs: call.url ?? "error",
    ours: verdict(() => make(request, call)),
  }));
});

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
