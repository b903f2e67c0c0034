/**
 * Finds plain patterns by their segments.
 *
 * The cost of a look-up depends on the path, and not on the number of patterns. Each segment is one
 * step. If a `:name` and a literal both match a segment, then both ways are tried.
 *
 * @module
 */

import { isVariable, type PlainPattern } from "./pattern_parts.ts";
import { isDotSegment, QUERY, SAFE, SLASH } from "./request_target.ts";

/** An entry of the index. */
export interface Indexed {
  /** The position among the stated routes. */
  readonly order: number;
}

/** A segment, which is reached through the segments before it. */
interface Node<E> {
  /** The literal segment, or `""` for a `:name`. */
  readonly label: string;
  /** The smallest order of this node and the nodes below it. */
  readonly first: number;
  /** The node of the next literal segment, or of the first of several. */
  literal: Node<E> | undefined;
  /** The nodes of all next literal segments, if there are two or more. */
  literals: LiteralSegments<Node<E>> | undefined;
  /** The node of the next `:name`. */
  variable: Node<E> | undefined;
  /** The patterns that end here, sorted by order. */
  ends: E[] | undefined;
  /** The patterns that end here with `/*`, sorted by order. */
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
 * Finds the plain patterns that match a path, in the order in which they were added.
 *
 * @internal
 */
export class RouteIndex<E extends Indexed> {
  #root: Node<E> | undefined;

  /**
   * Adds a pattern.
   *
   * @param pattern The pattern.
   * @param entry The entry that the pattern finds. Its order must be greater than the orders of all
   * earlier entries.
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
   * Finds the first added entry among those whose patterns match.
   *
   * It reads the text only as far as a pattern needs it. If no entry is found, or the entry's
   * pattern ends with `/*`, then the unread rest may not be canonical.
   *
   * @param text A text that contains the path.
   * @param from The index after the first slash of the path.
   * @param classes The class of each character: {@linkcode RAW_PATH} or {@linkcode CANONICAL_PATH}.
   * @param after Only entries of a greater order are found. Default: all entries.
   * @returns The entry, or `undefined` if no pattern matches. It is `null` if the text is not
   * canonical and must be parsed first.
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

/** Returns the node of a literal segment, and makes it if it does not exist. */
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

/** Adds an entry to a list. A list of one entry reserves no room, because most lists have one. */
function withEntry<E>(entries: E[] | undefined, entry: E): E[] {
  if (entries === undefined) return [entry];
  entries.push(entry);
  return entries;
}

function firstAfter<E extends Indexed>(entries: readonly E[], after: number): E | undefined {
  for (const entry of entries) if (entry.order > after) return entry;
}

/**
 * Finds the earliest entry at and below a node for the rest of the path, or returns `best` if it is
 * earlier.
 */
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

/** A value of {@linkcode LiteralSegments}. */
export interface Labelled {
  /** The segment that it belongs to. */
  readonly label: string;
}

/** The hash of an empty text. */
export const EMPTY_HASH = 0x811c9dc5 | 0;

/**
 * Adds a character to a hash (FNV-1a).
 *
 * @param hash The hash of the characters before it.
 * @param character The code of the character.
 */
export function hashOn(hash: number, character: number): number {
  return Math.imul(hash ^ character, 0x01000193);
}

/**
 * Returns the hash of a whole segment.
 *
 * @param label The segment.
 */
export function hashOf(label: string): number {
  let hash = EMPTY_HASH;
  for (let at = 0; at < label.length; at++) hash = hashOn(hash, label.charCodeAt(at));
  return hash;
}

/**
 * A hash table with open addressing. It is at most a quarter full, so most look-ups need one step.
 *
 * Only the app adds values. A visitor who knows the hash function cannot cause collisions between
 * them.
 */
export class LiteralSegments<T extends Labelled> {
  #slots: (T | undefined)[] = new Array(8);
  #size = 0;

  /** Adds a value. Its segment must not be in the table yet. */
  add(labelled: T): void {
    if (++this.#size * 4 > this.#slots.length) this.#grow();
    this.#put(labelled);
  }

  /**
   * Finds the value of a segment.
   *
   * @param hash The hash of the segment's characters, made by {@linkcode hashOn}.
   * @param text The text that contains the segment.
   * @param from The index of its first character.
   * @param end The index after its last character.
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
 * Whether a text contains a segment from one index to another.
 *
 * @param label The segment.
 * @param text The text.
 * @param from The index of the first character.
 * @param end The index after the last character.
 */
export function isSegmentAt(label: string, text: string, from: number, end: number): boolean {
  if (label.length !== end - from) return false;
  for (let at = 0; at < label.length; at++) {
    if (label.charCodeAt(at) !== text.charCodeAt(from + at)) return false;
  }
  return true;
}
