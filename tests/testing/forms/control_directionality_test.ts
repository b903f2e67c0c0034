/**
 * `directionOf`: which way the text of an element runs.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { type Direction, directionOf } from "../../../lib/testing/forms/control.ts";
import { readHtml } from "../../../lib/testing/html/tree.ts";

const rows: Record<string, [html: string, direction: string]> = {
  "by default": ["<input>", "ltr"],
  "as it says": ["<input dir=RTL>", "rtl"],
  "as what is around says": ["<div dir=rtl><p dir=odd><input></div>", "rtl"],
  "a telephone number, whatever is around": ["<div dir=rtl><input type=tel></div>", "ltr"],
  "a telephone number that says so": ["<input type=tel dir=rtl>", "rtl"],
  "by what is around": ["<div dir=auto>1 \u05d0<input></div>", "rtl"],
  "by what is around, but not by parts of their own": [
    "<div dir=auto><bdi>\u05d0</bdi><p dir=rtl>\u05d0</p>a<input></div>",
    "ltr",
  ],
  "by what is around, which has no letter": ["<div dir=rtl><bdi>1<input></bdi></div>", "ltr"],
};

Deno.test("directionOf follows dir and what is around", async (t) => {
  for (const [name, [html, direction]] of Object.entries(rows)) {
    await t.step(name, () => {
      const input = readHtml(html).descendants().find((one) => one.name === "input");
      assertEquals(input && directionOf(input, ""), direction);
    });
  }
});

const values: Record<string, Direction> = {
  "": "ltr",
  "1": "ltr",
  "a\u05d0": "ltr",
  "\u05d0a": "rtl",
  "1 !\u0627": "rtl",
  "\u0663": "ltr",
  "\u06dd": "ltr",
  "\u{1f600}\u05d0": "rtl",
  "é\u05d0": "ltr",
  "中": "ltr",
  "\u200fa": "rtl",
  "\u200e\u05d0": "ltr",
  "\u061c": "rtl",
  "\u07ca": "rtl",
};

Deno.test("directionOf goes by the first letter where dir is auto", () => {
  const input = readHtml("<div dir=rtl><input dir=auto></div>").descendants()
    .find((one) => one.name === "input");
  assertEquals(
    Object.fromEntries(
      Object.keys(values).map((value) => [value, input && directionOf(input, value)]),
    ),
    values,
  );
});
