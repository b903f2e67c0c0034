/**
 * `doctor`: what the defaults that changed since 0.1.0 mean for an app.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import type { CsrfOptions, RouteReport, ViewReport } from "@pyramidion/pyramidion";
import { Configurator, html, signedCookieSessionFactory } from "@pyramidion/pyramidion";
import { type CommandEnvironment, runCommand } from "@pyramidion/pyramidion/cli";
import type { ReportingApp } from "../../../lib/cli/app_module.ts";
import { diagnose, type Diagnosis } from "../../../lib/cli/commands/doctor_diagnosis.ts";
import { diagnosisText } from "../../../lib/cli/commands/doctor_text.ts";
import { displayWidth } from "../../../lib/cli/table.ts";
import { missingPermission, testUnless } from "../../requirements.ts";
import { withFiles } from "../../temporary_files.ts";
import { SAMPLE_SECRET } from "../../sample_app.ts";

const SEARCH = { token: "csrf_token", helpers: [] };

function viewOf(view: Partial<ViewReport> = {}): ViewReport {
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

function routeOf(views: readonly ViewReport[], route: Partial<RouteReport> = {}): RouteReport {
  return {
    name: "read",
    pattern: "/read",
    predicates: [],
    place: "file:///app/main.ts:3",
    isMatched: true,
    views,
    ...route,
  };
}

type Report = ReportingApp["report"];

/** Of the new release. */
function reportOf(routes: readonly RouteReport[], csrf?: Report["csrf"]): Report {
  return { routes, tweens: [], csrf };
}

/** Without what 0.1.0 does not tell. */
function oldReport(routes: readonly RouteReport[]): Report {
  const text = JSON.stringify({ routes, tweens: [] });
  return JSON.parse(
    text,
    (key, value) => key === "hasDefaultMethods" || key === "isCsrfExempt" ? undefined : value,
  );
}

const missing = missingPermission({ name: "read" }, { name: "write" });

const NOWHERE = new URL("https://modules.test/app.ts");
const CHECKED = { checksOrigin: true, checksTokens: true, hasExemptions: false };
const PLAIN = { folder: "/app", columns: Infinity, isColoured: false };

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

function diagnosisOf(over: Partial<Diagnosis> = {}): Diagnosis {
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

Deno.test("diagnosisText of an app that needs nothing", () => {
  assertEquals(diagnosisText(diagnosisOf(), PLAIN).split("\n"), [
    "POST by default: no view",
    "",
    "Forms without a token: none",
    "Doctor read 3 files of the app. It does not see forms in template files and in other packages.",
    "",
    "Exemptions: none",
    "",
    "No finding needs a change.",
    "",
  ]);
});

Deno.test("diagnosisText of an app of release 0.1.0 leaves open what it does not tell", async () => {
  const report = oldReport([routeOf([viewOf({ methods: "GET HEAD POST", place: "nowhere" })])]);
  const diagnosis = await diagnose(report, NOWHERE, SEARCH);
  assertEquals([diagnosis.isOldRelease, diagnosis.hasSessions], [true, null]);
  const text = diagnosisText(diagnosis, PLAIN);
  assertMatch(
    text,
    /\nThe app imports release 0\.1\.0\. There these views answer GET, HEAD and POST/,
  );
  assertMatch(
    text,
    /\nIf a view already names GET and POST, then leave it: 0\.1\.0 does not report/,
  );
  assertMatch(
    text,
    /\nExemptions: unknown\nRelease 0\.1\.0 does not report them\. Run doctor again/,
  );
  assertMatch(text, /\n1 finding needs a change\.\n$/);
});

Deno.test("diagnosisText escapes what a terminal would obey, and keeps to the width", () => {
  const evil = "\x1b]0;x\x07\u202e";
  const place = `file:///app/${evil}.ts:1`;
  const view = { route: evil, pattern: evil, view: evil, place, write: "requestMethod: x" };
  const form = { form: `<form title="${evil}">`, place };
  const diagnosis = diagnosisOf({
    postViews: [view],
    token: evil,
    forms: [form],
    foreignForms: [form],
    exemptions: { ...CHECKED, hasExemptions: true, views: [view], viewsWithoutToken: 0 },
    unread: [{ place, because: "larger than 1 MiB" }, { place, because: "not found" }],
    changes: 2,
  });
  const text = diagnosisText(diagnosis, PLAIN);
  for (const sign of ["\x1b", "\x07", "\u202e"]) assert(!text.includes(sign));
  assertEquals(text.split("\\x1b]0;x\\x07\\u{202e}").length - 1, 15);
  for (const columns of [80, 100]) {
    const lines = diagnosisText(diagnosis, { ...PLAIN, columns }).split("\n");
    assertEquals(lines.filter((line) => displayWidth(line) > columns), []);
  }
  const coloured = diagnosisText(diagnosis, { ...PLAIN, isColoured: true });
  assert(coloured.startsWith("\x1b[1mPOST by default: 1 view\x1b[22m\n"));
});

Deno.test("diagnosisText shortens a tag between characters", () => {
  const form = {
    form: `<form method="post" title="${"😀".repeat(60)}">`,
    place: "file:///app/a.ts:1",
  };
  const text = diagnosisText(diagnosisOf({ forms: [form], changes: 1 }), PLAIN);
  assertMatch(text, /\n<form method="post" title="😀{32}… {2}a\.ts:1\n/u);
});

function environment(folder: string): CommandEnvironment {
  return {
    ...PLAIN,
    folder,
    now: 0,
    variable: () => undefined,
    readInput: () => Promise.resolve(""),
  };
}

Deno.test("runCommand doctor says how it is used, and ends with 2 for wrong words", async (t) => {
  const run = (...words: string[]) => runCommand(["doctor", ...words], environment("/app"));
  const { code, stdout } = await run("--help");
  assertEquals(code, 0);
  assertMatch(stdout, /^Usage: deno run .+\/cli doctor <app module>\n/);
  for (const option of ["--json", "--token", "--helper"]) assert(stdout.includes(option));
  const rows: Record<string, [words: string[], stderr: RegExp]> = {
    "no module": [[], /^Cannot run "doctor" with 0 arguments: it takes <app module>\n/],
    "two modules": [["a.ts", "b.ts"], /^Cannot run "doctor" with 2 arguments/],
    "an option near one": [["a.ts", "--tokn", "a"], /did you mean "--token"\?\n/],
    "a token without a name": [
      ["a.ts", "--token="],
      /^Cannot use option "--token": the name is empty\n/,
    ],
    "no function": [
      ["a.ts", "--helper", "a.b"],
      /"--helper": "a\.b" is not the name of a function\n/,
    ],
  };
  for (const [name, [words, expected]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { code, stdout, stderr } = await run(...words);
      assertEquals([code, stdout], [2, ""]);
      assertMatch(stderr, expected);
    });
  }
});

const root = new URL("../../../", import.meta.url);
const runMissing = missing ?? missingPermission({ name: "env" }, {
  name: "run",
  command: Deno.execPath(),
});

async function program(words: readonly string[], cwd: string): Promise<[number, string, string]> {
  const config = new URL("deno.json", root).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", "--config", config, new URL("lib/cli/mod.ts", root).pathname]
      .concat("doctor", words),
    cwd,
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return [code, text(stdout), text(stderr)];
}

testUnless(
  runMissing,
  "the program finds views and forms, and ends with 1 as long as there are some",
  async (t) => {
    const library = new URL("mod.ts", root).href;
    const app = (options: string) =>
      `import { Configurator, signedCookieSessionFactory } from ${JSON.stringify(library)};
import { page } from "./pages.ts";
export default new Configurator({
  sessionFactory: signedCookieSessionFactory(${JSON.stringify(SAMPLE_SECRET)}),
}).setDefaultCsrfOptions().addRoute("book", "/book")
  .addView(page, { routeName: "book", ${options} }).makeApp();
`;
    const pages = (field: string) =>
      `import { html } from ${JSON.stringify(library)};
export function page() {
  return html\`<form method="post">${field}</form>
<form method=post action="https://pay.example/"></form>\`;
}
`;
    const files = { "app.ts": app(""), "pages.ts": pages("") };
    await withFiles(files, async (folder) => {
      await t.step("as text", async () => {
        const [code, stdout, stderr] = await program(["app.ts"], folder);
        assertEquals([code, stderr], [1, ""]);
        assertMatch(
          stdout,
          /\n\nroute +pattern +view +declared +write\nbook +\/book +page +app\.ts:6 +requestMethod: \["GET", "POST"\]\n\n/,
        );
        assertMatch(stdout, /\n\nform {18}declared\n<form method="post"> {2}pages\.ts:3\n\n/);
        assertMatch(stdout, /\nDoctor read 2 files of the app\./);
        assertMatch(stdout, /\nForms to other sites: 1\n[^]+ {2}pages\.ts:4\n/);
        assertMatch(stdout, /\n2 findings need a change\.\n$/);
      });
      await t.step("as JSON, with places as URLs", async () => {
        const [code, stdout] = await program(["app.ts", "--json"], folder);
        assertEquals(code, 1);
        const url = `file://${folder}`;
        assertEquals(JSON.parse(stdout), {
          isOldRelease: false,
          hasSessions: true,
          postViews: [{
            route: "book",
            pattern: "/book",
            view: "view page",
            place: `${url}/app.ts:6`,
            write: 'requestMethod: ["GET", "POST"]',
          }],
          token: "csrf_token",
          forms: [{ form: '<form method="post">', place: `${url}/pages.ts:3` }],
          foreignForms: [{
            form: '<form method=post action="https://pay.example/">',
            place: `${url}/pages.ts:4`,
          }],
          exemptions: { ...CHECKED, views: [], viewsWithoutToken: 0 },
          filesRead: 2,
          unread: [],
          changes: 2,
        });
      });
      await t.step("with what they wanted", async () => {
        await Deno.writeTextFile(`${folder}/app.ts`, app('requestMethod: ["GET", "POST"]'));
        await Deno.writeTextFile(`${folder}/pages.ts`, pages("${tokenOf()}"));
        const [code, stdout] = await program(["app.ts", "--helper", "tokenOf"], folder);
        assertEquals(code, 0);
        assertMatch(stdout, /\nNo finding needs a change\.\n$/);
      });
      await t.step("in an app of release 0.1.0", async () => {
        const view = {
          ...viewOf({ methods: "GET HEAD POST", place: `file://${folder}/app.ts:1` }),
        };
        const report = oldReport([routeOf([view])]);
        await Deno.writeTextFile(
          `${folder}/app.ts`,
          `export default { report: ${JSON.stringify(report)} };\n\`<form method="post">\`;`,
        );
        const [code, stdout, stderr] = await program(["app.ts"], folder);
        assertEquals([code, stderr], [1, ""]);
        assertMatch(stdout, /\nThe app imports release 0\.1\.0\./);
        assertMatch(stdout, /\n<form method="post"> {2}app\.ts:2\n/);
        assertMatch(stdout, /\n2 findings need a change\.\n$/);
      });
    });
  },
);
