/**
 * Finds the first stated route that matches a URL, and the values that it reads from the path.
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

/** How a route is added. */
export interface RouteStatementOptions {
  /**
   * Whether the route has predicates of its own, so that it may let pass what its pattern matches
   * and makes no other route unreachable. @default {false}
   */
  readonly predicated?: boolean;
}

/** A route as it was stated. */
export interface RouteStatement<T> {
  /** The place in the order of statement, from 0. */
  readonly order: number;
  /** The route. */
  readonly route: Route;
  /** What was stated with it. */
  readonly value: T;
  /** Whether it has predicates of its own. */
  readonly predicated: boolean;
  /** Whether anything may follow its last slash, and no group reads it. */
  readonly takesRest: boolean;
}

/** Whether a match is taken. If it is not, then the routes after it are tried. */
export type AcceptMatch<T> = (value: T, match: RouteMatch<T>) => boolean;

/** A statement that only `URLPattern` can decide. */
interface Patterned<T> {
  readonly statement: RouteStatement<T>;
  readonly prefix: string;
}

/**
 * Routes in the order of statement.
 *
 * Plain patterns are found by their segments, at a cost that does not grow with their number. All
 * others are asked in turn, each at 10 ns where the path does not begin as the pattern does and
 * at 0.5 to 2.5 µs where it does.
 */
export class RouteTable<T> {
  readonly #statements: RouteStatement<T>[] = [];
  readonly #index = new RouteIndex<RouteStatement<T>>();
  readonly #patterned: Patterned<T>[] = [];

  /** The routes as they were added. */
  get statements(): readonly RouteStatement<T>[] {
    return this.#statements;
  }

  /**
   * Adds a route behind those that were added before.
   *
   * @param route The route.
   * @param value What a match gives back.
   * @param options Whether the route has predicates of its own.
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
   * Finds the route stated first among those that match and are accepted.
   *
   * @param url `request.url`, as the server hands it on.
   * @param accepts Asked for each match in turn; by default the first one is taken.
   * @returns The match, or `null`.
   * @throws {HttpBadRequest} If the URL cannot be parsed, or the path's percent-escapes are not
   * UTF-8, whichever route would match.
   * @throws {HttpError} 414 if the path is too long, or too long for a pattern that would have to
   * try too many ways to divide it.
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

  /** The first plain route, by the URL as it came; `null` where that has to be parsed to tell. */
  #findRaw(url: string, start: number): RouteStatement<T> | undefined | null {
    if (url.length - start >= MAX_PATH_LENGTH) return null;
    const found = this.#index.find(url, start, RAW_PATH);
    if (found === null || found !== undefined && !found.takesRest) return found;
    return isCanonicalPath(url, start) ? found : null;
  }

  /** Whether the index alone decides, because no route that needs `URLPattern` stands before the plain one. */
  #comesFirst(plain: RouteStatement<T> | undefined): boolean {
    const first = this.#patterned[0];
    return first === undefined || plain !== undefined && plain.order < first.statement.order;
  }

  /** Asks plain and other routes in their order, from the first plain one on; `null`: not known yet. */
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

  /** Routes that no request can reach, with the earlier route that takes all of theirs. */
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
      throw new HttpError(414, "The path of this address is too long for this page.");
  }
}

/** Groups as `URLPattern` gives them: percent-encoded, `undefined` where one did not take part. */
export type EncodedGroups = Readonly<Record<string, string | undefined>>;

/** A route that matched, what was stated with it, and the values it read. */
export class RouteMatch<T> {
  /** What was stated with the route. */
  readonly value: T;
  /** The route. */
  readonly route: Route;
  readonly #text: string;
  readonly #start: number;
  readonly #groups: EncodedGroups | null;
  #matchdict: Record<string, string | undefined> | undefined;

  /**
   * Keeps what is needed to build the `matchdict`.
   *
   * @param route The route.
   * @param value What was stated with it.
   * @param text A text with the canonical path in it, which a query may follow.
   * @param start Where the path begins, behind its first slash.
   * @param groups What `URLPattern` captured; `null` for a plain pattern, whose values are cut from
   * the path.
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
   * The values by the name of their group, percent-decoded; a `%2F` stays within its segment.
   *
   * It has no prototype, is built when it is first asked for, and is kept. A group that did not take
   * part is there as `undefined`. The keys stand in the order of the pattern; those of groups without
   * a name (`"0"`, `"1"`) stand first, as in every object of JavaScript. Pyramid: `request.matchdict`.
   *
   * @throws {HttpBadRequest} If a regular expression of the pattern cut a percent-escape in two, or
   * a value holds a NUL.
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
   * The segments that a group captured, each percent-decoded: a slash that was sent as `%2F` is
   * within its segment.
   *
   * @param key The name of the group.
   * @returns An empty list where the group is empty, or did not take part.
   * @throws {HttpBadRequest} As `matchdict`.
   * @throws {TypeError} If the pattern has no such group.
   */
  segments(key: string): string[] {
    const { compiled, name, pattern } = this.route;
    if (!compiled.parts.some((part) => part.kind === "group" && part.key === key)) {
      throw new TypeError(
        `Cannot read the segments of "${key}": the pattern "${pattern}" of route "${name}" captures no such parameter`,
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
    // A name that is cut from its segment for each request would be hashed for each request.
    matchdict[names[next++]!] = encoded ? read(value) : value;
    from = end + 1;
  }
  if (open) {
    const query = text.indexOf("?", from);
    matchdict["0"] = read(text.slice(from, query === -1 ? text.length : query));
  }
  return matchdict;
}

/** In the order of the pattern, because engines differ in the order of groups. */
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
