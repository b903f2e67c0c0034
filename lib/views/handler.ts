/**
 * From what a view returned to a response.
 *
 * @module
 */

import { describe, either, FUNCTION, type OptionKind, textThatIs } from "../check_options.ts";
import { HttpError, HttpException } from "../http/errors.ts";
import { Html, html } from "../http/html.ts";
import { json, unsniffed, withBodyText, withMutableHeaders, withStatus } from "../http/response.ts";
import { Lazy } from "../lazy.ts";
import { printable } from "../printable.ts";
import { isInstanceOf, isThenable, quiet, whenReady } from "../promises.ts";
import {
  type AnyData,
  type AnyViewRequest,
  requestState,
  type StateOf,
  type ViewRequest,
} from "./request.ts";
import type { RequestTypes } from "./request_state.ts";

/**
 * Answers a request with a response. If it throws, the exception views answer.
 *
 * @typeParam Data The keys of the app's sessions. Default: it takes the request of any app.
 * @typeParam Taken The request. Default: one of an app with these sessions.
 */
export type RequestHandler<
  Data extends object = never,
  Taken = [Data] extends [never] ? PassedRequest : ViewRequest<Data>,
> = (request: Taken) => Response | Promise<Response>;

/** A {@linkcode RequestHandler} of one app. */
export type AppHandler<Data extends object> = RequestHandler<Data, ViewRequest<Data>>;

/** A request that a tween passes on: of any app, with any session. */
export type PassedRequest = ViewRequest<AnyData, AnyData, RequestTypes, unknown>;

/**
 * A {@linkcode RequestHandler} of the library, which also receives the state of the request. If
 * code of the app calls it, it receives the request alone.
 */
export type Handler<Data extends object> = (
  request: ViewRequest<Data>,
  state?: StateOf<Data>,
) => Response | Promise<Response>;

/** Answers with an error or a redirection. */
export type ExceptionAnswer<Data extends object> = (
  error: HttpException,
  request: ViewRequest<Data>,
  state: StateOf<Data>,
) => Response | Promise<Response>;

/** What a renderer knows of the statement that selected it. */
export interface RendererInfo {
  /**
   * The name that the view stated, such as `page.eta` for the renderer of `.eta`. For a function it
   * is the name of the function.
   */
  readonly name: string;
  /** The values that subscribers of `BeforeRender` added, by their names. */
  readonly system: ReadonlyMap<string, unknown>;
}

/** Makes a response of what a view returned. Pyramid: what `add_renderer` takes. */
export type Renderer = (
  value: unknown,
  request: AnyViewRequest,
  info: RendererInfo,
) => Response | Html | Promise<Response | Html>;

/** A renderer that has what it knows of its statement. */
export type BoundRenderer = (
  value: unknown,
  request: AnyViewRequest,
  system: RendererInfo["system"],
) => ReturnType<Renderer>;

/** What an option `renderer` takes. */
export const RENDERER_KIND: OptionKind = either(textThatIs("the name of a renderer"), FUNCTION);

/**
 * The renderers that every app has: `json`, `text`, which Pyramid calls `string`, and `html`, which
 * escapes text that is not ``html`…` ``.
 */
export const BUILT_IN_RENDERERS: ReadonlyMap<string, Renderer> = new Map<string, Renderer>([
  ["json", jsonResponse],
  ["text", (value) => textResponse(value)],
  ["string", (value) => textResponse(value)],
  ["html", (value) => value instanceof Html ? value : html`${String(value)}`],
]);

const NONE: RendererInfo["system"] = new Map();

function jsonResponse(value: unknown, request: AnyViewRequest): Response {
  if (value !== undefined) return json(value);
  const { view } = requestState(request);
  throw new TypeError(
    `Cannot render what ${view} returned: JSON has no text for undefined: an await or a return may be missing; write return null where there is nothing to say`,
  );
}

function textResponse(value: unknown): Response {
  const headers = { "content-type": "text/plain; charset=utf-8" };
  const text = String(value);
  return withBodyText(unsniffed(new Response(text, { headers })), text);
}

/** How what a view returned becomes a response. */
export interface Rendering<Data extends object> {
  /** What the view is called in messages. */
  readonly label: { toString(): string };
  /** Makes something of what is no answer yet. */
  readonly renderer: BoundRenderer | undefined;
  /** Answers with an error or a redirection that was returned. */
  readonly answerException: ExceptionAnswer<Data>;
  /** Gives what `html` or the renderer made its status. Default: {@linkcode inStatedStatus}. */
  readonly finish?: (response: Response, state: StateOf<Data>) => Response | Promise<Response>;
}

/**
 * A handler with code of the app around it. That code receives the request alone. It may await the
 * response late or never, and it may change the headers.
 *
 * @param wrap Wraps a handler: a tween, deriver or decorator.
 * @param handler What is wrapped.
 */
export function wrappedBy<Data extends object>(
  wrap: (answer: AppHandler<Data>) => AppHandler<Data>,
  handler: Handler<Data>,
): Handler<Data> {
  const outer = wrap((request) => {
    const response = handler(request);
    return response instanceof Promise ? quiet(response.then(changeable)) : changeable(response);
  });
  return (request) => outer(request);
}

/**
 * Makes the headers changeable, because those of `Response.redirect()` and of `fetch()` are not.
 * Another function refuses what cannot be sent.
 */
function changeable(response: Response): Response {
  const isWhole = response instanceof Response && response.type !== "error";
  return isWhole && response.status !== 101 ? withMutableHeaders(response) : response;
}

/** The module that answers errors and redirections. It is loaded with the first of them. */
export const errorPages: Lazy<typeof import("./error_pages.ts")> = new Lazy(() =>
  import("./error_pages.ts")
);

/**
 * The innermost handler: calls the view, and renders what it returns. A response that the view
 * throws counts as returned.
 */
export function rendered<Data extends object>(
  view: (request: never) => unknown,
  rendering: Rendering<Data>,
): Handler<Data> {
  return (request, state = requestState(request)) => {
    let value: unknown;
    try {
      // Whether the view fits the app and the route was checked where it was declared.
      value = view(request as never);
    } catch (thrown) {
      value = thrownResponse(thrown);
    }
    return value instanceof Promise
      ? value.then(
        (settled) => render(settled, request, state, rendering),
        (thrown) => render(thrownResponse(thrown), request, state, rendering),
      )
      : render(value, request, state, rendering);
  };
}

/**
 * Makes a response of what a view returned.
 *
 * @param value What the view returned. Its type is not trusted.
 * @param request The request that it answers.
 * @param state What happens to it.
 * @param rendering What becomes of it.
 * @throws {TypeError} If it is nothing that can be answered with.
 */
export function render<Data extends object>(
  value: unknown,
  request: ViewRequest<Data>,
  state: StateOf<Data>,
  rendering: Rendering<Data>,
): Response | Promise<Response> {
  const { finish = inStatedStatus, label, renderer } = rendering;
  if (value instanceof Html) return finish(value.toResponse(), state);
  if (value instanceof Response) return whole(value, state, label);
  if (value instanceof HttpException) return rendering.answerException(value, request, state);
  if (renderer === undefined) throw wrongAnswer(value, label);
  const system = state.environment.renderValues(value, request);
  const finished = (made: unknown) => ofRenderer(made, request, state, rendering);
  if (system === undefined) {
    return whenReady<unknown, Response>(renderer(value, request, NONE), finished);
  }
  return system.then((values) => renderer(value, request, values)).then(finished);
}

/** Makes a response of what a renderer returned. Its type is not trusted. */
function ofRenderer<Data extends object>(
  made: unknown,
  request: ViewRequest<Data>,
  state: StateOf<Data>,
  rendering: Rendering<Data>,
): Response | Promise<Response> {
  const { finish = inStatedStatus } = rendering;
  const label = { toString: () => `the renderer of ${rendering.label}` };
  if (made instanceof Response) return finish(whole(made, state, label), state);
  return render(made, request, state, { ...rendering, label, renderer: undefined });
}

/** A response that a view made whole. */
function whole<Data extends object>(
  response: Response,
  state: StateOf<Data>,
  view: { toString(): string },
): Response {
  // Kept now, because a decorator or tween may replace the response.
  if (response.status === 101) state.upgrade = response;
  if (response.type !== "error") return response;
  throw new TypeError(
    `Cannot answer with what ${view} returned: Response.error() has no status: throw an HttpError instead`,
  );
}

/** The same response in the status that the view stated by `request.responseStatus`, if it did. */
export function inStatedStatus<Data extends object>(
  response: Response,
  state: StateOf<Data>,
): Response {
  const { responseStatus } = state;
  if (responseStatus === undefined) return response;
  state.usedStatus = responseStatus;
  return withStatus(response, responseStatus);
}

/**
 * What was thrown, if it is a response: an answer like one that was returned.
 *
 * @throws Any other value that was thrown.
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
  state: StateOf<Data>,
): Response | Promise<Response> {
  const pages = errorPages.get();
  return pages instanceof Promise
    ? firstPage(pages, error, request, state)
    : pages.httpErrorResponse(error, request, state);
}

/** Answers the first error of a process, whose pages are still being loaded. */
async function firstPage<Data extends object>(
  pages: ReturnType<typeof errorPages.get>,
  error: HttpException,
  request: ViewRequest<Data>,
  state: StateOf<Data>,
): Promise<Response> {
  const { httpErrorResponse } = await pages;
  // A view that awaited nothing may have left something to be done with its session. Where nothing
  // has to be loaded the app waits for that. Here the app does not know.
  await state.session?.catch(() => {});
  return httpErrorResponse(error, request, state);
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
