import { fixedPrefix, parsePattern } from "../../lib/routing/pattern_parts.ts";
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

/** Patterns that the parser reads although they are none: what is wrong with them is for others to say. */
const NOT_OUR_BUSINESS: Readonly<Record<string, string>> = {
  "(café)": "the expression is not ASCII",
  "/:id/:id": "a name is given twice",
  "/([[a-z]--a])": "the engine may not know the expression",
  "/([\\d&&[0-1]])": "the engine may not know the expression",
};

testWithVectors(
  "parsePattern() reads every pathname that URLPattern reads, and no other but those named",
  "urlpatterntestdata.json",
  (vectors) => {
    const compared: string[] = [];
    for (const { pattern: [init] } of vectors as Vector[]) {
      const pathname = (init as { pathname?: string } | undefined)?.pathname;
      if (typeof init !== "object" || pathname === undefined) continue;
      const read = parsePattern(pathname) !== null;
      assertEquals(read, pathname in NOT_OUR_BUSINESS || isPattern(pathname), pathname);
      compared.push(pathname);
    }
    assertEquals(compared.length > 120, true);
    const unknown = Object.keys(NOT_OUR_BUSINESS).filter((pattern) => !compared.includes(pattern));
    assertEquals(unknown, []);
  },
);

function isPattern(pathname: string): boolean {
  try {
    new URLPattern({ pathname });
    return true;
  } catch {
    return false;
  }
}
