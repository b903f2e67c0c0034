/**
 * Reports of apps, as the tests of `doctor` examine them.
 *
 * @module
 */

import type { RouteReport, ViewReport } from "@pyramidion/pyramidion/types";
import type { ReportingApp } from "../../../lib/cli/app_module.ts";
import type { Diagnosis } from "../../../lib/cli/commands/doctor_diagnosis.ts";

export const SEARCH = { token: "csrf_token", helpers: [] };

export function viewOf(view: Partial<ViewReport> = {}): ViewReport {
  return {
    name: "view read",
    methods: "GET HEAD",
    predicates: [],
    permission: undefined,
    isCsrfChecked: true,
    isCsrfExempt: false,
    hasDefaultMethods: true,
    place: "file:///app/views.ts:7",
    ...view,
  };
}

export function routeOf(
  views: readonly ViewReport[],
  route: Partial<RouteReport> = {},
): RouteReport {
  return {
    name: "read",
    pattern: "/read",
    predicates: [],
    place: "file:///app/main.ts:3",
    isMatched: true,
    scope: undefined,
    views,
    ...route,
  };
}

export type Report = ReportingApp["report"];

/** Of the new release. */
export function reportOf(routes: readonly RouteReport[], csrf?: Report["csrf"]): Report {
  return { routes, tweens: [], csrf };
}

/** Without what 0.1.0 does not tell. */
export function oldReport(routes: readonly RouteReport[]): Report {
  const text = JSON.stringify({ routes, tweens: [] });
  return JSON.parse(
    text,
    (key, value) => key === "hasDefaultMethods" || key === "isCsrfExempt" ? undefined : value,
  );
}

export const NOWHERE = new URL("https://modules.test/app.ts");
export const CHECKED = { checksOrigin: true, checksTokens: true, hasExemptions: false };
export const PLAIN = { folder: "/app", columns: Infinity, isColoured: false };

export function diagnosisOf(over: Partial<Diagnosis> = {}): Diagnosis {
  return {
    isOldRelease: false,
    hasSessions: true,
    postViews: [],
    token: "csrf_token",
    forms: [],
    foreignForms: [],
    exemptions: { ...CHECKED, views: [], viewsWithoutToken: 0 },
    filesRead: 3,
    unread: [],
    changes: 0,
    ...over,
  };
}
