/**
 * Finds the first route that matches a URL, and the values in the path.
 *
 * `URLPattern` is the authority: the index only leaves out what cannot match.
 *
 * @module
 */

import { HttpBadRequest, HttpError } from "../http/errors.ts";
import { mayAsk } from "./backtracking.ts";
import { fixedPrefix, isVariable, type PatternPart, type PlainPattern } from "./pattern_parts.ts";
import {
  CANONICAL_PATH,
  isCanonicalPath,
  MAX_PATH_LENGTH,
  pathStart,
  RAW_PATH,
  requestPathname,
} from "./request_target.ts";
import type { Route } from "./route.ts";
import { RouteIndex } from "./route_index.ts";
import { type UnreachableRoute, unreachableRoutes } from "./unreachable.ts";

/** The options of {@linkcode RouteTable.add}. */
export interface RouteStatementOptions {
  /**
   * Whether the route has predicates. Such a route can refuse a path that its pattern matches, so
   * it makes no later route unreachable. @default {false}
   */
  readonly predicated?: boolean;
}

/** A route of the table. */
export interface RouteStatement<T> {
  /** The position among the added routes, from 0. */
  readonly order: number;
  /** The route. */
  readonly route: Route;
  /** The value that was added with the route. */
  readonly value: T;
  /** Whether the route has predicates. */
  readonly predicated: boolean;
  /** Whether the pattern ends with `/*`, so that any text can follow its last slash. */
  readonly takesRest: boolean;
}

/** Decides whether a match is used. If it is not, then the routes after it are tried. */
export type AcceptMatch<T> = (value: T, match: RouteMatch<T>) => boolean;

/** A route that only `URLPattern` can match. */
interface Patterned<T> {
  readonly statement: RouteStatement<T>;
  readonly prefix: string;
}

/**
 * The routes of an app, in the order in which they were added.
 *
 * Plain patterns are found by their segments, at a cost that does not grow with their number. All
 * other patterns are tried in turn. Each costs 10 ns if the path begins differently, else 0.5 to
 * 2.5 µs.
 */
export class RouteTable<T> {
  readonly #statements: RouteStatement<T>[] = [];
  readonly #index = new RouteIndex<RouteStatement<T>>();
  readonly #patterned: Patterned<T>[] = [];

  /** The routes in the order in which they were added. */
  get statements(): readonly RouteStatement<T>[] {
    return this.#statements;
  }

  /**
   * Adds a route after the routes that were added before.
   *
   * @param route The route.
   * @param value The value that a match returns.
   * @param options Whether the route has predicates.
   */
  add(route: Route, value: T, options: RouteStatementOptions = {}): void {
    const { predicated = false } = options;
    const { plain } = route.compiled;
    const takesRest = plain !== null && plain.open;
    const statement = { order: this.#statements.length, route, value, predicated, takesRest };
    this.#statements.push(statement);
    if (plain !== null) return this.#index.add(plain, statement);
    this.#patterned.push({ statement, prefix: fixedPrefix(route.compiled.parts) });
  }

  /**
   * Finds the first route that matches and is accepted.
   *
   * @param url `request.url`, as the server hands it on.
   * @param accepts Called for each match in turn. Default: the first match is used.
   * @returns The match, or `null` if no route matches.
   * @throws {HttpBadRequest} If the URL cannot be parsed, or the path's percent-escapes are not
   * UTF-8. This does not depend on the routes.
   * @throws {HttpError} 414 if the path is too long, or a pattern would need too much time for it.
   */
  match(url: string, accepts?: AcceptMatch<T>): RouteMatch<T> | null {
    const start = pathStart(url);
    const plain = start === -1 ? null : this.#findRaw(url, start);
    if (plain !== null && accepts === undefined && this.#comesFirst(plain)) {
      return plain === undefined
        ? null
        : new RouteMatch(plain.route, plain.value, url, start, null);
    }
    return this.#matchInOrder(requestPathname(url), plain, accepts);
  }

  /**
   * Finds the first plain route by the URL that was not parsed, or returns `null` if it must be
   * parsed.
   */
  #findRaw(url: string, start: number): RouteStatement<T> | undefined | null {
    if (url.length - start >= MAX_PATH_LENGTH) return null;
    const found = this.#index.find(url, start, RAW_PATH);
    if (found === null || found !== undefined && !found.takesRest) return found;
    return isCanonicalPath(url, start) ? found : null;
  }

  /**
   * Whether the index alone decides, because no route that needs `URLPattern` is before the plain
   * one.
   */
  #comesFirst(plain: RouteStatement<T> | undefined): boolean {
    const first = this.#patterned[0];
    return first === undefined || plain !== undefined && plain.order < first.statement.order;
  }

  /**
   * Tries plain and other routes in their order. `first` is the first plain route, or `null` if it
   * is not known yet.
   */
  #matchInOrder(
    pathname: string,
    first: RouteStatement<T> | undefined | null,
    accepts: AcceptMatch<T> | undefined,
  ): RouteMatch<T> | null {
    let plain = first === null ? this.#plainAfter(-1, pathname) : first;
    for (const patterned of this.#patterned) {
      const { statement } = patterned;
      for (
        ;
        plain && plain.order < statement.order;
        plain = this.#plainAfter(plain.order, pathname)
      ) {
        const match = new RouteMatch(plain.route, plain.value, pathname, 1, null);
        if (accepts === undefined || accepts(plain.value, match)) return match;
      }
      const groups = askUrlPattern(patterned, pathname);
      if (groups === null) continue;
      const match = new RouteMatch(statement.route, statement.value, pathname, 1, groups);
      if (accepts === undefined || accepts(statement.value, match)) return match;
    }
    for (; plain; plain = this.#plainAfter(plain.order, pathname)) {
      const match = new RouteMatch(plain.route, plain.value, pathname, 1, null);
      if (accepts === undefined || accepts(plain.value, match)) return match;
    }
    return null;
  }

  #plainAfter(order: number, pathname: string): RouteStatement<T> | undefined {
    return this.#index.find(pathname, 1, CANONICAL_PATH, order) ?? undefined;
  }

  /**
   * Finds the routes that no request can reach, each with the earlier route that matches all of its
   * paths.
   */
  unreachable(): readonly UnreachableRoute[] {
    return unreachableRoutes(this.#statements);
  }
}

function askUrlPattern<T>(
  { statement, prefix }: Patterned<T>,
  pathname: string,
): EncodedGroups | null {
  if (!pathname.startsWith(prefix)) return null;
  const { compiled } = statement.route;
  switch (mayAsk(compiled.limit, pathname)) {
    case "yes":
      return compiled.exec(pathname);
    case "differs":
      return null;
    case "too long":
      throw new HttpError(
        414,
        "The path of this address is too long for this page. Use a shorter address.",
      );
  }
}

/**
 * Groups as `URLPattern` gives them: percent-encoded, or `undefined` if the group did not match.
 */
export type EncodedGroups = Readonly<Record<string, string | undefined>>;

/** A match: the route, the value that was added with it, and the values in the path. */
export class RouteMatch<T> {
  /** The value that was added with the route. */
  readonly value: T;
  /** The route. */
  readonly route: Route;
  readonly #text: string;
  readonly #start: number;
  readonly #groups: EncodedGroups | null;
  #matchdict: Record<string, string | undefined> | undefined;

  /**
   * Keeps the data from which `matchdict` is built.
   *
   * @param route The route.
   * @param value The value that was added with the route.
   * @param text A text that contains the canonical path. A query can follow the path.
   * @param start The index after the first slash of the path.
   * @param groups The groups that `URLPattern` captured. It is `null` for a plain pattern, whose
   * values are cut from the path.
   */
  constructor(
    route: Route,
    value: T,
    text: string,
    start: number,
    groups: EncodedGroups | null,
  ) {
    this.route = route;
    this.value = value;
    this.#text = text;
    this.#start = start;
    this.#groups = groups;
  }

  /**
   * The values by the name of their group, percent-decoded. A `%2F` becomes a slash of its value.
   *
   * It has no prototype. It is built at its first use, and kept. A group that did not match has the
   * value `undefined`. The keys have the order of the pattern. Keys of groups without a name
   * (`"0"`, `"1"`) come first, as in every object of JavaScript. Pyramid: `request.matchdict`.
   *
   * @throws {HttpBadRequest} If a regular expression of the pattern cut a percent-escape in two, or
   * a value has a NUL.
   */
  get matchdict(): Record<string, string | undefined> {
    if (this.#matchdict === undefined) {
      const { compiled } = this.route;
      this.#matchdict = this.#groups === null && compiled.plain !== null
        ? cutGroups(compiled.plain, this.#text, this.#start, decodeGroup)
        : decodeAll(compiled.parts, this.#groups ?? {});
    }
    return this.#matchdict;
  }

  /**
   * Returns the segments that a group captured, each percent-decoded. A `%2F` becomes a slash
   * within its segment.
   *
   * @param key The name of the group.
   * @returns The segments. The list is empty if the group is empty or did not match.
   * @throws {HttpBadRequest} As {@linkcode RouteMatch.matchdict} throws.
   * @throws {TypeError} If the pattern has no such group.
   */
  segments(key: string): string[] {
    const { compiled, name, pattern } = this.route;
    if (!compiled.parts.some((part) => part.kind === "group" && part.key === key)) {
      throw new TypeError(
        `Cannot read the segments of "${key}": the pattern "${pattern}" of route "${name}" has no group of this name`,
      );
    }
    const groups = this.#groups ?? cutGroups(compiled.plain, this.#text, this.#start, unchanged);
    const text = groups[key] ?? "";
    return text === "" ? [] : text.split("/").map(decodeGroup);
  }
}

function unchanged(text: string): string {
  return text;
}

function cutGroups(
  plain: PlainPattern | null,
  text: string,
  start: number,
  read: (text: string) => string,
): Record<string, string | undefined> {
  const matchdict: Record<string, string | undefined> = Object.create(null);
  if (plain === null) return matchdict;
  const { segments, names, open } = plain;
  let from = start;
  let next = 0;
  for (let at = 0; at < segments.length; at++) {
    const segment = segments[at]!;
    if (!isVariable(segment)) {
      from += segment.length + 1;
      continue;
    }
    let end = from;
    let encoded = false;
    for (; end < text.length; end++) {
      const character = text.charCodeAt(end);
      if (character === 0x2f || character === 0x3f) break;
      if (character === 0x25) encoded = true;
    }
    const value = text.slice(from, end);
    // The names are kept, because a name that is cut anew for each request would be hashed for each
    // request.
    matchdict[names[next++]!] = encoded ? read(value) : value;
    from = end + 1;
  }
  if (open) {
    const query = text.indexOf("?", from);
    matchdict["0"] = read(text.slice(from, query === -1 ? text.length : query));
  }
  return matchdict;
}

/** Decodes the groups in the order of the pattern, because engines differ in their order. */
function decodeAll(
  parts: readonly PatternPart[],
  groups: EncodedGroups,
): Record<string, string | undefined> {
  const matchdict: Record<string, string | undefined> = Object.create(null);
  for (const part of parts) {
    if (part.kind !== "group") continue;
    const text = groups[part.key];
    matchdict[part.key] = text === undefined ? undefined : decodeGroup(text);
  }
  return matchdict;
}

function decodeGroup(text: string): string {
  if (!text.includes("%")) return text;
  let decoded: string;
  try {
    decoded = decodeURIComponent(text);
  } catch (cause) {
    throw new HttpBadRequest(
      "A part of the path in this address is not valid percent-encoded UTF-8. Check the address and try again.",
      {
        cause,
      },
    );
  }
  if (decoded.includes("\0")) {
    throw new HttpBadRequest(
      "The path of this address holds a NUL character. Check the address and try again.",
    );
  }
  return decoded;
}
