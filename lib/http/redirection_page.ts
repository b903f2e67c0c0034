/**
 * The answer that sends a visitor elsewhere.
 *
 * @module
 */

import { HttpBadRequest } from "./errors.ts";
import { html } from "./html.ts";
import {
  errorResponse,
  htmlPage,
  pageBody,
  pageHeaders,
  type PageRequest,
} from "./problem_page.ts";
import type { HttpRedirection } from "./redirect.ts";

/** A visitor of whom nothing is known gets a refusal in plain text. */
const UNKNOWN: PageRequest = { headers: new Headers(), method: "GET" };

/**
 * Answers a redirection with its status, its `Location` and a page with a link for whoever does not
 * follow it.
 *
 * @param error Where to.
 * @param base The URL of the request, as the outside world sees it.
 * @param request The request; it negotiates the 400 and leaves HEAD without a body.
 * @returns The redirection, with the error's headers; or, where it would leave the site without
 * `external`, a 400 without them.
 * @internal
 */
export function redirectionResponse(
  error: HttpRedirection,
  base: string,
  request: PageRequest = UNKNOWN,
): Response {
  const location = error.resolve(base);
  if (location === null) {
    return errorResponse(new HttpBadRequest("The redirection leads out of this site"), request);
  }
  const headers = pageHeaders(error, "text/html; charset=utf-8");
  headers.set("location", location);
  const page = htmlPage(
    `${error.status} ${error.title}`,
    html`This page is at <a href="${location}">${location}</a>`,
  );
  return new Response(pageBody(page, headers, request), { status: error.status, headers });
}
