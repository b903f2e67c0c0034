/**
 * Marks on views for errors: what `scan` finds.
 *
 * @module
 */

import { checkBag, checkValue, FUNCTION } from "../check_options.ts";
import { HttpForbidden, HttpNotFound } from "../http/errors.ts";
import { Place } from "../place.ts";
import type {
  ExceptionViewOptions,
  ForbiddenViewOptions,
  NotFoundViewOptions,
} from "./exception_view_options.ts";
import type { AnyViewRequest } from "./request.ts";
import { checkDecorated, type Marked, markView } from "./view_config.ts";
import type { ErrorClass, ViewResult } from "./view.ts";

/** A marked exception view; without an annotation its request is that of any app. */
export type MarkedExceptionView<Failure, Taken extends AnyViewRequest> = (
  error: Failure,
  request: Taken,
) => unknown;

/** Marks a method of a class as an exception view, which gets `(error, request)`; the class is made anew for each. */
export type ExceptionViewDecorator<Failure> = <
  Method extends (error: Failure, request: never) => NonNullable<unknown> | null,
>(
  method: Method,
  context: ClassMethodDecoratorContext,
) => Method;

/**
 * Marks a view with the errors that it answers, for `config.scan()` to find. Pyramid:
 * `exception_view_config`.
 *
 * `viewDefaults()` of its class says nothing of it.
 *
 * @param options Which errors, and how.
 * @param view The view, which gets `(error, request)`; leave it out to decorate a method.
 * @returns The view itself, or a decorator.
 * @throws {ConfigurationError} If the options are no object, or the view is no function; what is in
 * the options is checked by `scan()`.
 *
 * @example A page for one class of errors
 * ```ts
 * import { Configurator, exceptionViewConfig, html } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * class OutOfStock extends Error {}
 * const views = {
 *   soldOut: exceptionViewConfig({ context: OutOfStock }, (error) => html`Sorry: ${error.message}`),
 * };
 * const buy = () => {
 *   throw new OutOfStock("no tea");
 * };
 * const app = new Configurator().addRoute("buy", "/buy", { view: buy }).scan(views).makeApp();
 * const response = await app.fetch(new Request("https://app.test/buy"));
 * assertEquals([response.status, await response.text()], [500, "Sorry: no tea"]);
 * ```
 */
export function exceptionViewConfig<
  Failure = Error,
  Taken extends AnyViewRequest = AnyViewRequest,
>(
  options: ExceptionViewOptions<Failure> & { readonly renderer?: never },
  view: (error: NoInfer<Failure>, request: Taken) => ViewResult | Promise<ViewResult>,
): MarkedExceptionView<Failure, Taken>;
/** Marks an exception view whose value is rendered. */
export function exceptionViewConfig<
  Failure = Error,
  Taken extends AnyViewRequest = AnyViewRequest,
>(
  options: ExceptionViewOptions<Failure> & {
    readonly renderer: NonNullable<ExceptionViewOptions["renderer"]>;
  },
  view: (error: NoInfer<Failure>, request: Taken) => unknown,
): MarkedExceptionView<Failure, Taken>;
/** Decorates a method. */
export function exceptionViewConfig<Failure = Error>(
  options?: ExceptionViewOptions<Failure>,
): ExceptionViewDecorator<Failure>;
export function exceptionViewConfig(options: ExceptionViewOptions = {}, view?: Marked): unknown {
  checkBag("exceptionViewConfig()", options);
  return mark("an exception view", Error, options, view);
}

/**
 * Marks the view for what is not found. Pyramid: `notfound_view_config`.
 *
 * @param options What `addNotFoundView` takes.
 * @param view The view; leave it out to decorate a method.
 * @throws {ConfigurationError} As {@linkcode exceptionViewConfig} does.
 *
 * @example The app's own 404
 * ```ts
 * import { Configurator, html, notFoundViewConfig } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const views = { lost: notFoundViewConfig({}, () => html`There is no such page`) };
 * const app = new Configurator().scan(views).makeApp();
 * assertEquals((await app.fetch(new Request("https://app.test/x"))).status, 404);
 * ```
 */
export function notFoundViewConfig<Taken extends AnyViewRequest = AnyViewRequest>(
  options: NotFoundViewOptions,
  view: (error: HttpNotFound, request: Taken) => unknown,
): MarkedExceptionView<HttpNotFound, Taken>;
/** Decorates a method. */
export function notFoundViewConfig(
  options?: NotFoundViewOptions,
): ExceptionViewDecorator<HttpNotFound>;
export function notFoundViewConfig(options: NotFoundViewOptions = {}, view?: Marked): unknown {
  checkBag("notFoundViewConfig()", options);
  return mark("a not-found view", HttpNotFound, options, view);
}

/**
 * Marks the view for what is forbidden. Pyramid: `forbidden_view_config`.
 *
 * @param options What `addForbiddenView` takes.
 * @param view The view; leave it out to decorate a method.
 * @throws {ConfigurationError} As {@linkcode exceptionViewConfig} does.
 *
 * @example The app's own 403
 * ```ts
 * import { Configurator, forbiddenViewConfig, html, HttpForbidden } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const views = { closed: forbiddenViewConfig({}, ({ detail }) => html`Closed: ${detail}`) };
 * const safe = () => new HttpForbidden("not today");
 * const app = new Configurator().addRoute("safe", "/safe", { view: safe }).scan(views).makeApp();
 * const response = await app.fetch(new Request("https://app.test/safe"));
 * assertEquals([response.status, await response.text()], [403, "Closed: not today"]);
 * ```
 */
export function forbiddenViewConfig<Taken extends AnyViewRequest = AnyViewRequest>(
  options: ForbiddenViewOptions,
  view: (error: HttpForbidden, request: Taken) => unknown,
): MarkedExceptionView<HttpForbidden, Taken>;
/** Decorates a method. */
export function forbiddenViewConfig(
  options?: ForbiddenViewOptions,
): ExceptionViewDecorator<HttpForbidden>;
export function forbiddenViewConfig(options: ForbiddenViewOptions = {}, view?: Marked): unknown {
  checkBag("forbiddenViewConfig()", options);
  return mark("a forbidden view", HttpForbidden, options, view);
}

function mark(
  kind: "an exception view" | "a not-found view" | "a forbidden view",
  context: ErrorClass<unknown>,
  options: ExceptionViewOptions | NotFoundViewOptions,
  view: Marked | undefined,
): unknown {
  if (view !== undefined) checkValue(`the view of ${kind}`, view, FUNCTION);
  const place = new Place();
  const put = (view: Marked) => markView(view, { kind, context, options, place });
  if (view !== undefined) return put(view);
  return (method: Marked, decorated: ClassMethodDecoratorContext) => {
    checkDecorated(decorated);
    return put(method);
  };
}
