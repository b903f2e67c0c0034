import { assertEquals, assertMatch, assertThrows } from "jsr:@std/assert@^1.0.0";
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

Deno.test("html refuses a value where it is not safe, and names place and line", async (t) => {
  const code = "javascript:alert(1)";
  const rows: Record<string, [write: () => Html, message: string]> = {
    "no quotes": [
      () => html`<input value=${"a"}>`,
      'Cannot write interpolation 1, after "<input value=": attribute "value" has no quotes',
    ],
    "no quotes, and nothing to write": [() => html`<p class=${null}>`, 'write class="${…}"'],
    "an attribute as text": [() => html`<input ${"value=a"}>`, 'text with "=" inside of a tag'],
    "a tag with an attribute": [() => html`<${"img src=x"}>`, 'text with "=" inside of a tag'],
    "attributes as a list of texts": [
      () => html`<input ${["onfocus=alert(1)", " autofocus"]}>`,
      'attribute "onfocus" has no quotes',
    ],
    "an attribute of another template, with a URL that runs code": [
      () => html`<a ${html`href="${"JavaScript:alert(1)"}"`}>`,
      'attribute "href" would run code by a "javascript:" URL',
    ],
    "an attribute of another template, without quotes": [
      () => html`<input ${html`value=${"a onfocus=alert(1)"}`}>`,
      'attribute "value" has no quotes',
    ],
    "an attribute that is text of another template": [
      () => html`<input ${html`disabled ${"onfocus=alert(1)"}`}>`,
      'attribute "onfocus" has no quotes',
    ],
    "a page in an attribute of another template": [
      () => html`<iframe ${html`srcdoc="${"<script>"}"`}></iframe>`,
      'attribute "srcdoc" is a page of its own',
    ],
    "code in href": [
      () => html`<p>${"a"}</p><a href="${code}">`,
      'Cannot write interpolation 2, after "</p><a href="": attribute "href" would run code by a "javascript:" URL',
    ],
    "code in src": [() => html`<iframe src='${code}'></iframe>`, 'attribute "src"'],
    "code in action": [() => html`<form action="${code}">`, 'attribute "action"'],
    "code in formaction": [() => html`<button formaction="${code}">`, 'attribute "formaction"'],
    "code in xlink:href": [() => html`<use xlink:href="${code}">`, 'attribute "xlink:href"'],
    "code in an object": [() => html`<object data="${code}">`, 'attribute "data"'],
    "code with a tab": [() => html`<a href="${" Java\tScript:x"}">`, '"javascript:"'],
    "code in markup": [() => html`<a href="${insecureRaw("java&#115;cript:x")}">`, '"javascript:"'],
    "code through a template": [() => html`<a href="${html`${code}`}">`, '"javascript:"'],
    "code in a list": [() => html`<a href="${["javas", "cript:", 1]}">`, '"javascript:"'],
    "code in two values": [() => html`<a href="${"java"}${"script:x"}">`, "interpolation 2"],
    "code with a colon of the template": [
      () => html`<a href="${"javascript"}:x">`,
      '"javascript:"',
    ],
    "code with a start of the template": [
      () => html`<a href="java${"script:x"}">`,
      '"javascript:"',
    ],
    "a value in code": [() => html`<a href="javascript:f(${1})">`, '"javascript:"'],
    "a page as data": [() => html`<iframe src="${"data:text/html,x"}">`, '"data:text/html"'],
    "an attribute of any name": [() => html`<a ${"href"}="${code}">`, 'attribute "${…}"'],
    "a page in an attribute": [() => html`<iframe srcdoc="${"a"}">`, 'attribute "srcdoc"'],
  };
  for (const [name, [write, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      // Each time, also when the template is known.
      for (let time = 0; time < 2; time++) {
        const error = assertThrows(write, TypeError, message);
        assertMatch(error.message, /\(at file:\S+html_test\.ts:\d+\)$/);
      }
    });
  }
});

Deno.test("html writes what is safe at its place", async (t) => {
  const rows: Record<string, [write: () => Html, markup: string]> = {
    "a path": [() => html`<a href="${"/a?b=c&d"}">`, '<a href="/a?b=c&amp;d">'],
    "a URL of two values": [
      () => html`<a href="${"/a"}${"javascript:"}">`,
      '<a href="/ajavascript:">',
    ],
    "nothing for a URL": [() => html`<a href="${null}">`, '<a href="">'],
    "an image as data": [
      () => html`<img src="${"data:image/png,x"}">`,
      '<img src="data:image/png,x">',
    ],
    "code that the template states": [
      () => html`<a href="javascript:f()">${"a"}</a>`,
      '<a href="javascript:f()">a</a>',
    ],
    "code as text": [() => html`<p title="${"javascript:x"}">`, '<p title="javascript:x">'],
    "the name of an attribute": [() => html`<input ${"checked"} ${false}>`, "<input checked >"],
    "markup as an attribute": [
      () => html`<input ${html`value="${"a"}"`}>`,
      '<input value="a">',
    ],
    "a tag": [() => html`<h${2}>${"a"}</h${2}>`, "<h2>a</h2>"],
    "text with an equals sign": [() => html`<p>a=${"b=c"}</p>`, "<p>a=b=c</p>"],
  };
  for (const [name, [write, markup]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(String(write()), markup));
  }
});

Deno.test("html reads the literal parts again if they can change", () => {
  const strings = Object.assign(["<p title=", ">"], { raw: ["<p title=", ">"] });
  const tag: (strings: TemplateStringsArray, ...values: HtmlValue[]) => Html = html;
  assertThrows(() => Reflect.apply(tag, null, [strings, 1]), TypeError, "no quotes");
  strings.splice(0, 2, "<p>", "</p>");
  assertEquals(String(Reflect.apply(tag, null, [strings, 1])), "<p>1</p>");
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
    assertEquals([...response.headers], [
      ["content-type", "text/html; charset=utf-8"],
      ["x-content-type-options", "nosniff"],
    ]);
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
