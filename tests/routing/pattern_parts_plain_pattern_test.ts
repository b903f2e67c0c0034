import { plainPattern } from "../../lib/routing/pattern_parts.ts";
import { assertEquals } from "jsr:@std/assert@^1.0.0";

Deno.test("plainPattern() reads literal segments, whole-segment names and a star at the end", () => {
  assertEquals(plainPattern("/"), { segments: [""], names: [], open: false });
  assertEquals(plainPattern("/*"), { segments: [], names: [], open: true });
  assertEquals(plainPattern("/a/:b/"), { segments: ["a", ":b", ""], names: ["b"], open: false });
  assertEquals(plainPattern("/:a/x.y/*"), { segments: [":a", "x.y"], names: ["a"], open: true });
});

Deno.test("plainPattern() is null where URLPattern reads or rewrites more than segments", async (t) => {
  const others = {
    "optional name": "/:x?",
    "repeated name": "/:x+",
    "regular expression": "/:x(\\d+)",
    "unnamed group": "/(a)",
    "braces": "/{a}",
    "name and text": "/:x.y",
    "text and name": "/x:y",
    "dollar in a name": "/:x$",
    "star within": "/*/a",
    "star and text": "/*a",
    "text and star": "/a*",
    "escape": "/a\\:",
    "percent": "/%41",
    "beyond ASCII": "/é",
    "space": "/a b",
    "dot segment": "/a/./b",
    "two dots": "/a/../b",
    "two dots at the end": "/a/..",
    "backslash": "/a\\\\b",
    "question mark": "/a?b",
    "hash": "/a#b",
    "caret": "/a^b",
  };
  for (const [name, pattern] of Object.entries(others)) {
    await t.step(name, () => assertEquals(plainPattern(pattern), null));
  }
});

Deno.test("plainPattern() takes only patterns that URLPattern leaves as they are", () => {
  const characters = Array.from({ length: 95 }, (_, code) => String.fromCharCode(code + 32));
  let taken = 0;
  for (const character of characters) {
    for (const pattern of [`/a${character}b`, `/${character}`, `/a/${character}/b`]) {
      if (plainPattern(pattern) === null) continue;
      assertEquals(new URLPattern({ pathname: pattern }).pathname, pattern);
      taken++;
    }
  }
  // Letters and digits are.
  assertEquals(taken > 3 * 62, true, `only ${taken} patterns`);
});
