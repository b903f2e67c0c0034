/**
 * Redirections that would leave the site without leave.
 *
 * @module
 */

import { HttpBadRequest } from "../http/errors.ts";
import type { HttpRedirection } from "../http/redirect.ts";
import { sourceLocationIn } from "../source_location.ts";
import { printable } from "../printable.ts";
import type { ViewLabel } from "./view_label.ts";
import { requestLogger, requestState, type ViewRequest } from "./request.ts";

/** The longest location that is shown. */
const LONGEST_SHOWN = 200;

/** The views of which the log was told. */
const told = new WeakSet<ViewLabel>();

/**
 * The 400 of a redirection that leads out of this site. Its message, and for the first one of a view
 * the log, tells the developer what to write; the visitor reads that it leads out of the site.
 *
 * @param error Where to.
 * @param request The request that is answered.
 */
export function refusedRedirection<Data extends object>(
  error: HttpRedirection,
  request: ViewRequest<Data>,
): HttpBadRequest {
  const refusal = new HttpBadRequest("This page redirects to another site, which is not allowed.", {
    cause: error,
  });
  const { view } = requestState(request);
  const place = sourceLocationIn(error.stack);
  refusal.message = `Cannot redirect to "${shown(error.location)}", as ${
    place === undefined ? `${view} does` : `${view.short} does at ${place}`
  }: ${reason(error)}`;
  if (!told.has(view)) {
    told.add(view);
    requestLogger(request).warn(`${refusal.message}; the visitor got a 400`);
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
