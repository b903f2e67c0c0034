import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { html, jsonScript } from "@pyramidion/pyramidion";

Deno.test("jsonScript() writes data that no markup can end, and that JSON reads back", async (t) => {
  const rows: Record<string, [value: unknown, text: string]> = {
    "an object": [{ a: [1, null] }, '{"a":[1,null]}'],
    "the end of the element": ["</script>", '"\\u003c/script\\u003e"'],
    "a comment": ["<!--<script>", '"\\u003c!--\\u003cscript\\u003e"'],
    "a reference": ["&lt;", '"\\u0026lt;"'],
    "line separators": ["\u2028\u2029", '"\\u2028\\u2029"'],
    "a replacement pattern": ["$& $1", '"$\\u0026 $1"'],
    "markup in a name": [{ "<b>": 1 }, '{"\\u003cb\\u003e":1}'],
    "null": [null, "null"],
    "a lone surrogate": ["\ud800", '"\\ud800"'],
  };
  for (const [name, [value, text]] of Object.entries(rows)) {
    await t.step(name, () => {
      const page = String(html`${jsonScript("data", value)}`);
      assertEquals(page, `<script id="data" type="application/json">${text}</script>`);
      assertEquals(JSON.parse(text), value);
    });
  }
  await t.step("an id with quotes", () => {
    assertEquals(String(jsonScript('"><b>', 1)).slice(0, 32), '<script id="&quot;&gt;&lt;b&gt;"');
  });
});

Deno.test("jsonScript() refuses what is no id and what has no JSON", async (t) => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  const rows: Record<string, [id: string, value: unknown, message: string]> = {
    "an empty id": ["", 1, "Cannot use the id of jsonScript(): must be a string"],
    "an id that is none": [7 as never, 1, "not the number 7"],
    "undefined": ["a", undefined, "Cannot write data for a script: the value is undefined"],
    "a function": ["a", () => 1, "the value is a function"],
    "a promise in it": ["a", { b: Promise.resolve(1) }, 'member "b" is a promise: await it'],
    "a bigint": ["a", 1n, "BigInt"],
    "a cycle": ["a", cycle, "circular"],
    "a value without JSON of its own": ["a", { toJSON: () => undefined }, "toJSON()"],
  };
  for (const [name, [id, value, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertThrows(() => jsonScript(id, value), TypeError, message);
    });
  }
});
