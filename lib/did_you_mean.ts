/**
 * Writes names into messages: a list of names, and the known name that is nearest to a wrong one.
 *
 * @module
 */

/**
 * Returns a hint with the nearest known name, such as `: did you mean "routeName"?`, or `""`.
 *
 * A name is near if at most a third of the written characters differ, or one character.
 *
 * @param name The name that the developer wrote.
 * @param known The names that exist.
 */
export function didYouMean(name: string, known: Iterable<string>): string {
  const limit = Math.max(1, Math.floor(name.length / 3));
  let nearest: string | undefined;
  let least = limit + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [nearest, least] = [candidate, distance];
  }
  return nearest === undefined ? "" : `: did you mean "${nearest}"?`;
}

/** Lists names in quotes, with commas between them: `"home", "user"`. */
export function quotedList(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

/** The least number of characters to insert, remove or replace (Levenshtein). */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const replaced = row[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, replaced));
    }
    row = next;
  }
  return row[other.length]!;
}
