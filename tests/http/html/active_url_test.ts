/**
 * Which URLs run code, as browsers read them.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { activeScheme, isHarmlessStart } from "../../../lib/http/html/active_url.ts";

const ACTIVE: Readonly<Record<string, [url: string, scheme: string]>> = {
  "javascript:": ["javascript:alert(1)", "javascript:"],
  "in capitals": ["JaVaScRiPt:alert(1)", "javascript:"],
  "after spaces": ["  \n javascript:alert(1)", "javascript:"],
  "after control characters": ["\x01\x1fjavascript:alert(1)", "javascript:"],
  "with a tab": ["java\tscript:alert(1)", "javascript:"],
  "with line breaks": ["java\r\nscript\n:alert(1)", "javascript:"],
  "with a decimal reference": ["java&#115;cript:alert(1)", "javascript:"],
  "with a reference without semicolon": ["&#106avascript:alert(1)", "javascript:"],
  "with zeros": ["&#0000106;avascript:alert(1)", "javascript:"],
  "with a hexadecimal reference": ["&#x6A;avascript:alert(1)", "javascript:"],
  "with a named colon": ["javascript&colon;alert(1)", "javascript:"],
  "with a named tab": ["java&Tab;script:alert(1)", "javascript:"],
  "with a named line break": ["java&NewLine;script:alert(1)", "javascript:"],
  "with a tab by a reference": ["java&#9;script:alert(1)", "javascript:"],
  "vbscript:": ["vbscript:msgbox(1)", "vbscript:"],
  "a page as data": ["data:text/html,<script>", "data:text/html"],
  "a page as data, in capitals": ["DATA:Text/HTML;base64,AA", "data:text/html"],
  "a page as data, with a space": ["data: text/html ,x", "data:text/html"],
  "XHTML as data": ["data:application/xhtml+xml,x", "data:application/xhtml+xml"],
  "XML as data": ["data:text/xml,x", "data:text/xml"],
  "a script as data": ["data:text/javascript,alert(1)", "data:text/javascript"],
  "a script as data, of old": ["data:application/x-javascript,x", "data:application/x-javascript"],
};

const HARMLESS: Readonly<Record<string, string>> = {
  "nothing": "",
  "a path": "/notes/5",
  "a path with a colon": "/javascript:alert(1)",
  "a relative path": "notes/javascript:x",
  "a file name": "javascript.html",
  "the word alone": "javascript",
  "a query": "?next=javascript:alert(1)",
  "a fragment": "#javascript:",
  "http": "http://a.test/",
  "https in capitals": "HTTPS://a.test/",
  "mail": "mailto:ada@a.test",
  "telephone": "tel:+41",
  "a longer scheme": "xjavascript:alert(1)",
  "an escaped reference": "javascript&amp;colon;alert(1)",
  "a reference beyond Unicode": "&#x7fffffff;javascript:x",
  "another character of that name": "javascript&Colon;x",
  "an image as data": "data:image/png;base64,AA",
  "a drawing as data": "data:image/svg+xml,<svg/>",
  "text as data": "data:,text/html",
  "PostScript as data": "data:application/postscript,x",
};

Deno.test("activeScheme() finds code in a URL as browsers read it", async (t) => {
  for (const [name, [url, scheme]] of Object.entries(ACTIVE)) {
    await t.step(name, () => assertEquals(activeScheme(url), scheme));
  }
});

Deno.test("activeScheme() lets every other URL pass", async (t) => {
  for (const [name, url] of Object.entries(HARMLESS)) {
    await t.step(name, () => assertEquals(activeScheme(url), null));
  }
});

Deno.test("activeScheme() and isHarmlessStart() take linear time", async (t) => {
  const long = 1 << 20;
  const rows: Record<string, string> = {
    "tabs": `j${"\t".repeat(long)}avascript:`,
    "spaces": `${" ".repeat(long)}x`,
    "spaces in data": `data:${" ".repeat(long)}x`,
    "scripts in data": `data:${"jscrip".repeat(long / 4)}`,
    "references": "&#".repeat(long),
    "digits": `&#${"9".repeat(long)}`,
  };
  // A quadratic reading of a megabyte takes minutes, and the test does not end.
  for (const [name, url] of Object.entries(rows)) {
    await t.step(name, () => {
      assertEquals(activeScheme(url), name === "tabs" ? "javascript:" : null);
      assertEquals(typeof isHarmlessStart(url), "boolean");
    });
  }
});

Deno.test("isHarmlessStart() is sure of what nothing that follows can change", async (t) => {
  const rows: Record<string, [start: string, isHarmless: boolean]> = {
    "nothing": ["", false],
    "a letter": ["j", false],
    "a scheme without its colon": ["https", false],
    "a scheme": ["https:", true],
    "another scheme": ["mailto:", true],
    "a path": ["/", true],
    "a relative path": ["notes/", true],
    "a colon by a reference": ["tel&colon;", true],
    "data, whose type is to come": ["data:", false],
    "data of an image": ["data:image/", false],
    "code": ["javascript:", false],
  };
  for (const [name, [start, isHarmless]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(isHarmlessStart(start), isHarmless));
  }
});
