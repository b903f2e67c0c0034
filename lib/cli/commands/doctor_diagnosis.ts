/**
 * What the defaults that changed since 0.1.0 mean for an app.
 *
 * @module
 */

import type { CsrfReport, RouteReport, ViewReport } from "../../app/report.ts";
import { SAFE_METHODS } from "../../http/request.ts";
import type { ReportingApp } from "../app_module.ts";
import { type FormSearch, tokenlessForms } from "./doctor_forms.ts";
import { localModules, type UnreadModule } from "./doctor_modules.ts";

/** A view that the diagnosis names. */
export interface DiagnosedView {
  /** The name of its route. */
  readonly route: string;
  /** The pattern of its route. */
  readonly pattern: string;
  /** Its name. */
  readonly view: string;
  /** File and line. */
  readonly place: string;
}

/** A view that answered POST by default in 0.1.0. */
export interface PostView extends DiagnosedView {
  /** The option to write, if it takes a form. */
  readonly write: string;
}

/** A form that sends POST without a token. */
export interface DiagnosedForm {
  /** Its tag, in one line. */
  readonly form: string;
  /** File and line. */
  readonly place: string;
}

/** What is exempt from the checks of an app. */
export interface Exemptions extends CsrfReport {
  /** The views that state `requireCsrf: false`. */
  readonly views: readonly DiagnosedView[];
  /** How many other views answer unsafe methods and demand no token. */
  readonly viewsWithoutToken: number;
}

/** What the changed defaults mean for an app. */
export interface Diagnosis {
  /** Whether release 0.1.0 made the app. It reports neither defaults nor exemptions. */
  readonly isOldRelease: boolean;
  /** Whether the app has sessions; `null` where its release does not report it. */
  readonly hasSessions: boolean | null;
  /** The views that answered POST by default. Of an old release also those that named it. */
  readonly postViews: readonly PostView[];
  /** The name of the field that holds the token. */
  readonly token: string;
  /** The forms that send POST to the app without a token. */
  readonly forms: readonly DiagnosedForm[];
  /** Those that send it to another site. */
  readonly foreignForms: readonly DiagnosedForm[];
  /** What is exempt; `null` without sessions, and where the app's release does not report it. */
  readonly exemptions: Exemptions | null;
  /** How many files were searched for forms. */
  readonly filesRead: number;
  /** The files that were not read. */
  readonly unread: readonly UnreadModule[];
  /** How many findings need a change: views and forms. */
  readonly changes: number;
}

/**
 * Finds what an app must change, or may want to.
 *
 * @param report What the app reports.
 * @param module The URL of the module that exports the app.
 * @param search What makes a form one that carries a token.
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

/** Forms need no token where no request has a session. */
const NOTHING_READ: FoundForms = { forms: [], foreignForms: [], filesRead: 0, unread: [] };

/** The methods that 0.1.0 reports for a view that names none, and for one that names these. */
const OLD_DEFAULT = "GET HEAD POST";

function postViewsOf(route: RouteReport): PostView[] {
  // In every release such a route decides which methods reach its views.
  const isOfRoute = route.predicates.some((text) => text.startsWith("requestMethod "));
  return route.views.filter((view) => isDefault(view, isOfRoute)).flatMap((view) => {
    const others = route.views.filter((other) =>
      !isDefault(other, isOfRoute) &&
      other.predicates.join() === view.predicates.join()
    );
    // One that names POST has always gone before it: POST was never its own.
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

function exemptionsOf({ csrf, routes }: ReportingApp["report"]): Exemptions | null {
  if (csrf === undefined) return null;
  const views = routes.flatMap(({ views }) => views);
  return {
    ...csrf,
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
