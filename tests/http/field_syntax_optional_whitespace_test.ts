import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { isOws, trimOws } from "../../lib/http/field_syntax.ts";

Deno.test("trimOws() takes off spaces and tabs at both ends and nothing else", async (t) => {
  const rows: Record<string, [text: string, trimmed: string]> = {
    "nothing to do": ["a b", "a b"],
    "spaces and tabs": [" \t a\t ", "a"],
    "no-break space": ["\u00a0a\u00a0", "\u00a0a\u00a0"],
    "next line (85)": ["\x85a", "\x85a"],
    "vertical tab": ["\x0ba", "\x0ba"],
    "form feed": ["\x0ca", "\x0ca"],
    "line feed": ["\na\n", "\na\n"],
    "only whitespace": [" \t ", ""],
    "nothing": ["", ""],
  };
  for (const [name, [text, trimmed]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(trimOws(text), trimmed));
  }
  await t.step("a part does not reach into its neighbours", () => {
    assertEquals(trimOws("ab  cd", 2, 4), "");
    assertEquals(trimOws("a; b ;c", 2, 5), "b");
  });
});

Deno.test("isOws() is false past the end of a text", () => {
  assertEquals([isOws("".charCodeAt(0)), isOws(" ".charCodeAt(0))], [false, true]);
});
