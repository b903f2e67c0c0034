/**
 * Data for the scripts of a page.
 *
 * @module
 */

import { checkValue, NAME } from "../../check_options.ts";
import { Html, html } from "../html.ts";
import { jsonText } from "../response.ts";

/** The characters that end a script element, begin a comment in it, or end a line of a script. */
const SPECIAL = /[<>&\u2028\u2029]/g;

/**
 * Makes a script element that holds data, which a script of the page reads.
 *
 * The element is `<script type="application/json">`. Browsers do not run it, so that a
 * `Content-Security-Policy` need not allow it. Every `<`, `>` and `&` in it is escaped. Read it by
 * `JSON.parse(document.getElementById(id).textContent)`. Django: `json_script`.
 *
 * @param id The `id` of the element, which is not empty.
 * @param value A value that `JSON.stringify()` can write.
 * @returns The markup, for {@linkcode html}.
 * @throws {TypeError} If the id is not a string or is empty. If JSON cannot express the value, as
 * for {@linkcode json}.
 *
 * @example A list for a chart
 * ```ts
 * import { html, jsonScript } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const page = html`${jsonScript("data", { title: "</script>" })}`;
 * assertEquals(
 *   String(page),
 *   '<script id="data" type="application/json">{"title":"\\u003c/script\\u003e"}</script>',
 * );
 * ```
 */
export function jsonScript(id: string, value: unknown): Html {
  checkValue("the id of jsonScript()", id, NAME, TypeError);
  const data = new Html(jsonText(value, "write data for a script").replace(SPECIAL, escaped));
  return html`<script id="${id}" type="application/json">${data}</script>`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
