/**
 * `loadApp`, by the program: the app that a module exports, and modules that export none.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { testUnless } from "../requirements.ts";
import { program, programMissing, root } from "./program.ts";

testUnless(
  programMissing,
  "the program says what is wrong with a module that gives no app",
  async (t) => {
    const folder = await Deno.makeTempDir();
    try {
      const library = new URL("mod.ts", root).href;
      const rows: Record<string, [source: string, stderr: RegExp]> = {
        "no default export": [
          "export const a = 1, b = 2;",
          /^Cannot find an app in "app\.ts": it has no default export, only a, b: write "export default config\.makeApp\(\)"\n$/,
        ],
        "no export": ["export {};", /: it has no default export: write /],
        "a function": [
          "export default () => {};",
          /: its default export is a function: export the app/,
        ],
        "a Configurator": [
          `import { Configurator } from "${library}"; export default new Configurator();`,
          /: its default export is a Configurator, which has not made its app/,
        ],
        "something else": ["export default { fetch() {} };", /: its default export has no report/],
        "a configuration that contradicts itself": [
          `import { Configurator } from "${library}";
export default new Configurator().addRoute("a", "/").addRoute("a", "/b").makeApp();`,
          /^Cannot import "app\.ts": ConfigurationConflictError: .+ first at \S+\/app\.ts:2, again at \S+\/app\.ts:2\n$/,
        ],
        "an error of its own": [
          'function fail() { throw new Error("no\\x1b[2J database"); }\nfail();',
          /^Cannot import "app\.ts": Error: no\\x1b\[2J database\n +at fail \(file:\S+\/app\.ts:1:\d+\)\n(?!.*\/lib\/cli\/)/,
        ],
        "a syntax error": ["export default (;", /^Cannot import "app\.ts": /],
      };
      for (const [name, [source, expected]] of Object.entries(rows)) {
        await t.step(name, async () => {
          await Deno.writeTextFile(`${folder}/app.ts`, source);
          const { code, stdout, stderr } = await program(["routes", "app.ts"], { cwd: folder });
          assertEquals([code, stdout], [1, ""]);
          assertMatch(stderr, expected);
        });
      }
      await t.step("no module", async () => {
        const { code, stderr } = await program(["routes", "nosuch.ts"], { cwd: folder });
        assertEquals(code, 1);
        assertMatch(stderr, /^Cannot import "nosuch\.ts": .*nosuch\.ts/);
      });
      await t.step("an app that is mounted is found", async () => {
        await Deno.writeTextFile(
          `${folder}/app.ts`,
          `import { Configurator, mount } from "${library}";
const app = new Configurator().addRoute("a", "/a").makeApp();
export default mount("/b", mount("/c", app));`,
        );
        const { code, stdout } = await program(["routes", "app.ts"], { cwd: folder });
        assertEquals(code, 0);
        assert(stdout.includes("(no view: 404)"));
      });
      await t.step("a module that serves is not waited for", async () => {
        await Deno.writeTextFile(
          `${folder}/app.ts`,
          `import { Configurator } from "${library}";
const app = new Configurator().addRoute("a", "/a").makeApp();
Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, app.fetch);
export default app;`,
        );
        const { code, stdout } = await program(["routes", "app.ts"], { cwd: folder });
        assertEquals(code, 0);
        assert(stdout.includes("(no view: 404)"));
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
