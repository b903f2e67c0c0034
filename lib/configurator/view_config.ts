/**
 * Marks on views, which `config.scan()` finds.
 *
 * @module
 */

import { checkBag, checkValue, FUNCTION } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import type { HttpForbidden, HttpNotFound } from "../http/errors.ts";
import type { Matchdict } from "../routing/matchdict.ts";
import { SourceLocation } from "../source_location.ts";
import type { Renderer } from "../views/handler.ts";
import type { AnyViewRequest, ViewRequest } from "../views/request.ts";
import type { RequestTypes } from "../views/request_state.ts";
import type {
  ExceptionViewOptions,
  ForbiddenViewOptions,
  IdentityUnder,
  NotFoundViewOptions,
  PermissionOption,
  View,
  ViewOptions,
  ViewResult,
} from "../views/view.ts";

/**
 * A marked view without annotations. It fits every app, because it demands no type of the session.
 */
// deno-lint-ignore no-explicit-any -- a parameter that takes every app's request can only be `any`
export type AnyView = (request: any) => ViewResult | Promise<ViewResult>;

/**
 * Marks a method of a class as a view. Pyramidion makes a new instance of the class for each
 * request.
 *
 * The method must return a value. The defaults of its class decide whether it needs a renderer.
 */
export type ViewConfigDecorator = <Method extends (request: never) => NonNullable<unknown> | null>(
  method: Method,
  context: ClassMethodDecoratorContext,
) => Method;

/** The options of a view with a renderer, which can return any value. */
export interface RenderedViewOptions<
  Pattern extends string = string,
  Context = unknown,
  Permitted extends PermissionOption = PermissionOption,
  Anonymous extends boolean | undefined = boolean | undefined,
> extends ViewOptions<Pattern, Context, Permitted, Anonymous> {
  /** The renderer, or its name. It makes the response from the value that the view returned. */
  readonly renderer: string | Renderer;
}

/** One mark of a view, with its options and its source location. */
export interface ViewMark {
  /** The kind of the marked view. */
  readonly kind: "a view";
  /** The options of the mark. */
  readonly options: ViewOptions;
  /** The source location of the mark. */
  readonly place: SourceLocation;
}

/** The kinds of exception views, in the words of messages. */
export type ExceptionViewKind = "an exception view" | "a not-found view" | "a forbidden view";

/** One mark of an exception view. */
export interface ExceptionViewMark {
  /** The kind of the marked view. */
  readonly kind: ExceptionViewKind;
  /** The options of the mark. */
  readonly options: ExceptionViewOptions | NotFoundViewOptions;
  /** The source location of the mark. */
  readonly place: SourceLocation;
}

/**
 * A view whose annotated request has only what its route and its permission give.
 *
 * @internal
 */
export type Fitting<Marking, Pattern extends string, Context, Permitted, Anonymous> =
  Marking extends (request: infer Request extends AnyViewRequest) => unknown
    ? GivenRequest<Pattern, Context, Permitted, Anonymous> extends
      Pick<Request, "matchdict" | "context" | "identity"> ? Marking
    : never
    : Marking;

/**
 * What the route and the permission of a view give to its request, in any app.
 *
 * @internal
 */
export interface GivenRequest<Pattern extends string, Context, Permitted, Anonymous> {
  /** What the pattern captures. */
  readonly matchdict: Matchdict<Pattern>;
  /** What the factory made. */
  readonly context: Context;
  /** Null, unless the view states a permission. */
  readonly identity: Promise<IdentityUnder<never, Permitted, Anonymous>>;
}

/** A function or method that can be marked. */
export type Marked = (...args: never[]) => unknown;

const marks = new WeakMap<Marked, (ViewMark | ExceptionViewMark)[]>();

/**
 * Marks a view with its options, so that `config.scan()` adds it.
 *
 * The mark does not change the view. A view can have several marks. Pyramid: `view_config`.
 *
 * @param options The options of `addView()`.
 * @param view The view. Leave it out to decorate a method.
 * @returns The view itself, or a decorator.
 * @throws {ConfigurationError} If the options are not an object, or the view is not a function.
 * `scan()` checks each option.
 *
 * @example A function, and a method
 * ```ts
 * import { Configurator, html, route, viewConfig, type ViewRequest } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const user = route("user", "/users/:id"), about = route("about", "/about");
 * class Pages {
 *   constructor(readonly request: ViewRequest) {}
 *   @viewConfig({ route: about })
 *   about() {
 *     return html`About ${this.request.url.host}`;
 *   }
 * }
 * const views = { show: viewConfig({ route: user }, (request) => html`User ${request.matchdict.id}`), Pages };
 * const app = new Configurator().addRoute(user).addRoute(about).scan(views).makeApp();
 * const text = async (path: string) => await (await app.fetch(new Request(`https://app.test${path}`))).text();
 * assertEquals([await text("/users/7"), await text("/about")], ["User 7", "About app.test"]);
 * ```
 */
export function viewConfig<const Pattern extends string, Context = unknown>(
  options: ViewOptions<Pattern, Context>,
  view: View<Record<string, unknown>, Matchdict<Pattern>, RequestTypes<Context>>,
): AnyView;
/** Marks a view with a renderer. */
export function viewConfig<
  const Pattern extends string,
  Marking extends (
    request: ViewRequest<Record<string, unknown>, Matchdict<Pattern>, RequestTypes<Context>>,
  ) => unknown,
  Context = unknown,
>(options: RenderedViewOptions<Pattern, Context>, view: Marking): Marking;
/** Marks an annotated view with a renderer. */
export function viewConfig<
  const Pattern extends string,
  Marking extends (request: never) => unknown,
  Context = unknown,
  Permitted extends PermissionOption = undefined,
  Anonymous extends boolean | undefined = undefined,
>(
  options: RenderedViewOptions<Pattern, Context, Permitted, Anonymous>,
  view: Marking & Fitting<Marking, Pattern, Context, Permitted, Anonymous>,
): Marking;
/** Marks an annotated view. */
export function viewConfig<
  const Pattern extends string,
  Marking extends (request: never) => ViewResult | Promise<ViewResult>,
  Context = unknown,
  Permitted extends PermissionOption = undefined,
  Anonymous extends boolean | undefined = undefined,
>(
  options: ViewOptions<Pattern, Context, Permitted, Anonymous>,
  view: Marking & Fitting<Marking, Pattern, Context, Permitted, Anonymous>,
): Marking;
/** Decorates a method. */
export function viewConfig(options: ViewOptions): ViewConfigDecorator;
export function viewConfig(options: ViewOptions, view?: Marked): unknown {
  checkBag("viewConfig()", options);
  if (view !== undefined) checkValue("the view of viewConfig()", view, FUNCTION);
  const mark: ViewMark = { kind: "a view", options, place: new SourceLocation() };
  if (view !== undefined) return markView(view, mark);
  return (method: Marked, context: ClassMethodDecoratorContext) => {
    checkDecorated(context);
    return markView(method, mark);
  };
}

/** The marks of a function or method, the oldest first. */
export function viewMarks(view: Marked): readonly (ViewMark | ExceptionViewMark)[] {
  return marks.get(view) ?? [];
}

/** Throws for a member of a class that `scan()` would not find. */
export function checkDecorated(context: ClassMethodDecoratorContext): void {
  const { kind, name } = context;
  const wrong = kind !== "method"
    ? `a ${kind}`
    : context.static
    ? "static"
    : context.private
    ? "private"
    : null;
  if (wrong === null && typeof name === "string") return;
  throw new ConfigurationError(
    `Cannot make a view of ${String(name)}: it is ${
      wrong ?? "named by a symbol"
    }, and scan() finds only public methods with a name: write such a method`,
  );
}

/** Puts a mark on a function or method. */
export function markView(view: Marked, mark: ViewMark | ExceptionViewMark): Marked {
  marks.set(view, [...viewMarks(view), mark]);
  return view;
}

const defaults = new WeakMap<object, ViewOptions>();

/** Gives a class default options for its views. An option of a method replaces the default. */
export type ViewDefaultsDecorator = <Class extends abstract new (request: never) => object>(
  target: Class,
  context?: ClassDecoratorContext,
) => Class;

/**
 * Sets default options for all views of a class. Pyramid: `view_defaults`.
 *
 * @param options The options that the marks of its methods do not repeat.
 * @throws {ConfigurationError} If the options are not an object. `scan()` checks each option.
 *
 * @example One renderer for all
 * ```ts
 * import { Configurator, viewConfig, viewDefaults, type ViewRequest } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * @viewDefaults({ routeName: "item", renderer: "json" })
 * class Items {
 *   constructor(readonly request: ViewRequest) {}
 *   @viewConfig({ requestMethod: "GET" })
 *   show() {
 *     return { id: this.request.matchdict.id };
 *   }
 * }
 * const app = new Configurator().addRoute("item", "/items/:id").scan({ Items }).makeApp();
 * const response = await app.fetch(new Request("https://app.test/items/7"));
 * assertEquals(await response.json(), { id: "7" });
 * ```
 */
export function viewDefaults(options: ViewOptions): ViewDefaultsDecorator {
  checkBag("viewDefaults()", options);
  return (target) => {
    defaults.set(target, options);
    return target;
  };
}

/**
 * The defaults that {@linkcode viewDefaults} set for a class, or for the nearest class that it
 * extends.
 */
export function viewDefaultsOf(target: object): ViewOptions {
  for (
    let ancestor: unknown = target;
    typeof ancestor === "function";
    ancestor = Object.getPrototypeOf(ancestor)
  ) {
    const stated = defaults.get(ancestor);
    if (stated !== undefined) return stated;
  }
  return {};
}

/** A marked exception view. Without an annotation it takes the request of any app. */
export type MarkedExceptionView<Failure, Taken extends AnyViewRequest> = (
  error: Failure,
  request: Taken,
) => unknown;

/**
 * Marks a method of a class as an exception view, which gets `(error, request)`. Pyramidion makes a
 * new instance of the class for each error.
 */
export type ExceptionViewConfigDecorator<Failure> = <
  Method extends (error: Failure, request: never) => NonNullable<unknown> | null,
>(
  method: Method,
  context: ClassMethodDecoratorContext,
) => Method;

/**
 * Marks an exception view, so that `config.scan()` adds it. Pyramid: `exception_view_config`.
 *
 * The defaults of `viewDefaults()` do not apply to exception views.
 *
 * @param options The options of `addExceptionView()`.
 * @param view The view, which gets `(error, request)`. Leave it out to decorate a method.
 * @returns The view itself, or a decorator.
 * @throws {ConfigurationError} If the options are not an object, or the view is not a function.
 * `scan()` checks each option.
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
/** Marks an exception view with a renderer. */
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
): ExceptionViewConfigDecorator<Failure>;
export function exceptionViewConfig(options: ExceptionViewOptions = {}, view?: Marked): unknown {
  checkBag("exceptionViewConfig()", options);
  return mark("an exception view", options, view);
}

/**
 * Marks the view of the app's own 404 page, so that `config.scan()` adds it. Pyramid:
 * `notfound_view_config`.
 *
 * @param options The options of `addNotFoundView()`.
 * @param view The view. Leave it out to decorate a method.
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
): ExceptionViewConfigDecorator<HttpNotFound>;
export function notFoundViewConfig(options: NotFoundViewOptions = {}, view?: Marked): unknown {
  checkBag("notFoundViewConfig()", options);
  return mark("a not-found view", options, view);
}

/**
 * Marks the view of the app's own 403 page, so that `config.scan()` adds it. Pyramid:
 * `forbidden_view_config`.
 *
 * @param options The options of `addForbiddenView()`.
 * @param view The view. Leave it out to decorate a method.
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
): ExceptionViewConfigDecorator<HttpForbidden>;
export function forbiddenViewConfig(options: ForbiddenViewOptions = {}, view?: Marked): unknown {
  checkBag("forbiddenViewConfig()", options);
  return mark("a forbidden view", options, view);
}

function mark(
  kind: ExceptionViewKind,
  options: ExceptionViewOptions | NotFoundViewOptions,
  view: Marked | undefined,
): unknown {
  if (view !== undefined) checkValue(`the view of ${kind}`, view, FUNCTION);
  const place = new SourceLocation();
  const put = (view: Marked) => markView(view, { kind, options, place });
  if (view !== undefined) return put(view);
  return (method: Marked, decorated: ClassMethodDecoratorContext) => {
    checkDecorated(decorated);
    return put(method);
  };
}
