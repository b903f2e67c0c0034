/**
 * A status that a view stated for nothing.
 *
 * @module
 */

import type { Logger } from "../log.ts";
import type { AnsweringView } from "../views/request_state.ts";
import { requestState, type ViewRequest } from "../views/request.ts";

/** The views of which the log was told. */
const told = new WeakSet<AnsweringView>();

/**
 * Tells the log, once for each view, of a `request.responseStatus` that the answer does not have: a
 * `Response` has its own, and once `html` or a renderer made the answer it is too late.
 *
 * @param request The request, whose view stated a status.
 * @param response The answer.
 * @param logger Told.
 */
export function tellOfLostStatus<Data extends object>(
  request: ViewRequest<Data>,
  response: Response,
  logger: Logger,
): void {
  const { responseStatus, usedStatus, view } = requestState(request);
  if (responseStatus === usedStatus || responseStatus === response.status || told.has(view)) return;
  told.add(view);
  const place = view.place === undefined ? "" : ` at ${view.place}`;
  logger.warn(
    `Cannot answer with status ${responseStatus}, as ${view.name}${place} states by request.responseStatus: only html and renderers use it, when the view returns; write new Response(body, { status: ${responseStatus} }), or json(value, { status: ${responseStatus} })`,
  );
}
