/**
 * Things by the literal segment that they stand for, found without cutting the segment out.
 *
 * A `Map` would need the segment as a string of its own, hashed once more: half of the cost of a
 * look-up among many.
 *
 * @module
 */

/** What stands for a segment. */
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
      if (found === undefined || isAt(found.label, text, from, end)) return found;
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
export function isAt(label: string, text: string, from: number, end: number): boolean {
  if (label.length !== end - from) return false;
  for (let at = 0; at < label.length; at++) {
    if (label.charCodeAt(at) !== text.charCodeAt(from + at)) return false;
  }
  return true;
}
