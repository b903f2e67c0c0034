/**
 * Tables of deliberate differences from Pyramid: why, and where.
 *
 * @module
 */

/**
 * Turns a table round: from each name to the reason that covers it.
 *
 * @param table From each reason to the names that it covers.
 * @throws {Error} If a name is covered twice.
 */
export function rowsOf(table: Readonly<Record<string, readonly string[]>>): Map<string, string> {
  const reasons = new Map<string, string>();
  for (const [reason, names] of Object.entries(table)) {
    for (const name of names) {
      if (reasons.has(name)) throw new Error(`"${name}" has two reasons`);
      reasons.set(name, reason);
    }
  }
  return reasons;
}
