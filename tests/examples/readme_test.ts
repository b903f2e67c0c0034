/**
 * The first example of README.md is short, and safe to copy.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import type { App } from "@pyramidion/pyramidion";
import { TestClient } from "@pyramidion/pyramidion/testing";
import { missingPermission, testUnless } from "../requirements.ts";

const ROOT = new URL("../../", import.meta.url);

async function firstExample(): Promise<string> {
  const text = await Deno.readTextFile(new URL("README.md", ROOT));
  const [, code = ""] = /```ts\n(.*?)```/s.exec(text) ?? [];
  return code;
}

/** The example's app, with accounts that know ada. */
async function exampleApp(): Promise<App> {
  const code = (await firstExample())
    .replaceAll('"@pyramidion/pyramidion"', JSON.stringify(new URL("mod.ts", ROOT).href))
    .replace("=> false;", '=> _user === "ada" && _password === "right";');
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, code);
    return (await import(`file://${file}`)).default;
  } finally {
    await Deno.remove(file);
  }
}

const missing = missingPermission({ name: "read" }, { name: "write" }, { name: "env" });

testUnless(missing, "README's first example has at most 25 lines", async () => {
  const lines = (await firstExample()).trimEnd().split("\n");
  assert(lines.length <= 25, `${lines.length} lines`);
});

testUnless(
  missing,
  "README's first example signs in by a form with a token, and out the same way",
  async () => {
    const app = await exampleApp();
    const visitor = new TestClient(app);
    const form = (await visitor.open("/")).form();
    const failed = await form.submit({ user: "ada", password: "wrong" });
    assertMatch(failed.text, /Sign in/);
    const before = visitor.cookie("__Host-session");
    const welcome = await failed.form().submit({ user: "ada", password: "right" });
    assertMatch(welcome.text, /ada\s+<button>Sign out/);
    assertEquals(visitor.cookie("__Host-session") === before, false);
    assertMatch((await welcome.form().submit()).text, /Sign in/);
    assertEquals(visitor.cookie("__Host-session"), null);
  },
);

testUnless(
  missing,
  "README's first example does nothing by GET, and refuses a POST without a token",
  async () => {
    const visitor = new TestClient(await exampleApp());
    const statuses = [
      (await visitor.get("/logout")).status,
      (await visitor.post("/", new URLSearchParams({ user: "ada", password: "right" }))).status,
      (await visitor.post("/logout", "")).status,
    ];
    assertEquals(statuses, [405, 403, 403]);
  },
);

testUnless(
  missing,
  "no text and no example but the tutorial's signs in by a key of the session",
  async () => {
    const found: string[] = [];
    const look = async (folder: URL) => {
      for await (const { name, isDirectory } of Deno.readDir(folder)) {
        const url = new URL(isDirectory ? `${name}/` : name, folder);
        if (isDirectory) await look(url);
        else if (/\.(?:md|ts)$/.test(name) && /\bset\("user"/.test(await Deno.readTextFile(url))) {
          found.push(url.pathname.slice(ROOT.pathname.length));
        }
      }
    };
    for (const folder of ["docs/", "lib/", "examples/"]) await look(new URL(folder, ROOT));
    for (const file of ["README.md", "mod.ts", "session.ts", "configurator.ts"]) {
      const text = await Deno.readTextFile(new URL(file, ROOT));
      if (/\bset\("user"/.test(text)) found.push(file);
    }
    assertEquals(found, ["examples/sign_in/views.ts"]);
  },
);
