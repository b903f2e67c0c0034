/**
 * The fields that a visitor sent, as a schema gets them, and as a page shows them again.
 *
 * @module
 */

/** What was sent for each field, in the order of the form. A text, a file, or what stands for it. */
export type SentFields = Map<string, unknown[]>;

/**
 * Names of fields whose text is never shown again. A page that shows a password again puts it into
 * the history and the cache of the browser.
 */
const SECRET = /pass(?:word|wd|code|phrase)|pwd|secret|token|credential|^(?:otp|pin|cvc|cvv)$/i;

/**
 * Collects the fields of a form or a query.
 *
 * A file without a name and without bytes is left out: browsers send it if no file was chosen.
 *
 * @param entries The fields in their order, such as a `FormData`.
 * @param own The names of fields that the app itself reads, such as that of the CSRF token.
 */
export function sentFields(
  entries: Iterable<readonly [name: string, value: unknown]>,
  own: readonly (string | null)[],
): SentFields {
  const sent: SentFields = new Map();
  for (const [name, value] of entries) {
    if (own.includes(name) || isNoFile(value)) continue;
    const values = sent.get(name);
    if (values === undefined) sent.set(name, [value]);
    else values.push(value);
  }
  return sent;
}

function isNoFile(value: unknown): boolean {
  return value instanceof File && value.name === "" && value.size === 0;
}

/**
 * Makes the object that a schema validates. It has no prototype, so that `__proto__` is a key like
 * any other.
 *
 * @param sent What was sent.
 * @param lists The fields that are lists. They are there if they were not sent, as an empty list.
 * Of any other field only what was sent last is there.
 */
export function valuesToCheck(
  sent: SentFields,
  lists: ReadonlySet<string>,
): Record<string, unknown> {
  const values: Record<string, unknown> = Object.create(null);
  for (const [name, all] of sent) values[name] = lists.has(name) ? [...all] : all.at(-1);
  for (const name of lists) if (!sent.has(name)) values[name] = [];
  return values;
}

/**
 * Gives the text to show again: no files, no passwords, and of a field that is no list only the
 * last text.
 *
 * @param sent What was sent.
 * @param lists The fields that are lists.
 * @param withheld Further fields that are not shown again.
 */
export function shownInput(
  sent: SentFields,
  lists: ReadonlySet<string>,
  withheld: readonly string[],
): URLSearchParams {
  const input = new URLSearchParams();
  for (const [name, all] of sent) {
    if (SECRET.test(name) || withheld.includes(name)) continue;
    const texts = all.filter((value) => typeof value === "string");
    for (const text of lists.has(name) ? texts : texts.slice(-1)) input.append(name, text);
  }
  return input;
}
