/**
 * The elements of a page as they are nested in its text: a reader for forms and links, not a parser
 * of HTML. Elements that browsers would add or move are where they were written.
 *
 * @module
 */

import { htmlTokens } from "./html_tokens.ts";

const VOID = new Set(
  "area base br col embed hr img input link meta param source track wbr".split(" "),
);
/** What a start tag ends, if it is open: most end tags may be missing, these must not matter. */
const ENDS: ReadonlyMap<string, readonly string[]> = new Map([
  ["a", ["a"]],
  ["button", ["button"]],
  ["option", ["option"]],
  ["optgroup", ["option", "optgroup"]],
]);

/** An element of a page. */
export class HtmlElement {
  /** Its name in lower case; empty for the page itself. */
  readonly name: string;
  /** The element that it stands in; `null` for the page itself. */
  readonly parent: HtmlElement | null;
  /** The form that was open where it begins, whatever the nesting. */
  readonly form: HtmlElement | null;
  /** Elements and text in it. */
  readonly children: (HtmlElement | string)[] = [];
  readonly #attributes: ReadonlyMap<string, string>;

  /** Makes an element; {@linkcode readHtml} does. */
  constructor(
    name: string,
    attributes: ReadonlyMap<string, string>,
    parent: HtmlElement | null,
    form: HtmlElement | null,
  ) {
    this.name = name;
    this.#attributes = attributes;
    this.parent = parent;
    this.form = form;
  }

  /** The value of an attribute; `null` where it is missing. */
  attribute(name: string): string | null {
    return this.#attributes.get(name) ?? null;
  }

  /** Whether an attribute is there, whatever its value. */
  has(name: string): boolean {
    return this.#attributes.has(name);
  }

  /** The text in it as it is written. */
  get textContent(): string {
    return this.children.map((child) => typeof child === "string" ? child : child.textContent)
      .join("");
  }

  /** What it shows: its text and that of its images, white space collapsed. */
  get label(): string {
    return shown(this).replace(/\s+/g, " ").trim();
  }

  /** The elements that it stands in, the nearest first. */
  *ancestors(): Generator<HtmlElement, void, undefined> {
    for (let element = this.parent; element !== null; element = element.parent) yield element;
  }

  /** Every element in it, in the order of the page; what templates hold is not in the page. */
  *descendants(): Generator<HtmlElement, void, undefined> {
    for (const child of this.children) {
      if (typeof child === "string") continue;
      yield child;
      if (child.name !== "template") yield* child.descendants();
    }
  }
}

function shown(element: HtmlElement): string {
  if (element.name === "img") return element.attribute("alt") ?? "";
  return element.children.map((child) => typeof child === "string" ? child : shown(child)).join("");
}

/**
 * Reads the elements of a page.
 *
 * @param html A whole page, or a part of one.
 * @returns The page itself, as an element without a name.
 */
export function readHtml(html: string): HtmlElement {
  const page = new HtmlElement("", new Map(), null, null);
  let open = page;
  let form: HtmlElement | null = null;
  for (const token of htmlTokens(html)) {
    if (token.kind === "text") {
      open.children.push(token.text);
      continue;
    }
    const { name } = token;
    const inTemplate = isWithin(open, "template");
    if (token.kind === "end") {
      // A form that was closed by what it stands in still owns what follows, up to its own end.
      if (name === "form" && !inTemplate) form = null;
      open = closed(open, name);
      continue;
    }
    // Forms are not nested: the inner tag is ignored.
    if (name === "form" && form !== null && !inTemplate) continue;
    for (const ended of ENDS.get(name) ?? []) open = closed(open, ended);
    const element: HtmlElement = new HtmlElement(name, token.attributes, open, form);
    open.children.push(element);
    if (name === "form" && !inTemplate) form = element;
    if (!VOID.has(name)) open = element;
  }
  return page;
}

function isWithin(element: HtmlElement, name: string): boolean {
  return element.name === name || element.ancestors().some((one) => one.name === name);
}

/** What is open after an end tag: it ends what stands within, and nothing where nothing matches. */
function closed(open: HtmlElement, name: string): HtmlElement {
  const ended = open.name === name ? open : open.ancestors().find((one) => one.name === name);
  return ended?.parent ?? open;
}
