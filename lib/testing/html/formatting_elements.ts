/**
 * Formatting elements that are to be opened again (HTML standard, section 13.2.4.3): `<p><b></p>x`
 * makes `x` bold, and so a `<b>` stands between what is around and what follows.
 *
 * @module
 */

import type { HtmlElement } from "./element.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

const FORMATTING = words("a b big code em font i nobr s small strike strong tt u");
/** Elements within which only formatting of their own is opened again. */
const BARRIERS = words("applet caption marquee object td template th");
/** Start tags before which nothing is opened again. */
const OPENS_NOTHING = words(
  "address article aside base basefont bgsound blockquote body caption center col colgroup dd " +
    "details dialog dir div dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 " +
    "h5 h6 head header hgroup hr html iframe li link listing main menu meta nav noembed noframes ol " +
    "p param plaintext pre rb rp rt rtc script search section source style summary table tbody td " +
    "template textarea tfoot th thead title tr track ul",
);

/** Whether a name is that of a formatting element. */
export function isFormatting(name: string): boolean {
  return FORMATTING.has(name);
}

/** The formatting elements whose end tag is to come. */
export class FormattingElements {
  #active: HtmlElement[] = [];

  /** Adds an element that was opened, if it is a formatting element. */
  opened(element: HtmlElement): void {
    if (FORMATTING.has(element.name)) this.#active.push(element);
  }

  /** Removes and gives the element that an end tag ends: the last of that name to be opened. */
  ended(name: string, open: readonly HtmlElement[]): HtmlElement | undefined {
    const barrier = barrierOf(open);
    const at = this.#active.findLastIndex((one) => one.name === name && isWithin(one, barrier));
    return at === -1 ? undefined : this.#active.splice(at, 1)[0];
  }

  /**
   * The elements to open again before a start tag, the outermost first; they count as opened.
   *
   * @param name Of the start tag; empty for text.
   * @param open The open elements.
   * @param reopen Opens a copy of one.
   */
  reopen(
    name: string,
    open: readonly HtmlElement[],
    reopen: (element: HtmlElement) => HtmlElement,
  ): void {
    if (OPENS_NOTHING.has(name)) return;
    this.#active = this.#active.filter((one) => !isLeftBehind(one, open));
    const barrier = barrierOf(open);
    let from = this.#active.length;
    while (from > 0) {
      const element = this.#active[from - 1]!;
      if (open.includes(element) || !isWithin(element, barrier)) break;
      from--;
    }
    for (; from < this.#active.length; from++) {
      this.#active[from] = reopen(this.#active[from]!);
    }
  }
}

function barrierOf(open: readonly HtmlElement[]): HtmlElement | undefined {
  return open.findLast(({ name }) => BARRIERS.has(name));
}

function isWithin(element: HtmlElement, barrier: HtmlElement | undefined): boolean {
  return barrier === undefined || element.ancestors().some((one) => one === barrier);
}

/** Whether the element stood within a barrier that is closed by now. */
function isLeftBehind(element: HtmlElement, open: readonly HtmlElement[]): boolean {
  return element.ancestors().some((one) => BARRIERS.has(one.name) && !open.includes(one));
}
