/**
 * What a configuration states of a view.
 *
 * @module
 */

import { VIEW_OPTION_NAMES } from "../views/view_options.ts";
import { checkOptions, routeWantedBy } from "./options.ts";
import type { PlannedView } from "./plan.ts";
import { declaredAt } from "./view_assembly.ts";
import { viewSubject } from "./view_subject.ts";

/**
 * What a view answers, in words that are the same for what conflicts.
 *
 * @throws {ConfigurationError} If an option is wrong or unknown, or it is not said whose route it is.
 */
export function statedView({ name, options, place }: PlannedView): string {
  try {
    checkOptions(name, options, VIEW_OPTION_NAMES);
    return viewSubject(options, routeWantedBy(options));
  } catch (error) {
    throw declaredAt(error, `${name} at ${place}`);
  }
}

/** How a view is called in messages. */
export function viewName(view: (request: never) => unknown): string {
  return view.name === "" ? "a view" : `view ${view.name}`;
}
