/**
 * `routes`: the routes and views of an app as a table.
 *
 * @module
 */

import type { RouteReport, ViewReport } from "../../app/report.ts";
import { printable } from "../../printable.ts";
import type { ReportingApp } from "../app_module.ts";
import type { Surroundings } from "../environment.ts";
import { relativePlace } from "../relative_place.ts";
import { emphasis, table } from "../table.ts";

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

/**
 * The table of an app's routes, in the order in which they are matched, one line for each view, and
 * the tweens below it.
 *
 * @param report What the configuration added up to.
 * @param surroundings How wide, in which colours, and from which folder places are told.
 */
export function routesText(
  { routes, tweens }: ReportingApp["report"],
  { folder, columns, isColoured }: Pick<Surroundings, "folder" | "columns" | "isColoured">,
): string {
  const { strong } = emphasis(isColoured);
  const place = (text: string) => printable(relativePlace(text, folder));
  const rows = routes.flatMap((route) => rowsOf(route, place));
  const [title = "", ...lines] = rows.length === 0
    ? ["No routes: config.addRoute() adds them"]
    : table(TITLES, rows, columns);
  const last = `Tweens, outermost first: ${
    tweens.map((name) => tweenName(name, place)).join(", ")
  }`;
  return [strong(title), ...lines, "", last, ""].join("\n");
}

function rowsOf(route: RouteReport, place: (text: string) => string): string[][] {
  const name = printable(route.name);
  const pattern = printable(route.pattern);
  const predicates = route.predicates.map(printable).join(", ");
  if (route.views.length === 0) {
    const view = route.isMatched ? "(no view: 404)" : "(only makes URLs)";
    return [[name, pattern, "", view, predicates, "", "", "", place(route.place)]];
  }
  return route.views.map((view, at) => {
    const first = at === 0 ? [name, pattern] : ["", ""];
    return [
      ...first,
      view.methods,
      viewName(view, place),
      at === 0 ? predicates : "",
      view.predicates.map(printable).join(", "),
      printable(view.permission ?? ""),
      view.isCsrfChecked ? "yes" : "no",
      place(view.place),
    ];
  });
}

/** A tween's name; one without a name is called by its place. */
function tweenName(name: string, told: (place: string) => string): string {
  const [, number, place] = /^(#\d+ at )(file:.+)$/.exec(name) ?? [];
  return number === undefined || place === undefined ? printable(name) : number + told(place);
}

/** What release 0.1.0 calls a view without a name. */
const OLD_UNNAMED = "a view";

/**
 * A view's name without the word before it, which stands in the title; without a name its place.
 *
 * @param view What is reported of it.
 * @param told How places are told.
 */
export function viewName(
  { name, place }: Pick<ViewReport, "name" | "place">,
  told: (place: string) => string,
): string {
  return unnamedAt(name) !== null || name === OLD_UNNAMED
    ? told(place)
    : printable(name.replace(/^view /, ""));
}

/**
 * A view in a sentence: `view show`, `view at app.ts:12`.
 *
 * @param name What an app calls it.
 * @param told How places are told.
 */
export function viewText(name: string, told: (place: string) => string): string {
  const place = unnamedAt(name);
  if (place !== null) return `view at ${told(place)}`;
  return name === OLD_UNNAMED ? "view without a name" : printable(name);
}

/** The place by which a view without a name is called; `null` where it has a name. */
function unnamedAt(name: string): string | null {
  return /^view at (.+)$/.exec(name)?.[1] ?? null;
}
