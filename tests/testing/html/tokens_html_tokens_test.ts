/**
 * `htmlTokens`: tags, attributes and text as templates write them.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { htmlTokens } from "../../../lib/testing/html/tokens.ts";

/** Tokens in short: `<a href="x">` with its attributes, `</a>`, or text in quotes. */
function short(html: string): string[] {
  return htmlTokens(html).map((token) => {
    if (token.kind === "text") return JSON.stringify(token.text);
    if (token.kind === "end") return `</${token.name}>`;
    const attributes = [...token.attributes].map(([name, value]) =>
      ` ${name}=${JSON.stringify(value)}`
    );
    return `<${token.name}${attributes.join("")}>`;
  }).toArray();
}

const rows: Record<string, [html: string, tokens: string[]]> = {
  "nothing": ["", []],
  "text alone": ["a > b", ['"a > b"']],
  "a tag, text and an end": ["<p>a</p>", ["<p>", '"a"', "</p>"]],
  "upper case": ["<P CLASS=A>a</P>", ['<p class="A">', '"a"', "</p>"]],
  "double quotes": ['<a href="/x?a=1>2">', ['<a href="/x?a=1>2">']],
  "single quotes": [`<a title='say "a"'>`, ['<a title="say \\"a\\"">']],
  "no quotes": ["<a href=/x/?a=b>", ['<a href="/x/?a=b">']],
  "no quotes, and a slash at the end": ["<a href=/x/>", ['<a href="/x/">']],
  "no value": ["<input checked disabled>", ['<input checked="" disabled="">']],
  "no value, then another attribute": ["<a b c=d>", ['<a b="" c="d">']],
  "an empty value": ['<a b="" c>', ['<a b="" c="">']],
  "spaces and lines around": [
    "<a\n\tb = 'c'\r\n d\n=\ne >",
    ['<a b="c" d="e">'],
  ],
  "attributes without space between": [`<a b="c"d='e'>`, ['<a b="c" d="e">']],
  "a slash before the end": ["<br/><br />", ["<br>", "<br>"]],
  "a slash between attributes": ["<a b/c>", ['<a b="" c="">']],
  "one attribute twice": ["<a b=1 B=2>", ['<a b="1">']],
  "references in a value": [
    '<a b="&lt;&gt;&amp;&quot;&#39;&apos;&#x27;&#X27;">',
    [`<a b="<>&\\"'''\'">`],
  ],
  "references in text": ["&lt;b&gt; &amp; &#228;&nbsp;", ['"<b> & ä\u00a0"']],
  "a reference to a reference": ["&amp;lt; &amp;#39;", ['"&lt; &#39;"']],
  "an unknown reference": ["&nosuch; &x", ['"&nosuch; &x"']],
  "a comment": ["a<!-- <b> -- > -->c", ['"a"', '"c"']],
  "comments that end at once": ["<!-->a<!--->b", ['"a"', '"b"']],
  "a comment that ends by --!>": ["<!--a--!>b", ['"b"']],
  "a comment that does not end": ["a<!-- <b>", ['"a"']],
  "a doctype": ["<!DOCTYPE html><b>", ["<b>"]],
  "CDATA and an instruction": ["<![CDATA[a]]><?xml b?>c", ['"c"']],
  "what is no end tag": ["a</>b</ c>d", ['"a"', '"b"', '"d"']],
  "what is no tag": ["a < b <3 <", ['"a < b <3 <"']],
  "a script": ['<script>if (a<b) "<form>"</script>c', ["<script>", "</script>", '"c"']],
  "a script that writes a script's end": [
    "<SCRIPT>'</scripty>'</Script >c",
    ["<script>", "</script>", '"c"'],
  ],
  "a style": ["<style>a::before{content:'<b>'}</style>", ["<style>", "</style>"]],
  "a text area": [
    "<textarea><b>&lt;/textarea&gt;</textarea>",
    ["<textarea>", '"<b></textarea>"', "</textarea>"],
  ],
  "a title": ["<title>a & <b></title>", ["<title>", '"a & <b>"', "</title>"]],
  "a text area that does not end": ["<textarea>a<b>", ["<textarea>", '"a<b>"']],
  "plain text to the end": ["<plaintext></plaintext><b>", ["<plaintext>"]],
  "a tag that does not end": ['a<b c="d', ['"a"']],
  "a quote that is not closed": ['<a b="c><d>e', []],
  "line breaks of every kind": ["a\r\nb\rc", ['"a\\nb\\nc"']],
};

Deno.test("htmlTokens cuts HTML into tags and text", async (t) => {
  for (const [name, [html, tokens]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(short(html), tokens));
  }
});

Deno.test("htmlTokens tells which tags end themselves", () => {
  const isSelfClosing = htmlTokens("<a/><a /><a b/><a b=c/><a b='c'/><a>").map((token) =>
    token.kind === "start" && token.isSelfClosing
  );
  assertEquals(isSelfClosing.toArray(), [true, true, true, false, true, false]);
});

Deno.test("htmlTokens reads markup in elements that are foreign", () => {
  const tokens = htmlTokens("<title><b></title>", () => true).map(({ kind }) => kind);
  assertEquals(tokens.toArray(), ["start", "start", "end"]);
});

Deno.test("htmlTokens reads on in linear time where nothing ends", async (t) => {
  const many = 200_000;
  const hostile: Record<string, [html: string, text: string]> = {
    "quotes": ['<a b="'.repeat(many), ""],
    "spaces": ["<a" + " ".repeat(many), ""],
    "comments": ["<!--".repeat(many), ""],
    "references": ["&#".repeat(many), "&#".repeat(many)],
    "tags": ["<".repeat(many), "<".repeat(many)],
  };
  for (const [name, [html, text]] of Object.entries(hostile)) {
    // A quadratic reader would need hours: the test would not end.
    await t.step(name, () => {
      const tokens = htmlTokens(html).toArray();
      assertEquals(tokens, text === "" ? [] : [{ kind: "text", text }]);
    });
  }
});
