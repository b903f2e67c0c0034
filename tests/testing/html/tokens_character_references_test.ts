/**
 * `decodeReferences`: what stands for which character.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { decodeReferences } from "../../../lib/testing/html/tokens.ts";

const rows: Record<string, [written: string, text: string, attribute?: string]> = {
  "names": [
    "&lt;&amp;&quot;&apos;&nbsp;&eacute;&hellip;&euro;&lang;&sigmaf;",
    "<&\"'\u00a0é…€⟨ς",
  ],
  "names of ASCII": ["a&NewLine;b&Tab;&commat;", "a\nb\t@"],
  "numbers": ["&#65;&#x42;&#X43;", "ABC"],
  "numbers of Windows": ["&#128;&#x9f;", "€Ÿ"],
  "numbers that are none": ["&#0;&#xD800;&#x110000;", "\ufffd\ufffd\ufffd"],
  "numbers without a semicolon": ["&#65 &#x42g", "A Bg"],
  "old names without a semicolon": ["&copy &AMP &lt", "© & <"],
  "old names that go on": ["&copyx &notit; &ampx;", "©x ¬it; &x;", "&copyx &notit; &ampx;"],
  "the parameters of a link": ["?a=1&copy=2&amp=3", "?a=1©=2&=3", "?a=1&copy=2&amp=3"],
  "new names without a semicolon": ["&hellip &euro", "&hellip &euro"],
  "unknown names, and none": ["&nosuch; & &; &#; &#x;", "&nosuch; & &; &#; &#x;"],
  "a reference to a reference": ["&amp;lt; &amp;#39;", "&lt; &#39;"],
};

Deno.test("decodeReferences decodes as browsers do", async (t) => {
  for (const [name, [written, text, attribute = text]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertEquals([decodeReferences(written), decodeReferences(written, true)], [text, attribute]);
    });
  }
});
