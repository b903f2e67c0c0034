/**
 * `routes`: lists the routes and views of an app in a table.
 *
 * @module
 */

import type { RouteReport, ViewReport } from "../../app/report.ts";
import { printable } from "../../printable.ts";
import { loadApp, type ReportingApp } from "../app_module.ts";
import { type Command, JSON_OPTION, jsonOr } from "../command.ts";
import type { CommandEnvironment } from "../environment.ts";
import { relativeLocation } from "../source_locations.ts";
import { emphasis, table } from "../table.ts";

/** The command. */
export const routes: Command = {
  name: "routes",
  summary: "Lists the routes and views of an app, in the order in which they are matched",
  positionals: [{
    name: "app module",
    help: "a file or URL whose default export is an app: export default config.makeApp()",
  }],
  options: { json: JSON_OPTION },
  notes: [],
  async run(args, environment) {
    const [path = ""] = args.positionals;
    const { report } = await loadApp(path, environment.folder);
    const { routes, tweens, scopes } = report;
    return {
      code: 0,
      stdout: jsonOr(args, { routes, tweens, scopes }, () => routesText(report, environment)),
    };
  },
};

const TITLES = [
  "route",
  "pattern",
  "methods",
  "view",
  "route predicates",
  "predicates",
  "permission",
  "CSRF",
  "declared",
];

/** The title of a column that only apps with scoped parts have. */
const PART = "scoped part";

/**
 * Writes the table of an app's routes, in the order of matching. The table has one line for each
 * view. The tweens follow below it, and those of scoped parts.
 *
 * @param report The report of the app.
 * @param environment The width and style of the terminal, and the folder.
 */
export function routesText(
  { routes, tweens, scopes = [] }: ReportingApp["report"],
  { folder, columns, isColoured }: Pick<CommandEnvironment, "folder" | "columns" | "isColoured">,
): string {
  const { strong } = emphasis(isColoured);
  const location = (text: string) => printable(relativeLocation(text, folder));
  const isScoped = scopes.length > 0;
  const rows = routes.flatMap((route) => {
    const part = isScoped ? [printable(route.scope ?? "")] : [];
    return rowsOf(route, location).map((row) => [...part, ...row]);
  });
  const [title = "", ...lines] = rows.length === 0
    ? ["No routes: config.addRoute() adds them"]
    : table(isScoped ? [PART, ...TITLES] : TITLES, rows, columns);
  const named = (names: readonly string[]) =>
    names.map((name) => tweenName(name, location)).join(", ");
  const ofParts = scopes.map(({ name, tweens }) =>
    `Tweens of the scoped part ${printable(name)}, within those: ${named(tweens)}`
  );
  const last = [`Tweens, outermost first: ${named(tweens)}`, ...ofParts];
  return [strong(title), ...lines, "", ...last, ""].join("\n");
}

function rowsOf(route: RouteReport, location: LocationText): string[][] {
  const name = printable(route.name);
  const pattern = printable(route.pattern);
  const predicates = route.predicates.map(printable).join(", ");
  if (route.views.length === 0) {
    const view = route.isMatched ? "(no view: 404)" : "(only makes URLs)";
    return [[name, pattern, "", view, predicates, "", "", "", location(route.place)]];
  }
  return route.views.map((view, at) => {
    const first = at === 0 ? [name, pattern] : ["", ""];
    return [
      ...first,
      view.methods,
      viewCell(view, location),
      at === 0 ? predicates : "",
      view.predicates.map(printable).join(", "),
      printable(view.permission ?? ""),
      view.isCsrfChecked ? "yes" : "no",
      location(view.place),
    ];
  });
}

/** The name of a tween, or its source location if it has no name. */
function tweenName(name: string, location: LocationText): string {
  const [, number, place] = /^(#\d+ at )(file:.+)$/.exec(name) ?? [];
  return number === undefined || place === undefined ? printable(name) : number + location(place);
}

/** Writes a source location as this terminal shows it. */
export type LocationText = (location: string) => string;

/** The name that release 0.1.0 reports for a view without one. */
const OLD_UNNAMED = "a view";

/**
 * A view in its own column: its name without the word `view`, or its source location if it has no
 * name.
 *
 * @param view The view in the report of the app.
 * @param location Writes source locations.
 */
export function viewCell(
  { name, place }: Pick<ViewReport, "name" | "place">,
  location: LocationText,
): string {
  return unnamedAt(name) !== null || name === OLD_UNNAMED
    ? location(place)
    : printable(name.replace(/^view /, ""));
}

/**
 * A view in a sentence: `view show`, `view at app.ts:12`.
 *
 * @param name The name that the app reports.
 * @param location Writes source locations.
 */
export function viewText(name: string, location: LocationText): string {
  const place = unnamedAt(name);
  if (place !== null) return `view at ${location(place)}`;
  return name === OLD_UNNAMED ? "view without a name" : printable(name);
}

/** The source location in the reported name of a view. `null` if the view has a name. */
function unnamedAt(name: string): string | null {
  return /^view at (.+)$/.exec(name)?.[1] ?? null;
}
