/**
 * In which direction the text of an element runs (HTML standard, section 3.2.6.4).
 *
 * @module
 */

import type { HtmlElement } from "./html_element.ts";

/** Left to right, or right to left. */
export type Direction = "ltr" | "rtl";

/** A letter that has a direction, or one of the marks that stand for one. */
const STRONG = /[\p{L}\u200e\u200f\u061c]/u;
/** Hebrew, Arabic and the scripts beside them. */
const FROM_RIGHT =
  /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const SILENT = new Set(["bdi", "script", "style", "textarea"]);

/**
 * The direction of an element.
 *
 * @param element The element.
 * @param value What it holds, if it is a control: `dir="auto"` goes by that.
 */
export function directionOf(element: HtmlElement, value: string | null = null): Direction {
  const dir = element.keyword("dir");
  if (dir === "ltr" || dir === "rtl") return dir;
  if (dir === "auto" || element.name === "bdi") {
    return directionOfText(value ?? textOf(element, true)) ?? "ltr";
  }
  const isPhone = element.name === "input" && element.keyword("type") === "tel";
  return isPhone || element.parent === null ? "ltr" : directionOf(element.parent);
}

/** By the first letter that has one; `null` where none has. */
function directionOfText(text: string): Direction | null {
  const strong = STRONG.exec(text)?.[0];
  return strong === undefined ? null : FROM_RIGHT.test(strong) ? "rtl" : "ltr";
}

/** The text of an element without that of parts with a direction of their own. */
function textOf(element: HtmlElement, isOuter = false): string {
  const isApart = SILENT.has(element.name) ||
    ["ltr", "rtl", "auto"].includes(element.keyword("dir"));
  if (!isOuter && isApart) return "";
  return element.children.map((child) => typeof child === "string" ? child : textOf(child)).join(
    "",
  );
}
