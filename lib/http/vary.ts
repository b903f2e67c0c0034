/**
 * The `Vary` header: what, besides the URL, a cached response depends on.
 *
 * @module
 */

import { trimOws } from "./optional_whitespace.ts";

/**
 * Adds a field to `Vary` unless it is there already, in any letter case, or `*` says it all.
 *
 * Linear in the header, whatever an upstream server put there. Source: RFC 9110, section 12.5.5.
 *
 * @param headers Headers that can be changed.
 * @param field The name of a request header, or `*`.
 * @internal
 */
export function addVary(headers: Headers, field: string): void {
  const present = headers.get("vary");
  if (present === null || field === "*") return headers.set("vary", field);
  const wanted = field.toLowerCase();
  for (let start = 0; start <= present.length;) {
    const comma = present.indexOf(",", start);
    const end = comma === -1 ? present.length : comma;
    const listed = trimOws(present, start, end).toLowerCase();
    if (listed === "*" || listed === wanted) return;
    start = end + 1;
  }
  headers.set("vary", present === "" ? field : `${present}, ${field}`);
}
