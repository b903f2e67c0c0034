/**
 * What a route made of a path.
 *
 * @module
 */

import { HttpBadRequest } from "../http/errors.ts";
import type { PatternPart } from "./pattern_part.ts";
import { isVariable, type PlainPattern } from "./pattern_part.ts";
import type { Route } from "./route.ts";

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
        ? cut(compiled.plain, this.#text, this.#start, decode)
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
    const groups = this.#groups ?? cut(compiled.plain, this.#text, this.#start, asItIs);
    const text = groups[key] ?? "";
    return text === "" ? [] : text.split("/").map(decode);
  }
}

function asItIs(text: string): string {
  return text;
}

function cut(
  plain: PlainPattern | null,
  text: string,
  start: number,
  decode: (text: string) => string,
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
    matchdict[names[next++]!] = encoded ? decode(value) : value;
    from = end + 1;
  }
  if (open) {
    const query = text.indexOf("?", from);
    matchdict["0"] = decode(text.slice(from, query === -1 ? text.length : query));
  }
  return matchdict;
}

/** In the order of the pattern: that of the groups is the engine's, and differs between engines. */
function decodeAll(
  parts: readonly PatternPart[],
  groups: EncodedGroups,
): Record<string, string | undefined> {
  const matchdict: Record<string, string | undefined> = Object.create(null);
  for (const part of parts) {
    if (part.kind !== "group") continue;
    const text = groups[part.key];
    matchdict[part.key] = text === undefined ? undefined : decode(text);
  }
  return matchdict;
}

function decode(text: string): string {
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
