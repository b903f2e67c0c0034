/**
 * Every example that signs a user in does it in one way: POST, a CSRF check, and `bindTo()`.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { missingPermission, testUnless } from "../requirements.ts";
import { readPage } from "./prose.ts";
import { ROOT } from "./typed_app.ts";

const missing = missingPermission({ name: "read" });

/** The files below some folders, and some files. */
async function* textsOf(
  folders: readonly string[],
  files: readonly string[],
): AsyncGenerator<[path: string, text: string]> {
  for (const folder of folders) {
    for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
      const path = `${folder}${name}`;
      if (isDirectory) yield* textsOf([`${path}/`], []);
      else if (/\.(?:md|ts)$/.test(name)) yield* textsOf([], [path]);
    }
  }
  for (const file of files) yield [file, await Deno.readTextFile(new URL(file, ROOT))];
}

const MODULES = ["README.md", "mod.ts", "session.ts", "configurator.ts"];

/** What is wrong with an example that signs in; `null` if nothing is. */
function signInFault(code: string): string | null {
  const [, ...after] = code.split(/\.bindTo\(/);
  if (after.length === 0) return null;
  if (!code.includes("setDefaultCsrfOptions(")) return "it has no CSRF check";
  const methods = after.map((rest) => /requestMethod: ("\w+")/.exec(rest)?.[1]);
  return methods.every((method) => method === '"POST"') ? null : "it signs in by another method";
}

testUnless(
  missing,
  "every example of docs and docstrings signs in by POST with a CSRF check",
  async () => {
    const found: string[] = [];
    let count = 0;
    for await (const [path, text] of textsOf(["docs/", "lib/"], MODULES)) {
      const markdown = path.endsWith(".md") ? text : text.replace(/^ *\* ?/gm, "");
      for (const block of readPage(markdown).blocks) {
        if (!block.info.startsWith("ts") || !block.text.includes(".bindTo(")) continue;
        count++;
        const fault = signInFault(block.text);
        if (fault !== null) found.push(`${path}:${block.line}: ${fault}`);
      }
    }
    assert(count >= 8, `${count} examples sign in`);
    assertEquals(found, []);
  },
);

Deno.test("signInFault() finds GET, and a form without a token", () => {
  const csrf = "config.setDefaultCsrfOptions();\n";
  const view = (options: string) => `config.addView(() => session.bindTo("ada"), { ${options} });`;
  assertEquals(signInFault(csrf + view('route, requestMethod: "POST"')), null);
  assertEquals(signInFault(csrf + view("route")), "it signs in by another method");
  assertEquals(
    signInFault(csrf + view('requestMethod: "GET"')),
    "it signs in by another method",
  );
  assertEquals(signInFault(view('requestMethod: "POST"')), "it has no CSRF check");
  assertEquals(signInFault("session.get()"), null);
});

testUnless(
  missing,
  "no text and no example but the tutorial's signs in by a key of the session",
  async () => {
    const found: string[] = [];
    for await (const [path, text] of textsOf(["docs/", "lib/", "examples/"], MODULES)) {
      if (path !== "examples/sign_in/views.ts" && /\bset\("user"/.test(text)) found.push(path);
    }
    assertEquals(found, []);
  },
);
