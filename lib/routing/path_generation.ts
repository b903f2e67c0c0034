/**
 * Writes the path of a route from values, which is the inverse of matching.
 *
 * @module
 */

import { type OptionKinds, TEXT } from "../check_options.ts";
import { mayAsk } from "./backtracking.ts";
import type { SegmentsValue, SegmentValue } from "./matchdict.ts";
import { type GroupPart, isOptional, isRepeated } from "./pattern_parts.ts";
import { hasDotSegment } from "./request_target.ts";
import type { RoutePattern } from "./route_pattern.ts";

/** A value of a query string. Numbers and booleans are written as `String()` writes them. */
export type QueryValue = string | number | boolean;

/** One or several values of a name. `undefined` is left out. */
export type QueryValues = QueryValue | readonly QueryValue[] | undefined;

/** Names and values in order, as in `URLSearchParams`. */
export type QueryPairs = Iterable<readonly [name: string, value: QueryValues]>;

/** The names and values of a query string: a record, pairs, or `URLSearchParams`. */
export type QueryInit = Readonly<Record<string, QueryValues>> | QueryPairs;

/** The options of `route.path()`: the query string and the fragment. */
export interface PathOptions {
  /** The query string. An array makes one pair for each of its entries. Pyramid: `_query`. */
  readonly query?: QueryInit | undefined;
  /** The fragment, without `#`. Pyramid: `_anchor`. */
  readonly fragment?: string | undefined;
}

/**
 * The type of each option of {@linkcode PathOptions}. The values of a query are checked when the
 * query is written.
 */
export const PATH_KINDS: OptionKinds<PathOptions> = {
  query: {
    expected: "an object, pairs or URLSearchParams",
    is: (value) => typeof value === "object" && value !== null && !(value instanceof Promise),
  },
  fragment: TEXT,
};

/** Values by the key of the group. */
export type PathValues = Readonly<Record<string, SegmentsValue | undefined>>;

/**
 * The characters that `encodeURIComponent` encodes although a segment can have them (RFC 3986,
 * `pchar`).
 */
const PCHAR = /%(?:3A|40|24|26|2B|2C|3B|3D)/g;

/**
 * Writes a path, and checks that the pattern reads the same values from it.
 *
 * @param route The route's name, for messages.
 * @param pattern The pattern.
 * @param values Values by the key of the group.
 * @param options The options of `route.path()`: the query string and the fragment.
 * @throws {TypeError} If a value is missing, or the pattern would read another value from the path.
 */
export function generatePath(
  route: string,
  pattern: RoutePattern,
  values: PathValues,
  options: PathOptions,
): string {
  const refuse: Refuse = (reason) => {
    throw new TypeError(`Cannot make path of route "${route}": ${reason}`);
  };
  const after = queryOf(options.query, refuse) + fragmentOf(options.fragment, refuse);
  const undecided = pattern.plain === null ? undecidedKeys(pattern, values) : NO_KEYS;
  // Each value is tried with its slashes kept and with its slashes escaped. The first attempt keeps
  // all slashes.
  for (let way = 0; way < 2 ** undecided.length - 1; way++) {
    const escaped = new Set(undecided.filter((_, at) => (way >> at & 1) === 1));
    try {
      return writePath(pattern, values, escaped, refuse) + after;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }
  return writePath(pattern, values, new Set(undecided), refuse) + after;
}

const NO_KEYS: readonly string[] = [];
/** The most values that are tried with their slashes kept and with their slashes escaped. */
const MAX_UNDECIDED = 3;

/** The groups whose expression decides whether a slash of the value stays a slash of the path. */
function undecidedKeys(pattern: RoutePattern, values: PathValues): readonly string[] {
  return pattern.parts.flatMap((part) => {
    if (part.kind === "text" || !Object.hasOwn(values, part.key)) return [];
    if (part.matches !== "regexp" && !isRepeated(part)) return [];
    const value = values[part.key];
    const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
    return texts.some((text) => typeof text === "string" && text.includes("/")) ? [part.key] : [];
  }).slice(0, MAX_UNDECIDED);
}

/** Writes the path, with the slashes of some values escaped. */
function writePath(
  pattern: RoutePattern,
  values: PathValues,
  escaped: ReadonlySet<string>,
  refuse: Refuse,
): string {
  let path = "";
  const written = new Map<string, string>();
  for (const part of pattern.parts) {
    if (part.kind === "text") {
      if (part.modifier === "" || part.modifier === "+") path += part.text;
      continue;
    }
    const value = Object.hasOwn(values, part.key) ? values[part.key] : undefined;
    const text = encodeValue(part, value, escaped.has(part.key), refuse);
    if (text === null) continue;
    path += part.prefix + text + part.suffix;
    written.set(part.key, text);
  }
  checkPath(path, written, refuse);
  if (pattern.plain === null) checkMatch(path, pattern, written, refuse);
  return path;
}

type Refuse = (reason: string) => never;

/**
 * Writes the value of a group, or returns `null` if the value is absent and the group is optional.
 */
function encodeValue(
  part: GroupPart,
  value: SegmentsValue | undefined,
  isEscaped: boolean,
  refuse: Refuse,
): string | null {
  const parameter = `parameter "${part.key}"`;
  const optional = isOptional(part);
  const repeated = isRepeated(part);
  const many = repeated || part.matches === "wildcard";
  if (value === undefined) return optional ? null : refuse(`${parameter} is missing`);
  if (value === null) return refuse(`${parameter} is null: must be a string or a number`);
  let text: string;
  if (isArray(value)) {
    if (!many) return refuse(`${parameter} is an array: must be a string or a number`);
    if (value.length === 0 && repeated) {
      return optional ? null : refuse(`${parameter} is empty: must have at least one entry`);
    }
    if (!repeated && value.length === 1 && value[0] === "") {
      return refuse(
        `${parameter} is a list of one empty segment, which the route would read back as an empty list`,
      );
    }
    const isKept = repeated && part.matches === "regexp" && !isEscaped;
    const write = isKept ? encodeSegments : encode;
    const separator = repeated ? part.suffix + part.prefix : "/";
    text = value.map((entry) => write(segmentText(entry, parameter, refuse), parameter, refuse))
      .join(separator);
  } else {
    const whole = segmentText(value, parameter, refuse);
    const isKept = (many || part.matches === "regexp") && !isEscaped;
    text = isKept ? encodeSegments(whole, parameter, refuse) : encode(whole, parameter, refuse);
  }
  if (text === "" && (part.matches === "segment" || repeated)) {
    return refuse(`${parameter} is empty: must have at least one character`);
  }
  return text;
}

function isArray(value: SegmentsValue): value is readonly SegmentValue[] {
  return Array.isArray(value);
}

function segmentText(value: SegmentValue, parameter: string, refuse: Refuse): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  const found = typeof value === "number" ? String(value) : `of type "${typeof value}"`;
  return refuse(`${parameter} is ${found}: must be a string or a finite number`);
}

function encodeSegments(text: string, what: string, refuse: Refuse): string {
  return text.split("/").map((segment) => encode(segment, what, refuse)).join("/");
}

function encode(text: string, what: string, refuse: Refuse): string {
  if (text.includes("\0")) {
    refuse(`${what} has a NUL character, which the path of a request must not have`);
  }
  if (!text.isWellFormed()) refuse(`${what} has half a surrogate pair: must be well-formed text`);
  return encodeURIComponent(text).replace(PCHAR, decodeURIComponent);
}

function checkPath(path: string, written: ReadonlyMap<string, string>, refuse: Refuse): void {
  if (path.startsWith("//")) {
    refuse(`"${path}" begins with "//", which a browser reads as another host`);
  }
  if (!path.startsWith("/")) refuse(`"${path}" does not begin with "/"`);
  if (!hasDotSegment(path)) return;
  for (const [key, text] of written) {
    if (hasDotSegment(text)) {
      refuse(`parameter "${key}" is "${text}": URLs remove the segments "." and ".."`);
    }
  }
  refuse(`"${path}" has a segment "." or "..", which URLs remove`);
}

function checkMatch(
  path: string,
  pattern: RoutePattern,
  written: ReadonlyMap<string, string>,
  refuse: Refuse,
): void {
  const may = mayAsk(pattern.limit, path);
  if (may === "too long") {
    return refuse(
      `a path of ${path.length} characters is too long for its pattern "${pattern.source}"`,
    );
  }
  const groups = may === "yes" ? pattern.exec(path) : null;
  if (groups === null) {
    return refuse(`"${path}" does not match its own pattern "${pattern.source}"`);
  }
  for (const [key, text] of Object.entries(groups)) {
    const stated = written.get(key);
    if (text === stated || (text === "" && stated === undefined)) continue;
    const found = text === undefined ? "not be read back" : `be read back as "${text}"`;
    const from = stated === undefined ? "which is not given" : `which is "${stated}"`;
    refuse(`parameter "${key}", ${from}, would ${found} from "${path}" by "${pattern.source}"`);
  }
}

function queryOf(query: QueryInit | undefined, refuse: Refuse): string {
  if (query === undefined) return "";
  const search = new URLSearchParams();
  for (const [name, value] of isIterable(query) ? query : Object.entries(query)) {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const entry of list) {
      if (entry === undefined) continue;
      if (entry === null || typeof entry === "object") {
        refuse(
          `the query value "${name}" is ${entry === null ? "null" : "an object"}: leave it out`,
        );
      }
      search.append(name, String(entry));
    }
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

function isIterable(query: QueryInit): query is QueryPairs {
  return Symbol.iterator in query;
}

function fragmentOf(fragment: string | undefined, refuse: Refuse): string {
  if (fragment === undefined || fragment === "") return "";
  const text = encode(fragment, "the fragment", refuse).replace(/%(?:2F|3F)/g, decodeURIComponent);
  return `#${text}`;
}
