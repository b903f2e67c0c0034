/**
 * Checks the arguments of `session.describe()`.
 *
 * @module
 */

import { checkOptions, type OptionKinds, orNull, TEXT } from "../../check_options.ts";
import type { NotedDescription, SessionPolicy, SessionRecord } from "./record.ts";

/** What a list of sessions shows of a session: the argument of `session.describe()`. */
export interface SessionDescription {
  /**
   * The device or the browser in words, such as `"Firefox on Linux"`. Only the first 80 characters
   * are kept. `null` removes the label.
   */
  readonly label?: string | null | undefined;
  /**
   * Where the visitor comes from, such as an IP address. Only the first 64 characters are kept.
   * `null` removes the address.
   */
  readonly address?: string | null | undefined;
}

/** Most characters of a label. */
export const MOST_LABEL = 80;
/** Most characters of an address. */
export const MOST_ADDRESS = 64;

const KINDS: OptionKinds<SessionDescription> = { label: orNull(TEXT), address: orNull(TEXT) };

/** Control characters, separators of lines, and what turns the direction of writing. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/**
 * The description of a session after `session.describe()`.
 *
 * A text is cut and cleaned, and never refused. It often comes from a header that the visitor wrote.
 *
 * @param record The session.
 * @param description What to note. A part that is missing stays as it was.
 * @param policy Whether sessions live in a store.
 * @returns The same object as before if nothing changes.
 * @throws {TypeError} If a part is not text or `null`, or if there is an unknown one.
 * @throws {Error} If sessions do not live in a store.
 */
export function describing(
  { description }: SessionRecord,
  { canModify }: SessionPolicy,
  given: SessionDescription,
): NotedDescription | undefined {
  checkOptions("session.describe()", given, KINDS, TypeError);
  if (canModify !== true) {
    throw new Error(
      "Cannot describe the session: it lives in its cookie, and no list shows it: use storedSessionFactory()",
    );
  }
  const label = noted(given.label, description?.label, MOST_LABEL);
  const address = noted(given.address, description?.address, MOST_ADDRESS);
  if (label === description?.label && address === description?.address) return description;
  return label === undefined && address === undefined ? undefined : { label, address };
}

function noted(
  given: string | null | undefined,
  before: string | undefined,
  most: number,
): string | undefined {
  if (given === undefined) return before;
  const cleaned = (given ?? "").slice(0, 4 * most).toWellFormed().replace(UNSEEN, " ").trim();
  // A pair of surrogates that was cut apart would be a lone one.
  const cut = cleaned.slice(0, most).replace(/[\ud800-\udbff]$/, "").trim();
  return cut === "" ? undefined : cut;
}
