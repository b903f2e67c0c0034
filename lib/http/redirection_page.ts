/**
 * The answer that sends a visitor elsewhere.
 *
 * @module
 */

import { html } from "./html.ts";
import { htmlPage, pageBody, pageHeaders, type PageRequest } from "./problem_page.ts";
import type { HttpRedirection } from "./redirect.ts";

const UNKNOWN: PageRequest = { headers: new Headers(), method: "GET" };

/**
 * Answers a redirection with its status, its `Location` and a page with a link for whoever does not
 * follow it.
 *
 * @param error Where to.
 * @param base The URL of the request, as the outside world sees it.
 * @param request The request; HEAD gets no body.
 * @returns The redirection, with the error's headers; `null` where it would leave the site without
 * `external`.
 * @internal
 */
export function redirectionResponse(
  error: HttpRedirection,
  base: string,
  request: PageRequest = UNKNOWN,
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
