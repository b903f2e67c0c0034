/**
 * URLs that run code in the page that shows them.
 *
 * @module
 */

/** The beginnings that no scheme has, and the schemes of the Web. */
const PLAIN = /^(?:[/?#.]|https?:)/i;

/** What browsers ignore: control characters and spaces at the start, and tabs and line breaks. */
const IGNORED = /^[\p{Cc} ]+|[\t\n\r]+/gu;

const CODE = /^(?:javascript|vbscript|livescript):/i;

const DATA = /^data:([^,;]*)/i;

/** The media types of `data:` URLs that browsers show as a page or run as a script. */
const ACTIVE_TYPE =
  /^(?:text\/html|application\/xhtml\+xml|(?:text|application)\/xml)$|(?:java|ecma|live|j|vb)script/;

/** The character references that can stand for a character of a scheme. */
const REFERENCE = /&(?:#[xX]([0-9a-fA-F]+);?|#(\d+);?|(amp|colon|NewLine|Tab);)/g;

const NAMED: Readonly<Record<string, string>> = { amp: "&", colon: ":", NewLine: "\n", Tab: "\t" };

const LAST_CODE_POINT = 0x10ffff;

/**
 * Finds the scheme of a URL that runs code: `javascript:`, `vbscript:`, and `data:` with a page or
 * a script.
 *
 * It reads the URL as browsers do: without tabs and line breaks, in any letter case, with
 * character references. The time is linear in its length. Source: URL standard, "URL parsing", and
 * the HTML standard, "Named character references".
 *
 * @param markup The value of the attribute, as it stands in the page.
 * @returns The scheme and media type in lower case, or `null` if the URL runs no code.
 */
export function activeScheme(markup: string): string | null {
  if (PLAIN.test(markup)) return null;
  const url = readByBrowsers(markup);
  const code = CODE.exec(url);
  if (code !== null) return code[0].toLowerCase();
  const type = DATA.exec(url)?.[1]?.trim().toLowerCase();
  return type !== undefined && ACTIVE_TYPE.test(type) ? `data:${type}` : null;
}

/**
 * Whether the beginning of a URL decides that the URL runs no code, with any text behind it.
 *
 * @param markup The beginning of the value, as it stands in the page.
 */
export function isHarmlessStart(markup: string): boolean {
  if (PLAIN.test(markup)) return true;
  const url = readByBrowsers(markup);
  return /[/?#:]/.test(url) && !DATA.test(url) && !CODE.test(url);
}

function readByBrowsers(markup: string): string {
  return markup.replace(REFERENCE, decoded).replace(IGNORED, "");
}

function decoded(_: string, hex?: string, decimal?: string, name?: string): string {
  if (name !== undefined) return NAMED[name] ?? "";
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return code > LAST_CODE_POINT ? "\ufffd" : String.fromCodePoint(code);
}
