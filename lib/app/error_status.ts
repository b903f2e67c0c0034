/**
 * The status of what an exception view made of an error.
 *
 * @module
 */

import { HttpException } from "../http/http_exception.ts";
import { HttpRedirection } from "../http/redirect.ts";
import { mergeVary, withMutableHeaders } from "../http/response_headers.ts";
import { withStatus } from "../http/response_status.ts";
import { inStatedStatus, pageOf } from "../views/answer.ts";
import { requestState, type ViewRequest } from "../views/request.ts";

/** These describe a body that is not the error's. */
const OF_BODY: ReadonlySet<string> = new Set([
  "content-type",
  "content-length",
  "content-encoding",
]);

/**
 * Finishes the answer that `html` or a renderer made for an error: it takes the error's status, 500
 * where that has none, unless `request.responseStatus` or the renderer stated one; and the error's
 * headers, such as `Allow` and `Location`, as far as it has none of its own. From 400 on it is
 * `no-store` unless it says something else.
 *
 * @param response What was made.
 * @param error What is answered.
 * @param request The request.
 * @throws {HttpBadRequest} If it is a redirection that leads out of this site.
 */
export async function inErrorStatus<Data extends object>(
  response: Response,
  error: unknown,
  request: ViewRequest<Data>,
): Promise<Response> {
  // Its location is checked whatever page goes with it.
  const answer = error instanceof HttpRedirection ? await pageOf(error, request) : error;
  const finished = withMutableHeaders(inStatus(response, error, request));
  const { headers } = finished;
  if (answer instanceof Response || answer instanceof HttpException) {
    addMissing(headers, answer.headers);
  }
  if (finished.status >= 400 && !headers.has("cache-control")) {
    headers.set("cache-control", "no-store");
  }
  return finished;
}

function inStatus<Data extends object>(
  response: Response,
  error: unknown,
  request: ViewRequest<Data>,
): Response {
  if (requestState(request).responseStatus !== undefined) return inStatedStatus(response, request);
  // A renderer that states another one knows why.
  if (response.status !== 200) return response;
  return withStatus(response, error instanceof HttpException ? error.status : 500);
}

function addMissing(headers: Headers, others: Headers): void {
  const present = new Set(headers.keys());
  for (const [name, value] of others) {
    if (name === "set-cookie") headers.append(name, value);
    else if (name === "vary") mergeVary(headers, value);
    else if (!present.has(name) && !OF_BODY.has(name)) headers.set(name, value);
  }
}
