/**
 * Markup that cannot be injected into: a template tag that escapes what it is given.
 *
 * @module
 */

import { escape } from "jsr:@std/html@^1.0.0";
import { checkOptions } from "../check_options.ts";
import { quiet } from "../promises.ts";
import { RESPONSE_INIT_KINDS } from "./response.ts";

/**
 * What may stand between the braces of {@linkcode html}.
 *
 * Text and numbers are escaped, {@linkcode Html} is not escaped again, lists are written one item
 * after the other, and `null`, `undefined`, `false` and `true` write nothing, so that
 * `${name && html`…`}` can be said.
 */
export type HtmlValue =
  | Html
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | readonly HtmlValue[];

/**
 * Trusted markup, made by {@linkcode html} or {@linkcode insecureRaw}.
 *
 * @example A response of one's own
 * ```ts
 * import { html } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const response = html`<h1>Gone</h1>`.toResponse({ status: 410 });
 * assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8");
 * ```
 */
export class Html {
  readonly #markup: string;

  /**
   * Wraps markup that is trusted already: what visitors sent belongs into {@linkcode html} instead.
   *
   * @param trustedMarkup Written to the page as it is.
   */
  constructor(trustedMarkup: string) {
    this.#markup = trustedMarkup;
  }

  /** The markup. */
  toString(): string {
    return this.#markup;
  }

  /**
   * A response with this markup as its page.
   *
   * @param init Status (default 200) and headers; `Content-Type` is `text/html; charset=utf-8`
   * unless they say otherwise.
   * @throws {TypeError} If an option is wrong or unknown.
   */
  toResponse(init?: ResponseInit): Response {
    if (init !== undefined) checkOptions("toResponse()", init, RESPONSE_INIT_KINDS, TypeError);
    if (init?.headers === undefined) {
      return new Response(this.#markup, {
        ...init,
        headers: { "content-type": "text/html; charset=utf-8" },
      });
    }
    const headers = new Headers(init.headers);
    if (!headers.has("content-type")) headers.set("content-type", "text/html; charset=utf-8");
    return new Response(this.#markup, { ...init, headers });
  }
}

/**
 * Writes markup; everything between braces is escaped for text and for quoted attributes.
 *
 * It does not make a value safe in an attribute without quotes, in `<script>` or `<style>`, nor a
 * visitor's URL in `href`: `javascript:` has nothing to escape.
 *
 * @param strings The parts written in the source.
 * @param values What stands between the braces; see {@linkcode HtmlValue}.
 * @returns The markup; a view may return it as it is.
 * @throws {TypeError} For an object, a function, a promise or a symbol, naming the interpolation.
 *
 * @example Escaped, and not twice
 * ```ts
 * import { html } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const names = ["Ada", "<script>"].map((name) => html`<li>${name}</li>`);
 * assertEquals(String(html`<ul>${names}</ul>`), "<ul><li>Ada</li><li>&lt;script&gt;</li></ul>");
 * ```
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let markup = "";
  for (const [index, raw] of strings.raw.entries()) {
    // An invalid escape such as "C:\users" has no cooked text.
    markup += strings[index] ?? raw;
    if (index < values.length) {
      markup += markupOf(values[index], () => interpolationAt(strings, index));
    }
  }
  return new Html(markup);
}

/**
 * Marks text as markup without escaping it: whoever controls the text controls the page.
 *
 * @param text Markup from a source that is trusted, never from a visitor.
 * @returns Markup that {@linkcode html} does not escape.
 *
 * @example The output of a Markdown renderer that is trusted
 * ```ts
 * import { html, insecureRaw } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const rendered = "<em>ours</em>";
 * assertEquals(String(html`<p>${insecureRaw(rendered)}</p>`), "<p><em>ours</em></p>");
 * ```
 */
export function insecureRaw(text: string): Html {
  return new Html(text);
}

function markupOf(value: unknown, where: () => string): string {
  switch (typeof value) {
    case "string":
      return escape(value);
    case "number":
    case "bigint":
      return String(value);
    case "boolean":
    case "undefined":
      return "";
  }
  if (value === null) return "";
  if (value instanceof Html) return value.toString();
  if (Array.isArray(value)) {
    let markup = "";
    for (const [index, item] of value.entries()) {
      markup += markupOf(item, () => `item ${index + 1} of ${where()}`);
    }
    return markup;
  }
  throw new TypeError(`Cannot write ${where()}: ${reasonAgainst(value)}`);
}

function interpolationAt(strings: TemplateStringsArray, index: number): string {
  return `interpolation ${index + 1}, after "${strings.raw[index]?.slice(-40)}"`;
}

function reasonAgainst(value: unknown): string {
  if (typeof value === "function") return "it is a function: call it";
  if (value instanceof Promise) {
    quiet(value);
    return "it is a promise: await it";
  }
  if (typeof value === "symbol") return "it is a symbol: give its description";
  const name = typeof value === "object" ? value?.constructor?.name : undefined;
  return `it is an object${
    name === undefined ? "" : ` of "${name}"`
  }: give text, a number, markup or a list of these`;
}
