import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { type Html, html, type HtmlValue, insecureRaw } from "../../lib/http/html.ts";

Deno.test("html writes each kind of value by one rule", async (t) => {
  const rows: Record<string, [value: HtmlValue, markup: string]> = {
    "text": ["Ada", "Ada"],
    "text with all that is special": [`&<>"'`, "&amp;&lt;&gt;&quot;&#39;"],
    "an escape is escaped": ["&lt;", "&amp;lt;"],
    "a script": ["<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"],
    "out of a quoted attribute": [`" onclick="x`, "&quot; onclick=&quot;x"],
    "empty text": ["", ""],
    "zero": [0, "0"],
    "a fraction": [-1.5, "-1.5"],
    "not a number": [NaN, "NaN"],
    "a bigint": [10n ** 20n, "100000000000000000000"],
    "null": [null, ""],
    "undefined": [undefined, ""],
    "false": [false, ""],
    "true": [true, ""],
    "markup, not twice": [html`<b>${"<"}</b>`, "<b>&lt;</b>"],
    "raw markup": [insecureRaw("<i>"), "<i>"],
    "a list": [["<", html`<br>`, 1, null], "&lt;<br>1"],
    "a list of lists": [[["a", ["<"]], []], "a&lt;"],
    "text that looks like a replacement pattern": ["$& $1 ${x}", "$&amp; $1 ${x}"],
  };
  for (const [name, [value, markup]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(String(html`[${value}]`), `[${markup}]`));
  }
});

Deno.test("html refuses what has no markup and names its place", async (t) => {
  const rows: Record<string, [value: unknown, message: string]> = {
    "an object": [{ a: 1 }, 'it is an object of "Object"'],
    "an object without a prototype": [Object.create(null), "it is an object: give text"],
    "an instance": [new Date(0), 'it is an object of "Date"'],
    "a forged Html": [{ toString: () => "<script>" }, 'it is an object of "Object"'],
    "a function": [() => "x", "it is a function: call it"],
    "a promise": [Promise.resolve("x"), "it is a promise: await it"],
    "a symbol": [Symbol("x"), "it is a symbol"],
  };
  for (const [name, [value, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      // @ts-expect-error the compiler refuses it too
      const write = () => html`<p>${"a"}</p><i title="${value}">`;
      assertThrows(
        write,
        TypeError,
        `Cannot write interpolation 2, after "</p><i title="": ${message}`,
      );
    });
  }
  await t.step("an item of a list", () => {
    // @ts-expect-error the compiler refuses it too
    const write = () => html`${["a", {}]}`;
    assertThrows(write, TypeError, "Cannot write item 2 of interpolation 1");
  });
});

Deno.test("html keeps the parts of the source as they are, invalid escapes included", () => {
  assertEquals(String(html`<a>&amp;\n</a>`), "<a>&amp;\n</a>");
  const strings = Object.assign([undefined, "b"], { raw: ["C:\\users", "b"] });
  // What a tag gets for an escape that is invalid: no cooked text.
  const tag: (strings: TemplateStringsArray, ...values: HtmlValue[]) => Html = html;
  assertEquals(String(Reflect.apply(tag, null, [strings, 1])), "C:\\users1b");
});

Deno.test("Html.toResponse() is a page in UTF-8 whose headers can be changed", async (t) => {
  await t.step("by default", async () => {
    const response = html`<p>é</p>`.toResponse();
    assertEquals(response.status, 200);
    assertEquals([...response.headers], [["content-type", "text/html; charset=utf-8"]]);
    assertEquals(await response.text(), "<p>é</p>");
    response.headers.append("set-cookie", "a=b");
  });
  await t.step("with a status", () => {
    const response = html``.toResponse({ status: 404 });
    assertEquals([response.status, response.headers.get("content-type")], [
      404,
      "text/html; charset=utf-8",
    ]);
  });
  await t.step("with headers, each Set-Cookie apart", () => {
    const response = html``.toResponse({ headers: [["set-cookie", "a"], ["set-cookie", "b"]] });
    assertEquals(response.headers.getSetCookie(), ["a", "b"]);
    assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8");
  });
  await t.step("with a type of its own", () => {
    const response = html``.toResponse({ headers: { "Content-Type": "application/xhtml+xml" } });
    assertEquals(response.headers.get("content-type"), "application/xhtml+xml");
  });
});
