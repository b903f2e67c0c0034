/**
 * The routes of the bench: static ones and ones with a parameter in turn.
 *
 * @module
 */

/** Patterns for so many routes, an even number: `/section00000/page`, `/section00001/:id`, … */
export function patternsOf(count: number): string[] {
  return Array.from(
    { length: count },
    (_, at) => `/${sectionOf(at)}/${at % 2 === 0 ? "page" : ":id"}`,
  );
}

/** The first segment of a route. */
export function sectionOf(at: number): string {
  return `section${String(at).padStart(5, "0")}`;
}
