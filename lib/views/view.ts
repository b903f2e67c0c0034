/**
 * What a view is, and what it may answer with.
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
  type OptionKind,
  type OptionKinds,
  TEXT,
} from "../check_options.ts";
import type { HttpException } from "../http/errors.ts";
import type { Html } from "../http/html.ts";
import type { RedirectStatus } from "../http/redirect.ts";
import { Route } from "../routing/route.ts";
import { BODY_LIMITS, type RequestLimits } from "./body_limits.ts";
import { type Renderer, RENDERER_KIND, type RequestHandler } from "./handler.ts";
import { HTTP_CACHE_KIND, type HttpCache } from "./http_cache.ts";
import { REQUEST_METHOD_KIND, type RequestMethod } from "./predicates/method.ts";
import type { OrNot } from "./predicates/predicate.ts";
import { PREDICATE_KINDS, type PredicateOptions } from "./predicates/predicates.ts";
import type { AnyData, ViewRequest } from "./request.ts";
import type { RequestTypes } from "./request_state.ts";
import { FRESH_KIND, type Permission, PERMISSION_KIND } from "./security.ts";

/**
 * What a view may return: a response, markup, an error or a redirection. A view may also throw an
 * error or a redirection.
 */
export type ViewResult = Response | Html | HttpException;

/**
 * Marks the requests of an app with a default renderer, so that its views can return any value. It
 * exists in the types alone.
 */
export declare abstract class DefaultRendered {
  readonly #isRendered: true;
}

/**
 * What a view without a renderer of its own may return: any value if the app has a default renderer.
 *
 * @typeParam Added The members that the app added to its requests.
 */
export type ResultIn<Added> = [Added] extends [DefaultRendered] ? unknown
  : ViewResult | Promise<ViewResult>;

/**
 * Answers the requests of a route.
 *
 * @typeParam Data The keys of the app's sessions. Default: those of any app.
 * @typeParam Params What the route's pattern captures.
 * @typeParam Types The types of `context`, `identity` and `settings` of its requests.
 */
export type View<
  Data extends object = AnyData,
  Params extends object = Record<string, string | undefined>,
  Types extends RequestTypes<unknown, unknown, object> = RequestTypes,
> = (request: ViewRequest<Data, Params, Types>) => ViewResult | Promise<ViewResult>;

/** What an option `permission` can be. */
export type PermissionOption = Permission | undefined;

/**
 * What the options of a view must have if the view returns no response: a renderer. The name stands
 * in the message of the compiler.
 *
 * @typeParam Returned What the view returns.
 */
export interface NoResponse<Returned> {
  /** The renderer, which makes a response of what the view returns. */
  readonly renderer: string | Renderer;
}

/**
 * What the options of a view must have: a renderer, unless the view returns a response, or the app
 * has a default renderer.
 *
 * @typeParam Returned What the view returns.
 * @typeParam Added The members that the app added to its requests.
 */
export type RendererFor<Returned, Added = object> = [Added] extends [DefaultRendered] ? unknown
  : [Returned] extends [ViewResult | Promise<ViewResult>] ? unknown
  : NoResponse<Returned>;

/**
 * What `request.identity` gives in a view: `null` too, unless the view states a permission.
 *
 * @typeParam Identity What the security policy knows of a user.
 * @typeParam Permitted The type of the option `permission`.
 * @typeParam Anonymous The type of the option `permitsAnonymous`.
 */
export type IdentityUnder<Identity, Permitted, Anonymous> = [Permitted, Anonymous] extends
  [string, false | undefined] ? Identity : Identity | null;

/** A class of errors. Its constructor may take any arguments. */
export type ErrorClass<Failure> = abstract new (...args: never[]) => Failure;

/**
 * Wraps a view: it takes the handler and returns the handler that replaces it. It works in every
 * app.
 */
// deno-lint-ignore no-explicit-any -- as AnyViewRequest; a generic function could not be written in place
export type HandlerDecorator = (answer: RequestHandler<any>) => RequestHandler<any>;

/**
 * Which requests a view answers, and how. State the route by `route` or by `routeName`, not by
 * both.
 *
 * @typeParam Pattern The pattern of the route.
 * @typeParam Context What the factory of the route makes.
 * @typeParam Permitted The type of `permission`, which decides whether `request.identity` is null.
 * @typeParam Anonymous The type of `permitsAnonymous`, which decides the same.
 */
export interface ViewOptions<
  Pattern extends string = string,
  Context = unknown,
  Permitted extends PermissionOption = PermissionOption,
  Anonymous extends boolean | undefined = boolean | undefined,
> extends PredicateOptions {
  /** The route, which types `request.matchdict` and `request.context`. */
  readonly route?: Route<Pattern, Context>;
  /** The route by its name, checked when the app is made. */
  readonly routeName?: string;
  /**
   * The methods that the view answers. GET implies HEAD, and `"*"` matches every method. Default:
   * the methods of the route, otherwise GET and HEAD.
   */
  readonly requestMethod?: OrNot<RequestMethod>;
  /**
   * The permission that the visitor must have. It needs a security policy. `request.identity` is
   * then not null.
   */
  readonly permission?: Permitted;
  /**
   * Whether the policy may grant the permission to a visitor who is not signed in. `request.identity`
   * can then be null. Without it such a grant is a `TypeError`, unless the policy states
   * `permitsAnonymous` for all views. @default {false}
   */
  readonly permitsAnonymous?: Anonymous;
  /**
   * The greatest age of the user's sign-in, in seconds: a number above 0, such as 300. If the
   * sign-in is older, or if no user is signed in, then the view is not called, and Pyramidion
   * throws a `StaleSignIn` (403). The permission is checked first. `bindTo()` makes a sign-in fresh.
   * Default: any age.
   */
  readonly fresh?: number;
  /**
   * Makes the response of what the view returns: `json`, `text`, `html`, one that `addRenderer`
   * named, a name with a suffix that it named, such as `page.eta`, or a function. Default: that of
   * `setDefaultRenderer`.
   */
  readonly renderer?: string | Renderer;
  /**
   * Whether requests that change something must carry a CSRF token. `false` also gives them the
   * session if the page of another site sends them. Default: the `requireCsrf` of
   * `setDefaultCsrfOptions`.
   */
  readonly requireCsrf?: boolean;
  /**
   * Whether a request counts as activity of its session. State `false` for polls that a page sends
   * without action of the visitor. The idle limit then continues to run. @default {true}
   */
  readonly renewSession?: boolean;
  /**
   * How much of a body the app reads. The limits also hold for the CSRF check and for predicates.
   * Default: the limits of the route, then those of the Configurator.
   */
  readonly bodyLimits?: RequestLimits;
  /**
   * How long caches may keep the response, in seconds. An object also states which caches may keep
   * it. With 0 no cache keeps it.
   */
  readonly httpCache?: HttpCache;
  /** Wraps the view. In a list the first decorator is outermost. */
  readonly decorator?: HandlerDecorator | readonly HandlerDecorator[];
}

/** What {@linkcode ViewOptions} take. */
export const VIEW_KINDS: OptionKinds<ViewOptions> = {
  route: instanceOf(Route, "a route, as route() makes it"),
  routeName: TEXT,
  requestMethod: REQUEST_METHOD_KIND,
  ...PREDICATE_KINDS,
  permission: PERMISSION_KIND,
  permitsAnonymous: BOOLEAN,
  fresh: FRESH_KIND,
  renderer: RENDERER_KIND,
  requireCsrf: BOOLEAN,
  renewSession: BOOLEAN,
  bodyLimits: BODY_LIMITS,
  httpCache: HTTP_CACHE_KIND,
  decorator: either(FUNCTION, listOf(FUNCTION, "a list of functions")),
};

/**
 * Which requests a view for one class of errors answers, and how.
 *
 * If several views match, Pyramidion tries the view with more predicates first. If its predicates
 * do not match, or cannot read the request, Pyramidion tries the next view.
 */
export interface ForbiddenViewOptions extends PredicateOptions {
  /** The route whose requests it answers. Default: those of every route, and of none. */
  readonly route?: Route;
  /** The route by its name. */
  readonly routeName?: string;
  /** The methods that the view answers. GET implies HEAD. Default: all methods. */
  readonly requestMethod?: OrNot<RequestMethod>;
  /** Makes the response of what the view returns. */
  readonly renderer?: string | Renderer;
}

/** Which errors an exception view answers, and how. */
export interface ExceptionViewOptions<Failure = Error> extends ForbiddenViewOptions {
  /** The class of errors. The view also answers errors of its subclasses. @default {Error} */
  readonly context?: ErrorClass<Failure>;
}

/** How a not-found view is added. */
export interface NotFoundViewOptions extends ForbiddenViewOptions {
  /**
   * Whether a visitor who left out the last slash is redirected to the path with the slash. `true`
   * redirects with status 307, a number with that status. It applies only if no route matched.
   * @default {false}
   */
  readonly appendSlash?: boolean | RedirectStatus;
}

/** What {@linkcode ForbiddenViewOptions} take. */
export const FORBIDDEN_VIEW_KINDS: OptionKinds<ForbiddenViewOptions> = {
  route: instanceOf(Route, "a route, as route() makes it"),
  routeName: TEXT,
  requestMethod: REQUEST_METHOD_KIND,
  ...PREDICATE_KINDS,
  renderer: RENDERER_KIND,
};

/**
 * A class of values that an app may throw. `Response` is excluded, because a thrown response is an
 * answer.
 */
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
