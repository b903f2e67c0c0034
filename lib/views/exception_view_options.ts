/**
 * What is stated with a view for errors.
 *
 * @module
 */

import {
  BOOLEAN,
  either,
  instanceOf,
  numberOf,
  type OptionKind,
  type OptionKinds,
  TEXT,
} from "../check_options.ts";
import type { RedirectStatus } from "../http/redirect.ts";
import { Route } from "../routing/route.ts";
import type { RequestMethod } from "./method_predicate.ts";
import { type OrNot, orNot } from "./predicate.ts";
import { ONE_OR_MORE_TEXTS, PREDICATE_KINDS, type PredicateOptions } from "./predicate_list.ts";
import { type Renderer, RENDERER_KIND } from "./renderers.ts";
import type { ErrorClass } from "./view.ts";

/**
 * Which requests a view for one class of errors answers, and how. Of several the one that states more
 * goes first; where its predicates do not hold, or cannot be asked for what the visitor sent, the next
 * one is tried.
 */
export interface ForbiddenViewOptions extends PredicateOptions {
  /** The route whose requests it answers. Default: those of every route, and of none. */
  readonly route?: Route;
  /** The route by its name. */
  readonly routeName?: string;
  /** Which methods; GET implies HEAD. Default: all. */
  readonly requestMethod?: OrNot<RequestMethod>;
  /** Makes the response of what the view returns. */
  readonly renderer?: string | Renderer;
}

/** Which errors an exception view answers, and how. */
export interface ExceptionViewOptions<Failure = Error> extends ForbiddenViewOptions {
  /** The class of errors; its subclasses are answered too. @default {Error} */
  readonly context?: ErrorClass<Failure>;
}

/** How a not-found view is added. */
export interface NotFoundViewOptions extends ForbiddenViewOptions {
  /** Whether visitors who left out the last slash are sent to where it is, and with which status; `true`: 307. Asked where no route matched. @default {false} */
  readonly appendSlash?: boolean | RedirectStatus;
}

/** What {@linkcode ForbiddenViewOptions} take. */
export const FORBIDDEN_VIEW_KINDS: OptionKinds<ForbiddenViewOptions> = {
  route: instanceOf(Route, "a route, as route() makes it"),
  routeName: TEXT,
  requestMethod: orNot(ONE_OR_MORE_TEXTS),
  ...PREDICATE_KINDS,
  renderer: RENDERER_KIND,
};

/** A class of what may be thrown; a response that is thrown is an answer. */
const ERROR_CLASS: OptionKind = {
  expected: "a class of errors",
  is: (value) =>
    typeof value === "function" && isPrototype(value.prototype) && value !== Response &&
    !(value.prototype instanceof Response),
};

/** What {@linkcode ExceptionViewOptions} take. */
export const EXCEPTION_VIEW_KINDS: OptionKinds<ExceptionViewOptions> = {
  context: ERROR_CLASS,
  ...FORBIDDEN_VIEW_KINDS,
};

/** What {@linkcode NotFoundViewOptions} take. */
export const NOT_FOUND_VIEW_KINDS: OptionKinds<NotFoundViewOptions> = {
  appendSlash: either(BOOLEAN, numberOf("the status of a redirection")),
  ...FORBIDDEN_VIEW_KINDS,
};

function isPrototype(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
