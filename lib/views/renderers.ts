/**
 * From the value that a view returned to a response.
 *
 * @module
 */

import { either, FUNCTION, type OptionKind, textThatIs } from "../check_options.ts";
import { Html, html } from "../http/html.ts";
import { json } from "../http/response.ts";
import { type AnyViewRequest, requestState } from "./request.ts";

/** Makes a response of what a view returned. Pyramid: what `add_renderer` takes. */
export type Renderer = (
  value: unknown,
  request: AnyViewRequest,
) => Response | Html | Promise<Response | Html>;

/** What an option `renderer` takes. */
export const RENDERER_KIND: OptionKind = either(textThatIs("the name of a renderer"), FUNCTION);

/** The renderers that every app has: `json`, `text`, and `html`, which escapes text that is not ``html`…` ``. */
export const BUILT_IN_RENDERERS: ReadonlyMap<string, Renderer> = new Map<string, Renderer>([
  ["json", jsonResponse],
  ["text", (value) => textResponse(value)],
  ["html", (value) => value instanceof Html ? value : html`${String(value)}`],
]);

function jsonResponse(value: unknown, request: AnyViewRequest): Response {
  if (value !== undefined) return json(value);
  const { view } = requestState(request);
  throw new TypeError(
    `Cannot render what ${view} returned: JSON has no text for undefined: an await or a return may be missing; write return null where there is nothing to say`,
  );
}

function textResponse(value: unknown): Response {
  return new Response(String(value), { headers: { "content-type": "text/plain; charset=utf-8" } });
}
