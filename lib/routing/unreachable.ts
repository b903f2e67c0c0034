/**
 * Routes that an earlier route leaves nothing for.
 *
 * @module
 */

import { CANONICAL_PATH } from "./path_characters.ts";
import type { PatternPart } from "./pattern_part.ts";
import type { Route } from "./route.ts";
import { type Indexed, RouteIndex } from "./route_index.ts";

/** A route that no request can reach. */
export interface UnreachableRoute {
  /** The route. */
  readonly route: Route;
  /** The earlier route that takes every path of it. */
  readonly by: Route;
}

/** A route and whether it may let pass what its pattern matches. */
export interface Reachability {
  /** The route. */
  readonly route: Route;
  /** Whether the route has predicates of its own. */
  readonly predicated: boolean;
}

interface Cover extends Indexed {
  readonly route: Route;
  readonly open: boolean;
}

/** A path that stands for every path of a pattern. */
interface Shape {
  /** Segments of variable text are {@linkcode ANY}, which no literal of a pattern is equal to. */
  readonly path: string;
  /** Whether anything may follow; then `path` ends with a slash. */
  readonly open: boolean;
}

const ANY = "\0";

/**
 * Finds the routes that no request can reach, as far as that can be decided.
 *
 * A route is unreachable if an earlier one without predicates has the same pattern up to the names
 * of its groups, or has a plain pattern that matches every path of it.
 *
 * @param statements The routes in the order of statement.
 * @returns Each unreachable route with the first that takes its place.
 */
export function unreachableRoutes(
  statements: Iterable<Reachability>,
): readonly UnreachableRoute[] {
  const unreachable: UnreachableRoute[] = [];
  const sameText = new Map<string, Route>();
  const covers = new RouteIndex<Cover>();
  let order = 0;
  for (const { route, predicated } of statements) {
    const { parts, plain } = route.compiled;
    const text = JSON.stringify(parts.map((part) => ({ ...part, key: "" })));
    const by = coverOf(covers, shapeOf(parts)) ?? sameText.get(text);
    if (by !== undefined) unreachable.push({ route, by });
    if (predicated || by !== undefined) continue;
    sameText.set(text, route);
    if (plain !== null) covers.add(plain, { order: order++, route, open: plain.open });
  }
  return unreachable;
}

function coverOf(covers: RouteIndex<Cover>, shape: Shape): Route | undefined {
  // What follows an open shape can be nothing or many segments: only an open pattern takes both.
  // One that matches the path up to the slash opens there or before.
  let cover = covers.find(shape.path, 1, CANONICAL_PATH);
  while (cover && shape.open && !cover.open) {
    cover = covers.find(shape.path, 1, CANONICAL_PATH, cover.order);
  }
  return cover?.route;
}

/** Reads parts as long as they are decidable; what follows may then be anything. */
function shapeOf(parts: readonly PatternPart[]): Shape {
  let path = "";
  for (const part of parts) {
    if (part.modifier !== "" || (part.kind === "group" && !isWithinSegment(part))) {
      const prefix = part.modifier === "" && part.kind === "group" ? part.prefix : "";
      return { path: upToSlash(path + prefix), open: true };
    }
    path += part.kind === "text" ? part.text : part.prefix + ANY + part.suffix;
  }
  return { path, open: false };
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
