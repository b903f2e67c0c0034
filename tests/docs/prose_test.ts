/**
 * Every sentence of README.md and `docs/`.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { missingPermission, testUnless } from "../requirements.ts";
import { readPage, sentences, wordsOf } from "./prose.ts";
import { faultsOf } from "./prose_rules.ts";
import { ROOT } from "./typed_app.ts";

/** The pages in which a reader begins; the rules of the door hold for them. */
const DOOR = ["README.md", "docs/start.md"];

async function pages(): Promise<string[]> {
  const found = ["README.md"];
  for await (const { name } of Deno.readDir(new URL("docs/", ROOT))) {
    if (name.endsWith(".md")) found.push(`docs/${name}`);
  }
  return found.sort();
}

testUnless(
  missingPermission({ name: "read" }),
  "README.md and docs/ keep the rules of prose",
  async (t) => {
    const names = await pages();
    assert(DOOR.every((name) => names.includes(name)));
    for (const name of names) {
      await t.step(name, async () => {
        const page = readPage(await Deno.readTextFile(new URL(name, ROOT)));
        assert(page.paragraphs.length > 5, "the page was read");
        assertEquals(faultsOf(page, { isDoor: DOOR.includes(name) }), []);
      });
    }
  },
);

Deno.test("faultsOf() finds what breaks a rule, and where", async (t) => {
  const words = (count: number) => `${"word ".repeat(count).trim()}.`;
  const rows: Record<string, [text: string, faults: string[]]> = {
    "30 words": [words(30), []],
    "31 words": [`# A\n\n${words(31)}`, [`3: 31 words: ${words(31)}`]],
    "31 words over two lines": ["word\n".repeat(31), [`1: 31 words: ${words(31).slice(0, -1)}`]],
    "31 words in an entry": [`- ${words(31)}`, [`1: 31 words: ${words(31)}`]],
    "31 words in a cell": [`| a |\n| --- |\n| ${words(31)} |`, [`3: 31 words: ${words(31)}`]],
    "31 words in a warning": [`> **Warning** ${words(31)}`, [
      `1: 32 words: **Warning** ${words(31)}`,
    ]],
    "two sentences": [`${words(16)} ${words(16)}`, []],
    "code is one word": [`${"word ".repeat(29)}\`a b c d\`.`, []],
    "code of one character": ["Between `a` and `b`; then `c`.", [
      "1: a semicolon: Between `a` and `b`; then `c`.",
    ]],
    "code of a semicolon": ["It begins with `/` and has no `;` in it.", []],
    "a forbidden word": ["Nobody reads it.", ['1: "Nobody": Nobody reads it.']],
    "a forbidden word, in code": ["Write `nobody`.", []],
    "a forbidden word, in a comment": ["<!-- before\nnobody\n-->", []],
    "a contraction": ["It can't be.", ["1: \"can't\": It can't be."]],
    "a possessive": ["The app's own.", []],
    "a dash": ["One – two.", ['1: "–": One – two.']],
    "a semicolon": ["One; two.", ["1: a semicolon: One; two."]],
    "a question": ["## What it is", ["1: the heading is a question: What it is"]],
    "a question mark": ["## Signed or encrypted?", [
      "1: the heading is a question: Signed or encrypted?",
    ]],
    "a block with a file": ["`main.ts`:\n\n```ts\na();\n```", []],
    "a block without a file": ["So:\n\n```ts\na();\n```", [
      "3: no file name stands above the block",
    ]],
    "a command with a flag": ["```sh\ndeno run --allow-net a.ts\n```", []],
    "a command without": ["```sh\ndeno run a.ts\n```", [
      "1: no permission is named: deno run a.ts",
    ]],
    "a command that needs none": ["It needs no permission.\n\n```sh\ndeno run a.ts\n```", []],
  };
  for (const [name, [text, faults]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(faultsOf(readPage(text), { isDoor: true }), faults));
  }
  await t.step("a page that is not the door", () => {
    assertEquals(faultsOf(readPage("One; two.\n\n```ts\n```"), { isDoor: false }), []);
  });
  await t.step("a page of docstrings", () => {
    const page = readPage("If the name is none.\n\nWhatever.");
    assertEquals(faultsOf(page, { isDoor: false }), []);
    assertEquals(faultsOf(page, { isDoor: false, isDocstrings: true }), [
      '1: "is none": If the name is none.',
      '3: "Whatever": Whatever.',
    ]);
  });
});

Deno.test("sentences() reads what a reader sees", async (t) => {
  const rows: Record<string, [text: string, seen: string[]]> = {
    "a link": ["See [the page](a.md#b). Then go.", ["See the page.", "Then go."]],
    "a number": ["It is 0.5 s. So be it.", ["It is 0.5 s.", "So be it."]],
    "a bracket": ["(Not asked.) Here.", ["(Not asked.)", "Here."]],
  };
  for (const [name, [text, seen]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(sentences(text), seen));
  }
  await t.step("words", () => assertEquals(wordsOf("A `b c` – d."), 3));
});
