/**
 * `doctor`: writes a diagnosis as text.
 *
 * @module
 */

import { printable } from "../../printable.ts";
import type { CommandEnvironment } from "../environment.ts";
import { relativeLocation } from "../source_locations.ts";
import { emphasis, table } from "../table.ts";
import type { DiagnosedForm, DiagnosedView, Diagnosis, Exemptions } from "./doctor_diagnosis.ts";
import { type LocationText, viewCell } from "./routes.ts";

/** A part of the output: the findings, and the steps for the developer. */
interface Section {
  readonly title: string;
  /** The meaning of the table below. */
  readonly facts?: readonly string[];
  readonly columns?: readonly string[];
  readonly rows?: readonly (readonly string[])[];
  /** The steps for the developer. */
  readonly actions?: readonly string[];
}

/** The longest shown part of a tag, in characters. */
const MAX_SHOWN_TAG = 60;

/**
 * Writes the changes that an app needs or can make.
 *
 * @param diagnosis The result of the search.
 * @param environment The width and style of the terminal, and the folder.
 */
export function diagnosisText(
  diagnosis: Diagnosis,
  { folder, columns, isColoured }: Pick<CommandEnvironment, "folder" | "columns" | "isColoured">,
): string {
  const { strong } = emphasis(isColoured);
  const location = (text: string) => printable(relativeLocation(text, folder));
  const paragraph = (text: string) => table([""], [[text]], columns).slice(1);
  const sections = [
    postSection(diagnosis, location),
    ...formSections(diagnosis, location),
    exemptionSection(diagnosis, location),
  ];
  const lines = sections.flatMap((
    { title, facts = [], columns: titles = [], rows = [], actions },
  ) => [
    ...paragraph(title).map(strong),
    ...facts.flatMap(paragraph),
    ...rows.length === 0 ? [] : ["", ...table(titles, rows, columns), ""],
    ...(actions ?? []).flatMap(paragraph),
    "",
  ]);
  const { changes } = diagnosis;
  const verdict = changes === 0
    ? "No finding needs a change."
    : `${counted(changes, "finding needs", "findings need")} a change.`;
  return [...lines, ...paragraph(verdict).map(strong), ""].join("\n");
}

const VIEW_TITLES = ["route", "pattern", "view", "declared"];

function viewRow({ route, pattern, view, place }: DiagnosedView, location: LocationText): string[] {
  return [
    printable(route),
    printable(pattern),
    viewCell({ name: view, place }, location),
    location(place),
  ];
}

function postSection({ isOldRelease, postViews }: Diagnosis, location: LocationText): Section {
  if (postViews.length === 0) return { title: "POST by default: no view" };
  return {
    title: `POST by default: ${counted(postViews.length, "view")}`,
    facts: isOldRelease
      ? [
        "The app imports release 0.1.0. There these views answer GET, HEAD and POST.",
        "In the new release a view that names no method answers GET and HEAD only.",
      ]
      : ["In 0.1.0 these views answered POST by default. Now they answer GET and HEAD only."],
    columns: [...VIEW_TITLES, "write"],
    rows: postViews.map((view) => [...viewRow(view, location), view.write]),
    actions: [
      "If a view takes a form, then write the text of the last column into its options.",
      'If it does not show a page by GET, then requestMethod: "POST" is enough.',
      ...isOldRelease
        ? [
          "If a view already names GET and POST, then leave it: 0.1.0 does not report this.",
          "Run doctor again after the upgrade. Then it lists only views that name no method.",
        ]
        : ['If it takes no form, then write requestMethod: "GET". It then leaves this list.'],
    ],
  };
}

function formSections(diagnosis: Diagnosis, location: LocationText): Section[] {
  const { hasSessions, forms, foreignForms, token } = diagnosis;
  if (hasSessions === false) return [];
  const rows = (found: readonly DiagnosedForm[]) =>
    found.map(({ form, place }) => [printable(shortened(form)), location(place)]);
  const searched: Section = {
    title: `Forms without a token: ${forms.length === 0 ? "none" : forms.length}`,
    ...forms.length === 0 ? {} : {
      facts: [
        `These forms send POST and have no field "${printable(token)}".`,
        "A view that demands a token answers them with 403.",
      ],
      columns: ["form", "declared"],
      rows: rows(forms),
    },
    actions: [
      ...forms.length === 0 ? [] : [
        `Write <input type="hidden" name="${
          printable(token)
        }" value="\${session.getCsrfToken()}"> into each form.`,
        "If a function of your app writes the field, then name the function with --helper.",
      ],
      ...readText(diagnosis, location),
    ],
  };
  if (foreignForms.length === 0) return [searched];
  return [searched, {
    title: `Forms to other sites: ${foreignForms.length}`,
    facts: ["These forms go to another site, which does not check a token of this app."],
    columns: ["form", "declared"],
    rows: rows(foreignForms),
    actions: ["If the site is this app, then write the token into the form."],
  }];
}

function readText({ filesRead, unread }: Diagnosis, location: LocationText): string[] {
  const [first, ...others] = unread;
  return [
    `Doctor read ${counted(filesRead, "file")} of the app. ` +
    "It does not see forms in template files and in other packages.",
    ...first === undefined ? [] : [
      `It did not read ${location(first.place)} (${first.because})` +
      `${others.length === 0 ? "" : ` and ${counted(others.length, "more file")}`}. ` +
      "Examine the forms there yourself.",
    ],
  ];
}

function exemptionSection(
  { hasSessions, exemptions }: Diagnosis,
  location: LocationText,
): Section {
  if (hasSessions === false) {
    return {
      title: "Forms and exemptions: do not apply",
      facts: ["The app has no session factory. Without sessions its forms need no token."],
    };
  }
  if (exemptions === null) {
    return {
      title: "Exemptions: unknown",
      facts: ["Release 0.1.0 does not report them. Run doctor again after the upgrade."],
    };
  }
  const { views } = exemptions;
  const checks = checksText(exemptions);
  if (views.length === 0 && checks.length === 0) return { title: "Exemptions: none" };
  return {
    title: "Exemptions",
    ...views.length === 0 ? {} : {
      facts: ["These views state requireCsrf: false. Forms of every site get the session there."],
      columns: VIEW_TITLES,
      rows: views.map((view) => viewRow(view, location)),
    },
    actions: [
      ...views.length === 0
        ? []
        : ["If no other site sends a form to such a view, then remove requireCsrf: false."],
      ...checks,
    ],
  };
}

function checksText(
  { hasExemptions, checksOrigin, viewsWithoutToken }: Exemptions,
): string[] {
  return [
    ...hasExemptions
      ? [
        "insecureExempt exempts some requests. Let it exempt only credentials that browsers do not add by themselves.",
      ]
      : [],
    ...checksOrigin
      ? []
      : ["checkOrigin: false gives the session to pages of every site. Remove it."],
    ...viewsWithoutToken === 0 ? [] : [
      `${
        counted(viewsWithoutToken, "view answers", "views answer")
      } unsafe methods without a token, because tokens are not demanded by default.`,
      "Call config.setDefaultCsrfOptions(), without requireCsrf: false.",
    ],
  ];
}

function shortened(tag: string): string {
  const characters = [...tag];
  return characters.length <= MAX_SHOWN_TAG
    ? tag
    : `${characters.slice(0, MAX_SHOWN_TAG - 1).join("")}…`;
}

function counted(count: number, one: string, several = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : several}`;
}
