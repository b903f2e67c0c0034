/**
 * The elements of a page, as a tree.
 *
 * @module
 */

/** An element of a page. */
export class HtmlElement {
  /**
   * Its name in lower case. Foreign elements have the prefix `svg:` or `math:`. The page itself has
   * an empty name.
   */
  readonly name: string;
  /** The form to which it belongs without an attribute `form`. */
  readonly form: HtmlElement | null;
  /** The elements and texts in it. */
  readonly children: (HtmlElement | string)[] = [];
  /** The values of its attributes. */
  readonly attributes: ReadonlyMap<string, string>;
  #parent: HtmlElement | null;

  /** Makes an element. Call `readHtml()` instead. */
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

  /** The element around it. `null` for the page itself. */
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

  /** The value of an attribute, or `null` if it is missing. */
  attribute(name: string): string | null {
    return this.attributes.get(name) ?? null;
  }

  /** Whether it has an attribute. */
  has(name: string): boolean {
    return this.attributes.has(name);
  }

  /** The text in it, without scripts and styles. */
  get textContent(): string {
    return this.children.map((child) => typeof child === "string" ? child : child.textContent)
      .join("");
  }

  /**
   * The value of an attribute with fixed keywords, in lower case. It is empty if the attribute is
   * missing.
   */
  keyword(name: string): string {
    return this.attribute(name)?.toLowerCase() ?? "";
  }

  /** The text that a visitor sees, and the texts of its images, with single spaces. */
  get label(): string {
    return shown(this).replace(/\s+/g, " ").trim();
  }

  /** The elements around it, the nearest first. */
  *ancestors(): Generator<HtmlElement, void, undefined> {
    for (let element = this.parent; element !== null; element = element.parent) yield element;
  }

  /** Every element in it, in the order of the page. The contents of templates are left out. */
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
