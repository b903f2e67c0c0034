/**
 * Makes the route table from the added routes and their views.
 *
 * @module
 */

import type { RouteReport } from "../app/report.ts";
import type { RoutedViews } from "../app/routed_view.ts";
import { ConfigurationError } from "../configuration_error.ts";
import type { Route } from "../routing/route.ts";
import { RouteNames } from "../routing/route_names.ts";
import { RouteTable } from "../routing/route_table.ts";
import type { UnreachableRoute } from "../routing/unreachable.ts";
import { type HeldLimits, limitsOver } from "../views/body_limits.ts";
import { type DeriverSettings, isCsrfChecked, permissionOf } from "../views/derivers.ts";
import { acceptOf } from "../views/predicates/accept.ts";
import { MethodPredicate } from "../views/predicates/method.ts";
import { builtInPredicates, varyOfAll, withCustom } from "../views/predicates/predicates.ts";
import type { Part } from "./includes.ts";
import type { Plan } from "./plan.ts";
import type { StatedRoute } from "./route_statement.ts";
import { declaredAt } from "./statements.ts";
import {
  type AssembledView,
  type AssemblyEnvironment,
  refuseOutside,
  type ScopeRules,
  ViewAssembly,
} from "./view_assembly.ts";
import type { StatedView } from "./view_statement.ts";

/** The assembled routes of a plan. */
export interface AssembledRoutes<Data extends object> {
  /** The routes by name. */
  readonly names: RouteNames;
  /** The route table, which matches requests. */
  readonly table: RouteTable<RoutedViews<Data>>;
  /** The part that states a route. */
  readonly partOf: (route: Route) => Part;
  /** What holds in the scope of a part. */
  readonly rulesOf: (part: Part) => ScopeRules<Data>;
  /** Describes the routes and views. It costs 13 µs for each source location. */
  readonly report: () => readonly RouteReport[];
}

/** A route that is ready to match, with its statement and its views. */
interface AssembledRoute<Data extends object> extends RoutedViews<Data> {
  readonly statement: StatedRoute;
  readonly views: readonly AssembledView<Data>[];
}

/**
 * Assembles the routes and views of a plan.
 *
 * @param plan The plan.
 * @param scopes The app's own part and the scoped parts, each after the parts around it.
 * @param environment The parts of the app that its plan does not hold.
 * @throws {ConfigurationError} If a view refers to something that does not exist, or a route can
 * never match.
 */
export function assembleRoutes<Data extends object>(
  plan: Plan<Data>,
  scopes: readonly Part[],
  environment: AssemblyEnvironment<Data>,
): AssembledRoutes<Data> {
  const names = new RouteNames();
  const parts = new Map<Route, Part>();
  for (const { stated, route, part } of plan.routes.values()) {
    names.add(stated, route, part);
    parts.set(route, part);
  }
  const partOf = (route: Route): Part => known(parts.get(route));
  const viewsOf = viewsByRoute(plan, names, partOf);
  const viewsIn = Map.groupBy(viewsOf, ([route]) => partOf(route).scope);
  const assemblies = new Map(
    scopes.map((scope) => {
      const views = viewsIn.get(scope)?.flatMap(([, views]) => views) ?? [];
      return [scope, new ViewAssembly(plan.heldIn(scope), views, environment)];
    }),
  );
  const assemblyOf = ({ scope }: Part) => known(assemblies.get(scope));
  const table = new RouteTable<RoutedViews<Data>>();
  const routes: AssembledRoute<Data>[] = [];
  for (const statement of plan.routes.values()) {
    const assembly = assemblyOf(statement.part);
    const bodyLimits = limitsOver(assembly.bodyLimits, statement.conditions.bodyLimits);
    const views = assembly.assembleAll(viewsOf.get(statement.route) ?? [], statement, bodyLimits);
    const route = assembledRoute(assembly, statement, views, bodyLimits);
    const predicated = route.methods !== null || route.predicates.length > 0;
    if (isMatched(statement)) table.add(statement.route, route, { predicated });
    else refuseViews(statement, views);
    if (isMatched(statement)) refuseEmpty(statement);
    routes.push(route);
  }
  const [lost] = table.unreachable();
  if (lost !== undefined) throw unreachable(plan, lost);
  const report = () =>
    routes.map((route) => routeReport(route, assemblyOf(route.statement.part).settings));
  return { names, table, partOf, rulesOf: assemblyOf, report };
}

/** Each route has a statement, and each statement a scope that was assembled. */
function known<Value>(found: Value | undefined): Value {
  if (found !== undefined) return found;
  throw new TypeError("Cannot assemble a route of another configuration");
}

function viewsByRoute<Data extends object>(
  plan: Plan<Data>,
  names: RouteNames,
  partOf: (route: Route) => Part,
): ReadonlyMap<Route, readonly StatedView[]> {
  const views = new Map<Route, StatedView[]>();
  for (const view of plan.views.values()) {
    const { route, routeName = "" } = view.options;
    try {
      const found = names.get(route ?? routeName, view.part);
      refuseOutside(view, found, partOf(found));
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
  { held }: ScopeRules<Data>,
  statement: StatedRoute,
  views: readonly AssembledView<Data>[],
  bodyLimits: HeldLimits,
): AssembledRoute<Data> {
  const { route, conditions, factory, part, place } = statement;
  const { requestMethod } = conditions;
  try {
    const predicates = withCustom(
      builtInPredicates(conditions, true),
      conditions.custom,
      held.routePredicates,
      { name: () => `route "${route.name}" at ${place}`, atOnce: true },
    );
    return {
      statement,
      route,
      part,
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

function isMatched({ route, conditions }: StatedRoute): boolean {
  return route.origin === null && conditions.static !== true;
}

/** Throws for a pattern that seems to match `/` and does not. */
function refuseEmpty({ route, place }: StatedRoute): void {
  const { compiled, name, pattern } = route;
  if (!compiled.mayBeEmpty) return;
  const [first, second] = compiled.parts;
  const isOne = first?.kind === "group" && second === undefined && first.modifier === "?";
  const expression = isOne && first.regexp !== "" ? `(${first.regexp})` : "";
  const remedy = isOne && first.matches !== "wildcard"
    ? `write "/{:${first.key}${expression}}?", or a route of its own for "/"`
    : 'write a route of its own for "/", and leave out the modifier of the first parameter';
  throw new ConfigurationError(
    `Cannot add route "${name}" at ${place}: "${pattern}" does not match "/", because the pattern leaves out the slash with the parameter, and no path is empty: ${remedy}`,
  );
}

function refuseViews<Data extends object>(
  { route }: StatedRoute,
  [view]: readonly AssembledView<Data>[],
): void {
  if (view === undefined) return;
  throw new ConfigurationError(
    `Cannot add ${view.label}: route "${route.name}" only makes URLs and matches no request: remove the view, or give it a route that is neither static nor of another site`,
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
      } matches all of its paths: add the narrower pattern first, or remove one of the two`,
  );
}

function routeReport<Data extends object>(
  { statement, methods, predicates, views }: AssembledRoute<Data>,
  settings: DeriverSettings,
): RouteReport {
  const { scope } = statement.part;
  return {
    name: statement.route.name,
    pattern: statement.route.pattern,
    predicates: [
      ...(methods === null ? [] : [`requestMethod ${methods}`]),
      ...predicates.map(({ text }) => text),
    ],
    place: String(statement.place),
    isMatched: isMatched(statement),
    scope: scope.parent === null ? undefined : String(scope),
    views: views.map(({ label: { options, place, short }, methods, predicates }) => ({
      name: short,
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
