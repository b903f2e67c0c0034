/**
 * Answers to errors: their pages, redirections, and the refusal of those that would leave the site.
 *
 * @module
 */

import { HttpBadRequest, type HttpException } from "../http/errors.ts";
import { errorResponse, redirectionResponse } from "../http/error_pages.ts";
import { HttpRedirection } from "../http/redirect.ts";
import { printable } from "../printable.ts";
import { sourceLocationIn } from "../source_location.ts";
import type { StateOf, ViewRequest } from "./request.ts";
import type { ViewLabel } from "./view_label.ts";

/**
 * The page of an error, or the redirection that it is.
 *
 * @throws {HttpBadRequest} If the redirection leads out of this site, which is also logged. If the
 * request's own origin cannot be determined.
 */
export function httpErrorResponse<Data extends object>(
  error: HttpException,
  request: ViewRequest<Data>,
  state: StateOf<Data>,
): Response {
  if (!(error instanceof HttpRedirection)) return errorResponse(error, request);
  const response = redirectionResponse(error, request.url.href, request);
  if (response === null) throw refusedRedirection(error, state);
  return response;
}

/** The longest location that is shown. */
const LONGEST_SHOWN = 200;

/** The views whose refused redirection was logged. */
const told = new WeakSet<ViewLabel>();

/**
 * The 400 of a redirection that leads out of this site. Its message names what the developer should
 * write. Pyramidion logs the message once for each view. The visitor reads only that the page
 * redirects to another site.
 *
 * @param error Where to.
 * @param state What happens to the request that is answered.
 */
function refusedRedirection<Data extends object>(
  error: HttpRedirection,
  { environment, view }: Pick<StateOf<Data>, "environment" | "view">,
): HttpBadRequest {
  const refusal = new HttpBadRequest("This page redirects to another site, which is not allowed.", {
    cause: error,
  });
  const place = sourceLocationIn(error.stack);
  refusal.message = `Cannot redirect to "${shown(error.location)}", as ${
    place === undefined ? `${view} does` : `${view.short} does at ${place}`
  }: ${reason(error)}`;
  if (!told.has(view)) {
    told.add(view);
    environment.logger.warn(`${refusal.message}; the visitor got a 400`);
  }
  return refusal;
}

function shown(location: string): string {
  const isShort = location.length <= LONGEST_SHOWN;
  return printable(isShort ? location : `${location.slice(0, LONGEST_SHOWN)}…`);
}

function reason({ external, location }: HttpRedirection): string {
  // What is relative is of this site, so that only whole URLs come here.
  const url = URL.parse(location, "https://pyramidion.invalid/");
  if (url === null) return "it is no URL";
  if (external || !/^https?:$/.test(url.protocol)) return "it is no http or https URL";
  return "it leads out of this site: write redirect(location, { external: true }), but never for a location that a visitor sent";
}
