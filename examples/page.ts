/**
 * The page that the examples share: layout, messages, and form fields with their errors.
 *
 * @module
 */

import { type Html, html, route } from "@pyramidion/pyramidion";
// A text import needs no permission to read. Deno has it since 2.8.
import css from "./style.css" with { type: "text" };

/** The route of the style sheet. */
export const style = route("style", "/style.css");

/** The view of the style sheet. */
export function styleSheet(): Response {
  return new Response(css, {
    headers: { "content-type": "text/css; charset=utf-8", "cache-control": "max-age=60" },
  });
}

/** What a page consists of. */
export interface Page {
  /** The name of the example. It links to its first page. */
  readonly app: string;
  /** The title of the page. */
  readonly title: string;
  /** What the page shows below the header and the messages. */
  readonly content: Html;
  /** What the header shows of the visitor. */
  readonly visitor?: Html;
  /** Messages that {@linkcode message} and {@linkcode errorSummary} made. */
  readonly messages?: readonly Html[];
  /** Whether the page shows errors of a form. @default {false} */
  readonly hasErrors?: boolean;
  /** The folder of the example's source. */
  readonly source: string;
  /** @default {200} */
  readonly status?: number;
}

// The pages load a style sheet and send forms to their own site. They do nothing else.
const POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; " +
  "frame-ancestors 'none'";

/** Makes the response with a page. */
export function page(
  { app, title, content, visitor, messages = [], hasErrors = false, source, status = 200 }: Page,
): Response {
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>${hasErrors && "Please correct: "}${title}</title>
        <link rel="stylesheet" href="${style.path()}">
      </head>
      <body>
        <a class="skip" href="#content">Skip to content</a>
        <header>
          <div class="wrap">
            <a class="brand" href="/">${MARK} ${app}</a>
            <div class="visitor">${visitor}</div>
          </div>
        </header>
        <main class="wrap" id="content" tabindex="-1">${messages} ${content}</main>
        <footer>
          <div class="wrap">An example of Pyramidion. Its source is in <code>${source}</code>.</div>
        </footer>
      </body>
    </html>
  `.toResponse({ status, headers: { "content-security-policy": POLICY } });
}

const MARK = html`
  <svg viewBox="0 0 32 28" aria-hidden="true">
    <path class="tip" d="M16 0 22 11H10Z" />
    <path d="M9 13h14l3 6H6ZM5 21h22l4 7H1Z" />
  </svg>
`;

/** A message about what happened. A screen reader reads it when the page is loaded. */
export function message(text: string): Html {
  return html`<p class="message" role="status">${text}</p>`;
}

/** Says above a form what is wrong with it, with a link to each wrong field. */
export function errorSummary(title: string, errors: Readonly<Record<string, string>>): Html {
  const links = Object.entries(errors).map(([id, error]) =>
    html`<li><a href="#${id}">${error}</a></li>`
  );
  return html`
    <div class="message wrong" role="alert">
      <p><b>${title}</b></p>
      <ul>${links}</ul>
    </div>
  `;
}

/** A field of a form. */
export interface Field {
  /** The name of the field and the `id` of its control. */
  readonly name: string;
  readonly label: string;
  /** What the visitor should know before the field is filled in. */
  readonly hint?: string;
  /** What is wrong with the value. */
  readonly error?: string | undefined;
  /** The `id` of a text that says what is wrong with several fields at once. */
  readonly sharedError?: string | undefined;
}

/**
 * Makes a field with its label, its hint and its error.
 *
 * @param control Makes the control. It gets the attributes that name it and describe it.
 */
export function field(
  { name, label, hint, error, sharedError }: Field,
  control: (attributes: Html) => Html,
): Html {
  const texts = [hint && `${name}-hint`, error && `${name}-error`, sharedError];
  const described = texts.filter(Boolean).join(" ");
  const attributes = html`id="${name}" name="${name}"${
    described !== "" && html`
      aria-describedby="${described}"
    `
  }${
    (error || sharedError) && html`
      aria-invalid="true"
    `
  }`;
  return html`<div class="field">
  <label for="${name}">${label}</label>
  ${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}
  ${control(attributes)}
  ${error && html`<p class="error" id="${name}-error">${error}</p>`}
</div>`;
}
