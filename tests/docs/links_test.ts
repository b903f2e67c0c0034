/**
 * The links of README.md, CONTRIBUTING.md, the bench and `docs/`.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { missingPermission, testUnless } from "../requirements.ts";
import { readPage } from "./prose.ts";
import { ROOT } from "./typed_app.ts";

const LINK = /!?\[[^\]]*\]\(([^)\s]+)\)/g;

/** The fragment by which a heading is reached, as code hosts make it. */
function fragmentOf(heading: string): string {
  const text = heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "");
  return text.trim().replaceAll(" ", "-");
}

async function documentationPages(): Promise<string[]> {
  const pages = ["README.md", "CONTRIBUTING.md", "bench/README.md"];
  for await (const { name } of Deno.readDir(new URL("docs/", ROOT))) {
    if (name.endsWith(".md")) pages.push(`docs/${name}`);
  }
  return pages;
}

async function fragmentsOf(page: URL): Promise<string[]> {
  return readPage(await Deno.readTextFile(page)).headings.map(({ text }) => fragmentOf(text));
}

testUnless(
  missingPermission({ name: "read" }),
  "every link of the documentation leads to a file and a heading that are there",
  async () => {
    const pages = await documentationPages();
    const broken: string[] = [];
    let count = 0;
    for (const page of pages) {
      const url = new URL(page, ROOT);
      for (const { line, text } of readPage(await Deno.readTextFile(url)).paragraphs) {
        for (const [, target = ""] of text.matchAll(LINK)) {
          if (/^https?:/.test(target)) continue;
          count++;
          const to = new URL(target, url);
          const fragment = to.hash.slice(1);
          to.hash = "";
          const isThere = await Deno.stat(to).then(() => true, () => false);
          if (isThere && (fragment === "" || (await fragmentsOf(to)).includes(fragment))) continue;
          broken.push(`${page}:${line}: ${target}`);
        }
      }
    }
    assert(count > 30, `${count} links`);
    assertEquals(broken, []);
  },
);

testUnless(
  missingPermission({ name: "read" }),
  "every file of this repository that the documentation names is there",
  async () => {
    const NAMED = /`((?:bench|docs|examples|lib|tests|tools)\/[\w./-]+)`/g;
    // Files of other projects, whose names begin alike.
    const foreign = ["tests/data/parser.json", "tests/data/dates/examples.json"];
    const missing: string[] = [];
    let count = 0;
    for (const page of await documentationPages()) {
      const source = await Deno.readTextFile(new URL(page, ROOT));
      for (const [, path = ""] of source.matchAll(NAMED)) {
        if (foreign.includes(path)) continue;
        count++;
        const isThere = await Deno.stat(new URL(path, ROOT)).then(() => true, () => false);
        if (!isThere) missing.push(`${page}: ${path}`);
      }
    }
    assert(count > 20, `${count} files`);
    assertEquals(missing, []);
  },
);

Deno.test("fragmentOf() leaves out signs, and joins words", () => {
  assertEquals(fragmentOf("Refusals: 404, 405 and 406"), "refusals-404-405-and-406");
  assertEquals(fragmentOf("Parts: `include`"), "parts-include");
});
