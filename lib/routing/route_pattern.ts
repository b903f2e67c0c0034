/**
 * The pattern of a route. It is checked when the route is made.
 *
 * @module
 */

import { BOOLEAN, FUNCTION, type OptionKinds } from "../check_options.ts";
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

/**
 * The options of a route.
 *
 * @typeParam Context What the factory makes.
 * @typeParam Taken The request that the factory takes. Default: that of any app.
 */
// deno-lint-ignore no-explicit-any -- a route without a factory fits every app
export interface RouteOptions<Context = unknown, Taken = any> {
  /**
   * Makes `request.context` for each request that the route matches. The result types
   * `request.context` in the views that name the route by `route`. It runs before the view
   * predicates, the permission check and the view. The app awaits its result. If it throws, the
   * exception views answer.
   */
  readonly factory?: (request: Taken) => Context | Promise<Context>;
  /**
   * Whether a regular expression may repeat a quantifier or a list of alternatives, as in
   * `((?:a+)+)` and `((?:a|b)*)`. With such a pattern, a short hostile path can keep the server
   * busy for hours. @default {false}
   */
  readonly insecureAllowRegExp?: boolean;
}

/** The type of each option of {@linkcode RouteOptions}. */
export const ROUTE_KINDS: OptionKinds<RouteOptions> = {
  factory: FUNCTION,
  insecureAllowRegExp: BOOLEAN,
};

/**
 * The parts of a `URLPattern` that the library uses. TypeScript's own libraries do not declare it.
 *
 * @internal
 */
export interface UrlPattern {
  /** The pathname's pattern, as `URLPattern` writes it. */
  readonly pathname: string;
  /** Matches a URL against the pattern. */
  exec(url: string): {
    /** The match of the pathname. */
    readonly pathname: {
      /** The groups, percent-encoded. */
      readonly groups: Record<string, string | undefined>;
    };
  } | null;
}

/**
 * A checked pattern. A `URLPattern` costs 0.2 ms and 6 KB, so it is built only if the index cannot
 * match the pattern.
 *
 * @internal
 */
export class RoutePattern {
  /** The pattern that the developer wrote. */
  readonly source: string;
  /** The plain pattern, or `null` if only `URLPattern` can match it. */
  readonly plain: PlainPattern | null;
  #urlPattern: UrlPattern | undefined;
  #parts: readonly PatternPart[] | undefined;
  #limit: BacktrackingLimit | undefined;

  /**
   * Checks a pattern.
   *
   * @param route The route's name, for messages.
   * @param source The pattern's text.
   * @param options Whether dangerous regular expressions are allowed.
   * @throws {ConfigurationError} If the text is not a pattern of `URLPattern`, has Pyramid's
   * placeholders, or is dangerous.
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
      throw refusal(route, source, `is not a pattern that URLPattern can read: ${said}`, error);
    }
    if (this.parts.length === 0) throw refusal(route, source, "matches no path");
  }

  /** The `URLPattern`, which decides what matches. */
  get urlPattern(): UrlPattern {
    return this.#urlPattern ??= new URLPattern({ pathname: this.source });
  }

  /** The parts of the pattern as `URLPattern` rewrote it: percent-encoded, without dot segments. */
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
   * Whether the pattern can match the empty text, so that its first slash is optional too. Such a
   * pattern does not match `/`.
   */
  get mayBeEmpty(): boolean {
    return this.plain === null &&
      this.parts.every(isOptional);
  }

  /** The longest path that is matched against the pattern. */
  get limit(): BacktrackingLimit {
    return this.#limit ??= backtrackingLimit(this.parts);
  }

  /**
   * Matches a path with `URLPattern`.
   *
   * @param pathname A canonical path.
   * @returns The groups, percent-encoded, or `null` if the path does not match.
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

/**
 * The reason why a pattern that is not plain cannot be used, or `null`. `URLPattern` can still
 * refuse the pattern.
 */
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
    return `repeats a quantifier or "|" in the group "${part.key}": a hostile path ` +
      "could keep the server busy for hours: write a class such as [ab] or alternatives that are " +
      'not repeated, or set "insecureAllowRegExp: true"';
  }
  const { length } = backtrackingLimit(parts);
  if (length >= LEAST_LIMIT) return null;
  return `has so many parts of variable length that a path of more than ${length} characters ` +
    "could keep the server busy: write fewer of them, or several routes";
}

/**
 * Matches `{id}` and `{id:\d+}`, also after a colon. `{v:major}` does not match, because it is the
 * text `v` and the group `major` in `URLPattern`.
 */
const REPLACEMENT = /(:?)\{([A-Za-z_]\w*)(?::((?![A-Za-z_])(?:[^{}]|\{[^{}]*\})*))?\}(?![?*+])/g;
/**
 * Matches `*rest` at the end. After a group the asterisk is a modifier of `URLPattern`, as in
 * `{:dir/}*edit` and `:x*rest`.
 */
const REMAINDER = /(?<![})]|:[A-Za-z_]\w*)\*([A-Za-z_]\w*)$/;
/** Matches expressions whose characters occur in a decoded path only. */
const OF_DECODED_PATH = /[^\0-\x7f]|\s|\\[wWsSbB]/;

/**
 * Rewrites Pyramid's placeholders. A placeholder that is greedy in Pyramid stays greedy.
 *
 * @param pattern The pattern's text.
 * @returns The pattern in the syntax of `URLPattern`, or `null` if it has no placeholder of
 * Pyramid.
 */
export function withoutPyramidSpelling(pattern: string): string | null {
  const rewritten = pattern
    .replace(REPLACEMENT, (whole, colon: string, name: string, regexp = "", at: number) => {
      const next = pattern[at + whole.length] ?? "/";
      // `:id` matches as little text as possible. Before a slash or the end, the result is the
      // same.
      const expression = regexp === "" && next !== "/" ? "[^/]+" : withoutCaptures(regexp);
      return `${colon && "\\:"}:${name}${expression && `(${expression})`}`;
    })
    .replace(REMAINDER, ":$1(.*)");
  return rewritten === pattern ? null : rewritten;
}

/**
 * Describes how the rewritten pattern differs from Pyramid's.
 *
 * @param pattern The pattern's text, in the syntax of Pyramid.
 * @returns The end of the message, or `""` if the patterns do not differ.
 */
export function differenceFromPyramid(pattern: string): string {
  const rest = REMAINDER.exec(pattern)?.[1];
  const expressions = pattern.matchAll(REPLACEMENT).map(([, , , regexp = ""]) => regexp).toArray();
  const isOfDecoded = expressions.some((regexp) => OF_DECODED_PATH.test(regexp));
  return (rest === undefined
    ? ""
    : `: request.segments("${rest}") returns the list that Pyramid gives`) +
    (isOfDecoded
      ? ': an expression matches the percent-encoded path, in which "é" is "%C3%A9"'
      : "");
}

/** Makes inner groups not capture, because `URLPattern` refuses them otherwise. */
function withoutCaptures(regexp: string): string {
  return regexp.replace(/\\[^]|\((?!\?)/g, (found) => found === "(" ? "(?:" : found);
}
