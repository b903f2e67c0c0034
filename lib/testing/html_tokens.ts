/**
 * HTML cut into tags and text: enough to find forms and links in what templates write.
 *
 * Reads tags, attributes and raw text as the HTML standard (section 13.2.5) has them, and builds no
 * tree: tags that a parser would add, move or drop are given as they were written.
 *
 * @module
 */

import { decodeReferences } from "./character_references.ts";

/** A piece of HTML: the start of an element, its end, or text. Names are in lower case. */
export type HtmlToken =
  | {
    /** A start tag. */
    readonly kind: "start";
    /** The element's name. */
    readonly name: string;
    /** The attributes by their names; of two with one name the first. */
    readonly attributes: ReadonlyMap<string, string>;
    /** Whether it ends with `/>`, which ends foreign elements such as those of SVG. */
    readonly isSelfClosing: boolean;
  }
  | {
    /** An end tag. */
    readonly kind: "end";
    /** The element's name. */
    readonly name: string;
  }
  | {
    /** Text, decoded. What scripts and styles hold is none. */
    readonly kind: "text";
    /** The text. */
    readonly text: string;
  };

/** Elements whose content is no markup; that of these two has character references. */
const ESCAPABLE_RAW = new Set(["textarea", "title"]);
const RAW = new Set([
  ...ESCAPABLE_RAW,
  "script",
  "style",
  "xmp",
  "iframe",
  "noembed",
  "noframes",
  "plaintext",
]);
/** A tag, a comment, or what is read as one; a start tag is matched up to its name. */
const MARKUP = /<(?:!--|[!?]|\/[^a-z>]|\/>|\/?([a-z][^\s/>]*))/gi;
/** The end of the tag, or an attribute; a value whose quote is never closed takes all that follows. */
const ATTRIBUTE = /([\s/]*)(?:(>)|(=?[^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"?|'([^']*)'?|([^\s>]*)))?)/y;

/**
 * Cuts HTML into tokens.
 *
 * @param html A whole page, or a part of one.
 * @param isForeign Whether the element that was just begun is none of HTML. Default: it is.
 */
export function* htmlTokens(
  html: string,
  isForeign: () => boolean = () => false,
): Generator<HtmlToken, void, undefined> {
  const source = html.replace(/\r\n?/g, "\n");
  let from = 0;
  for (;;) {
    MARKUP.lastIndex = from;
    const markup = MARKUP.exec(source);
    const text = source.slice(from, markup?.index);
    if (text !== "") yield { kind: "text", text: decodeReferences(text) };
    if (markup === null) return;
    const at = markup.index + markup[0].length;
    const name = markup[1]?.toLowerCase();
    if (name === undefined) {
      from = markup[0] === "<!--" ? endOfComment(source, at) : endOf(source, ">", at - 1);
      continue;
    }
    const tag = readAttributes(source, at);
    // A tag that never ends is none.
    if (tag === null) return;
    from = tag.end;
    if (markup[0][1] === "/") {
      yield { kind: "end", name };
      continue;
    }
    yield { kind: "start", name, attributes: tag.attributes, isSelfClosing: tag.isSelfClosing };
    if (!RAW.has(name) || isForeign()) continue;
    const raw = rawText(source, from, name);
    from += raw.length;
    if (ESCAPABLE_RAW.has(name) && raw !== "") yield { kind: "text", text: decodeReferences(raw) };
  }
}

function endOf(source: string, mark: string, from: number): number {
  const at = source.indexOf(mark, from);
  return at === -1 ? source.length : at + mark.length;
}

function endOfComment(source: string, from: number): number {
  const abrupt = /^-?>/.exec(source.slice(from, from + 2));
  if (abrupt !== null) return from + abrupt[0].length;
  const end = /--!?>/g;
  end.lastIndex = from;
  return end.exec(source) === null ? source.length : end.lastIndex;
}

function rawText(source: string, from: number, name: string): string {
  if (name === "plaintext") return source.slice(from);
  const end = new RegExp(`</${name}(?=[\\s/>])`, "gi");
  end.lastIndex = from;
  return source.slice(from, end.exec(source)?.index ?? source.length);
}

/** The attributes up to the end of the tag; `null` where there is none. */
function readAttributes(
  source: string,
  from: number,
): { attributes: Map<string, string>; isSelfClosing: boolean; end: number } | null {
  const attributes = new Map<string, string>();
  ATTRIBUTE.lastIndex = from;
  while (ATTRIBUTE.lastIndex < source.length) {
    const [, before = "", close, name = "", double, single, bare] = ATTRIBUTE.exec(source) ?? [];
    const end = ATTRIBUTE.lastIndex;
    if (close !== undefined) return { attributes, isSelfClosing: before.endsWith("/"), end };
    const key = name.toLowerCase();
    if (key !== "" && !attributes.has(key)) {
      attributes.set(key, decodeReferences(double ?? single ?? bare ?? "", true));
    }
  }
  return null;
}
