/**
 * The way of a request through the scoped parts of an app.
 *
 * @module
 */

import type { HttpError } from "../http/errors.ts";
import type { Route } from "../routing/route.ts";
import type { RoutePart } from "../routing/route_names.ts";
import { RouteTable } from "../routing/route_table.ts";
import type { Handler } from "../views/handler.ts";
import {
  type RequestEnvironment,
  requestState,
  type StateOf,
  type ViewRequest,
} from "../views/request.ts";
import { refusal } from "./refusal.ts";
import type { Asked, RoutedView } from "./routed_view.ts";
import { answerBy, type Router, type Trail } from "./router.ts";

/** A scoped part of an app. */
export interface ScopedPart<Data extends object> {
  /** The part. */
  readonly part: RoutePart;
  /** The nearest scoped part around it. `null` means that only the app is around it. */
  readonly outer: ScopedPart<Data> | null;
  /** The addresses where it answers if nothing is found: none, or its prefix and all below. */
  readonly prefixes: readonly Route[];
  /** What its requests share. */
  readonly environment: RequestEnvironment<Data>;
  /** Puts what it states about its requests around a handler: subscribers, exception views, tweens. */
  readonly wrap: (handler: Handler<Data>) => Handler<Data>;
}

/** A scoped part, ready to answer. */
interface Scope<Data extends object> {
  readonly environment: RequestEnvironment<Data>;
  /** The scoped parts around it, the outermost first, and itself. */
  readonly path: readonly Scope<Data>[];
  /** Answers the requests of this part, and of the parts within it. */
  readonly handler: Handler<Data>;
}

/** What was found for a request of a scoped part. */
interface Found<Data extends object> {
  readonly match: Asked<Data> | null;
  readonly asked: readonly Asked<Data>[];
  /** The part in which it is answered. `null` means the app. */
  scope: Scope<Data> | null;
  /** Why it cannot be answered by a view, if that is known. */
  failure?: { readonly error: unknown };
}

/**
 * The innermost handler of an app with scoped parts.
 *
 * It finds the route first, and then goes through the part of that route. A request that no view
 * answers goes on into the innermost part whose prefix its path has.
 */
export class Scopes<Data extends object> {
  readonly #router: Router<Data>;
  readonly #byPart = new Map<RoutePart, Scope<Data> | null>();
  readonly #prefixes = new RouteTable<RoutePart>();
  /** What was found, because a tween hands on the request alone. */
  readonly #found = new WeakMap<StateOf<Data>, Found<Data>>();

  /** Answers a request, or throws. */
  readonly handler: Handler<Data>;

  /**
   * Takes the scoped parts.
   *
   * @param router Finds routes and views.
   * @param parts The scoped parts, each after the parts around it.
   * @param environment What the app's own requests share.
   */
  constructor(
    router: Router<Data>,
    parts: readonly ScopedPart<Data>[],
    environment: RequestEnvironment<Data>,
  ) {
    this.#router = router;
    for (const { part, outer, environment, wrap } of parts) {
      const around = outer === null ? [] : this.#scopeOf(outer.part)?.path ?? [];
      const path: Scope<Data>[] = [...around];
      const scope = { environment, path, handler: wrap(this.#inwards(path.length + 1)) };
      path.push(scope);
      this.#byPart.set(part, scope);
    }
    for (const { route, part } of mostSpecificFirst(parts)) this.#prefixes.add(route, part);
    this.handler = (request, state = requestState(request)) => {
      // A tween of the app may ask twice, and another route may match the second time.
      if (state.environment !== environment) state.enter(environment);
      return this.#enter(this.#find(request, state), 0, request, state);
    };
  }

  /**
   * The part whose rules hold for a request. `null` means those of the app.
   *
   * @param trail The walk of the request.
   * @param url The URL of the request.
   */
  partOf({ match = null, asked, isRefused }: Trail<Data>, url: string): RoutePart | null {
    const scope = this.#scopeOfRoute(match, asked);
    const further = isRefused === true ? this.#furtherIn(scope, url) : null;
    return (further ?? scope)?.environment.scope ?? null;
  }

  /**
   * Goes on by the rules of the part in which an address stands. The patterns of its routes decide.
   * If it has no route, then its prefix decides.
   *
   * @throws {HttpError} If the URL cannot be read.
   */
  enterPartOf(state: StateOf<Data>): void {
    const routes = this.#router.routesAt(state.url);
    const scope = routes.length === 0
      ? this.#furtherIn(null, state.url)
      : this.#scopeOfRoute(null, routes);
    if (scope !== null) state.enter(scope.environment);
  }

  /** What the requests of a route share. */
  environmentOf({ value }: Asked<Data>): RequestEnvironment<Data> | undefined {
    return this.#scopeOf(value.part)?.environment;
  }

  #find(request: ViewRequest<Data>, state: StateOf<Data>): Found<Data> {
    const asked = this.#router.newAsked();
    try {
      const match = this.#router.findRoute(request, state, asked);
      return { match, asked, scope: this.#scopeOfRoute(match, asked) };
    } catch (error) {
      // A predicate of this route threw it, and the answer is that of its part.
      const part = state.match?.value.part;
      if (part === undefined) throw error;
      return { match: null, asked, scope: this.#scopeOf(part), failure: { error } };
    }
  }

  /** Goes on into the part of a request, from a depth at which it has arrived. */
  #enter(
    found: Found<Data>,
    depth: number,
    request: ViewRequest<Data>,
    state: StateOf<Data>,
  ): Response | Promise<Response> {
    const { scope } = found;
    const next = scope?.path[depth];
    if (scope === null || next === undefined) return this.#answer(found, request, state);
    state.enter(scope.environment);
    this.#found.set(state, found);
    return next.handler(request, state);
  }

  /** The handler within the tweens of the part at a depth. */
  #inwards(depth: number): Handler<Data> {
    return (request, state = requestState(request)) => {
      const found = this.#found.get(state);
      if (found === undefined) {
        throw new TypeError(
          "Cannot answer the request: a tween of a scoped part must call its handler with the request that it got",
        );
      }
      return this.#enter(found, depth, request, state);
    };
  }

  #answer(
    found: Found<Data>,
    request: ViewRequest<Data>,
    state: StateOf<Data>,
  ): Response | Promise<Response> {
    const { failure, match } = found;
    if (failure !== undefined) throw failure.error;
    const view = match === null ? undefined : this.#router.findView(match, request, state);
    return view instanceof Promise
      ? view.then((view) => this.#answerBy(view, found, request, state))
      : this.#answerBy(view, found, request, state);
  }

  #answerBy(
    view: RoutedView<Data> | undefined,
    found: Found<Data>,
    request: ViewRequest<Data>,
    state: StateOf<Data>,
  ): Response | Promise<Response> {
    return view === undefined
      ? refusal(found.match, found.asked, request, state)
        .then((error) => this.#refuse(error, found, request, state))
      : answerBy(view, request, state);
  }

  /** Throws the error in the innermost part whose prefix the path has. */
  #refuse(
    error: HttpError,
    found: Found<Data>,
    request: ViewRequest<Data>,
    state: StateOf<Data>,
  ): Response | Promise<Response> {
    const further = this.#furtherIn(found.scope, state.url);
    if (further === null) throw error;
    const depth = found.scope?.path.length ?? 0;
    state.bodyLimits = further.environment.bodyLimits;
    return this.#enter({ ...found, scope: further, failure: { error } }, depth, request, state);
  }

  /** The innermost part within a scope whose prefix a path has. `null` means that no part has it. */
  #furtherIn(scope: Scope<Data> | null, url: string): Scope<Data> | null {
    const match = this.#prefixes.match(url);
    const further = match === null ? null : this.#scopeOf(match.value);
    const depth = scope?.path.length ?? 0;
    const isWithin = scope === null || further?.path[depth - 1] === scope;
    return isWithin && (further?.path.length ?? 0) > depth ? further : null;
  }

  /** The scope of a route, or the one around all routes that were passed over. */
  #scopeOfRoute(match: Asked<Data> | null, asked: readonly Asked<Data>[]): Scope<Data> | null {
    if (match !== null) return this.#scopeOf(match.value.part);
    const [first, ...others] = asked.map(({ value }) => this.#scopeOf(value.part));
    return first?.path.findLast((scope, depth) =>
      others.every((other) => other?.path[depth] === scope)
    ) ?? null;
  }

  /** The scope in which a part stands. `null` means the app. It is found once for each part. */
  #scopeOf(part: RoutePart): Scope<Data> | null {
    const known = this.#byPart.get(part);
    if (known !== undefined) return known;
    const scope = part.parent === null ? null : this.#scopeOf(part.parent);
    this.#byPart.set(part, scope);
    return scope;
  }
}

/** Longer prefixes first, and then those that capture less. */
function mostSpecificFirst<Data extends object>(
  parts: readonly ScopedPart<Data>[],
): { readonly route: Route; readonly part: RoutePart }[] {
  const segments = (route: Route) => route.pattern.split("/");
  const captures = (route: Route) =>
    segments(route).filter((segment) => /[:*({]/.test(segment)).length;
  return parts.flatMap(({ part, prefixes }) => prefixes.map((route) => ({ route, part })))
    .sort(({ route: one }, { route: other }) =>
      segments(other).length - segments(one).length || captures(one) - captures(other)
    );
}
