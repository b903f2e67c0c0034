/**
 * The list of active formatting elements (HTML standard, section 13.2.4.3).
 *
 * In `<p><b></p>x`, the browser opens the `<b>` again for `x`, because its end tag is missing.
 *
 * @module
 */

import type { HtmlElement } from "./element.ts";
import { FORMATTING, FORMATTING_BARRIERS, WITHOUT_FORMATTING } from "./element_kinds.ts";

/** The formatting elements whose end tag has not come yet. */
export class FormattingElements {
  #active: HtmlElement[] = [];

  /** Adds an element that was opened, if it is a formatting element. */
  opened(element: HtmlElement): void {
    if (FORMATTING.has(element.name)) this.#active.push(element);
  }

  /**
   * Removes and returns the element that an end tag ends. It is the last opened one of that name.
   */
  ended(name: string, open: readonly HtmlElement[]): HtmlElement | undefined {
    const barrier = barrierOf(open);
    const at = this.#active.findLastIndex((one) => one.name === name && isWithin(one, barrier));
    return at === -1 ? undefined : this.#active.splice(at, 1)[0];
  }

  /**
   * Opens the missing elements again before a start tag, the outermost first.
   *
   * @param name The name of the start tag. It is empty for text.
   * @param open The open elements.
   * @param reopen Opens a copy of one.
   */
  reopen(
    name: string,
    open: readonly HtmlElement[],
    reopen: (element: HtmlElement) => HtmlElement,
  ): void {
    if (WITHOUT_FORMATTING.has(name)) return;
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
  return open.findLast(({ name }) => FORMATTING_BARRIERS.has(name));
}

function isWithin(element: HtmlElement, barrier: HtmlElement | undefined): boolean {
  return barrier === undefined || element.ancestors().some((one) => one === barrier);
}

/** Whether the element was in a barrier that is closed now. */
function isLeftBehind(element: HtmlElement, open: readonly HtmlElement[]): boolean {
  return element.ancestors().some((one) =>
    FORMATTING_BARRIERS.has(one.name) && !open.includes(one)
  );
}
