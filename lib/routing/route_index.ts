/**
 * Plain patterns by their segments.
 *
 * The cost of a look-up depends on the path, not on how many patterns there are: one step for each
 * segment, and one more way to try where a `:name` stands beside a literal that also fits.
 *
 * @module
 */

import { isVariable, type PlainPattern } from "./plain_pattern.ts";

/** What is found by its pattern. */
export interface Indexed {
  /** The place in the order of statement. */
  readonly order: number;
}

/** A segment, reached by the segments before it. */
interface Node<E> {
  /** The smallest order at or below. */
  readonly first: number;
  /** The only literal segment that may follow, or the first of several. */
  label: string | undefined;
  /** What is behind `label`. */
  labelled: Node<E> | undefined;
  /** By literal segment, as soon as there are two. */
  literals: Map<string, Node<E>> | undefined;
  /** Behind a `:name`. */
  variable: Node<E> | undefined;
  /** Patterns that end here, by order. */
  ends: E[] | undefined;
  /** Patterns that end here with `/*`, by order. */
  open: E[] | undefined;
}

function node<E extends Indexed>(entry: E): Node<E> {
  return {
    first: entry.order,
    label: undefined,
    labelled: undefined,
    literals: undefined,
    variable: undefined,
    ends: undefined,
    open: undefined,
  };
}

/**
 * Finds the plain patterns that match a path, in the order of statement.
 *
 * @internal
 */
export class RouteIndex<E extends Indexed> {
  readonly #paths = new Map<string, E[]>();
  #root: Node<E> | undefined;

  /** Patterns without a `:name` or `*`, by their whole path; each of these paths is canonical. */
  get paths(): ReadonlyMap<string, readonly E[]> {
    return this.#paths;
  }

  /**
   * Adds a pattern.
   *
   * @param pattern The pattern.
   * @param entry What is found by it. Its order must be greater than that of all added before.
   */
  add(pattern: PlainPattern, entry: E): void {
    if (pattern.names.length === 0 && !pattern.open) {
      const path = `/${pattern.segments.join("/")}`;
      const entries = this.#paths.get(path);
      if (entries === undefined) this.#paths.set(path, [entry]);
      else entries.push(entry);
      return;
    }
    let at = this.#root ??= node(entry);
    for (const segment of pattern.segments) {
      at = isVariable(segment) ? at.variable ??= node(entry) : behindLiteral(at, segment, entry);
    }
    if (pattern.open) (at.open ??= []).push(entry);
    else (at.ends ??= []).push(entry);
  }

  /**
   * Finds the pattern stated first among those that match.
   *
   * @param pathname A canonical path.
   * @param after Only patterns of a greater order count; -1 for all.
   * @param entries What {@linkcode paths} holds for the path.
   * @returns What was added with it, or `undefined`.
   */
  find(pathname: string, after: number, entries: readonly E[] | undefined): E | undefined {
    const exact = entries === undefined ? undefined : firstAfter(entries, after);
    return this.#root === undefined ? exact : seek(this.#root, pathname, 1, after, exact);
  }
}

/** The node behind a literal segment, made where there is none yet. */
function behindLiteral<E extends Indexed>(at: Node<E>, segment: string, entry: E): Node<E> {
  if (at.label === segment && at.labelled !== undefined) return at.labelled;
  if (at.labelled === undefined || at.label === undefined) {
    at.label = segment;
    return at.labelled = node(entry);
  }
  at.literals ??= new Map([[at.label, at.labelled]]);
  let next = at.literals.get(segment);
  if (next === undefined) at.literals.set(segment, next = node(entry));
  return next;
}

function firstAfter<E extends Indexed>(entries: readonly E[], after: number): E | undefined {
  for (const entry of entries) if (entry.order > after) return entry;
}

/** The better of `best` and what is found at and below `at` for the path from `from` on. */
function seek<E extends Indexed>(
  at: Node<E>,
  pathname: string,
  from: number,
  after: number,
  best: E | undefined,
): E | undefined {
  if (at.open !== undefined) best = better(at.open, after, best);
  const slash = pathname.indexOf("/", from);
  const end = slash === -1 ? pathname.length : slash;
  const literal = at.literals !== undefined
    ? at.literals.get(pathname.slice(from, end))
    : at.label !== undefined && at.label.length === end - from &&
        pathname.startsWith(at.label, from)
    ? at.labelled
    : undefined;
  if (literal !== undefined && isEarlier(literal.first, best)) {
    best = slash === -1
      ? better(literal.ends, after, best)
      : seek(literal, pathname, slash + 1, after, best);
  }
  const next = at.variable;
  if (next !== undefined && end > from && isEarlier(next.first, best)) {
    best = slash === -1
      ? better(next.ends, after, best)
      : seek(next, pathname, slash + 1, after, best);
  }
  return best;
}

function isEarlier<E extends Indexed>(order: number, best: E | undefined): boolean {
  return best === undefined || order < best.order;
}

function better<E extends Indexed>(
  entries: readonly E[] | undefined,
  after: number,
  best: E | undefined,
): E | undefined {
  const found = entries === undefined ? undefined : firstAfter(entries, after);
  return found !== undefined && isEarlier(found.order, best) ? found : best;
}
