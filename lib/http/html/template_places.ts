/**
 * Where the interpolations of a template stand: in text, in a tag, or in the value of an attribute.
 *
 * It reads the literal parts as the tokenizer of the HTML standard does, without its error cases.
 * A template is read once for each call site.
 *
 * @module
 */

import { activeScheme, isHarmlessStart } from "./active_url.ts";

/** An interpolation that stands where a value may not be safe. */
export type Place =
  /** Inside of a tag, outside of a value: the name of the tag or of an attribute. */
  | { readonly kind: "name" }
  /** In the value of an attribute that takes a URL. */
  | UrlPlace
  /** Where no value is safe. */
  | { readonly kind: "refused"; readonly reason: string };

/** An interpolation in the value of an attribute that takes a URL. */
export interface UrlPlace {
  /** The kind of the place. */
  readonly kind: "url";
  /** The name of the attribute. */
  readonly attribute: string;
  /** Whether no interpolation of this value comes before it. */
  readonly isFirst: boolean;
  /** The literal text of the value before it, up to an earlier interpolation. */
  readonly before: string;
  /** The literal end of the value. Undefined if another interpolation of this value follows. */
  after?: string;
}

/** The attributes whose URL browsers open or run. */
const URL_ATTRIBUTES: ReadonlySet<string> = new Set([
  "action",
  "data",
  "formaction",
  "href",
  "src",
  "xlink:href",
]);

/** The elements whose content has no tags. */
const RAW_TEXT: ReadonlySet<string> = new Set([
  "iframe",
  "noembed",
  "noframes",
  "plaintext",
  "script",
  "style",
  "textarea",
  "title",
  "xmp",
]);

const PAGE =
  'attribute "srcdoc" is a page of its own, for which its text is not escaped: write src';

/** A name that an interpolation is a part of. */
const UNKNOWN = "\0";

/**
 * Finds the places of the interpolations of a template.
 *
 * @param literals The literal parts. The template has one interpolation less.
 * @returns A place for each interpolation. It is undefined where every escaped value is safe.
 */
export function placesOf(literals: readonly string[]): readonly (Place | undefined)[] {
  const reader = new TemplateReader();
  const places = literals.slice(0, -1).map((literal) => {
    reader.read(literal);
    return reader.interpolate();
  });
  reader.read(literals.at(-1) ?? "");
  reader.end();
  return places;
}

/**
 * Why markup is not safe inside of a tag. Its values were escaped as text, so that only quotes keep
 * them in their attributes.
 *
 * @param markup The markup, such as `title="Tea" hidden`.
 * @returns The reason, or `null` if the markup is safe there.
 */
export function faultInTag(markup: string): string | null {
  let fault: string | null = null;
  const reader = new TemplateReader((attribute, value) => fault ??= faultOf(attribute, value));
  reader.read(`<a ${markup}`);
  return fault;
}

function faultOf(attribute: string, value: string | null): string | null {
  if (value === null) return withoutQuotes(attribute);
  if (attribute === "srcdoc") return PAGE;
  const scheme = URL_ATTRIBUTES.has(attribute) ? activeScheme(value) : null;
  return scheme === null ? null : runsCode(attribute, scheme);
}

/** Takes an attribute and its value, which is `null` if it has no quotes. */
type AttributeObserver = (attribute: string, value: string | null) => void;

type State =
  | "text"
  | "comment"
  | "declaration"
  | "raw text"
  | "tag name"
  | "in tag"
  | "attribute name"
  | "after name"
  | "before value"
  | "quoted"
  | "unquoted";

/** Reads the literal parts one after the other. */
class TemplateReader {
  #state: State = "text";
  #tag = "";
  #attribute = "";
  #quote = "";
  /** The literal text of the value since its start or since the last interpolation in it. */
  #piece = "";
  #isFirst = true;
  /** The last interpolation of a value that is not at its end. */
  #open: UrlPlace | undefined;
  readonly #observe: AttributeObserver | undefined;

  /** Begins in text. */
  constructor(observe?: AttributeObserver) {
    this.#observe = observe;
  }

  /** Reads a literal part. */
  read(literal: string): void {
    for (let at = 0; at < literal.length;) at = this.#step(literal, at);
  }

  /** Notes an interpolation. */
  interpolate(): Place | undefined {
    switch (this.#state) {
      case "tag name":
        this.#tag += UNKNOWN;
        return { kind: "name" };
      case "attribute name":
        this.#attribute += UNKNOWN;
        return { kind: "name" };
      case "in tag":
      case "after name":
        this.#attribute = UNKNOWN;
        this.#state = "attribute name";
        return { kind: "name" };
      case "before value":
      case "unquoted":
        this.#state = "unquoted";
        return { kind: "refused", reason: withoutQuotes(this.#attribute) };
      case "quoted":
        return this.#inValue();
      default:
        return undefined;
    }
  }

  /** Ends the template. */
  end(): void {
    this.#endValue();
  }

  #step(literal: string, at: number): number {
    switch (this.#state) {
      case "text":
        return this.#text(literal, at);
      case "comment":
        return this.#until(/--!?>/g, literal, at);
      case "declaration":
        return this.#until(/>/g, literal, at);
      case "raw text":
        return this.#rawText(literal, at);
      case "tag name":
        return this.#tagName(literal, at);
      case "in tag":
        return this.#inTag(literal, at);
      case "attribute name":
        return this.#attributeName(literal, at);
      case "after name":
      case "before value":
        return this.#aroundEquals(literal, at);
      case "quoted":
        return this.#quoted(literal, at);
      case "unquoted":
        return this.#unquoted(literal, at);
    }
  }

  #text(literal: string, at: number): number {
    const open = literal.indexOf("<", at);
    if (open === -1) return literal.length;
    // The two hyphens are read again, since `<!-->` is a whole comment.
    if (literal.startsWith("<!--", open)) return this.#enter("comment", open + 2);
    if (/[!?]/.test(literal[open + 1] ?? "")) return this.#enter("declaration", open + 2);
    const slash = literal[open + 1] === "/" ? "/" : "";
    const name = open + 1 + slash.length;
    // A tag whose whole name is an interpolation begins at the end of a literal part.
    if (!/^[a-z]?$/i.test(literal[name] ?? "")) return open + 1;
    this.#tag = slash;
    return this.#enter("tag name", name);
  }

  #rawText(literal: string, at: number): number {
    const close = this.#tag === "plaintext"
      ? null
      : match(new RegExp(`</(?=${this.#tag}[\\s/>])`, "gi"), literal, at);
    if (close === null) return literal.length;
    this.#tag = "/";
    return this.#enter("tag name", close.index + 2);
  }

  #tagName(literal: string, at: number): number {
    const end = endOf(/[\s/>]/g, literal, at);
    this.#tag += literal.slice(at, end).toLowerCase();
    return end === literal.length ? end : this.#enter("in tag", end);
  }

  #inTag(literal: string, at: number): number {
    const next = endOf(/[^\s/]/g, literal, at);
    if (next === literal.length) return next;
    if (literal[next] === ">") return this.#endTag(next + 1);
    this.#attribute = "";
    return this.#enter("attribute name", next);
  }

  #attributeName(literal: string, at: number): number {
    // The first character belongs to the name even if it is "=".
    const from = this.#attribute === "" ? at + 1 : at;
    const end = endOf(/[\s/>=]/g, literal, from);
    this.#attribute += literal.slice(at, end).toLowerCase();
    return end === literal.length ? end : this.#enter("after name", end);
  }

  #aroundEquals(literal: string, at: number): number {
    const next = endOf(/\S/g, literal, at);
    const character = literal[next];
    if (character === undefined) return next;
    if (this.#state === "after name") {
      return character === "="
        ? this.#enter("before value", next + 1)
        : this.#enter("in tag", next);
    }
    if (character === ">") return this.#endTag(next + 1);
    if (character !== '"' && character !== "'") {
      this.#observe?.(this.#attribute, null);
      return this.#enter("unquoted", next);
    }
    this.#quote = character;
    this.#piece = "";
    this.#isFirst = true;
    return this.#enter("quoted", next + 1);
  }

  #quoted(literal: string, at: number): number {
    const close = literal.indexOf(this.#quote, at);
    const end = close === -1 ? literal.length : close;
    this.#piece += literal.slice(at, end);
    if (close === -1) return end;
    this.#observe?.(this.#attribute, this.#piece);
    this.#endValue();
    return this.#enter("in tag", close + 1);
  }

  #unquoted(literal: string, at: number): number {
    const end = endOf(/[\s>]/g, literal, at);
    return end === literal.length ? end : this.#enter("in tag", end);
  }

  #inValue(): Place | undefined {
    const attribute = this.#attribute;
    if (attribute === "srcdoc") {
      return { kind: "refused", reason: PAGE };
    }
    if (!mayTakeUrl(attribute)) return undefined;
    const before = this.#piece;
    const isFirst = this.#isFirst;
    // The start is kept, so that it also decides for what follows.
    if (isFirst && isHarmlessStart(before)) return undefined;
    const scheme = isFirst ? activeScheme(before) : null;
    if (scheme !== null) return { kind: "refused", reason: runsCode(attribute, scheme) };
    this.#piece = "";
    this.#isFirst = false;
    return this.#open = { kind: "url", attribute, isFirst, before };
  }

  #endValue(): void {
    if (this.#open !== undefined) this.#open.after = this.#piece;
    this.#open = undefined;
  }

  #endTag(at: number): number {
    return this.#enter(RAW_TEXT.has(this.#tag) ? "raw text" : "text", at);
  }

  #until(end: RegExp, literal: string, at: number): number {
    const found = match(end, literal, at);
    return found === null ? literal.length : this.#enter("text", found.index + found[0].length);
  }

  #enter(state: State, at: number): number {
    this.#state = state;
    return at;
  }
}

/** Says why a URL is refused. */
export function runsCode(attribute: string, scheme: string): string {
  return `attribute "${
    shown(attribute)
  }" would run code by a "${scheme}" URL: allow only the schemes that the page needs, such as https:`;
}

function withoutQuotes(attribute: string): string {
  const name = shown(attribute);
  return `attribute "${name}" has no quotes, so that a space in the value begins another attribute: write ${name}="\${…}"`;
}

/** Whether an attribute takes a URL. A name that an interpolation gives may be any. */
function mayTakeUrl(attribute: string): boolean {
  return URL_ATTRIBUTES.has(attribute) ||
    attribute.includes(UNKNOWN) && !/^(?:aria|data)-/.test(attribute);
}

function shown(attribute: string): string {
  return attribute.replaceAll(UNKNOWN, "${…}");
}

function match(expression: RegExp, literal: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at;
  return expression.exec(literal);
}

/** The index of the next match, or the end. */
function endOf(expression: RegExp, literal: string, at: number): number {
  return match(expression, literal, at)?.index ?? literal.length;
}
