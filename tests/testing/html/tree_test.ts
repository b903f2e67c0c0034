/**
 * `readHtml`: where elements stand that are nested wrongly, as browsers have it.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import type { HtmlElement } from "../../../lib/testing/html/element.ts";
import { readHtml } from "../../../lib/testing/html/tree.ts";

/** A control by its name, with `!` where a fieldset disables it and the form's id where it has one. */
function short(control: HtmlElement): string {
  const isOff = control.ancestors().some(({ name }) => name === "fieldset");
  return `${isOff ? "!" : ""}${control.attribute("name")}${control.form?.attribute("id") ?? ""}`;
}

const FIELDSET = "<fieldset disabled>";

const rows: Record<string, [html: string, controls: string]> = {
  "a form in a form is ignored": [
    "<form id=1><input name=a><form id=2><input name=b></form><input name=c>",
    "a1 b1 c",
  ],
  "a form's end does not end what stands in it": [
    "<form id=1><div></form><input name=a></div><input name=b>",
    "a1 b",
  ],
  "a form's end in a cell is none for the tree": [
    "<form id=1><table><tr><td></form><input name=a></table><input name=b>",
    "a1 b1",
  ],
  "a form that is closed by what it stands in": [
    "<div><form id=1><input name=a></div><input name=b></form><input name=c>",
    "a1 b1 c",
  ],
  "a form of a table owns what follows": [
    "<table><form id=1><tr><td><input name=a></td></tr></form></table><input name=b>",
    "a1 b",
  ],
  "a table throws fields out, but not hidden ones": [
    "<form id=1><table><tr><td><input name=a></td></tr><input name=b><input type=hidden name=c><tr><div><input name=d></div></table>",
    "b1 d1 a1 c1",
  ],
  "a table throws a fieldset out, its rows stay": [
    `<table>${FIELDSET}<tr><td><input name=a></td></tr></fieldset></table><input name=b>`,
    "a b",
  ],
  "a table throws text out": ["<table>text<tr><td><input name=a></table>", "a"],
  "a cell ends a cell, and what stands in it": [
    `<table><tr><td>${FIELDSET}<td><input name=a></table>`,
    "a",
  ],
  "a row ends a caption": [`<table><caption>${FIELDSET}<tr><td><input name=a></table>`, "a"],
  "a column group ends by what is no column": [
    "<table><colgroup><col><tr><td><input name=a></table>",
    "a",
  ],
  "an end in a cell does not reach out of it": [
    `${FIELDSET}<table><tr><td></fieldset><input name=a></table></fieldset><input name=b>`,
    "!a b",
  ],
  "an end of a row ends its cell, that of a wrong cell is none": [
    `<table><tr><td>${FIELDSET}</th><input name=a></tr><tr><td><input name=b></table>`,
    "!a b",
  ],
  "rows without a table are none": [`${FIELDSET}<tr><td></fieldset><input name=a>`, "a"],
  "a table in a table ends that": ["<table><table><tr><td><input name=a></table>", "a"],
  "a paragraph's end does not end blocks": [
    `<p>${FIELDSET}</p><input name=a></fieldset><input name=b>`,
    "!a b",
  ],
  "a span's end does not end blocks": [
    `<span>${FIELDSET}</span><input name=a></fieldset><input name=b>`,
    "!a b",
  ],
  "formatting that ends crosswise does not end blocks": [
    `<b>${FIELDSET}</b><input name=a></fieldset><input name=b>`,
    "!a b",
  ],
  "a link in a link does not end blocks": [
    `<a href=x>${FIELDSET}<a href=y><input name=a></a></fieldset><input name=b>`,
    "!a b",
  ],
  "a block's end ends what stands in it": [`<div>${FIELDSET}</div><input name=a>`, "a"],
  "an object's end, too": [`<div><object></div>${FIELDSET}</object><input name=a></div>`, "a"],
  "a list item ends a list item": [`<ul><li>${FIELDSET}<li><input name=a></ul>`, "!a"],
  "a list item does not end an outer one": [
    `<ul><li>${FIELDSET}<ul><li><input name=a></ul></fieldset><li><input name=b></ul>`,
    "!a b",
  ],
  "a list item's end ends what stands in it, but not beyond a list": [
    `<ul><li>${FIELDSET}<ol></li><input name=a></ol></li><input name=b></ul>`,
    "!a b",
  ],
  "a term ends a description": [
    `<dl><dd>${FIELDSET}</fieldset><dt>${FIELDSET}</dt><dd><input name=a></dl>`,
    "a",
  ],
  "a heading ends a heading": [`<h1><b><h2><input name=a></h2></b></h1>`, "a"],
  "an option outside of a select ends an option": [
    `<option><option><optgroup>${FIELDSET}</optgroup><input name=a>`,
    "!a",
  ],
  "columns without a group": [`<table><col><tr><td>${FIELDSET}</table><input name=a>`, "a"],
  "rows in a template": [`<template><tr></tr></template><input name=a>`, "a"],
  "a heading ends by another's end": [
    `<h1>${FIELDSET}<h2><input name=a></h1><input name=b>`,
    "!a !b",
  ],
  "a button ends a button": [
    "<button name=a><span><button name=b></button><input name=c>",
    "a b c",
  ],
  "an input ends a select": [`<select>${FIELDSET}<input name=a>`, "a"],
  "a select in a select ends it": [`<select>${FIELDSET}<select><input name=a>`, "a"],
  "what is around a select does not end in it": [
    `${FIELDSET}<select></fieldset></select><input name=a></fieldset><input name=b>`,
    "!a b",
  ],
  "a slash at the end of a tag is none": [
    `<fieldset /><input name=a></fieldset><input name=b>`,
    "!a b",
  ],
  "what SVG holds is no control, what it shows as HTML is": [
    "<svg><input name=a><g/><title><input name=b></title><foreignObject><input name=c></foreignObject></svg><input name=d>",
    "b c d",
  ],
  "HTML that ends SVG": ["<svg><g><input name=a><p><input name=b></svg><input name=c>", "b c"],
  "what MathML holds": ["<math><mi><input name=a></mi><input name=b></math><input name=c>", "a c"],
  "what follows the body": ["<body></body></html><input name=a>", "a"],
  "a form in a head": ["<head><form id=1><input name=a></head><input name=b>", "a1 b1"],
  "a template's forms are no forms": [
    "<template><form id=1></form></template><form id=2><template></form></template><input name=a>",
    "a2",
  ],
};

Deno.test("readHtml nests as browsers do", async (t) => {
  for (const [name, [html, controls]] of Object.entries(rows)) {
    await t.step(name, () => {
      const found = readHtml(html).descendants()
        .filter((one) => ["input", "button"].includes(one.name) && one.has("name"));
      assertEquals(found.map(short).toArray().join(" "), controls);
    });
  }
});
