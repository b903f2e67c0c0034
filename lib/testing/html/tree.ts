/**
 * Builds the tree that browsers make of HTML (HTML standard, section 13.2.6), as far as forms and
 * links need it.
 *
 * It knows which tags end an open element, which elements move out of tables, and which form owns a
 * control.
 *
 * It adds elements such as `<tbody>` only if forms or links depend on them. It runs no scripts, so
 * that the contents of `<noscript>` are in the page.
 *
 * @module
 */

import { HtmlElement } from "./element.ts";
import {
  BLOCK_ENDS,
  BREAKS_OUT,
  BUTTON_SCOPE,
  ENDS_PARAGRAPH,
  FORMATTING,
  HEADINGS,
  IMPLIED_ENDS,
  INTEGRATION_POINTS,
  LIST_SCOPE,
  PAGE_SCOPE,
  SCOPE,
  SPECIAL,
  STAYS_IN_TABLE,
  TABLE_CELLS,
  TABLE_CONTEXTS,
  TABLE_PARTS,
  TABLE_SCOPE,
  TABLE_SECTIONS,
  TABLE_STRUCTURE,
  VOID_ELEMENTS,
} from "./element_kinds.ts";
import { FormattingElements } from "./formatting_elements.ts";
import { type HtmlToken, htmlTokens } from "./tokens.ts";

type StartTag = Extract<HtmlToken, { readonly kind: "start" }>;

/**
 * Reads the elements of a page.
 *
 * @param html A whole page, or a part of one.
 * @returns The page itself, as an element without a name.
 */
export function readHtml(html: string): HtmlElement {
  const tree = new HtmlTree();
  for (const token of htmlTokens(html, () => tree.isForeign)) {
    if (token.kind === "text") tree.text(token.text);
    else if (token.kind === "start") tree.start(token);
    else tree.end(token.name);
  }
  return tree.page;
}

class HtmlTree {
  readonly page = new HtmlElement("", new Map(), null, null);
  /** The open elements, the page itself first. */
  readonly #open: HtmlElement[] = [this.page];
  /** The form whose end tag has not come yet. */
  #form: HtmlElement | null = null;
  readonly #formatting = new FormattingElements();

  /** Whether the innermost open element is foreign, as in SVG. */
  get isForeign(): boolean {
    return this.#current.name.includes(":");
  }

  get #current(): HtmlElement {
    return this.#open.at(-1) ?? this.page;
  }

  text(text: string): void {
    this.#reopen("");
    const [parent, before] = this.#insertionPoint(text.trim() !== "");
    parent.children.splice(before, 0, text);
  }

  start(tag: StartTag): void {
    if (this.isForeign && !INTEGRATION_POINTS.has(this.#current.name)) {
      if (!BREAKS_OUT.has(tag.name)) return this.#startForeign(tag);
      this.#popUntil(({ name }) => !name.includes(":") || INTEGRATION_POINTS.has(name), false);
    }
    if (!this.#startInTable(tag)) this.#startInBody(tag);
  }

  end(name: string): void {
    if (this.isForeign) {
      const foreign = this.#current.name.slice(0, this.#current.name.indexOf(":") + 1) + name;
      const found = this.#open.findLast((one) => one.name === foreign || !one.name.includes(":"));
      if (found?.name === foreign) return this.#popUntil((one) => one === found);
    }
    if (!this.#endInTable(name)) this.#endInBody(name);
  }

  /**
   * The name of the innermost open element that decides how a table reads tags. It is empty outside
   * of tables.
   */
  get #tableContext(): string {
    return this.#open.findLast(({ name }) => TABLE_CONTEXTS.has(name))?.name ?? "";
  }

  /** Handles a tag by the rules of tables. Returns false if the rules of the body apply. */
  #startInTable(tag: StartTag): boolean {
    const { name } = tag;
    const isPart = TABLE_PARTS.has(name);
    const context = this.#tableContext;
    if (context === "") return isPart;
    if (context === "template") return false;
    const leave = () => {
      this.#popUntil((one) => one.name === context);
      this.start(tag);
      return true;
    };
    const enter = (implied?: string) => {
      this.#popUntil((one) => one.name === context, false);
      if (implied === undefined) this.#insert(tag, false);
      else {
        const attributes = new Map();
        this.#insert({ kind: "start", name: implied, attributes, isSelfClosing: false }, false);
        this.start(tag);
      }
      return true;
    };
    if (TABLE_CELLS.has(context) || context === "caption") return isPart && leave();
    if (context === "colgroup") return name === "col" ? enter() : name !== "template" && leave();
    if (isPart) {
      if (context === "tr") return TABLE_CELLS.has(name) ? enter() : leave();
      if (TABLE_SECTIONS.has(context)) {
        return name === "tr" ? enter() : TABLE_CELLS.has(name) ? enter("tr") : leave();
      }
      if (name === "col") return enter("colgroup");
      return TABLE_CELLS.has(name) || name === "tr" ? enter("tbody") : enter();
    }
    if (name === "table") {
      this.#popUntil((one) => one.name === "table");
      this.start(tag);
      return true;
    }
    if (name === "input" && tag.attributes.get("type")?.toLowerCase() === "hidden") {
      this.#insert(tag, false);
      return true;
    }
    if (name !== "form") return false;
    if (this.#form === null && !this.#isIn("template", PAGE_SCOPE)) {
      this.#form = this.#insert(tag, false);
      this.#open.pop();
    }
    return true;
  }

  #startInBody(tag: StartTag): void {
    const { name } = tag;
    const inSelect = this.#isIn("select", SCOPE);
    const inTemplate = this.#isIn("template", PAGE_SCOPE);
    switch (name) {
      case "html":
      case "head":
      case "body":
        if (!this.#open.every((one) => ["", "html", "head"].includes(one.name))) return;
        break;
      case "form":
        // Forms are not nested: the inner tag is ignored.
        if (this.#form !== null && !inTemplate) return;
        break;
      case "button":
        this.#endWithin("button", SCOPE);
        break;
      case "a":
      case "nobr":
        this.#endFormatting(name);
        break;
      case "input":
        this.#endWithin("select", SCOPE);
        break;
      case "select":
        if (inSelect) return this.#endWithin("select", SCOPE);
        break;
      case "option":
        if (inSelect) this.#endImplied("optgroup");
        else if (this.#current.name === "option") this.#open.pop();
        break;
      case "optgroup":
      case "hr":
        if (inSelect) this.#endImplied();
        else if (name === "optgroup" && this.#current.name === "option") this.#open.pop();
        break;
      case "li":
        this.#endItem("li");
        break;
      case "dd":
      case "dt":
        this.#endItem("dd", "dt");
        break;
    }
    if (ENDS_PARAGRAPH.has(name)) this.#endWithin("p", BUTTON_SCOPE);
    if (HEADINGS.has(name) && HEADINGS.has(this.#current.name)) this.#open.pop();
    this.#reopen(name);
    if (name === "svg" || name === "math") return this.#startForeign(tag);
    const element = this.#insert(name === "image" ? { ...tag, name: "img" } : tag);
    this.#formatting.opened(element);
    if (name === "form" && !inTemplate) this.#form = element;
  }

  #startForeign(tag: StartTag): void {
    const outer = this.isForeign ? this.#current.name : "";
    const space = tag.name === "svg" || outer.startsWith("svg:") ? "svg:" : "math:";
    this.#insert({ ...tag, name: space + tag.name });
    if (tag.isSelfClosing) this.#open.pop();
  }

  /** Handles an end tag by the rules of tables. Returns false if the rules of the body apply. */
  #endInTable(name: string): boolean {
    const context = this.#tableContext;
    if (!TABLE_PARTS.has(name) && name !== "table") return false;
    if (context === "" || context === "template") return true;
    if (name === context) {
      this.#endWithin(name, TABLE_SCOPE);
      return true;
    }
    // The end of an outer part ends the inner ones. The end of an inner part is ignored.
    const isOuter = name === "table" ||
      context !== "caption" && context !== "colgroup" && TABLE_STRUCTURE.has(name) &&
        !(TABLE_SECTIONS.has(context) && name === "tr") && this.#isIn(name, TABLE_SCOPE);
    if (isOuter && context !== "table") {
      this.#popUntil((one) => one.name === context);
      this.end(name);
    }
    return true;
  }

  #endInBody(name: string): void {
    if (name === "form" && !this.#isIn("template", PAGE_SCOPE)) {
      return this.#endForm();
    }
    if (name === "p") return this.#endWithin("p", BUTTON_SCOPE);
    if (name === "li") return this.#endWithin("li", LIST_SCOPE);
    if (name === "template") return this.#endWithin("template", PAGE_SCOPE);
    if (FORMATTING.has(name)) return this.#endFormatting(name);
    if (BLOCK_ENDS.has(name)) return this.#endWithin(name, SCOPE);
    if (HEADINGS.has(name)) {
      const heading = this.#found((one) => HEADINGS.has(one), SCOPE);
      if (heading !== undefined) this.#popUntil((one) => one === heading);
      return;
    }
    // What follows the body's end is in the body.
    if (name === "body" || name === "html") return;
    const found = this.#open.findLast((one) => one.name === name || SPECIAL.has(one.name));
    if (found?.name === name) this.#popUntil((one) => one === found);
  }

  /** Ends the form. Open elements in it stay open, and stay in the form. */
  #endForm(): void {
    const form = this.#form;
    this.#form = null;
    const at = form === null ? -1 : this.#open.lastIndexOf(form);
    if (at === -1 || !this.#isIn("form", SCOPE)) return;
    this.#endImplied();
    this.#open.splice(at, 1);
  }

  /** Ends a formatting element, but not the blocks in it. */
  #endFormatting(name: string): void {
    const element = this.#formatting.ended(name, this.#open);
    if (element === undefined || this.#found((one) => one === name, SCOPE) !== element) return;
    const at = this.#open.lastIndexOf(element);
    const block = this.#open.slice(at + 1).find((one) => SPECIAL.has(one.name));
    this.#open.splice(at, block === undefined ? Infinity : 1);
    if (block === undefined) return;
    block.wrapChildren(new HtmlElement(name, element.attributes, block, element.form));
  }

  #reopen(name: string): void {
    if (this.isForeign) return;
    this.#formatting.reopen(
      name,
      this.#open,
      ({ name, attributes }) =>
        this.#insert({ kind: "start", name, attributes, isSelfClosing: false }),
    );
  }

  #endItem(...names: readonly string[]): void {
    const isBarrier = ({ name }: HtmlElement) =>
      name === "" || SPECIAL.has(name) && !["address", "div", "p"].includes(name);
    const found = this.#open.findLast((one) => names.includes(one.name) || isBarrier(one));
    if (found !== undefined && names.includes(found.name)) this.#popUntil((one) => one === found);
  }

  #endImplied(except?: string): void {
    while (IMPLIED_ENDS.has(this.#current.name) && this.#current.name !== except) this.#open.pop();
  }

  #endWithin(name: string, scope: ReadonlySet<string>): void {
    const found = this.#found((one) => one === name, scope);
    if (found !== undefined) this.#popUntil((one) => one === found);
  }

  #isIn(name: string, scope: ReadonlySet<string>): boolean {
    return this.#found((one) => one === name, scope) !== undefined;
  }

  /** The innermost open element that fits, unless an element of the scope is in between. */
  #found(isMeant: (name: string) => boolean, scope: ReadonlySet<string>): HtmlElement | undefined {
    const found = this.#open.findLast(({ name }) => isMeant(name) || scope.has(name));
    return found !== undefined && isMeant(found.name) ? found : undefined;
  }

  #popUntil(isMeant: (element: HtmlElement) => boolean, inclusive = true): void {
    const at = this.#open.findLastIndex(isMeant);
    this.#open.splice(Math.max(1, inclusive ? at : at + 1));
  }

  /** Opens an element. With `moves` it stands before the table, if the table cannot hold it. */
  #insert(tag: StartTag, moves = !STAYS_IN_TABLE.has(tag.name)): HtmlElement {
    const [parent, before] = this.#insertionPoint(moves);
    const around = parent.name === "form"
      ? parent
      : parent.ancestors().find(({ name }) => name === "form") ?? null;
    const inTemplate = this.#isIn("template", PAGE_SCOPE);
    const form = inTemplate ? around : this.#form ?? around;
    const element = new HtmlElement(tag.name, tag.attributes, parent, form);
    parent.children.splice(before, 0, element);
    if (!VOID_ELEMENTS.has(tag.name)) this.#open.push(element);
    return element;
  }

  #insertionPoint(moves: boolean): [parent: HtmlElement, before: number] {
    const current = this.#current;
    const table = this.#open.findLast(({ name }) => name === "table");
    if (!moves || table === undefined || !TABLE_STRUCTURE.has(current.name)) {
      return [current, current.children.length];
    }
    const parent = table.parent ?? this.page;
    return [parent, parent.children.indexOf(table)];
  }
}
