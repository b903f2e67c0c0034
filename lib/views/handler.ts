/**
 * From what a view returned to a response.
 *
 * @module
 */

import { describe } from "../check_options.ts";
import { HttpError, HttpException } from "../http/errors.ts";
import { Html } from "../http/html.ts";
import { withMutableHeaders, withStatus } from "../http/response.ts";
import { Lazy } from "../lazy.ts";
import { printable } from "../printable.ts";
import { isInstanceOf, isThenable, quiet } from "../promises.ts";
import type { Renderer } from "./renderers.ts";
import { requestState, type ViewRequest } from "./request.ts";

/** Answers a request with a response; what is thrown goes to the exception views. */
export type Answer<Data extends object> = (
  request: ViewRequest<Data>,
) => Response | Promise<Response>;

/** Answers with an error or a redirection. */
export type ExceptionAnswer<Data extends object> = (
  error: HttpException,
  request: ViewRequest<Data>,
) => Response | Promise<Response>;

/** How what a view returned becomes a response. */
export interface Rendering<Data extends object> {
  /** What the view is called in messages. */
  readonly label: { toString(): string };
  /** Makes something of what is no answer yet. */
  readonly renderer: Renderer | undefined;
  /** Answers with an error or a redirection that was returned. */
  readonly answerException: ExceptionAnswer<Data>;
  /** Gives what `html` or the renderer made its status. Default: {@linkcode inStatedStatus}. */
  readonly finish?: (
    response: Response,
    request: ViewRequest<Data>,
  ) => Response | Promise<Response>;
}

/**
 * The same for code of the app that wraps it: what it gives may be awaited late, or never, and has
 * headers that can be changed.
 *
 * @param answer What is wrapped.
 */
export function wrappable<Data extends object>(answer: Answer<Data>): Answer<Data> {
  return (request) => {
    const response = answer(request);
    return response instanceof Promise ? quiet(response.then(changeable)) : changeable(response);
  };
}

/** `Response.redirect()` and what `fetch()` brings cannot be changed; what cannot be sent is refused elsewhere. */
function changeable(response: Response): Response {
  const isWhole = response instanceof Response && response.type !== "error";
  return isWhole && response.status !== 101 ? withMutableHeaders(response) : response;
}

/** What answers errors and redirections: loaded with the first of them. */
export const errorPages: Lazy<typeof import("./error_pages.ts")> = new Lazy(() =>
  import("./error_pages.ts")
);

/**
 * The response that says what a view returned.
 *
 * @param value What the view returned, whatever its type promised.
 * @param request The request that it answers.
 * @param rendering What becomes of it.
 * @throws {TypeError} If it is nothing that can be answered with.
 */
export function render<Data extends object>(
  value: unknown,
  request: ViewRequest<Data>,
  rendering: Rendering<Data>,
): Response | Promise<Response> {
  const { finish = inStatedStatus, label, renderer } = rendering;
  if (value instanceof Html) return finish(value.toResponse(), request);
  if (value instanceof Response) return whole(value, request, label);
  if (value instanceof HttpException) return rendering.answerException(value, request);
  if (renderer === undefined) throw wrongAnswer(value, label);
  const made = renderer(value, request);
  return made instanceof Promise
    ? made.then((made) => ofRenderer(made, request, rendering))
    : ofRenderer(made, request, rendering);
}

/** What a renderer made, whatever its type promised. */
function ofRenderer<Data extends object>(
  made: unknown,
  request: ViewRequest<Data>,
  rendering: Rendering<Data>,
): Response | Promise<Response> {
  const { finish = inStatedStatus } = rendering;
  const label = { toString: () => `the renderer of ${rendering.label}` };
  if (made instanceof Response) return finish(whole(made, request, label), request);
  return render(made, request, { ...rendering, label, renderer: undefined });
}

/** A response that a view made whole. */
function whole<Data extends object>(
  response: Response,
  request: ViewRequest<Data>,
  view: { toString(): string },
): Response {
  // Known from now on, whatever a decorator or tween makes of it.
  if (response.status === 101) requestState(request).upgrade = response;
  if (response.type !== "error") return response;
  throw new TypeError(
    `Cannot answer with what ${view} returned: Response.error() has no status: throw an HttpError instead`,
  );
}

/** The same response in the status that the view stated by `request.responseStatus`, if it did. */
export function inStatedStatus<Data extends object>(
  response: Response,
  request: ViewRequest<Data>,
): Response {
  const state = requestState(request);
  const { responseStatus } = state;
  if (responseStatus === undefined) return response;
  state.usedStatus = responseStatus;
  return withStatus(response, responseStatus);
}

/**
 * What was thrown, if it is a response: an answer like one that was returned.
 *
 * @throws Whatever else was thrown.
 */
export function thrownResponse(thrown: unknown): Response {
  if (isInstanceOf(thrown, Response)) return thrown;
  throw thrown;
}

/**
 * The page of an error, or the redirection that it is.
 *
 * @throws {HttpBadRequest} If it is a redirection that leads out of this site.
 */
export function pageOf<Data extends object>(
  error: HttpException,
  request: ViewRequest<Data>,
): Response | Promise<Response> {
  const pages = errorPages.get();
  return pages instanceof Promise
    ? firstPage(pages, error, request)
    : pages.httpErrorResponse(error, request);
}

/** Answers the first error of a process, whose pages are still being loaded. */
async function firstPage<Data extends object>(
  pages: ReturnType<typeof errorPages.get>,
  error: HttpException,
  request: ViewRequest<Data>,
): Promise<Response> {
  const { httpErrorResponse } = await pages;
  // A view that awaited nothing may have left something to be done with its session. Where nothing
  // has to be loaded the app waits for that; here it cannot tell.
  await requestState(request).session?.catch(() => {});
  return httpErrorResponse(error, request);
}

/** Characters of a returned text that are shown. */
const LONGEST_SHOWN = 40;

const AS_JSON = 'write return json(…), or state renderer: "json"';
const AS_PAGE = "write return html`…`";

/**
 * Says what a view returned that is no answer, and what to write.
 *
 * @param result What it returned.
 * @param view What the view is called.
 */
export function wrongAnswer(result: unknown, view: { toString(): string }): TypeError {
  const [found, remedy] = foundAndRemedy(result);
  return new TypeError(
    `Cannot answer with what ${view} returned: must be a Response, html\`…\`, an HttpError or a redirect(), not ${found}: ${remedy}`,
  );
}

function foundAndRemedy(result: unknown): [found: string, remedy: string] {
  switch (typeof result) {
    case "undefined":
      return ["undefined", "an await or a return may be missing"];
    case "string":
      return [quoted(result), `${AS_PAGE} for a page, or state renderer: "text"`];
    case "function":
      return isClassOfErrors(result)
        ? [`the class ${printable(result.name)}`, `write new ${printable(result.name)}()`]
        : ["a function", "it may have to be called: write return f(request)"];
    case "object":
      return result === null
        ? ["null", `${AS_PAGE}, or throw new HttpNotFound() where there is nothing to show`]
        : objectAndRemedy(result);
    case "number":
    case "boolean":
      return [String(result), `${AS_PAGE}, or return json(…)`];
    default:
      return [`a ${typeof result}`, AS_PAGE];
  }
}

function objectAndRemedy(result: object): [found: string, remedy: string] {
  if (Array.isArray(result)) {
    return result.some(isThenable)
      ? ["an array with a promise in it", `await Promise.all(…) first, then ${AS_JSON}`]
      : ["an array", AS_JSON];
  }
  if (result instanceof Error) {
    return [describe(result), "write throw instead of return, or return an HttpError"];
  }
  if (isThenable(result)) {
    return [`${describe(result)} that can be awaited`, "await it, and return what comes of it"];
  }
  const prototype: unknown = Object.getPrototypeOf(result);
  if (prototype === null || prototype === Object.prototype) return ["a plain object", AS_JSON];
  return [describe(result), `${AS_PAGE}, or return json(…)`];
}

function quoted(text: string): string {
  const shown = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
  return `the string "${printable(shown)}"`;
}

function isClassOfErrors(value: { readonly prototype?: unknown }): value is typeof HttpError {
  return value === HttpError || value.prototype instanceof HttpError;
}
