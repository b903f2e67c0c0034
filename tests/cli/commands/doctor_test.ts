/**
 * `doctor`: its arguments, and the whole program.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { type CommandEnvironment, runCommand } from "@pyramidion/pyramidion/cli";
import { missingPermission, testUnless } from "../../requirements.ts";
import { SAMPLE_SECRET } from "../../sample_app.ts";
import { withFiles } from "../../temporary_files.ts";
import { CHECKED, oldReport, PLAIN, routeOf, viewOf } from "./doctor_reports.ts";

const missing = missingPermission({ name: "read" }, { name: "write" });

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
