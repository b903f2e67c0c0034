/**
 * A route's pattern, checked when the route is made.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import { isExponential } from "./backtracking.ts";
import { parsePattern, type PatternPart } from "./pattern_part.ts";
import { type PlainPattern, plainPattern } from "./plain_pattern.ts";
import { withoutPyramidSpelling } from "./pyramid_spelling.ts";

/** How a pattern is checked. */
export interface RoutePatternOptions {
  /**
   * Whether a quantifier may stand within what is itself repeated, as in `((?:a+)+)`. A short
   * hostile path can keep the server busy for hours with such a pattern. @default {false}
   */
  readonly insecureAllowRegExp?: boolean;
}

/**
 * The pathname of a `URLPattern`, which is built only where something other than the tree must
 * decide: it costs 0.2 ms and 6 KB.
 *
 * @internal
 */
export class RoutePattern {
  /** The text as it was stated. */
  readonly source: string;
  /** The segments, or `null` where only `URLPattern` can decide. */
  readonly plain: PlainPattern | null;
  #urlPattern: URLPattern | undefined;
  #parts: readonly PatternPart[] | undefined;

  /**
   * Checks a pattern.
   *
   * @param route The route's name, for messages.
   * @param source The pattern's text.
   * @param options Whether dangerous expressions are let through.
   * @throws {ConfigurationError} If the pattern is not one, or is Pyramid's, or is dangerous.
   */
  constructor(route: string, source: string, options: RoutePatternOptions = {}) {
    const refuse = (reason: string, cause?: unknown): never => {
      throw new ConfigurationError(
        `Cannot make route "${route}": the pattern "${source}" ${reason}`,
        cause === undefined ? undefined : { cause },
      );
    };
    this.source = source;
    checkStart(source, refuse);
    this.plain = plainPattern(source);
    if (this.plain !== null) {
      checkNames(this.plain.names, refuse);
      return;
    }
    const rewritten = withoutPyramidSpelling(source);
    if (rewritten !== null) refuse(`has Pyramid's placeholders: write "${rewritten}" instead`);
    const parts = parsePattern(source);
    if (parts !== null) {
      checkNames(parts.flatMap((part) => part.kind === "group" ? [part.key] : []), refuse);
      if (options.insecureAllowRegExp !== true) checkTime(parts, refuse);
    }
    try {
      this.#urlPattern = new URLPattern({ pathname: source });
    } catch (error) {
      const [first = ""] = String(error instanceof Error ? error.message : error).split("\n");
      const reason = first.replace(/^Failed to parse pathname from ".*?": /, "");
      refuse(`is not one that URLPattern reads: ${reason}`, error);
    }
    if (this.parts.length === 0) refuse("matches nothing");
  }

  /** The authority. */
  get urlPattern(): URLPattern {
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
   * Asks `URLPattern`.
   *
   * @param pathname A canonical path.
   * @returns The groups, percent-encoded, or `null`.
   */
  exec(pathname: string): Record<string, string | undefined> | null {
    return this.urlPattern.exec("http://a" + pathname)?.pathname.groups ?? null;
  }
}

type Refuse = (reason: string, cause?: unknown) => never;

function checkStart(source: string, refuse: Refuse): void {
  if (source.startsWith("/") || source.startsWith("{/")) return;
  if (source.includes("://")) refuse('must be a path and start with "/": remove scheme and host');
  refuse(`must start with "/": write "/${withoutPyramidSpelling(source) ?? source}" instead`);
}

function checkNames(names: readonly string[], refuse: Refuse): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (name === "__proto__") refuse('has a group named "__proto__": choose another name');
    if (seen.has(name)) refuse(`has two groups named "${name}": give each a name of its own`);
    seen.add(name);
  }
}

function checkTime(parts: readonly PatternPart[], refuse: Refuse): void {
  for (const part of parts) {
    if (part.kind === "text" || !isExponential(part)) continue;
    refuse(
      `repeats something that is itself repeated, in the group "${part.key}": a hostile path could ` +
        'keep the server busy for hours; write it without, or state "insecureAllowRegExp: true"',
    );
  }
}
