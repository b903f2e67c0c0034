/**
 * `diagnose`: what the defaults that changed since 0.1.0 mean for an app.
 *
 * @module
 */

import { assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import {
  Configurator,
  type CsrfOptions,
  html,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";
import type { RouteReport, ViewReport } from "@pyramidion/pyramidion/types";
import { diagnose } from "../../../lib/cli/commands/doctor_diagnosis.ts";
import { diagnosisText } from "../../../lib/cli/commands/doctor_text.ts";
import { missingPermission, testUnless } from "../../requirements.ts";
import { SAMPLE_SECRET } from "../../sample_app.ts";
import { withFiles } from "../../temporary_files.ts";
import {
  CHECKED,
  NOWHERE,
  oldReport,
  PLAIN,
  type Report,
  reportOf,
  routeOf,
  SEARCH,
  viewOf,
} from "./doctor_reports.ts";

const missing = missingPermission({ name: "read" }, { name: "write" });

/** What a view must write by the doctor; without files, since there are none. */
async function written(report: Report): Promise<string[]> {
  const { postViews } = await diagnose(report, NOWHERE, SEARCH);
  return postViews.map(({ view, write }) => `${view}: ${write}`);
}

Deno.test("diagnose finds the views that answered POST by default", async (t) => {
  const both = 'view read: requestMethod: ["GET", "POST"]';
  const post = 'view read: requestMethod: "POST"';
  const stated = { name: "view save", hasDefaultMethods: false };
  type Row = [views: ViewReport[], written: string[], route?: Partial<RouteReport>];
  const rows: Record<string, Row> = {
    "one": [[viewOf()], [both]],
    "one that names GET": [[viewOf({ hasDefaultMethods: false })], []],
    "beside one for GET": [[viewOf({ ...stated, methods: "GET HEAD" }), viewOf()], [post]],
    "beside one for POST": [[viewOf({ ...stated, methods: "POST" }), viewOf()], []],
    "beside one for all but GET": [[viewOf({ ...stated, methods: "not GET HEAD" }), viewOf()], []],
    "beside one for all but POST": [[viewOf({ ...stated, methods: "not POST" }), viewOf()], [post]],
    // It was tried later.
    "beside one for all": [[viewOf(), viewOf({ ...stated, methods: "*" })], [both]],
    "beside one for POST by another predicate": [
      [viewOf({ ...stated, methods: "POST", predicates: ["header x-a"] }), viewOf()],
      [both],
    ],
  };
  for (const [name, [views, expected, route]] of Object.entries(rows)) {
    await t.step(name, async () => {
      assertEquals(await written(reportOf([routeOf(views, route)])), expected);
    });
    await t.step(`${name}, of release 0.1.0`, async () => {
      const old = views.map((view) =>
        view.hasDefaultMethods ? { ...view, methods: "GET HEAD POST" } : view
      );
      assertEquals(await written(oldReport([routeOf(old, route)])), expected);
    });
  }
  await t.step("of a route that names methods, of release 0.1.0", async () => {
    const views = [viewOf({ methods: "GET HEAD POST" })];
    assertEquals(await written(oldReport([routeOf(views, { predicates: ["header a"] })])), [both]);
    const predicates = ["requestMethod POST"];
    assertEquals(await written(oldReport([routeOf(views, { predicates })])), []);
  });
});

/** The report without the files of its places, so that none is read. */
function placeless(report: Report): Report {
  const place = "an unknown place";
  const routes = report.routes.map((route) => ({
    ...route,
    place,
    views: route.views.map((view) => ({ ...view, place })),
  }));
  return { ...report, routes };
}

Deno.test("diagnose reads what a Configurator was told", async (t) => {
  const appOf = (csrf: CsrfOptions | null, requireCsrf?: boolean) => {
    const config = new Configurator({
      ...csrf === null ? {} : { sessionFactory: signedCookieSessionFactory(SAMPLE_SECRET) },
    });
    if (csrf?.requireCsrf !== undefined || csrf?.checkOrigin !== undefined) {
      config.setDefaultCsrfOptions(csrf);
    }
    return config.addRoute("home", "/").addRoute("ours", "/ours", { requestMethod: "POST" })
      .addView(() => html``, { routeName: "home" })
      .addView(() => html``, {
        routeName: "home",
        requestMethod: "DELETE",
        ...requireCsrf === undefined ? {} : { requireCsrf },
      })
      .addView(() => html``, { routeName: "ours" })
      .makeApp();
  };
  type Row = [csrf: CsrfOptions | null, requireCsrf: boolean | undefined, text: RegExp[]];
  const rows: Record<string, Row> = {
    "no sessions": [null, undefined, [
      /\nForms and exemptions: do not apply\nThe app has no session/,
    ]],
    "no CSRF options": [{}, undefined, [
      /\nExemptions\n2 views answer unsafe methods without a token, because .+\nCall config/,
    ]],
    "tokens": [{ requireCsrf: true }, undefined, [/\nExemptions: none\n/]],
    "a view that states requireCsrf: true": [{}, true, [/\nExemptions\n1 view answers unsafe/]],
    "a view that states requireCsrf: false": [{ requireCsrf: true }, false, [
      /\nExemptions\nThese views state requireCsrf: false\./,
      /\n\nroute +pattern +view +declared\nhome +\/ +an unknown place +an unknown place\n\nIf no other site/,
    ]],
    "such a view, without CSRF options": [{}, false, [
      /\n1 view answers unsafe methods without a token/,
    ]],
    "no origin": [{ requireCsrf: true, checkOrigin: false }, undefined, [
      /\nExemptions\ncheckOrigin: false gives the session to pages of every site\. Remove it\.\n/,
    ]],
    "exempt requests": [{ requireCsrf: true, insecureExempt: () => false }, undefined, [
      /\nExemptions\ninsecureExempt exempts some requests\./,
    ]],
  };
  for (const [name, [csrf, requireCsrf, expected]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { report } = appOf(csrf, requireCsrf);
      const text = diagnosisText(await diagnose(placeless(report), NOWHERE, SEARCH), PLAIN);
      for (const one of expected) assertMatch(text, one);
      assertMatch(text, /^POST by default: 1 view\nIn 0\.1\.0 these views answered POST/);
    });
  }
});

testUnless(
  missing,
  "diagnose searches the app module and the files of places, unless there are no sessions",
  async () => {
    const form = 'html`<form method="post">`;';
    const files = { "app.ts": form, "main.ts": form, "views.ts": `\n${form}`, "other.ts": form };
    await withFiles(files, async (folder) => {
      const module = new URL(`file://${folder}/app.ts`);
      const view = viewOf({ place: `file://${folder}/views.ts:7` });
      const routes = [routeOf([view], { place: `file://${folder}/main.ts:3` })];
      const searched = async (report: Report) => {
        const { forms, filesRead } = await diagnose(report, module, SEARCH);
        return [filesRead, ...forms.map(({ place }) => place.replace(/^.*\//, ""))];
      };
      const found = [3, "app.ts:1", "main.ts:1", "views.ts:2"];
      assertEquals(await searched(reportOf(routes, CHECKED)), found);
      assertEquals(await searched(oldReport(routes)), found);
      assertEquals(await searched(reportOf(routes)), [0]);
    });
  },
);

Deno.test("diagnose counts what a scoped part leaves unchecked", async () => {
  const scope = { name: "api (/api)", prefix: "/api", within: null, tweens: [] };
  const open = { checksOrigin: false, checksTokens: false, hasExemptions: true };
  const { exemptions } = await diagnose(
    { ...reportOf([routeOf([viewOf({})])], CHECKED), scopes: [{ ...scope, csrf: open }] },
    NOWHERE,
    SEARCH,
  );
  assertEquals([exemptions?.checksOrigin, exemptions?.hasExemptions], [false, true]);
});
