/**
 * The elements of a page: a tree for forms and links.
 *
 * @module
 */

/** An element of a page. */
export class HtmlElement {
  /** Its name in lower case, `svg:` or `math:` before those of foreign content; empty for the page itself. */
  readonly name: string;
  /** The form that it belongs to without naming one. */
  readonly form: HtmlElement | null;
  /** Elements and text in it. */
  readonly children: (HtmlElement | string)[] = [];
  /** The values of its attributes. */
  readonly attributes: ReadonlyMap<string, string>;
  #parent: HtmlElement | null;

  /** Makes an element; `readHtml` does. */
  constructor(
    name: string,
    attributes: ReadonlyMap<string, string>,
    parent: HtmlElement | null,
    form: HtmlElement | null,
  ) {
    this.name = name;
    this.attributes = attributes;
    this.#parent = parent;
    this.form = form;
  }

  /** The element that it stands in; `null` for the page itself. */
  get parent(): HtmlElement | null {
    return this.#parent;
  }

  /** Puts another element around everything in it. */
  wrapChildren(wrapper: HtmlElement): void {
    for (const child of this.children) {
      if (typeof child !== "string") child.#parent = wrapper;
    }
    wrapper.children.push(...this.children.splice(0, Infinity, wrapper));
  }

  /** The value of an attribute; `null` where it is missing. */
  attribute(name: string): string | null {
    return this.attributes.get(name) ?? null;
  }

  /** Whether an attribute is there, whatever its value. */
  has(name: string): boolean {
    return this.attributes.has(name);
  }

  /** The text in it as it is written, without that of scripts and styles. */
  get textContent(): string {
    return this.children.map((child) => typeof child === "string" ? child : child.textContent)
      .join("");
  }

  /** The value of an attribute that has a few words, in lower case; empty where it is missing. */
  keyword(name: string): string {
    return this.attribute(name)?.toLowerCase() ?? "";
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
