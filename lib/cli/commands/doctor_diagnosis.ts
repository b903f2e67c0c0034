/**
 * Finds the changes that an app needs because of defaults that changed since 0.1.0.
 *
 * @module
 */

import type { CsrfReport, RouteReport, ViewReport } from "../../app/report.ts";
import { SAFE_METHODS } from "../../http/request.ts";
import type { ReportingApp } from "../app_module.ts";
import { type FormSearch, tokenlessForms } from "./doctor_forms.ts";
import { localModules, type UnreadModule } from "./doctor_modules.ts";

/** A view in the diagnosis. */
export interface DiagnosedView {
  /** The name of its route. */
  readonly route: string;
  /** The pattern of its route. */
  readonly pattern: string;
  /** Its name. */
  readonly view: string;
  /** Its source location: file and line. */
  readonly place: string;
}

/** A view that answered POST by default in 0.1.0. */
export interface PostView extends DiagnosedView {
  /** The option that the developer must write if the view takes a form. */
  readonly write: string;
}

/** A form that sends POST without a token. */
export interface DiagnosedForm {
  /** Its tag, in one line. */
  readonly form: string;
  /** Its source location: file and line. */
  readonly place: string;
}

/** The exemptions from the CSRF checks of an app. */
export interface Exemptions extends CsrfReport {
  /** The views with `requireCsrf: false`. */
  readonly views: readonly DiagnosedView[];
  /** The number of other views that answer unsafe methods and demand no token. */
  readonly viewsWithoutToken: number;
}

/** The result of the search. */
export interface Diagnosis {
  /** Whether release 0.1.0 made the app. It reports neither defaults nor exemptions. */
  readonly isOldRelease: boolean;
  /** Whether the app has sessions. `null` if its release does not report it. */
  readonly hasSessions: boolean | null;
  /**
   * The views that answered POST by default. For an app of an old release, also the views that name
   * POST.
   */
  readonly postViews: readonly PostView[];
  /** The name of the field that holds the token. */
  readonly token: string;
  /** The forms that send POST to the app without a token. */
  readonly forms: readonly DiagnosedForm[];
  /** The forms that send POST to another site without a token. */
  readonly foreignForms: readonly DiagnosedForm[];
  /** The exemptions. `null` if the app has no sessions or its release does not report them. */
  readonly exemptions: Exemptions | null;
  /** The number of files that were searched for forms. */
  readonly filesRead: number;
  /** The files that were not read. */
  readonly unread: readonly UnreadModule[];
  /** The number of views and forms that need a change. */
  readonly changes: number;
}

/**
 * Finds the changes that an app needs or can make.
 *
 * @param report The report of the app.
 * @param module The URL of the module that exports the app.
 * @param search The name of the field with the token, and the functions that write it.
 */
export async function diagnose(
  report: ReportingApp["report"],
  module: URL,
  search: FormSearch,
): Promise<Diagnosis> {
  const isOldRelease = !("csrf" in report);
  const hasSessions = isOldRelease ? null : report.csrf !== undefined;
  const postViews = report.routes.flatMap(postViewsOf);
  const { forms, foreignForms, filesRead, unread } = hasSessions === false
    ? NOTHING_READ
    : await formsOf(report, module, search);
  return {
    isOldRelease,
    hasSessions,
    postViews,
    token: search.token,
    forms,
    foreignForms,
    exemptions: exemptionsOf(report),
    filesRead,
    unread,
    changes: postViews.length + forms.length,
  };
}

type FoundForms = Pick<Diagnosis, "forms" | "foreignForms" | "filesRead" | "unread">;

/** The result for an app without sessions, in which forms need no token. */
const NOTHING_READ: FoundForms = { forms: [], foreignForms: [], filesRead: 0, unread: [] };

/** The methods that 0.1.0 reports for a view without methods, and for a view with exactly these. */
const OLD_DEFAULT = "GET HEAD POST";

function postViewsOf(route: RouteReport): PostView[] {
  // In every release, a route with methods decides which methods its views get.
  const isOfRoute = route.predicates.some((text) => text.startsWith("requestMethod "));
  return route.views.filter((view) => isDefault(view, isOfRoute)).flatMap((view) => {
    const others = route.views.filter((other) =>
      !isDefault(other, isOfRoute) &&
      other.predicates.join() === view.predicates.join()
    );
    // A view with POST has always gone before this view, so that POST never reached this view.
    if (others.some((other) => answers(other, "POST"))) return [];
    const methods = others.some((other) => answers(other, "GET")) ? '"POST"' : '["GET", "POST"]';
    return [{ ...diagnosedView(route, view), write: `requestMethod: ${methods}` }];
  });
}

function isDefault(view: ViewReport, isOfRoute: boolean): boolean {
  // Release 0.1.0 does not report it.
  const reported: boolean | undefined = view.hasDefaultMethods;
  return reported ?? (view.methods === OLD_DEFAULT && !isOfRoute);
}

/** Whether a view names a method. A view for all methods is tried last. */
function answers({ methods }: ViewReport, method: string): boolean {
  const [first, ...others] = methods.split(" ");
  return first === "not" ? !others.includes(method) : [first, ...others].includes(method);
}

function isUnsafe({ methods }: ViewReport): boolean {
  return /^(?:\*|not .*)$/.test(methods) ||
    methods.split(" ").some((method) => !SAFE_METHODS.includes(method));
}

function diagnosedView({ name, pattern }: RouteReport, view: ViewReport): DiagnosedView {
  return { route: name, pattern, view: view.name, place: view.place };
}

function exemptionsOf({ csrf, routes, scopes = [] }: ReportingApp["report"]): Exemptions | null {
  if (csrf === undefined) return null;
  const views = routes.flatMap(({ views }) => views);
  const checks = [csrf, ...scopes.flatMap(({ csrf }) => csrf ?? [])];
  return {
    ...csrf,
    checksOrigin: checks.every(({ checksOrigin }) => checksOrigin),
    hasExemptions: checks.some(({ hasExemptions }) => hasExemptions),
    views: routes.flatMap((route) =>
      route.views.filter(({ isCsrfExempt }) => isCsrfExempt).map((view) =>
        diagnosedView(route, view)
      )
    ),
    viewsWithoutToken:
      views.filter((view) => isUnsafe(view) && !view.isCsrfChecked && !view.isCsrfExempt).length,
  };
}

async function formsOf(
  { routes }: ReportingApp["report"],
  module: URL,
  search: FormSearch,
): Promise<FoundForms> {
  const places = routes.flatMap(({ place, views }) => [place, ...views.map(({ place }) => place)]);
  const files = places.map((place) => place.replace(/:\d+$/, ""));
  const { read, unread } = await localModules([module.href, ...files]);
  const all = read.flatMap(({ url, source, isHtml }) =>
    tokenlessForms(source, search, isHtml).map(({ tag, line, isForeign }) => ({
      isForeign,
      found: { form: tag, place: `${url}:${line}` },
    }))
  );
  return {
    forms: all.filter(({ isForeign }) => !isForeign).map(({ found }) => found),
    foreignForms: all.filter(({ isForeign }) => isForeign).map(({ found }) => found),
    filesRead: read.length,
    unread,
  };
}
