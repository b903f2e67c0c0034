/**
 * A route's pattern, checked when the route is made.
 *
 * @module
 */

import { BOOLEAN, type OptionKinds } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import {
  type BacktrackingLimit,
  backtrackingLimit,
  isExponential,
  LEAST_LIMIT,
} from "./backtracking.ts";
import {
  isOptional,
  parsePattern,
  type PatternPart,
  type PlainPattern,
  plainPattern,
} from "./pattern_parts.ts";

/** How a pattern is checked. */
export interface RouteOptions {
  /**
   * Whether a quantifier or a list of alternatives may stand within what is itself repeated, as in
   * `((?:a+)+)` and `((?:a|b)*)`. A short hostile path can keep the server busy for hours with such
   * a pattern. @default {false}
   */
  readonly insecureAllowRegExp?: boolean;
}

/** What {@linkcode RouteOptions} take. */
export const ROUTE_KINDS: OptionKinds<RouteOptions> = {
  insecureAllowRegExp: BOOLEAN,
};

/**
 * What is used of a `URLPattern`, which TypeScript's own libraries do not know.
 *
 * @internal
 */
export interface UrlPattern {
  /** The pathname's pattern, as `URLPattern` writes it. */
  readonly pathname: string;
  /** Matches a URL. */
  exec(url: string): {
    /** What matched of the pathname. */
    readonly pathname: {
      /** The groups, percent-encoded. */
      readonly groups: Record<string, string | undefined>;
    };
  } | null;
}

/**
 * The pathname of a `URLPattern`. A `URLPattern` costs 0.2 ms and 6 KB, so it is built only where the
 * index cannot decide.
 *
 * @internal
 */
export class RoutePattern {
  /** The text as it was stated. */
  readonly source: string;
  /** The segments, or `null` where only `URLPattern` can decide. */
  readonly plain: PlainPattern | null;
  #urlPattern: UrlPattern | undefined;
  #parts: readonly PatternPart[] | undefined;
  #limit: BacktrackingLimit | undefined;

  /**
   * Checks a pattern.
   *
   * @param route The route's name, for messages.
   * @param source The pattern's text.
   * @param options Whether dangerous expressions are let through.
   * @throws {ConfigurationError} If the pattern is not one, or is Pyramid's, or is dangerous.
   */
  constructor(route: string, source: string, options: RouteOptions = {}) {
    this.source = source;
    this.plain = source.startsWith("/") ? plainPattern(source) : null;
    const reason = this.plain === null
      ? reasonAgainst(source, options)
      : reasonAgainstNames(this.plain.names);
    if (reason !== null) throw refusal(route, source, reason);
    if (this.plain !== null) return;
    try {
      this.#urlPattern = new URLPattern({ pathname: source });
    } catch (error) {
      const [first = ""] = String(error instanceof Error ? error.message : error).split("\n");
      const said = first.replace(/^Failed to parse pathname from ".*?": /, "");
      throw refusal(route, source, `is not one that URLPattern reads: ${said}`, error);
    }
    if (this.parts.length === 0) throw refusal(route, source, "matches nothing");
  }

  /** The authority. */
  get urlPattern(): UrlPattern {
    return this.#urlPattern ??= new URLPattern({ pathname: this.source });
  }

  /** The parts of what `URLPattern` made of the text: percent-encoded, without dot segments. */
  get parts(): readonly PatternPart[] {
    if (this.#parts === undefined) {
      const text = this.plain === null ? this.urlPattern.pathname : this.source;
      const parts = parsePattern(text);
      if (parts === null) throw new ConfigurationError(`Cannot read the pattern "${text}"`);
      this.#parts = parts;
    }
    return this.#parts;
  }

  /**
   * Whether the slash at its beginning is left out with all of the rest: then it does not match `/`,
   * and no path is empty.
   */
  get mayBeEmpty(): boolean {
    return this.plain === null &&
      this.parts.every(isOptional);
  }

  /** How long a path may be that the pattern is asked about. */
  get limit(): BacktrackingLimit {
    return this.#limit ??= backtrackingLimit(this.parts);
  }

  /**
   * Asks `URLPattern`.
   *
   * @param pathname A canonical path.
   * @returns The groups, percent-encoded, or `null`.
   */
  exec(pathname: string): Record<string, string | undefined> | null {
    return this.urlPattern.exec("http://a" + pathname)?.pathname.groups ?? null;
  }
}

function refusal(
  route: string,
  source: string,
  reason: string,
  cause?: unknown,
): ConfigurationError {
  return new ConfigurationError(
    `Cannot make route "${route}": the pattern "${source}" ${reason}`,
    cause === undefined ? undefined : { cause },
  );
}

/** Why a pattern that is not plain cannot be used; `null` where nothing but `URLPattern` may object. */
function reasonAgainst(source: string, options: RouteOptions): string | null {
  if (!source.startsWith("/") && !source.startsWith("{/")) {
    return source.includes("://")
      ? 'must be a path and start with "/": remove scheme and host'
      : `must start with "/": write "/${withoutPyramidSpelling(source) ?? source}" instead`;
  }
  const rewritten = withoutPyramidSpelling(source);
  if (rewritten !== null) {
    const difference = differenceFromPyramid(source);
    return `has Pyramid's placeholders: write "${rewritten}" instead${difference}`;
  }
  const parts = parsePattern(source);
  if (parts === null) return null;
  const names = parts.flatMap((part) => part.kind === "group" ? [part.key] : []);
  const reason = reasonAgainstNames(names);
  return reason === null && options.insecureAllowRegExp !== true
    ? reasonAgainstTime(parts)
    : reason;
}

function reasonAgainstNames(names: readonly string[]): string | null {
  for (let at = 0; at < names.length; at++) {
    const name = names[at]!;
    if (name === "__proto__") return 'has a group named "__proto__": choose another name';
    if (names.indexOf(name) < at) {
      return `has two groups named "${name}": give each a name of its own`;
    }
  }
  return null;
}

function reasonAgainstTime(parts: readonly PatternPart[]): string | null {
  for (const part of parts) {
    if (part.kind === "text" || !isExponential(part)) continue;
    return `repeats what has a quantifier or "|" in it, in the group "${part.key}": a hostile path ` +
      "could keep the server busy for hours; write a class such as [ab] or alternatives that are " +
      'not repeated, or state "insecureAllowRegExp: true"';
  }
  const { length } = backtrackingLimit(parts);
  if (length >= LEAST_LIMIT) return null;
  return `has so many parts of variable length that a path of more than ${length} characters ` +
    "could keep the server busy: write fewer of them, or several routes";
}

/**
 * `{id}` and `{id:\d+}`, with a colon before it; `{v:major}` is `URLPattern`'s own: the text `v` and
 * the group `major`.
 */
const REPLACEMENT = /(:?)\{([A-Za-z_]\w*)(?::((?![A-Za-z_])(?:[^{}]|\{[^{}]*\})*))?\}(?![?*+])/g;
/** `*rest` at the end; behind a group the asterisk is `URLPattern`'s: `{:dir/}*edit`, `:x*rest`. */
const REMAINDER = /(?<![})]|:[A-Za-z_]\w*)\*([A-Za-z_]\w*)$/;
/** What an expression can match only in a decoded path. */
const OF_DECODED_PATH = /[^\0-\x7f]|\s|\\[wWsSbB]/;

/**
 * Rewrites Pyramid's placeholders. A placeholder that is greedy in Pyramid stays greedy.
 *
 * @param pattern The pattern's text.
 * @returns The pattern in `URLPattern`'s spelling, or `null` where it has no placeholder of Pyramid.
 */
export function withoutPyramidSpelling(pattern: string): string | null {
  const rewritten = pattern
    .replace(REPLACEMENT, (whole, colon: string, name: string, regexp = "", at: number) => {
      const next = pattern[at + whole.length] ?? "/";
      // `:id` takes as little as it can: before a slash, or the end, that is the same.
      const expression = regexp === "" && next !== "/" ? "[^/]+" : withoutCaptures(regexp);
      return `${colon && "\\:"}:${name}${expression && `(${expression})`}`;
    })
    .replace(REMAINDER, ":$1(.*)");
  return rewritten === pattern ? null : rewritten;
}

/**
 * How the rewritten pattern still differs from Pyramid's.
 *
 * @param pattern The pattern's text, as Pyramid writes it.
 * @returns The end of the message; empty where nothing differs.
 */
export function differenceFromPyramid(pattern: string): string {
  const rest = REMAINDER.exec(pattern)?.[1];
  const expressions = pattern.matchAll(REPLACEMENT).map(([, , , regexp = ""]) => regexp).toArray();
  const isOfDecoded = expressions.some((regexp) => OF_DECODED_PATH.test(regexp));
  return (rest === undefined ? "" : `; request.segments("${rest}") is Pyramid's list`) +
    (isOfDecoded ? '; an expression is asked about the path as it was sent: "é" is "%C3%A9"' : "");
}

/** `URLPattern` refuses groups that capture within a group. */
function withoutCaptures(regexp: string): string {
  return regexp.replace(/\\[^]|\((?!\?)/g, (found) => found === "(" ? "(?:" : found);
}
