/**
 * An index of plain patterns by their segments.
 *
 * The cost of a look-up depends on the path, not on how many patterns there are: one step for each
 * segment, and one more way to try where a `:name` stands beside a literal that also fits.
 *
 * @module
 */

import { isVariable, type PlainPattern } from "./pattern_parts.ts";
import { isDotSegment, QUERY, SAFE, SLASH } from "./request_target.ts";

/** An entry of the index. */
export interface Indexed {
  /** The place in the order of statement. */
  readonly order: number;
}

/** A segment, reached by the segments before it. */
interface Node<E> {
  /** The literal segment; empty for a `:name`. */
  readonly label: string;
  /** The smallest order at or below. */
  readonly first: number;
  /** Behind a literal segment: the only one, or the first of several. */
  literal: Node<E> | undefined;
  /** Behind every literal segment, as soon as there are two. */
  literals: LiteralSegments<Node<E>> | undefined;
  /** Behind a `:name`. */
  variable: Node<E> | undefined;
  /** Patterns that end here, by order. */
  ends: E[] | undefined;
  /** Patterns that end here with `/*`, by order. */
  open: E[] | undefined;
}

function node<E extends Indexed>(label: string, { order }: E): Node<E> {
  return {
    label,
    first: order,
    literal: undefined,
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
  #root: Node<E> | undefined;

  /**
   * Adds a pattern.
   *
   * @param pattern The pattern.
   * @param entry What is found by it. Its order must be greater than that of all added before.
   */
  add(pattern: PlainPattern, entry: E): void {
    let at = this.#root ??= node("", entry);
    for (const segment of pattern.segments) {
      at = isVariable(segment)
        ? at.variable ??= node("", entry)
        : behindLiteral(at, segment, entry);
    }
    if (pattern.open) at.open = withEntry(at.open, entry);
    else at.ends = withEntry(at.ends, entry);
  }

  /**
   * Finds the pattern stated first among those that match.
   *
   * A text is read as far as a pattern needs it. Where nothing is found, or a pattern that takes
   * whatever follows, what was not read may still hold characters that have to be looked at.
   *
   * @param text A text with the path in it.
   * @param from Where the path begins, behind its first slash.
   * @param classes What each character is: {@linkcode RAW_PATH} or {@linkcode CANONICAL_PATH}.
   * @param after Only patterns of a greater order count; default all.
   * @returns What was added with it; `undefined` where none matches; `null` where the text is not
   * canonical, so that this cannot be told from it.
   */
  find(
    text: string,
    from: number,
    classes: Uint8Array,
    after: number = -1,
  ): E | undefined | null {
    return this.#root === undefined
      ? undefined
      : seek(this.#root, text, from, classes, after, undefined);
  }
}

/** The node behind a literal segment, made where there is none yet. */
function behindLiteral<E extends Indexed>(at: Node<E>, segment: string, entry: E): Node<E> {
  const found = literalOf(at, hashOf(segment), segment, 0, segment.length);
  if (found !== undefined) return found;
  const made = node(segment, entry);
  if (at.literal === undefined) return at.literal = made;
  if (at.literals === undefined) {
    at.literals = new LiteralSegments();
    at.literals.add(at.literal);
  }
  at.literals.add(made);
  return made;
}

function literalOf<E>(
  at: Node<E>,
  hash: number,
  text: string,
  from: number,
  end: number,
): Node<E> | undefined {
  if (at.literals !== undefined) return at.literals.get(hash, text, from, end);
  const { literal } = at;
  return literal !== undefined && isSegmentAt(literal.label, text, from, end) ? literal : undefined;
}

/** A list with one entry more; that of one alone keeps no room for others, which there seldom are. */
function withEntry<E>(entries: E[] | undefined, entry: E): E[] {
  if (entries === undefined) return [entry];
  entries.push(entry);
  return entries;
}

function firstAfter<E extends Indexed>(entries: readonly E[], after: number): E | undefined {
  for (const entry of entries) if (entry.order > after) return entry;
}

/** The better of `best` and what is found at and below `at` for the path from `from` on. */
function seek<E extends Indexed>(
  at: Node<E>,
  text: string,
  from: number,
  classes: Uint8Array,
  after: number,
  best: E | undefined,
): E | undefined | null {
  for (;;) {
    if (at.open !== undefined) best = better(at.open, after, best);
    let end = from;
    let hash = EMPTY_HASH;
    for (; end < text.length; end++) {
      const character = text.charCodeAt(end);
      if (classes[character] !== SAFE) break;
      hash = hashOn(hash, character);
    }
    const stop = end === text.length ? QUERY : classes[text.charCodeAt(end)];
    if (stop !== SLASH && stop !== QUERY || isDotSegment(text, from, end)) return null;
    const literal = literalOf(at, hash, text, from, end);
    const variable = end > from ? at.variable : undefined;
    if (stop === QUERY) {
      if (literal !== undefined) best = better(literal.ends, after, best);
      return variable === undefined ? best : better(variable.ends, after, best);
    }
    from = end + 1;
    if (literal !== undefined && isEarlier(literal.first, best)) {
      if (variable === undefined) {
        at = literal;
        continue;
      }
      const found = seek(literal, text, from, classes, after, best);
      if (found === null) return null;
      best = found;
    }
    if (variable === undefined || !isEarlier(variable.first, best)) return best;
    at = variable;
  }
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

/** An entry of {@linkcode LiteralSegments}. */
export interface Labelled {
  /** The segment. */
  readonly label: string;
}

/** The hash of no characters. */
export const EMPTY_HASH = 0x811c9dc5 | 0;

/**
 * The hash of one character more (FNV-1a).
 *
 * @param hash The hash of the characters before it.
 * @param character Its code.
 */
export function hashOn(hash: number, character: number): number {
  return Math.imul(hash ^ character, 0x01000193);
}

/**
 * The hash of a whole segment.
 *
 * @param label The segment.
 */
export function hashOf(label: string): number {
  let hash = EMPTY_HASH;
  for (let at = 0; at < label.length; at++) hash = hashOn(hash, label.charCodeAt(at));
  return hash;
}

/**
 * A hash table by open addressing, at most a quarter full, so that most are found at once.
 *
 * Only the app adds to it: a visitor who knows the hash can at most look for what is not there.
 */
export class LiteralSegments<T extends Labelled> {
  #slots: (T | undefined)[] = new Array(8);
  #size = 0;

  /** Adds what stands for a segment that is not there yet. */
  add(labelled: T): void {
    if (++this.#size * 4 > this.#slots.length) this.#grow();
    this.#put(labelled);
  }

  /**
   * Finds what stands for a segment.
   *
   * @param hash The hash of its characters, by {@linkcode hashOn}.
   * @param text The text that it stands in.
   * @param from Where it begins.
   * @param end Where it ends.
   */
  get(hash: number, text: string, from: number, end: number): T | undefined {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let at = hash & mask;; at = (at + 1) & mask) {
      const found = slots[at];
      if (found === undefined || isSegmentAt(found.label, text, from, end)) return found;
    }
  }

  #put(labelled: T): void {
    const mask = this.#slots.length - 1;
    let at = hashOf(labelled.label) & mask;
    while (this.#slots[at] !== undefined) at = (at + 1) & mask;
    this.#slots[at] = labelled;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Array(before.length * 4);
    for (const labelled of before) if (labelled !== undefined) this.#put(labelled);
  }
}

/**
 * Whether a segment stands at a place.
 *
 * @param label The segment.
 * @param text The text that it may stand in.
 * @param from Where it would begin.
 * @param end Where it would end.
 */
export function isSegmentAt(label: string, text: string, from: number, end: number): boolean {
  if (label.length !== end - from) return false;
  for (let at = 0; at < label.length; at++) {
    if (label.charCodeAt(at) !== text.charCodeAt(from + at)) return false;
  }
  return true;
}
