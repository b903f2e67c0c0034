/**
 * A template tag that escapes its values, so that visitors cannot inject markup.
 *
 * @module
 */

import { escape } from "jsr:@std/html@^1.0.0";
import { checkOptions } from "../check_options.ts";
import { quiet } from "../promises.ts";
import { RESPONSE_INIT_KINDS } from "./response.ts";

/**
 * A value that {@linkcode html} accepts between braces.
 *
 * Text and numbers are escaped. {@linkcode Html} is not escaped again. The items of a list are
 * written one after the other. `null`, `undefined`, `false` and `true` write no text, so you can
 * use `&&` for optional markup.
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
 * @example A response with another status
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
   * Wraps trusted markup without escaping it. Give text from visitors to {@linkcode html} instead.
   *
   * @param trustedMarkup The markup, which is written to the page unchanged.
   */
  constructor(trustedMarkup: string) {
    this.#markup = trustedMarkup;
  }

  /** Returns the markup. */
  toString(): string {
    return this.#markup;
  }

  /**
   * Makes a response with this markup as its page.
   *
   * @param init The status (default 200) and headers. The default `Content-Type` is
   * `text/html; charset=utf-8`.
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
 * Makes markup from a template. Values between braces are escaped for text and for quoted
 * attributes.
 *
 * A value is not safe in an attribute without quotes, in `<script>` or in `<style>`. A visitor's
 * URL in `href` is not safe either, because it can begin with `javascript:`.
 *
 * @param strings The literal parts of the template.
 * @param values The values between braces, see {@linkcode HtmlValue}.
 * @returns The markup. A view can return it.
 * @throws {TypeError} If a value is an object, a function, a promise or a symbol. The message names
 * the interpolation.
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
    // An invalid escape such as "C:\users" has no cooked string.
    markup += strings[index] ?? raw;
    if (index < values.length) {
      markup += markupOf(values[index], () => interpolationAt(strings, index));
    }
  }
  return new Html(markup);
}

/**
 * Marks text as markup without escaping it. A person who controls the text controls the page.
 *
 * @param text Markup from a trusted source, never from a visitor.
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
