/**
 * What a configuration states of an exception view.
 *
 * @module
 */

import { slashStatus } from "../app/append_slash.ts";
import { ConfigurationError } from "../configuration_error.ts";
import type { Place } from "../place.ts";
import type { ErrorClass } from "../views/view.ts";
import { viewName } from "../views/view_label.ts";
import { identityOf } from "./identity.ts";
import type { Part } from "./includes.ts";
import { checkFunction, type ExceptionViewOptions, type NotFoundViewOptions } from "./options.ts";
import type { PlannedExceptionView } from "./plan.ts";

/** The options of every kind of exception view, with the class. */
export type StatedExceptionViewOptions =
  & Omit<ExceptionViewOptions, "context">
  & NotFoundViewOptions
  & { readonly context: ErrorClass<unknown> };

/** An exception view, and what tells it from others. */
export interface StatedExceptionView<Data extends object> {
  /** In words. */
  readonly subject: string;
  /** What tells two classes of one name apart. */
  readonly identity: string;
  /** The view. */
  readonly planned: PlannedExceptionView<Data>;
}

/**
 * The exception view that is stated.
 *
 * @param view The view.
 * @param options Which errors of which route, and how.
 * @param part The part of the configuration that states it.
 * @param place Where it is stated.
 * @throws {ConfigurationError} If the view is none, or its route is said twice.
 */
export function statedExceptionView<Data extends object>(
  view: PlannedExceptionView<Data>["view"],
  options: StatedExceptionViewOptions,
  part: Part,
  place: Place,
): StatedExceptionView<Data> {
  checkFunction(`the exception view of ${options.context.name}`, view);
  const { appendSlash = false, context, renderer, routeName, route = routeName } = options;
  const label = {
    toString: () => `exception view ${viewName(view.name) || `of ${context.name}`} at ${place}`,
  };
  if (routeName !== undefined && route !== routeName) {
    throw new ConfigurationError(
      `Cannot add ${label}: it is not told which route's errors it answers: give one of route and routeName, or none`,
    );
  }
  const whose = route === undefined ? "" : ` on route "${nameOf(route)}"`;
  return {
    subject: `exception view of ${context.name}${whose}`,
    identity: identityOf(context),
    planned: { context, label, view, route, renderer, appendSlash: slashStatus(appendSlash), part },
  };
}

function nameOf(route: NonNullable<PlannedExceptionView<object>["route"]>): string {
  return typeof route === "string" ? route : route.name;
}
