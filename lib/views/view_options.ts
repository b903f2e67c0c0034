/**
 * What is stated with a view.
 *
 * @module
 */

import {
  BOOLEAN,
  either,
  FUNCTION,
  instanceOf,
  listOf,
  numberOf,
  OBJECT,
  type OptionKinds,
  TEXT,
} from "../check_options.ts";
import { Route } from "../routing/route.ts";
import type { AcceptTypes } from "./accept_predicate.ts";
import type { Answer } from "./answer.ts";
import type { HeaderConditions } from "./header_predicate.ts";
import { BODY_LIMITS, type RequestLimits } from "./body_limits.ts";
import type { HttpCache } from "./http_cache.ts";
import type { RequestMethod } from "./method_predicate.ts";
import type { ParamConditions } from "./param_predicates.ts";
import { type OrNot, orNot } from "./predicate.ts";
import { ONE_OR_MORE_TEXTS, PREDICATE_KINDS } from "./predicate_list.ts";
import { type Renderer, RENDERER_KIND } from "./renderers.ts";
import { type Permission, PERMISSION_KIND } from "./security.ts";

/** Wraps a view: gets what answers, and gives what answers instead. It works in every app. */
// deno-lint-ignore no-explicit-any -- as AnyViewRequest; a generic function could not be written in place
export type AnswerWrapper = (answer: Answer<any>) => Answer<any>;

/** Which requests a view answers, and how. One of `route` and `routeName` says whose. */
export interface ViewOptions<Pattern extends string = string> {
  /** The route, which types `request.matchdict`. */
  readonly route?: Route<Pattern>;
  /** The route by its name, checked when the app is made. */
  readonly routeName?: string;
  /** Which methods; GET implies HEAD, `"*"` is all. Default: those of the route, else GET and HEAD. */
  readonly requestMethod?: OrNot<RequestMethod>;
  /** A parameter of the query or the form that must be there (`user`), or be something (`user=ada`), or several. */
  readonly requestParam?: OrNot<ParamConditions>;
  /** What the route's pattern must have captured, such as `action=edit`, or several. */
  readonly matchParam?: OrNot<ParamConditions>;
  /** A header that must be there (`X-Api`), or begin as an expression says (`X-Api:v[12]`), or several. */
  readonly header?: OrNot<HeaderConditions>;
  /** The media types that the view makes: of several views the most welcome answers. */
  readonly accept?: AcceptTypes;
  /** Predicates that `addViewPredicate` named, with their values. */
  readonly custom?: Readonly<Record<string, unknown>>;
  /** What the visitor must be permitted; needs a security policy. */
  readonly permission?: Permission;
  /** Makes the response of what the view returns: `json`, `text`, `html`, one that `addRenderer` named, or a function. */
  readonly renderer?: string | Renderer;
  /**
   * Whether requests that change something must carry a CSRF token. `false` also gives them the
   * session if the page of another site sends them. Default: what `setDefaultCsrfOptions` says.
   */
  readonly requireCsrf?: boolean;
  /**
   * Whether a request counts as activity of its session. `false` for polls, which a page sends while
   * nobody is there: the idle limit goes on. @default {true}
   */
  readonly renewSession?: boolean;
  /**
   * How much of a body is read, also by the CSRF check and predicates. Default: what the route says,
   * then the Configurator.
   */
  readonly bodyLimits?: RequestLimits;
  /** Seconds for which caches may keep the response, or who may; 0: nobody keeps it. */
  readonly httpCache?: HttpCache;
  /** Wraps the view; of several the first is outermost. */
  readonly decorator?: AnswerWrapper | readonly AnswerWrapper[];
}

/** What {@linkcode ViewOptions} take. */
export const VIEW_KINDS: OptionKinds<ViewOptions> = {
  route: instanceOf(Route, "a route, as route() makes it"),
  routeName: TEXT,
  requestMethod: orNot(ONE_OR_MORE_TEXTS),
  ...PREDICATE_KINDS,
  permission: PERMISSION_KIND,
  renderer: RENDERER_KIND,
  requireCsrf: BOOLEAN,
  renewSession: BOOLEAN,
  bodyLimits: BODY_LIMITS,
  httpCache: either(numberOf("a number of seconds"), OBJECT),
  decorator: either(FUNCTION, listOf(FUNCTION, "a list of functions")),
};
