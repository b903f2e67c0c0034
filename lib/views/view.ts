/**
 * What a view is, and what it may answer with.
 *
 * @module
 */

import type { HttpException } from "../http/http_exception.ts";
import type { Html } from "../http/html.ts";
import type { ViewRequest } from "./request.ts";

/** What a view may return: a response, markup, or an error or redirection (thrown or returned). */
export type ViewResult = Response | Html | HttpException;

/**
 * Answers the requests of a route.
 *
 * @typeParam Data The keys of the app's sessions.
 * @typeParam Params What the route's pattern captures.
 */
export type View<
  Data extends object = Record<string, unknown>,
  Params extends object = Record<string, string | undefined>,
> = (request: ViewRequest<Data, Params>) => ViewResult | Promise<ViewResult>;

/** A class of errors, whatever its constructor takes. */
export type ErrorClass<Failure> = abstract new (...args: never[]) => Failure;
