/**
 * Finds routes that no request can reach, because an earlier route matches all of their paths.
 *
 * @module
 */

import { CANONICAL_PATH } from "./request_target.ts";
import type { PatternPart } from "./pattern_parts.ts";
import type { Route } from "./route.ts";
import type { RoutePattern } from "./route_pattern.ts";
import { type Indexed, RouteIndex } from "./route_index.ts";

/** A route that no request can reach. */
export interface UnreachableRoute {
  /** The route. */
  readonly route: Route;
  /** The earlier route that matches all of its paths. */
  readonly by: Route;
}

/** A route, and whether it has predicates. */
export interface Reachability {
  /** The route. */
  readonly route: Route;
  /** Whether the route has predicates. Such a route can refuse a path that its pattern matches. */
  readonly predicated: boolean;
}

interface Cover extends Indexed {
  readonly route: Route;
  readonly open: boolean;
}

/** A path that represents all paths of a pattern. */
interface Shape {
  /**
   * The path. Variable text is written as {@linkcode ANY_TEXT}, which no literal of a pattern
   * equals.
   */
  readonly path: string;
  /** Whether any text can follow. `path` then ends with a slash. */
  readonly open: boolean;
  /** The pattern without the names of its groups. */
  readonly text: string;
}

const ANY_TEXT = "\0";
const GROUP_NAMES = /:[^/]+/g;

/**
 * Finds routes that no request can reach. Some are not found, because this cannot always be
 * decided.
 *
 * A route is unreachable if an earlier route without predicates matches all of its paths. It is
 * found if both patterns are equal except for the names of groups, or if the earlier pattern is
 * plain.
 *
 * @param statements The routes in their order.
 * @returns Each unreachable route, with an earlier route that matches all of its paths.
 */
export function unreachableRoutes(
  statements: Iterable<Reachability>,
): readonly UnreachableRoute[] {
  const unreachable: UnreachableRoute[] = [];
  const sameText = new Map<string, Route>();
  const covers = new RouteIndex<Cover>();
  let order = 0;
  for (const { route, predicated } of statements) {
    const { plain } = route.compiled;
    const shape = shapeOf(route.compiled);
    // If an earlier route covered a route of the same text, then that route was not added to
    // `sameText`.
    const by = sameText.get(shape.text) ?? coverOf(covers, shape);
    if (by !== undefined) unreachable.push({ route, by });
    if (predicated || by !== undefined) continue;
    sameText.set(shape.text, route);
    // A pattern without variable text covers only patterns of the same text.
    if (plain === null || (plain.names.length === 0 && !plain.open)) continue;
    covers.add(plain, { order: order++, route, open: plain.open });
  }
  return unreachable;
}

function coverOf(covers: RouteIndex<Cover>, shape: Shape): Route | undefined {
  // Any number of segments can follow an open shape, and only an open pattern matches all of them.
  // An open pattern that matches the path up to the slash begins its open part there or earlier.
  let cover = covers.find(shape.path, 1, CANONICAL_PATH);
  while (cover && shape.open && !cover.open) {
    cover = covers.find(shape.path, 1, CANONICAL_PATH, cover.order);
  }
  return cover?.route;
}

function shapeOf(compiled: RoutePattern): Shape {
  const { plain, source } = compiled;
  if (plain === null || plain.open) return shapeOfParts(compiled.parts);
  const path = plain.names.length === 0 ? source : source.replace(GROUP_NAMES, ANY_TEXT);
  return { path, open: false, text: path };
}

/** Reads parts up to the first part that cannot be decided. After it, any text can follow. */
function shapeOfParts(parts: readonly PatternPart[]): Shape {
  let path = "";
  for (const part of parts) {
    if (part.modifier !== "" || (part.kind === "group" && !isWithinSegment(part))) {
      const prefix = part.modifier === "" && part.kind === "group" ? part.prefix : "";
      return { path: upToSlash(path + prefix), open: true, text: patternText(parts) };
    }
    path += part.kind === "text" ? part.text : part.prefix + ANY_TEXT + part.suffix;
  }
  return { path, open: false, text: parts.every(isPlain) ? path : patternText(parts) };
}

function patternText(parts: readonly PatternPart[]): string {
  return JSON.stringify(parts.map((part) => ({ ...part, key: "" })));
}

/** Whether a part is text, or a `:name` that fills its segment. */
function isPlain(part: PatternPart): boolean {
  return part.kind === "text" ||
    (part.matches === "segment" && part.prefix === "/" && part.suffix === "");
}

/** Whether a group matches at least one character and never a slash. */
function isWithinSegment(part: Extract<PatternPart, { kind: "group" }>): boolean {
  if (part.matches !== "regexp") return part.matches === "segment";
  return /^(?:(?:\\[dw]|\w|-|\[(?:\\[dw]|[\w-])+\])(?:\+|\{[1-9]\d*(?:,\d*)?\})?)+$/.test(
    part.regexp,
  );
}

function upToSlash(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash === -1 ? "/" : path.slice(0, slash + 1);
}
