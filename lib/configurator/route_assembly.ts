/**
 * From planned routes to the table that requests are matched by.
 *
 * @module
 */

import type { RouteReport } from "../app/report.ts";
import type { RoutedViews } from "../app/matching.ts";
import { ConfigurationError } from "../configuration_error.ts";
import type { Route } from "../routing/route.ts";
import { RouteNames } from "../routing/route_names.ts";
import { RouteTable } from "../routing/route_table.ts";
import type { UnreachableRoute } from "../routing/unreachable.ts";
import { type HeldLimits, limitsOver } from "../views/body_limits.ts";
import { type DeriverSettings, isCsrfChecked, permissionOf } from "../views/derivers.ts";
import { MethodPredicate } from "../views/predicates/method.ts";
import type { CsrfPolicy } from "../views/csrf.ts";
import { queryParamPredicate } from "../views/predicates/params.ts";
import { predicatesOf, varyOfAll } from "../views/predicates/predicates.ts";
import type { Plan, PlannedRoute, PlannedView } from "./plan.ts";
import {
  acceptOf,
  type AssembledView,
  type AssemblySurroundings,
  declaredAt,
  ViewAssembly,
} from "./view_assembly.ts";

/** What the routes and views of a plan became. */
export interface AssembledRoutes<Data extends object> {
  /** The routes by name. */
  readonly names: RouteNames;
  /** The table that requests are matched by. */
  readonly table: RouteTable<RoutedViews<Data>>;
  /** How requests are checked for coming from another site; undefined without sessions. */
  readonly csrf: CsrfPolicy | undefined;
  /** Describes the routes and views; costs 13 µs for each place. */
  readonly report: () => readonly RouteReport[];
}

/** A route that is ready, with what it was made of. */
interface AssembledRoute<Data extends object> extends RoutedViews<Data> {
  readonly planned: PlannedRoute;
  readonly views: readonly AssembledView<Data>[];
}

/**
 * Puts routes and views together.
 *
 * @throws {ConfigurationError} If a view wants what is not there, or a route can never match.
 */
export function assembleRoutes<Data extends object>(
  plan: Plan<Data>,
  around: AssemblySurroundings<Data>,
): AssembledRoutes<Data> {
  const names = new RouteNames();
  for (const { stated, route, part } of plan.routes.values()) names.add(stated, route, part);
  const assembly = new ViewAssembly(plan, around);
  const viewsOf = viewsByRoute(plan, names);
  const table = new RouteTable<RoutedViews<Data>>();
  const routes: AssembledRoute<Data>[] = [];
  for (const planned of plan.routes.values()) {
    const bodyLimits = limitsOver(around.bodyLimits, planned.conditions.bodyLimits);
    const views = assembly.assembleAll(viewsOf.get(planned.route) ?? [], planned, bodyLimits);
    const route = assembledRoute(plan, planned, views, bodyLimits);
    const predicated = route.methods !== null || route.predicates.length > 0;
    if (isMatched(planned)) table.add(planned.route, route, { predicated });
    else refuseViews(planned, views);
    if (isMatched(planned)) refuseEmpty(planned);
    routes.push(route);
  }
  const [lost] = table.unreachable();
  if (lost !== undefined) throw unreachable(plan, lost);
  const { settings } = assembly;
  const report = () => routes.map((route) => routeReport(route, settings));
  return { names, table, csrf: settings.csrf, report };
}

function viewsByRoute<Data extends object>(
  plan: Plan<Data>,
  names: RouteNames,
): ReadonlyMap<Route, readonly PlannedView[]> {
  const views = new Map<Route, PlannedView[]>();
  for (const view of plan.views.values()) {
    const { route, routeName = "" } = view.options;
    try {
      const found = names.get(route ?? routeName, view.part);
      const ofRoute = views.get(found);
      if (ofRoute === undefined) views.set(found, [view]);
      else ofRoute.push(view);
    } catch (error) {
      throw declaredAt(error, String(view));
    }
  }
  return views;
}

function assembledRoute<Data extends object>(
  plan: Plan<Data>,
  planned: PlannedRoute,
  views: readonly AssembledView<Data>[],
  bodyLimits: HeldLimits,
): AssembledRoute<Data> {
  const { route, conditions, part, place } = planned;
  const { requestMethod, factory } = conditions;
  try {
    const predicates = predicatesOf(conditions, queryParamPredicate, plan.routePredicates, {
      name: () => `route "${route.name}" at ${place}`,
      atOnce: true,
    });
    return {
      planned,
      route,
      scope: part,
      factory,
      methods: requestMethod === undefined ? null : new MethodPredicate(requestMethod),
      predicates,
      accept: acceptOf(predicates),
      ownVary: varyOfAll(predicates),
      vary: varyOfAll([...predicates, ...views.flatMap((view) => view.predicates)]),
      views,
      bodyLimits,
    };
  } catch (error) {
    throw declaredAt(error, `route "${route.name}" at ${place}`);
  }
}

function isMatched({ route, conditions }: PlannedRoute): boolean {
  return route.origin === null && conditions.static !== true;
}

/** A route that looks as if it matched `/`. */
function refuseEmpty({ route, place }: PlannedRoute): void {
  const { compiled, name, pattern } = route;
  if (!compiled.mayBeEmpty) return;
  const [first, second] = compiled.parts;
  const isOne = first?.kind === "group" && second === undefined && first.modifier === "?";
  const expression = isOne && first.regexp !== "" ? `(${first.regexp})` : "";
  const remedy = isOne && first.matches !== "wildcard"
    ? `write "/{:${first.key}${expression}}?", or a route of its own for "/"`
    : 'write a route of its own for "/", and leave out the modifier of the first parameter';
  throw new ConfigurationError(
    `Cannot add route "${name}" at ${place}: "${pattern}" does not match "/", since its slash is left out with its parameter, and no path is empty: ${remedy}`,
  );
}

function refuseViews<Data extends object>(
  { route }: PlannedRoute,
  [view]: readonly AssembledView<Data>[],
): void {
  if (view === undefined) return;
  throw new ConfigurationError(
    `Cannot add ${view.label}: route "${route.name}" only makes URLs and matches nothing: leave the view away, or give the view a route that is neither static nor of another site`,
  );
}

function unreachable<Data extends object>(
  plan: Plan<Data>,
  { route, by }: UnreachableRoute,
): ConfigurationError {
  const placeOf = (wanted: Route): string =>
    String([...plan.routes.values()].find(({ route }) => route === wanted)?.place);
  return new ConfigurationError(
    `Cannot reach route "${route.name}" (${route.pattern}) added at ${placeOf(route)}: ` +
      `route "${by.name}" (${by.pattern}) added before it at ${
        placeOf(by)
      } matches all of its paths: add the narrower pattern first, or leave one away`,
  );
}

function routeReport<Data extends object>(
  { planned, methods, predicates, views }: AssembledRoute<Data>,
  settings: DeriverSettings,
): RouteReport {
  return {
    name: planned.route.name,
    pattern: planned.route.pattern,
    predicates: [
      ...(methods === null ? [] : [`requestMethod ${methods}`]),
      ...predicates.map(({ text }) => text),
    ],
    place: String(planned.place),
    isMatched: isMatched(planned),
    views: views.map(({ label, methods, predicates, planned: { options, place } }) => ({
      name: label.short,
      methods: String(methods),
      predicates: predicates.map(({ text }) => text),
      permission: permissionOf(options, settings),
      isCsrfChecked: isCsrfChecked(options, settings.csrf),
      isCsrfExempt: options.requireCsrf === false,
      hasDefaultMethods: methods.isDefault,
      place: String(place),
    })),
  };
}
