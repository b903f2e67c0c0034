/**
 * From a URL to the route stated first among those that match it.
 *
 * `URLPattern` is the authority: the index only leaves out what cannot match.
 *
 * @module
 */

import { HttpError } from "../http/errors.ts";
import { mayAsk } from "./backtracking.ts";
import { fixedPrefix } from "./pattern_part.ts";
import { CANONICAL_PATH, RAW_PATH } from "./request_target.ts";
import { isCanonicalPath, MAX_PATH_LENGTH, pathStart, requestPathname } from "./request_target.ts";
import type { Route } from "./route.ts";
import { RouteIndex } from "./route_index.ts";
import { type EncodedGroups, RouteMatch } from "./route_match.ts";
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
  /** Whether whatever follows its last slash matches, read by nobody. */
  readonly takesRest: boolean;
}

/** Whether a match is taken; if not, the routes after it are tried. */
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

  /** Whether no route that only `URLPattern` can decide stands before a plain one, or before none. */
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
      const groups = ask(patterned, pathname);
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

function ask<T>({ statement, prefix }: Patterned<T>, pathname: string): EncodedGroups | null {
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
