/**
 * Marks on views: what `scan` finds.
 *
 * @module
 */

import { Place } from "../place.ts";
import type { Matchdict } from "../routing/matchdict.ts";
import type { Route } from "../routing/route.ts";
import type { RequestMethod } from "./method_predicate.ts";
import type { ViewRequest } from "./request.ts";
import type { View, ViewResult } from "./view.ts";

/** Which requests a view answers. One of `route` and `routeName` says whose. */
export interface ViewOptions<Pattern extends string = string> {
  /** The route, which types `request.matchdict`. */
  readonly route?: Route<Pattern>;
  /** The route by its name, checked when the app is made. */
  readonly routeName?: string;
  /** Which methods; GET implies HEAD, `"*"` is all. @default {["GET", "HEAD", "POST"]} */
  readonly requestMethod?: RequestMethod;
}

/** A marked view without annotations: it asks nothing of the session's type, so it fits every app. */
// deno-lint-ignore no-explicit-any -- a parameter that takes every app's request can only be `any`
export type FreeView = (request: any) => ViewResult | Promise<ViewResult>;

/** Marks a method of a class as a view; the class is made anew for each request. */
export type ViewDecorator = <Method extends () => ViewResult | Promise<ViewResult>>(
  method: Method,
  context: ClassMethodDecoratorContext,
) => Method;

/** One mark: what was asked for, and where. */
export interface ViewMark {
  /** The options as given. */
  readonly options: ViewOptions;
  /** Where they were given. */
  readonly place: Place;
}

type Marked = (...args: never[]) => unknown;

const marks = new WeakMap<Marked, ViewMark[]>();

/**
 * Marks a view with the requests that it answers, for `config.scan()` to find.
 *
 * It changes nothing about the view, which can carry several marks. Pyramid: `view_config`.
 *
 * @param options Which requests it answers.
 * @param view The view; leave it out to decorate a method.
 * @returns The view itself, or a decorator.
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
export function viewConfig<const Pattern extends string>(
  options: ViewOptions<Pattern>,
  view: View<Record<string, unknown>, Matchdict<Pattern>>,
): FreeView;
/** Marks an annotated view. */
export function viewConfig<
  Marking extends (request: never) => ViewResult | Promise<ViewResult>,
>(options: ViewOptions, view: Marking): Marking;
/** Decorates a method. */
export function viewConfig(options: ViewOptions): ViewDecorator;
export function viewConfig(options: ViewOptions, view?: Marked): unknown {
  const mark: ViewMark = { options, place: new Place() };
  if (view !== undefined) return addMark(view, mark);
  return (method: Marked) => addMark(method, mark);
}

/** The marks of a function or method, in the order they were put on. */
export function viewMarks(view: Marked): readonly ViewMark[] {
  return marks.get(view) ?? [];
}

function addMark(view: Marked, mark: ViewMark): Marked {
  marks.set(view, [...viewMarks(view), mark]);
  return view;
}

/** A class whose methods are views. */
export type ViewClass = new (request: ViewRequest) => Record<string, unknown>;
