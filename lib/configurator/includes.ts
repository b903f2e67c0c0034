/**
 * The parts of a configuration: the app itself and the included functions.
 *
 * @module
 */

import { BOOLEAN, type OptionKinds, TEXT } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import type { RoutePart } from "../routing/route_names.ts";
import { SourceLocation } from "../source_location.ts";

/**
 * The options of `include()`.
 *
 * @typeParam Scoped The type of `scoped`, which decides what the app knows of the part.
 */
export interface IncludeOptions<Scoped extends boolean = boolean> {
  /**
   * The text with which the patterns of the included routes begin, such as `/shop`. Default: no
   * prefix.
   */
  readonly routePrefix?: string;
  /**
   * Whether the part keeps to itself. What it states about the whole app then holds for its own
   * routes, and for addresses below its prefix where nothing is found. @default {false}
   */
  readonly scoped?: Scoped;
}

/** The kinds of the values in {@linkcode IncludeOptions}. */
export const INCLUDE_KINDS: OptionKinds<IncludeOptions> = { routePrefix: TEXT, scoped: BOOLEAN };

/** What distinguishes a part from the part that includes it. */
interface Inclusion {
  /** The prefix of the patterns of its routes: `""`, or a path without a slash at its end. */
  readonly prefix: string;
  /**
   * A text that distinguishes later inclusions of one function. It is `""` for the first inclusion.
   */
  readonly repetition: string;
  /** Whether it is scoped. */
  readonly isScoped: boolean;
  /** Whether an earlier inclusion made its statements about the same scope already. */
  readonly isRepeated: boolean;
  /** The name of the function, or `""`. */
  readonly name: string;
}

/** The app's own part, or a part without a prefix. */
const PLAIN: Inclusion = {
  prefix: "",
  repetition: "",
  isScoped: false,
  isRepeated: false,
  name: "",
};

/** One part of a configuration: the app itself, or one included function under one prefix. */
export class Part implements RoutePart {
  /** The part that includes this one. */
  readonly parent: Part | null;
  /** The prefix of the patterns of its routes: `""`, or a path without a slash at its end. */
  readonly prefix: string;
  /**
   * A text that distinguishes later inclusions of one function. It is `""` for the first inclusion.
   */
  readonly repetition: string;
  /** The scope in which it stands: the nearest scoped part, itself included, or the app's own part. */
  readonly scope: Part;
  /** Whether an earlier inclusion made its statements about the same scope already. */
  readonly isRepeated: boolean;
  readonly #name: string;

  /** Makes a part within another. Without a parent it is the app's own part. */
  constructor(parent: Part | null, inclusion: Partial<Inclusion> = {}) {
    const { prefix, repetition, isScoped, isRepeated, name } = { ...PLAIN, ...inclusion };
    this.parent = parent;
    this.prefix = prefix;
    this.repetition = repetition;
    this.scope = parent === null || isScoped ? this : parent.scope;
    this.isRepeated = isRepeated;
    this.#name = name;
  }

  /** Whether it is a scope: a scoped part, or the app's own. */
  get isScope(): boolean {
    return this.scope === this;
  }

  /** Whether what is not found below its prefix is its own: it is a scope with a `routePrefix`. */
  get ownsPrefix(): boolean {
    return this.isScope && this.parent !== null && this.prefix !== this.parent.prefix;
  }

  /** What it is called in messages and reports, such as `api (/api)`. */
  toString(): string {
    const where = this.prefix === "" ? "" : `(${this.prefix})`;
    return [this.#name, where].filter((text) => text !== "").join(" ") ||
      "a function without a name";
  }
}

/** The app's own part. */
export function ownPart(): Part {
  return new Part(null);
}

/** The parts, from the app's own down to this one. */
export function pathOf(part: Part): readonly Part[] {
  return part.parent === null ? [part] : [...pathOf(part.parent), part];
}

/** Whether `by` includes `part`, directly or through other parts. */
export function isIncludedBy(part: Part, by: Part): boolean {
  for (let outer = part.parent; outer !== null; outer = outer.parent) {
    if (outer === by) return true;
  }
  return false;
}

/**
 * Joins a prefix and a pattern. The pattern `""` gives the prefix itself, and `"/"` gives the
 * prefix with a slash.
 */
export function joinPrefix(prefix: string, pattern: string): string {
  const bare = prefix.replace(/\/+$/, "");
  if (bare === "" || pattern === "") return bare + pattern;
  return /^(?:\/|\{\/)/.test(pattern) ? bare + pattern : `${bare}/${pattern}`;
}

/** Remembers the included functions with their prefixes, so that each runs once under a prefix. */
export class Includes {
  readonly #parts = new Map<object, Part[]>();
  readonly #scopes: Part[] = [];

  /** The scoped parts, each after the parts around it. */
  get scopes(): readonly Part[] {
    return this.#scopes;
  }

  /**
   * Makes the part of an included function. Returns `null` if the function has a part with this
   * prefix already, in the same scope or in one around it.
   *
   * @param callable The function, which is compared by identity and not by name.
   * @param parent The part that includes it.
   * @param options Its prefix, which follows the parent's, and whether it is scoped.
   * @throws {ConfigurationError} If the part is included both scoped and not scoped, or two scoped
   * parts have one prefix.
   */
  add(
    callable: { readonly name: string },
    parent: Part,
    { routePrefix = "", scoped = false }: IncludeOptions,
  ): Part | null {
    const stated = routePrefix === "" || routePrefix.startsWith("/")
      ? routePrefix
      : `/${routePrefix}`;
    const prefix = joinPrefix(parent.prefix, stated).replace(/\/+$/, "");
    const parts = this.#parts.get(callable) ?? [];
    const around = (part: Part | null) =>
      part === parent.scope || part !== null && isIncludedBy(parent.scope, part);
    const same = parts.find((part) => part.prefix === prefix && around(part.parent?.scope ?? null));
    const part = new Part(parent, {
      prefix,
      repetition: parent.repetition + repetitionOf(prefix, parts),
      isScoped: scoped,
      isRepeated: !scoped && (parent.isRepeated || parts.some(({ scope }) => around(scope))),
      name: callable.name,
    });
    if (same?.isScope === !scoped) {
      throw new ConfigurationError(
        `Cannot include ${part} both with scoped: true and without: one function is included once for each prefix: state the same in each include`,
      );
    }
    if (same !== undefined) return null;
    if (scoped) this.#addScope(part);
    this.#parts.set(callable, [...parts, part]);
    return part;
  }

  #addScope(part: Part): void {
    const rival = this.#scopes.find((one) => one.ownsPrefix && one.prefix === part.prefix);
    if (rival !== undefined && part.ownsPrefix) {
      throw new ConfigurationError(
        `Cannot include ${part} with scoped: true: the scoped part ${rival} has this prefix, and what is not found below it can be of one part only: include both in a scoped part of this prefix, each without a routePrefix`,
      );
    }
    this.#scopes.push(part);
  }
}

/** The text that distinguishes a further inclusion of a function from its earlier ones. */
function repetitionOf(prefix: string, earlier: readonly Part[]): string {
  if (earlier.length === 0) return "";
  const number = earlier.filter((part) => part.prefix === prefix).length;
  return ` included under "${prefix}"${number === 0 ? "" : ` (${number + 1})`}`;
}

/**
 * Throws if an included function is async.
 *
 * @param callable The included function.
 * @param returned The value that it returned, which its type does not guarantee.
 * @throws {ConfigurationError} If the value is a promise.
 */
export function refuseAsync(callable: { readonly name: string }, returned: unknown): void {
  if (!(returned instanceof Promise)) return;
  returned.catch(() => {});
  const name = callable.name === "" ? "the function" : `"${callable.name}"`;
  throw new ConfigurationError(
    `Cannot include ${name} at ${new SourceLocation()}: it is async, so that its routes and views can come after makeApp(): await everything first, and include a function that is not async`,
  );
}
