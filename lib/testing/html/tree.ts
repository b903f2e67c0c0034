/**
 * The tree that browsers make of HTML (HTML standard, section 13.2.6), as far as forms and links
 * depend on it: what ends an open element, what tables throw out, and whose form a control is.
 *
 * What a browser adds by itself, such as `<tbody>`, is there only where it matters. Scripts do not
 * run, so what `<noscript>` holds is in the page.
 *
 * @module
 */

import { HtmlElement } from "./element.ts";
import { FormattingElements, isFormatting } from "./formatting_elements.ts";
import { type HtmlToken, htmlTokens } from "./tokens.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

const VOID = words(
  "area base basefont bgsound br col embed hr img input keygen link meta param source track wbr",
);
const HEADINGS = words("h1 h2 h3 h4 h5 h6");
/** Start tags that end an open paragraph. */
const ENDS_PARAGRAPH = words(
  "address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption " +
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li listing main menu nav ol p plaintext " +
    "pre search section summary table ul xmp",
);
/** End tags that end what stands within. */
const BLOCKS = words(
  "address applet article aside blockquote button center dd details dialog dir div dl dt fieldset " +
    "figcaption figure footer header hgroup listing main marquee menu nav object ol pre search " +
    "section select summary ul",
);
/** What end tags of unknown elements do not reach across. */
const SPECIAL = words(
  "address applet area article aside base basefont bgsound blockquote body br button caption " +
    "center col colgroup dd details dir div dl dt embed fieldset figcaption figure footer form " +
    "frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe img input keygen li link " +
    "listing main marquee menu meta nav noembed noframes noscript object ol p param plaintext pre " +
    "script search section select source style summary table tbody td template textarea tfoot th " +
    "thead title tr track ul wbr xmp",
);
/** Foreign elements whose content is HTML again. */
const INTEGRATION = words(
  "svg:foreignobject svg:desc svg:title math:mi math:mo math:mn math:ms math:mtext",
);
/** What end tags and implied ends do not reach across; the page itself is one. */
const SCOPE: ReadonlySet<string> = new Set([
  "",
  ...words("applet caption table td th marquee object select template"),
  ...INTEGRATION,
]);
const BUTTON_SCOPE: ReadonlySet<string> = new Set([...SCOPE, "button"]);
const LIST_SCOPE: ReadonlySet<string> = new Set([...SCOPE, "ol", "ul"]);
const TABLE_SCOPE = words(" table template");
/** No limit: the page itself. */
const PAGE = words("");
const IMPLIED_ENDS = words("dd dt li optgroup option p rb rp rt rtc");

const SECTIONS = words("tbody tfoot thead");
const CELLS = words("td th");
/** Elements of tables in which fields cannot stand. */
const ROWS = words("table tbody tfoot thead tr");
const STAYS_IN_TABLE = words("script style template");
const TABLE_PARTS = words("caption col colgroup tbody td tfoot th thead tr");
/** Elements by which is known where in a table one is. */
const PLACES = words(" table tbody tfoot thead tr td th caption colgroup template");
/** HTML that ends foreign content. */
const BREAKS_OUT = words(
  "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li " +
    "listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var",
);

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
  /** The form whose end tag is to come, whatever the nesting. */
  #form: HtmlElement | null = null;
  readonly #formatting = new FormattingElements();

  /** Whether the innermost open element is no HTML. */
  get isForeign(): boolean {
    return this.#current.name.includes(":");
  }

  get #current(): HtmlElement {
    return this.#open.at(-1) ?? this.page;
  }

  text(text: string): void {
    this.#reopen("");
    const [parent, before] = this.#placeOf(text.trim() !== "");
    parent.children.splice(before, 0, text);
  }

  start(tag: StartTag): void {
    if (this.isForeign && !INTEGRATION.has(this.#current.name)) {
      if (!BREAKS_OUT.has(tag.name)) return this.#startForeign(tag);
      this.#popUntil(({ name }) => !name.includes(":") || INTEGRATION.has(name), false);
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

  /** Where in a table, a cell or elsewhere one is. */
  get #place(): string {
    return this.#open.findLast(({ name }) => PLACES.has(name))?.name ?? "";
  }

  /** Whether the tag is one that tables, their parts or their cells deal with. */
  #startInTable(tag: StartTag): boolean {
    const { name } = tag;
    const isPart = TABLE_PARTS.has(name);
    const place = this.#place;
    if (place === "") return isPart;
    if (place === "template") return false;
    const leave = () => {
      this.#popUntil((one) => one.name === place);
      this.start(tag);
      return true;
    };
    const enter = (implied?: string) => {
      this.#popUntil((one) => one.name === place, false);
      if (implied === undefined) this.#insert(tag, false);
      else {
        const attributes = new Map();
        this.#insert({ kind: "start", name: implied, attributes, isSelfClosing: false }, false);
        this.start(tag);
      }
      return true;
    };
    if (CELLS.has(place) || place === "caption") return isPart && leave();
    if (place === "colgroup") return name === "col" ? enter() : name !== "template" && leave();
    if (isPart) {
      if (place === "tr") return CELLS.has(name) ? enter() : leave();
      if (SECTIONS.has(place)) {
        return name === "tr" ? enter() : CELLS.has(name) ? enter("tr") : leave();
      }
      if (name === "col") return enter("colgroup");
      return CELLS.has(name) || name === "tr" ? enter("tbody") : enter();
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
    if (this.#form === null && !this.#isIn("template", PAGE)) {
      this.#form = this.#insert(tag, false);
      this.#open.pop();
    }
    return true;
  }

  #startInBody(tag: StartTag): void {
    const { name } = tag;
    const inSelect = this.#isIn("select", SCOPE);
    const inTemplate = this.#isIn("template", PAGE);
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

  /** Whether the end tag is one that tables, their parts or their cells deal with. */
  #endInTable(name: string): boolean {
    const place = this.#place;
    if (!TABLE_PARTS.has(name) && name !== "table") return false;
    if (place === "" || place === "template") return true;
    if (name === place) {
      this.#endWithin(name, TABLE_SCOPE);
      return true;
    }
    // The end of an outer part ends the inner ones; that of an inner part is none.
    const isOuter = name === "table" ||
      place !== "caption" && place !== "colgroup" && ROWS.has(name) &&
        !(SECTIONS.has(place) && name === "tr") && this.#isIn(name, TABLE_SCOPE);
    if (isOuter && place !== "table") {
      this.#popUntil((one) => one.name === place);
      this.end(name);
    }
    return true;
  }

  #endInBody(name: string): void {
    if (name === "form" && !this.#isIn("template", PAGE)) {
      return this.#endForm();
    }
    if (name === "p") return this.#endWithin("p", BUTTON_SCOPE);
    if (name === "li") return this.#endWithin("li", LIST_SCOPE);
    if (name === "template") return this.#endWithin("template", PAGE);
    if (isFormatting(name)) return this.#endFormatting(name);
    if (BLOCKS.has(name)) return this.#endWithin(name, SCOPE);
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

  /** What stands in the form and is still open stays open, and so stays in the form. */
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

  /** The innermost open element that is meant, if nothing of the scope stands between. */
  #found(isMeant: (name: string) => boolean, scope: ReadonlySet<string>): HtmlElement | undefined {
    const found = this.#open.findLast(({ name }) => isMeant(name) || scope.has(name));
    return found !== undefined && isMeant(found.name) ? found : undefined;
  }

  #popUntil(isMeant: (element: HtmlElement) => boolean, inclusive = true): void {
    const at = this.#open.findLastIndex(isMeant);
    this.#open.splice(Math.max(1, inclusive ? at : at + 1));
  }

  /** Opens an element; `moves`: before the table, if it stands where a table takes none. */
  #insert(tag: StartTag, moves = !STAYS_IN_TABLE.has(tag.name)): HtmlElement {
    const [parent, before] = this.#placeOf(moves);
    const around = parent.name === "form"
      ? parent
      : parent.ancestors().find(({ name }) => name === "form") ?? null;
    const inTemplate = this.#isIn("template", PAGE);
    const form = inTemplate ? around : this.#form ?? around;
    const element = new HtmlElement(tag.name, tag.attributes, parent, form);
    parent.children.splice(before, 0, element);
    if (!VOID.has(tag.name)) this.#open.push(element);
    return element;
  }

  #placeOf(moves: boolean): [parent: HtmlElement, before: number] {
    const current = this.#current;
    const table = this.#open.findLast(({ name }) => name === "table");
    if (!moves || table === undefined || !ROWS.has(current.name)) {
      return [current, current.children.length];
    }
    const parent = table.parent ?? this.page;
    return [parent, parent.children.indexOf(table)];
  }
}
