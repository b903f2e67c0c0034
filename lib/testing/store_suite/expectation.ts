/**
 * What a check demands, and how it says what it found.
 *
 * @module
 */

/** A value as text: maps and objects by their keys in order, so that two that are equal look equal. */
export function shown(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (part === undefined) return "undefined";
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    if (part instanceof Map) return { map: [...part].sort(byKey) };
    if (part instanceof Set) return { set: [...part].sort() };
    return Object.fromEntries(Object.entries(part).sort(byKey));
  });
}

function byKey([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/**
 * Demands that two values are equal.
 *
 * @param found What the store gave.
 * @param wanted What the contract demands.
 * @param what What was looked at.
 * @throws {Error} If they differ.
 */
export function expectSame(found: unknown, wanted: unknown, what: string): void {
  const [one, other] = [shown(found), shown(wanted)];
  if (one !== other) throw new Error(`${what}: found ${one}, the contract demands ${other}`);
}

/**
 * Demands that something holds.
 *
 * @throws {Error} If it does not.
 */
export function expect(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}
