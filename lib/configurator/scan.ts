/**
 * Finds the views of a module that `viewConfig()` marked.
 *
 * @module
 */

import type { Session } from "../../session.ts";
import { checkValue, OBJECT } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import type { SourceLocation } from "../source_location.ts";
import { type ExceptionViewMark, viewDefaultsOf, type ViewMark, viewMarks } from "./view_config.ts";
import type { ViewOptions } from "../views/view.ts";
import type { AnyData, AnyViewRequest, ViewRequest } from "../views/request.ts";
import type { RequestTypes } from "../views/request_state.ts";
import { tellingName } from "../views/view_label.ts";
import type { Part } from "./includes.ts";
import { declaredAt } from "./statements.ts";
import { checkExceptionViewOptions, StatedExceptionView, StatedView } from "./view_statement.ts";

/** A marked view. */
export interface MarkedView {
  /** Its name in the namespace, such as `read` or `Pages.about`. */
  readonly name: string;
  /** The mark. */
  readonly mark: ViewMark | ExceptionViewMark;
  /**
   * The view. For a method it is a function that makes a new instance of the class for each
   * request.
   */
  readonly view: Callable;
}

/**
 * A namespace whose annotated views accept the requests of an app.
 *
 * The type accepts exports that are no views, because a module can export other things too.
 *
 * @internal
 */
export type Scanned<
  Namespace,
  Data extends object,
  Added extends object,
  Identity = unknown,
  Settings extends object = Readonly<Record<string, unknown>>,
  Loaded = Session<Data>,
> = {
  readonly [Name in keyof Namespace]:
    ScannedRequest<Data, Identity, Settings, Loaded> & Added extends RequestTaken<Namespace[Name]>
      ? Namespace[Name]
      : (request: ViewRequest<Data> & Added) => unknown;
};

/**
 * A request of an app for any pattern. `viewConfig()` has checked already what depends on the route
 * and on the permission.
 *
 * @internal
 */
export type ScannedRequest<Data extends object, Identity, Settings extends object, Loaded> =
  ViewRequest<Data, AnyData, RequestTypes<AnyData, Identity, Settings>, Loaded>;

/**
 * The type of the requests that a view, or the class of a view, takes.
 *
 * @internal
 */
export type RequestTaken<Value> = Value extends
  (request: infer Request extends AnyViewRequest) => unknown ? Request
  : Value extends (error: never, request: infer Request extends AnyViewRequest) => unknown ? Request
  : Value extends abstract new (request: infer Request extends AnyViewRequest) => unknown ? Request
  : unknown;

type Callable = (...args: never[]) => unknown;

/**
 * Makes the statements of all marks in a namespace.
 *
 * @param namespace An imported module, or an object of views.
 * @param part The part of the configuration that scans it.
 * @throws {ConfigurationError} If the namespace is not an object, no view in it is marked, or the
 * options of a mark are wrong.
 */
export function statedByMarks(
  namespace: object,
  part: Part,
): (StatedView | StatedExceptionView)[] {
  checkValue("the namespace of scan()", namespace, OBJECT);
  const found = findMarkedViews(namespace);
  if (found.length === 0) {
    throw new ConfigurationError(
      "Cannot scan the namespace: it has no marked view: mark views with viewConfig() and export them",
    );
  }
  return found.map(({ name: stated, mark, view }) => {
    const source = { part, place: mark.place };
    const name = tellingName(stated) || tellingName(view.name);
    if (mark.kind === "a view") return new StatedView(view, mark.options, source, name);
    try {
      checkExceptionViewOptions(mark.kind, mark.options);
    } catch (error) {
      throw declaredAt(error, `${mark.kind} at ${mark.place}`);
    }
    return new StatedExceptionView(mark.kind, view, mark.options, source, name);
  });
}

/**
 * Finds every marked view among the values of a namespace and the methods of its classes.
 *
 * @param namespace An imported module, or an object of views.
 */
export function findMarkedViews(namespace: object): MarkedView[] {
  const found = Object.entries(namespace).flatMap(([name, value]) =>
    isCallable(value) ? [...marked(name, value, value), ...markedMethods(name, value)] : []
  );
  // A view with two names, such as `default` and its own, is added once.
  const seen = new Set<SourceLocation>();
  return found.filter(({ mark }) => seen.size < seen.add(mark.place).size);
}

function marked(name: string, callable: Callable, view: Callable): MarkedView[] {
  return viewMarks(callable).map((mark) => ({ name, mark, view }));
}

function markedMethods(className: string, constructor: Callable): MarkedView[] {
  const prototype: unknown = constructor.prototype;
  if (typeof prototype !== "object" || prototype === null) return [];
  const methods = Object.entries(Object.getOwnPropertyDescriptors(prototype));
  return methods.flatMap(([name, { value }]) => {
    if (name === "constructor" || !isCallable(value)) return [];
    return marked(`${className}.${name}`, value, (...args: never[]) => {
      // The request is the last argument, because an exception view gets the error first.
      const instance: unknown = Reflect.construct(constructor, [args.at(-1)]);
      return Reflect.apply(value, instance, args);
    }).map((found) => withDefaults(found, viewDefaultsOf(constructor)));
  });
}

function withDefaults(found: MarkedView, defaults: ViewOptions): MarkedView {
  const { mark } = found;
  if (mark.kind !== "a view") return found;
  const { options } = mark;
  const { route: _route, routeName: _routeName, ...others } = defaults;
  const named = options.route !== undefined || options.routeName !== undefined;
  const base = named ? others : defaults;
  // An undefined option counts as missing, so that it removes no default such as a permission.
  const left = Object.entries(options).filter(([name, value]) =>
    value !== undefined || !Object.hasOwn(base, name)
  );
  return { ...found, mark: { ...mark, options: { ...base, ...Object.fromEntries(left) } } };
}

function isCallable(value: unknown): value is Callable {
  return typeof value === "function";
}
