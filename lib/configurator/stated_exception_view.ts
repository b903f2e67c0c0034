/**
 * What a configuration states of an exception view.
 *
 * @module
 */

import { slashStatus } from "../app/append_slash.ts";
import { checkOptions } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import type { Place } from "../place.ts";
import {
  EXCEPTION_VIEW_KINDS,
  FORBIDDEN_VIEW_KINDS,
  NOT_FOUND_VIEW_KINDS,
  type NotFoundViewOptions,
} from "../views/exception_view_options.ts";
import type { ExceptionViewMark } from "../views/view_config.ts";
import type { ErrorClass } from "../views/view.ts";
import { identityOf } from "./identity.ts";
import type { Part } from "./includes.ts";
import { checkFunction } from "./options.ts";
import type { PlannedExceptionView } from "./plan.ts";
import { declaredAt } from "./view_assembly.ts";
import { exceptionViewConditions } from "./view_subject.ts";

/** The options of every kind of exception view, with the class. */
export type StatedExceptionViewOptions = NotFoundViewOptions & {
  readonly context: ErrorClass<unknown>;
};

/** An exception view, and what tells it from others. */
export interface StatedExceptionView {
  /** In words. */
  readonly subject: string;
  /** What tells two classes of one name apart. */
  readonly identity: string;
  /** The view. */
  readonly planned: PlannedExceptionView;
}

const KINDS = {
  "an exception view": EXCEPTION_VIEW_KINDS,
  "a not-found view": NOT_FOUND_VIEW_KINDS,
  "a forbidden view": FORBIDDEN_VIEW_KINDS,
};

/**
 * What a mark on an exception view states.
 *
 * @throws {ConfigurationError} If an option is wrong or unknown.
 */
export function statedByMark(
  { kind, context, options, place }: ExceptionViewMark,
): StatedExceptionViewOptions {
  try {
    checkOptions<object>(kind, options, KINDS[kind]);
    return { ...options, context: ("context" in options ? options.context : undefined) ?? context };
  } catch (error) {
    throw declaredAt(error, `${kind} at ${place}`);
  }
}

/**
 * The exception view that is stated.
 *
 * @param view The view.
 * @param options Which errors of which requests, and how.
 * @param part Where it is stated.
 * @param place The same in the app's source.
 * @param called How it is called. Default: by the function's name.
 * @throws {ConfigurationError} If the view is none, its route is said twice, or something would be
 * ignored.
 */
export function statedExceptionView(
  view: PlannedExceptionView["view"],
  options: StatedExceptionViewOptions,
  part: Part,
  place: Place,
  called?: string,
): StatedExceptionView {
  checkFunction("an exception view", view);
  const { appendSlash = false, context, renderer, routeName, route = routeName } = options;
  if (routeName !== undefined && route !== routeName) {
    throw new ConfigurationError(
      "Cannot tell which route's errors it answers: give one of route and routeName, or none",
    );
  }
  if (appendSlash !== false && route !== undefined) {
    throw new ConfigurationError(
      `Cannot append a slash to what route "${
        nameOf(route)
      }" matches: it is asked where no route matched; leave out the route, or appendSlash`,
    );
  }
  const name = `exception view ${called || view.name || `of ${context.name}`}`;
  const whose = route === undefined ? "" : ` on route "${nameOf(route)}"`;
  return {
    subject: `exception view of ${context.name}${whose}${exceptionViewConditions(options)}`,
    identity: identityOf(context),
    planned: {
      context,
      name,
      view,
      route,
      renderer,
      conditions: options,
      appendSlash: slashStatus(appendSlash),
      part,
      place,
    },
  };
}

function nameOf(route: NonNullable<PlannedExceptionView["route"]>): string {
  return typeof route === "string" ? route : route.name;
}
