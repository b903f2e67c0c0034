/**
 * Finds the forms that a source file writes without a CSRF token.
 *
 * It reads templates, joined strings, JSX and HTML as text, and runs no program. It does not guess
 * values that only the running program knows, such as a method in a variable.
 *
 * @module
 */

/** The field with the token, and the functions that write it. */
export interface FormSearch {
  /** The name of the field that holds the token. */
  readonly token: string;
  /** The functions of the app that write the field. */
  readonly helpers: readonly string[];
}

/** A form that sends POST without a token. */
export interface TokenlessForm {
  /** The line of its tag, counted from 1. */
  readonly line: number;
  /** Its tag as the file has it, in one line. */
  readonly tag: string;
  /** Whether its `action` has another host, or a scheme other than http. */
  readonly isForeign: boolean;
}

/** The library's method for a token, and the usual name of an app's function for the field. */
const TOKEN_WRITERS = ["getCsrfToken", "csrfField"];

/** The most characters of one tag. The limit keeps reading linear. */
const LONGEST_TAG = 4096;

/**
 * The characters that can follow the name of a tag: white space, ends, and the ends of strings and
 * templates.
 */
const BEHIND = "(?=[\\s/>\\\\${\"'`+]|$)";
const FORM = new RegExp(`<form${BEHIND}`, "gi");
const END = new RegExp(`<\\\\?/?form${BEHIND}`, "gi");
const FIELD = new RegExp(`<(?:input|button|select|textarea)${BEHIND}`, "gi");

const NAME = /[a-z][^\s/>=<"'`{}\\+]*/iy;
/** An equals sign. In a string the white space around it can be escapes. */
const EQUALS = /(?:\s|\\[nrt])*=(?:\s|\\[nrt])*/y;
const BARE_END = /[\s><\\]/;
/** `{"post"}` of JSX, `${"post"}` of templates. */
const LITERAL = /^\$?\{\s*(["'`])([^"'`]*)\1\s*\}$/;
const OTHER_HOST = /^(?:https?:)?[/\\]{2}[^/\\?#${}"'`+\s]+(?:[/\\?#]|$)/i;
const OTHER_SCHEME = /^(?!https?:)[a-z][a-z0-9+.-]*:/i;

/**
 * Finds the forms of a source file that send POST and have no token.
 *
 * @param source The text of the file.
 * @param search The name of the field with the token, and the functions that write it.
 * @param isHtml Whether the file is HTML and not a program.
 */
export function tokenlessForms(
  source: string,
  search: FormSearch,
  isHtml = false,
): TokenlessForm[] {
  const text = withoutComments(source, isHtml);
  const helpers = new Set([...TOKEN_WRITERS, ...search.helpers].map((name) => name.toLowerCase()));
  const found: TokenlessForm[] = [];
  let line = 1;
  let counted = 0;
  for (const { index, 0: { length } } of text.matchAll(FORM)) {
    const tag = readTag(text, index + length);
    if (tag === null) continue;
    END.lastIndex = tag.end;
    const body = text.slice(tag.end, END.exec(text)?.index ?? text.length);
    const fields = fieldsOf(body);
    const sendsPost = isPost(tag.attributes.get("method")) ||
      fields.some((field) => isPost(field.get("formmethod")));
    if (!sendsPost || fields.some((field) => field.get("name") === search.token)) continue;
    if (body.matchAll(/[\w$]+/g).some(([word]) => helpers.has(word.toLowerCase()))) continue;
    line += text.slice(counted, index).split("\n").length - 1;
    counted = index;
    found.push({
      line,
      tag: source.slice(index, tag.end).replace(/\s+/g, " "),
      isForeign: isForeign(tag.attributes.get("action") ?? ""),
    });
  }
  return found;
}

type Attributes = ReadonlyMap<string, string>;

function isPost(method: string | undefined): boolean {
  return method?.toLowerCase() === "post";
}

/**
 * Whether an action names another site. A host that the program computes does not count, because it
 * can be the app's own.
 */
function isForeign(action: string): boolean {
  const url = action.trim();
  return OTHER_HOST.test(url) || OTHER_SCHEME.test(url);
}

function fieldsOf(body: string): Attributes[] {
  return [...body.matchAll(FIELD)]
    .map(({ index, 0: { length } }) => readTag(body, index + length)?.attributes)
    .filter((attributes) => attributes !== undefined);
}

/**
 * The attributes of a tag. If two have one name, the first counts. `null` if the tag has no end.
 */
function readTag(source: string, from: number): { attributes: Attributes; end: number } | null {
  const text = source.slice(from, from + LONGEST_TAG);
  const attributes = new Map<string, string>();
  let at = 0;
  while (at < text.length) {
    const character = text[at];
    if (character === ">") return { attributes, end: from + at + 1 };
    if (character === "<") return null;
    NAME.lastIndex = at;
    const name = NAME.exec(text)?.[0].toLowerCase();
    if (name === undefined) {
      // The second character of an escape does not begin a name.
      at = character === "{" ? endOfBraces(text, at) : at + (character === "\\" ? 2 : 1);
      continue;
    }
    at += name.length;
    EQUALS.lastIndex = at;
    const equals = EQUALS.exec(text);
    if (equals === null) continue;
    const [value, end] = readValue(text, at + equals[0].length);
    if (!attributes.has(name)) attributes.set(name, value);
    at = end;
  }
  return null;
}

function readValue(text: string, from: number): [value: string, end: number] {
  const [open = "", quote] = /^\\?(["'])/.exec(text.slice(from, from + 2)) ?? [];
  const start = from + open.length;
  let at = start;
  while (at < text.length) {
    const isEnd = quote === undefined ? BARE_END.test(text[at] ?? "") : text.startsWith(open, at);
    if (isEnd) break;
    const isCode = text.startsWith("${", at) || quote === undefined && text[at] === "{";
    at = isCode ? endOfBraces(text, text.indexOf("{", at)) : at + 1;
  }
  const value = text.slice(start, at);
  // A value without quotes can end together with the string around it.
  const exact = quote === undefined ? value.replace(/["'`]+$/, "") : value;
  return [LITERAL.exec(exact)?.[2] ?? exact, at + open.length];
}

/** The end of code in braces. It skips strings and templates in the code. */
function endOfBraces(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === "{") depth++;
    else if (character === "}" && --depth === 0) return at + 1;
    else if (character === '"' || character === "'" || character === "`") {
      at = endOfString(text, at) - 1;
    }
  }
  return text.length;
}

function endOfString(text: string, from: number): number {
  const quote = text[from] ?? "";
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === quote) return at + 1;
    else if (text[at] === "\n" && quote !== "`") return from + 1;
    else if (quote === "`" && text.startsWith("${", at)) at = endOfBraces(text, at + 1) - 1;
  }
  return text.length;
}

/** The text with spaces in place of comments, so that all positions stay the same. */
function withoutComments(source: string, isHtml: boolean): string {
  const text = blanked(source, /<!--/g, "-->", isHtml);
  // Only comments at the beginning of a line or in braces of JSX. Elsewhere it can be a URL or a pattern.
  return isHtml
    ? text
    : blanked(text, /(?<=^[ \t]*|\{\s?)\/\*/gm, "*/", true).replace(/^[ \t]*\/\/.*$/gm, blank);
}

function blanked(source: string, opening: RegExp, closing: string, acrossTemplates: boolean) {
  let text = "";
  let done = 0;
  let end = 0;
  let template = -1;
  for (const { index } of source.matchAll(opening)) {
    if (index < done) continue;
    if (end < index + closing.length) {
      end = source.indexOf(closing, index) + closing.length;
      if (end < closing.length) break;
      template = acrossTemplates ? -1 : source.lastIndexOf("`", end - 1);
    }
    // A program that handles comments can have both marks in two strings.
    if (template > index) continue;
    text += source.slice(done, index) + blank(source.slice(index, end));
    done = end;
  }
  return text + source.slice(done);
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}
