/**
 * README.md: its first example is short, safe to copy, and runs as the page says.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { TestClient } from "@pyramidion/pyramidion/testing";
import { missingPermission, testUnless } from "../requirements.ts";
import { blocksOf, missingForTyping, ROOT, TypedApp } from "./typed_app.ts";

const PASSWORD = "a password of yours";

/** An import of a module that is no file of the app. */
const IMPORT = /import (?:\{([^}]*)\}|\* as \w+) from "((?:jsr:|npm:|@pyramidion\/)[^"]+)"/g;

const missing = missingPermission({ name: "read" });

testUnless(missing, "README's first example has at most 25 lines", async () => {
  const example = (await blocksOf("README.md")).find(({ info }) => info === "ts");
  const lines = example?.text.split("\n") ?? [];
  assert(lines.length > 1 && lines.length <= 25, `${lines.length} lines`);
});

testUnless(missing, "README says how many packages the first command loads", async () => {
  const lock = JSON.parse(await Deno.readTextFile(new URL("deno.lock", ROOT)));
  const packages = Object.keys(lock.npm).map((name) => name.replace(/(?<=.)@.*/, ""));
  assert(packages.includes("deno-std"), String(packages));
  const readme = (await Deno.readTextFile(new URL("README.md", ROOT))).replace(/\s+/g, " ");
  assert(readme.includes(`the ${packages.length} npm packages of its lock file`));
});

testUnless(
  missingForTyping,
  "README's first example, installed from a checkout, gives what the page shows",
  async (t) => {
    const blocks = await blocksOf("README.md");
    await using app = await TypedApp.beside();
    await app.write("deno.json", blocks.find(({ info }) => info === "json"));
    await app.write("main.ts", blocks.find(({ info }) => info === "ts"));
    const origin = await app.serve(blocks.find(({ text }) => text.includes("deno serve")));
    const visitor = new TestClient({ fetch: (request) => fetch(request) }, { origin });

    await t.step("it signs in by a form with a token, and out the same way", async () => {
      const failed = await (await visitor.open("/")).form().submit({ password: "guessed" });
      assertMatch(failed.text, /Wrong password.*Password <input.*<button>Sign in/s);
      const before = visitor.cookie("session");
      const welcome = await failed.form().submit({ password: PASSWORD });
      assertMatch(welcome.text, /ada .*Sign out/);
      const signedIn = visitor.cookie("session");
      assertEquals(signedIn === before, false);
      assertEquals((await visitor.open("/?sign_out")).text.includes("ada"), true);
      assertMatch((await welcome.form().submit()).text, /Password <input/);

      const cookie = `session=${signedIn}`;
      const thief = new TestClient({ fetch: (request) => fetch(request) }, {
        origin,
        headers: { cookie },
      });
      assertMatch((await thief.open("/")).text, /Password <input/);
    });
    await t.step("it refuses a POST without a token", async () => {
      const fields: Record<string, string>[] = [{ password: PASSWORD }, { sign_out: "" }];
      for (const field of fields) {
        const answer = await visitor.post("/", new URLSearchParams(field));
        await answer.body?.cancel();
        assertEquals(answer.status, 403);
      }
    });
  },
);

testUnless(
  missingForTyping,
  "README's deno.json is enough for every import of the guides",
  async () => {
    const pages = ["README.md"];
    for await (const { name } of Deno.readDir(new URL("docs/", ROOT))) {
      if (name.endsWith(".md")) pages.push(`docs/${name}`);
    }
    const found = new Map<string, Set<string>>();
    for (const page of pages) {
      // With the code that only the tests see: a reader copies from there too.
      const text = await Deno.readTextFile(new URL(page, ROOT));
      for (const [, names = "", from = ""] of text.matchAll(IMPORT)) {
        const all = found.get(from) ?? new Set();
        for (const name of names.split(",").map((one) => one.trim()).filter(Boolean)) all.add(name);
        found.set(from, all);
      }
    }
    assert(found.has("jsr:@std/assert@^1.0.0") && found.size >= 5, `${found.size} modules`);
    let count = 0;
    const imports = [...found].map(([from, names]) => {
      const renamed = [...names].map((name) => `${name} as it${count++}`);
      return `export { ${renamed} } from "${from}";`;
    });
    assert(count > 40, `${count} names`);
    await using app = await TypedApp.beside();
    await app.write("deno.json", (await blocksOf("README.md")).find(({ info }) => info === "json"));
    const text = imports.join("\n");
    await app.write("all.ts", { line: 0, info: "ts", above: "`all.ts`", text });
    const { code, told } = await app.run("deno check all.ts");
    assertEquals(code, 0, `${text}\n${told}`);
  },
);
