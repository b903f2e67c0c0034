/**
 * `stackFrames` and `sourceExcerpt`: where in the app something was thrown.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import {
  linesRound,
  sourceExcerpt,
  type StackFrame,
  stackFrames,
} from "../../../lib/app/development/stack.ts";
import { missingPermission, testUnless } from "../../requirements.ts";

const library = new URL("../../../lib/app/router.ts", import.meta.url).href;

function framesOf(...lines: string[]): StackFrame[] {
  return stackFrames(["Error: x", ...lines.map((line) => `    at ${line}`)].join("\n"), "x");
}

Deno.test("stackFrames tells the app's own frames from all others", async (t) => {
  const rows: Record<string, [line: string, at: string | null, isOwn: boolean]> = {
    "a function": ["read (file:///app/views.ts:12:5)", "file:///app/views.ts 12 5", true],
    "no function": ["file:///app/views.ts:12:5", "file:///app/views.ts 12 5", true],
    "an async one": ["async read (file:///app/v.ts:1:2)", "file:///app/v.ts 1 2", true],
    "an async one without a name": ["async file:///app/v.ts:1:2", "file:///app/v.ts 1 2", true],
    "a constructor": ["new Book (file:///app/v.ts:1:2)", "file:///app/v.ts 1 2", true],
    "a name with brackets": [
      "Object.a (b) (file:///app/v.ts:1:2)",
      "file:///app/v.ts 1 2",
      true,
    ],
    "a folder with brackets": ["f (file:///a(b)/v.ts:1:2)", "file:///a(b)/v.ts 1 2", true],
    "this library": [`match (${library}:1:2)`, `${library} 1 2`, false],
    "a package": [
      "f (file:///app/node_modules/a/b.js:1:2)",
      "file:///app/node_modules/a/b.js 1 2",
      false,
    ],
    "a module of elsewhere": [
      "f (https://modules.test/@a/b/mod.ts:1:2)",
      "https://modules.test/@a/b/mod.ts 1 2",
      false,
    ],
    "the platform": ["f (ext:core/01_core.js:1:2)", "ext:core/01_core.js 1 2", false],
    "of Node": ["f (node:fs:1:2)", "node:fs 1 2", false],
    "nowhere": ["Promise.all (index 0)", null, false],
    "native": ["JSON.parse (<anonymous>)", null, false],
  };
  for (const [name, [line, at, isOwn]] of Object.entries(rows)) {
    await t.step(name, () => {
      const [frame] = framesOf(line);
      const place = frame?.at === null || frame === undefined
        ? null
        : `${frame.at.url} ${frame.at.line} ${frame.at.column}`;
      assertEquals([frame?.text, place, frame?.isOwn], [`at ${line}`, at, isOwn]);
    });
  }
});

Deno.test("stackFrames does not take a message for frames", async (t) => {
  const fake = "    at f (file:///etc/secret.ts:1:1)";
  const real = "    at g (file:///app/views.ts:2:3)";
  const rows: Record<string, [stack: string, message: string, frames: string[]]> = {
    "of several lines": [`Error: a\nb\n${real}`, "a\nb", [real]],
    "that looks like frames": [`Error: a\n${fake}\n${real}`, `a\n${fake}`, [real]],
    "that looks like frames, and was changed": [
      `Error: a\n${fake}\nb\n${real}`,
      "other",
      [real],
    ],
    "that is empty": [`Error\n${real}`, "", [real]],
    "with an end of lines": [`Error: a\n${real}\n`, "a", [real]],
    "and no stack": ["", "a", []],
    "and no frame": ["Error: a", "a", []],
  };
  for (const [name, [stack, message, frames]] of Object.entries(rows)) {
    await t.step(name, () => {
      const found = stackFrames(stack, message).map(({ text }) => `    ${text}`);
      assertEquals(found, frames);
    });
  }
});

Deno.test("linesRound is the wanted line and four on each side", async (t) => {
  const text = Array.from({ length: 20 }, (_, i) => `line ${i + 1}`).join("\r\n");
  const rows: Record<string, [wanted: number, numbers: number[]]> = {
    "in the middle": [10, [6, 7, 8, 9, 10, 11, 12, 13, 14]],
    "the first": [1, [1, 2, 3, 4, 5]],
    "the last": [20, [16, 17, 18, 19, 20]],
    "behind the last": [21, []],
    "before the first": [0, []],
  };
  for (const [name, [wanted, numbers]] of Object.entries(rows)) {
    await t.step(name, () => {
      const lines = linesRound(text, wanted);
      assertEquals(lines.map(({ number }) => number), numbers);
      assertEquals(
        lines.filter(({ isIt }) => isIt).map(({ text }) => text),
        numbers.length === 0 ? [] : [`line ${wanted}`],
      );
    });
  }
  await t.step("a very long one is cut", () => {
    assertEquals(linesRound("x".repeat(500), 1)[0]?.text, `${"x".repeat(300)}…`);
  });
});

testUnless(
  missingPermission({ name: "read" }),
  "sourceExcerpt reads source files and nothing else, and never fails",
  async (t) => {
    const place = (url: string) => ({ url, line: 1, column: 1 });
    await t.step("this file", async () => {
      const [first] = await sourceExcerpt(place(import.meta.url));
      assertEquals(first, { number: 1, text: "/**", isIt: true });
    });
    const rows: Record<string, string> = {
      "a file that is no source": new URL("../../../LICENSE", import.meta.url).href,
      "a folder": new URL("./", import.meta.url).href,
      "a file that is not there": new URL("./nosuch.ts", import.meta.url).href,
      "another machine": "https://app.test/views.ts",
      "no URL": "views.ts",
    };
    for (const [name, url] of Object.entries(rows)) {
      await t.step(name, async () => assertEquals(await sourceExcerpt(place(url)), []));
    }
  },
);

Deno.test({
  name: "sourceExcerpt asks nobody for the permission to read",
  permissions: { read: false },
  fn: async () => {
    // At a terminal whoever reads without asking first makes Deno ask the person there.
    const { stat } = Deno;
    const asked: unknown[] = [];
    Deno.stat = (path) => {
      asked.push(path);
      return stat(path);
    };
    try {
      assertEquals(await sourceExcerpt({ url: import.meta.url, line: 1, column: 1 }), []);
      assertEquals(asked, []);
    } finally {
      Deno.stat = stat;
    }
  },
});
