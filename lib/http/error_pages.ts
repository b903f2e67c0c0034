/**
 * Writes the pages of errors and redirections that no view answers.
 *
 * @module
 */

import { accepts } from "jsr:@std/http@^1.0.0/negotiation";
import { type HttpException, ValidationError } from "./errors.ts";
import { MAX_ACCEPT_LENGTH } from "./field_syntax.ts";
import { html, insecureRaw } from "./html.ts";
import type { HttpRedirection } from "./redirect.ts";
import { addVary } from "./response.ts";

const PLAIN_TEXT = "text/plain";
const HTML = "text/html";
const PROBLEM = "application/problem+json";
const JSON_TYPE = "application/json";
/** No client names this type, so only a wildcard can choose it. */
const ANYTHING = "x-anything/x-anything";

/**
 * The parts of a request that an error page reads. Every `Request` has them.
 *
 * @internal
 */
export interface PageRequest {
  /** The request's headers. Only `Accept` is read. */
  readonly headers: Headers;
  /** The request's method. The response to HEAD has no body. */
  readonly method: string;
}

/**
 * Makes the response to an error: its status, its headers, and a page with its title and detail.
 *
 * The page shows no other part of the error, such as its cause. Only the problem details of a
 * {@linkcode ValidationError} also have its errors.
 *
 * If the client prefers HTML, as all browsers do when they navigate, then the page is HTML. If it
 * prefers JSON or `application/problem+json` (RFC 9457), then it gets the latter. In every other
 * case the page is plain text: `Accept` is missing, accepts any type (curl, `fetch`), names no
 * available type, or has more than 1,024 characters. Between types of equal quality HTML comes
 * first. The response is `no-store`, unless the headers of the error set `Cache-Control`.
 *
 * @param error The error.
 * @param request The request.
 * @internal
 */
export function errorResponse(error: HttpException, request: PageRequest): Response {
  const type = preferredType(request.headers);
  const headers = pageHeaders(error, type === PROBLEM ? PROBLEM : `${type}; charset=utf-8`);
  addVary(headers, "accept");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  const body = pageBody(page(error, type), headers, request);
  return new Response(body, { status: error.status, headers });
}

function page(error: HttpException, type: string): string {
  const { status, title, detail } = error;
  switch (type) {
    case HTML:
      return htmlPage(`${status} ${title}`, detail);
    case PROBLEM:
      return JSON.stringify({
        type: "about:blank",
        title,
        status,
        ...(detail === "" ? {} : { detail }),
        ...(error instanceof ValidationError
          ? { errors: error.errors, formErrors: error.formErrors }
          : {}),
      });
    default:
      return `${status} ${title}\n${detail === "" ? "" : `\n${detail}\n`}`;
  }
}

const ANY_REQUEST: PageRequest = { headers: new Headers(), method: "GET" };

/**
 * Makes the response to a redirection: its status, its `Location`, and a page with a link.
 *
 * @param error The redirection.
 * @param base The public URL of the request.
 * @param request The request. The response to HEAD has no body.
 * @returns The response with the headers of the redirection, or `null` if the location leaves the
 * site without `external`.
 * @internal
 */
export function redirectionResponse(
  error: HttpRedirection,
  base: string,
  request: PageRequest = ANY_REQUEST,
): Response | null {
  const location = error.resolve(base);
  if (location === null) return null;
  const headers = pageHeaders(error, "text/html; charset=utf-8");
  headers.set("location", location);
  const page = htmlPage(
    `${error.status} ${error.title}`,
    html`Continue to <a href="${location}">${location}</a>`,
  );
  return new Response(pageBody(page, headers, request), { status: error.status, headers });
}

/**
 * Whether the client prefers a page of HTML, as all browsers do when they navigate.
 *
 * @internal
 */
export function prefersHtml(headers: Headers): boolean {
  return preferredType(headers) === HTML;
}

function preferredType(headers: Headers): string {
  const accept = headers.get("accept");
  if (accept === null || accept.length > MAX_ACCEPT_LENGTH) return PLAIN_TEXT;
  switch (accepts({ headers }, ANYTHING, HTML, PROBLEM, JSON_TYPE, PLAIN_TEXT)) {
    case HTML:
      return HTML;
    case PROBLEM:
    case JSON_TYPE:
      return PROBLEM;
    default:
      return PLAIN_TEXT;
  }
}

/**
 * Writes a page of HTML with one heading and one paragraph, in the visitor's color scheme.
 *
 * @param heading The title and heading. It is escaped.
 * @param paragraph Text, which is escaped, or markup. For `""` the page has no paragraph.
 * @internal
 */
export function htmlPage(heading: string, paragraph: Parameters<typeof html>[1]): string {
  // deno-fmt-ignore: it would indent the page.
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${heading}</title>
<style>${insecureRaw(STYLE)}</style>
</head>
<body>
<main>
<h1>${heading}</h1>
${paragraph === "" ? "" : html`<p>${paragraph}</p>\n`}</main>
</body>
</html>
`.toString();
}

/** If the app's own policy forbids these styles, then the page is still readable. */
const STYLE =
  ":root{color-scheme:light dark}body{margin:0;background:light-dark(#f5f6f4,#14181b);color:light-dark(#1a2126,#e7eaea);font:1rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}main{box-sizing:border-box;width:min(100% - 2rem,36rem);margin:16vh auto 2rem;padding:clamp(1rem,5vw,2rem);background:light-dark(#fff,#1c2126);border:1px solid light-dark(#d9ddd9,#333b42);border-radius:12px}h1{margin:0;font-size:1.6rem;line-height:1.2}p{margin:.75rem 0 0}a{color:light-dark(#1d4f99,#92baff)}:focus-visible{outline:3px solid;outline-offset:2px}";

/** Allows these styles only, by their SHA-256 hash. */
const POLICY =
  "default-src 'none'; style-src 'sha256-YL0LQLJDwv+BihpgRvIXn6tHGbsN2dJy94X39iSF0Xw='; base-uri 'none'; form-action 'none'";

/**
 * Makes the headers of a page from the headers of the error.
 *
 * `Content-Length` and `Content-Encoding` are removed, because they describe another body. HTML
 * gets a `Content-Security-Policy` that allows only the page's styles, unless the error has its
 * own.
 *
 * @param error The error or redirection.
 * @param contentType The media type of the page.
 * @internal
 */
export function pageHeaders(error: HttpException, contentType: string): Headers {
  const headers = new Headers(error.headers);
  headers.delete("content-length");
  headers.delete("content-encoding");
  headers.set("content-type", contentType);
  headers.set("x-content-type-options", "nosniff");
  if (contentType.startsWith(HTML) && !headers.has("content-security-policy")) {
    headers.set("content-security-policy", POLICY);
  }
  return headers;
}

/**
 * Returns the body of a page, or `null` for HEAD.
 *
 * HEAD gets the `Content-Length` of GET (RFC 9110, section 8.6). Without it the server would send
 * 0.
 *
 * @param text The text of the page.
 * @param headers The headers of the page. For HEAD the function adds `Content-Length`.
 * @param request The request.
 * @internal
 */
export function pageBody(text: string, headers: Headers, request: PageRequest): string | null {
  if (request.method !== "HEAD") return text;
  headers.set("content-length", `${new TextEncoder().encode(text).length}`);
  return null;
}
