/**
 * The page that a visitor gets for an `HttpError` that no view answers.
 *
 * @module
 */

import { accepts } from "jsr:@std/http@^1.0.0/negotiation";
import type { HttpException } from "./errors.ts";
import { html, insecureRaw } from "./html.ts";
import { addVary } from "./response_headers.ts";

/**
 * What a page of ours must know of the request; every `Request` has it.
 *
 * @internal
 */
export interface PageRequest {
  /** The request's headers, of which `Accept` is read. */
  readonly headers: Headers;
  /** The request's method; HEAD gets no body. */
  readonly method: string;
}

const TEXT = "text/plain";
const HTML = "text/html";
const PROBLEM = "application/problem+json";
const JSON_TYPE = "application/json";
/** Stands for whoever takes anything: nobody names it, so only a wildcard alone can choose it. */
const ANYTHING = "x-anything/x-anything";

/** Where an app's own policy forbids it the page is as readable without. */
const STYLE =
  ":root{color-scheme:light dark}body{margin:0;background:light-dark(#f5f6f4,#14181b);color:light-dark(#1a2126,#e7eaea);font:1rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}main{box-sizing:border-box;width:min(100% - 2rem,36rem);margin:16vh auto 2rem;padding:clamp(1rem,5vw,2rem);background:light-dark(#fff,#1c2126);border:1px solid light-dark(#d9ddd9,#333b42);border-radius:12px}h1{margin:0;font-size:1.6rem;line-height:1.2}p{margin:.75rem 0 0}a{color:light-dark(#1d4f99,#92baff)}:focus-visible{outline:3px solid;outline-offset:2px}";

/** Allows nothing but these styles, by their SHA-256. */
const POLICY =
  "default-src 'none'; style-src 'sha256-YL0LQLJDwv+BihpgRvIXn6tHGbsN2dJy94X39iSF0Xw='; base-uri 'none'; form-action 'none'";

/** Browsers and libraries send 10 to 300; parsing 64 KB would take 70 ms. */
const LONGEST_ACCEPT = 1_024;

/**
 * Answers an error with its status, its headers and a page that tells its title and detail and
 * nothing of the inside.
 *
 * The page is HTML for whoever asks for HTML, which all browsers do when they navigate;
 * `application/problem+json` (RFC 9457) for whoever asks for that or for JSON; and plain text for
 * everybody else: who takes anything (curl, `fetch`), says nothing, wants what we have not, or sends
 * an `Accept` of more than 1,024 characters. Of types that are equally welcome HTML goes first. It is `no-store` unless the error's headers say something else.
 *
 * @param error What to answer.
 * @param request The request that is answered.
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

/**
 * The body of a page of ours: none for HEAD, whose `Content-Length` is that of GET even so
 * (RFC 9110, section 8.6); the server would say 0.
 *
 * @param text The page.
 * @param headers Its headers, to which HEAD adds.
 * @param request The request that is answered.
 * @internal
 */
export function pageBody(text: string, headers: Headers, request: PageRequest): string | null {
  if (request.method !== "HEAD") return text;
  headers.set("content-length", `${new TextEncoder().encode(text).length}`);
  return null;
}

/**
 * The headers of a page of ours: those of the error, except what describes a body that is not ours.
 * HTML gets a `Content-Security-Policy` that allows only its styles, unless the error brings its own.
 *
 * @param error The error that is answered.
 * @param contentType The type of the page.
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
 * A whole page of HTML with one heading and one paragraph, light or dark as the visitor likes it.
 *
 * @param heading Title and heading; escaped.
 * @param paragraph Text, escaped, or markup; nothing for `""`.
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

/**
 * Whether whoever asks wants a page of HTML, as all browsers do when they navigate.
 *
 * @internal
 */
export function prefersHtml(headers: Headers): boolean {
  return preferredType(headers) === HTML;
}

function preferredType(headers: Headers): string {
  const accept = headers.get("accept");
  if (accept === null || accept.length > LONGEST_ACCEPT) return TEXT;
  switch (accepts({ headers }, ANYTHING, HTML, PROBLEM, JSON_TYPE, TEXT)) {
    case HTML:
      return HTML;
    case PROBLEM:
    case JSON_TYPE:
      return PROBLEM;
    default:
      return TEXT;
  }
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
      });
    default:
      return `${status} ${title}\n${detail === "" ? "" : `\n${detail}\n`}`;
  }
}
