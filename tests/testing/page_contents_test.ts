/**
 * `readPage`: which controls belong to which form, and what they hold.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import type { FormControl } from "../../lib/testing/forms/control.ts";
import { valuesOf } from "../../lib/testing/forms/fields.ts";
import { readPage } from "../../lib/testing/page_contents.ts";

/** What a control would send, in short; `!` for one that is disabled, `*` for a button's label. */
function short(control: FormControl): string {
  const { name, disabled, kind } = control;
  const value = kind === "submit" || kind === "image"
    ? `${control.value}*${control.label}`
    : valuesOf(control).map((one) => one instanceof File ? "file" : one).join("|");
  return `${disabled ? "!" : ""}${name}=${value}`;
}

function controlsOf(html: string): string[][] {
  return readPage(html).forms.map(({ controls }) => controls.map(short));
}

const rows: Record<string, [html: string, controls: string[][]]> = {
  "no form": ["<input name=a>", []],
  "an empty form": ["<form></form>", [[]]],
  "inputs of many types": [
    `<form><input name=a value=1><INPUT TYPE=Hidden NAME=b VALUE=2><input name=c type=email>
     <input type=number name=d value="3"><input type=file name=e></form>`,
    [["a=1", "b=2", "c=", "d=3", "e=file"]],
  ],
  "checkboxes": [
    "<form><input type=checkbox name=a><input type=checkbox name=a checked><input type=checkbox name=b value=x checked>",
    [["a=", "a=on", "b=x"]],
  ],
  "radio buttons, of which the last that is checked is": [
    "<form><input type=radio name=a value=1 checked><input type=radio name=a value=2 checked><input type=radio name=b value=3>",
    [["a=", "a=2", "b="]],
  ],
  "radio buttons of two forms": [
    "<form><input type=radio name=a value=1 checked></form><form><input type=radio name=a value=2 checked></form>",
    [["a=1"], ["a=2"]],
  ],
  "a text area, its first line break left out": [
    "<form><textarea name=a>\n\n<b>&amp;</textarea><textarea name=b></textarea>",
    [["a=\n<b>&", "b="]],
  ],
  "a select: what is selected, the text where there is no value": [
    "<form><select name=a><option value=1>One<option selected>  Two\n <i>halves</i></select></form>",
    [["a=Two halves"]],
  ],
  "a select without a selection: the first that is not disabled": [
    "<form><select name=a><option value='' disabled>Choose<optgroup disabled><option>0</optgroup><optgroup><option>1<option>2</select>",
    [["a=1"]],
  ],
  "a select of which two are selected: the last": [
    "<form><select name=a><option selected>1<option selected>2<option>3</select>",
    [["a=2"]],
  ],
  "a select that is a list: none": [
    "<form><select name=a size=3><option>1<option>2</select>",
    [["a="]],
  ],
  "a select of several": [
    "<form><select name=a multiple><option selected>1<option>2<option selected>3</select>",
    [["a=1|3"]],
  ],
  "a select without options": ["<form><select name=a></select>", [["a="]]],
  "buttons": [
    `<form><button name=a value=1><b>Save</b> <img alt=it></button><input type=submit value=Go><input type=SUBMIT name=b>
     <button type=button name=c>c</button><button type=reset>d</button><input type=reset><input type=button name=e>
     <input type=image name=f alt=Map><button type=odd>g</button><button aria-label=Close></button></form>`,
    [["a=1*Save it", "=Go*Go", "b=Submit*Submit", "f=*Map", "=*g", "=*Close"]],
  ],
  "disabled controls": [
    "<form><input name=a disabled><select name=b disabled></select><button disabled>c</button>",
    [["!a=", "!b=", "!=*c"]],
  ],
  "a disabled fieldset, and its first legend": [
    `<form><fieldset disabled><legend><input name=a></legend><legend><input name=b></legend><p><input name=c>
     <fieldset><legend><input name=d></legend></fieldset></fieldset><input name=e>`,
    [["a=", "!b=", "!c=", "!d=", "e="]],
  ],
  "a data list is no control": [
    "<form><input list=l name=a><datalist id=l><option value=1><select name=b></select></datalist>",
    [["a="]],
  ],
  "controls that name their form": [
    "<input name=a form=one><form id=one><input name=b></form><form id=two><input name=c form=one><input name=d form=none></form>",
    [["a=", "b=", "c="], []],
  ],
  "an id that another element has before the form": [
    "<p id=one></p><form id=one><input name=a></form><input name=b form=one>",
    [["a="]],
  ],
  "an id in another case, an empty one": [
    "<form id=one></form><form id=''><input name=a form=ONE><input name=b form=''></form>",
    [[], []],
  ],
  "an option's text: white space of ASCII collapses, and images have none": [
    "<form><select name=a multiple><option selected> a \n b<option selected>c&nbsp; d&nbsp;<option selected>e<img alt=f>g",
    [["a=a b|c\u00a0 d\u00a0|eg"]],
  ],
  "an option in a disabled group, further in": [
    "<form><select name=a multiple><optgroup disabled><div><option selected>1</div></optgroup><option selected>2",
    [["a=2"]],
  ],
  "a select's size is the number that it begins with": [
    ["3x", " 2", "+4", "1.9", "-3", "x", "0"].map((size) =>
      `<select name=a size='${size}'><option>1</select>`
    ).join("").replace(/^/, "<form>"),
    [["a=", "a=", "a=", "a=1", "a=1", "a=1", "a=1"]],
  ],
  "values as they are held": [
    "<form><input name=a value=' x&#10;y '><input type=number name=b value=x><input type=color name=c><input type=range name=d>",
    [["a= xy ", "b=", "c=#000000", "d=50"]],
  ],
  "a form in a form is ignored": [
    "<form id=a><form id=b><input name=c></form><input name=d>",
    [["c="]],
  ],
  "a form that is closed by what it stands in": [
    "<table><tr><form><td><input name=a></td></tr><tr><td><input name=b></table><input name=c></form><input name=d>",
    [["a=", "b=", "c="]],
  ],
  "templates, scripts and comments hold no forms": [
    `<template><form><input name=a></form></template><script>"<form>"</script><!-- <form> --><form>
     <template><input name=b></template><input name=c></form>`,
    [["c="]],
  ],
  "a select whose selection is disabled sends nothing": [
    "<form><select name=a><option selected disabled>1<option>2</select>",
    [["a="]],
  ],
  "a template's forms are no ends of the form around": [
    "<form><template><form></form></template><input name=a></form><input name=b>",
    [["a="]],
  ],
  "buttons that are not closed": ["<form><button>b<button>c", [["=*b", "=*c"]]],
  "an option that is not closed, and a button in its place": [
    "<form><select name=a><option>1<option>2</select><button>b</button><button>c",
    [["a=1", "=*b", "=*c"]],
  ],
};

Deno.test("readPage finds the controls of each form", async (t) => {
  for (const [name, [html, controls]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(controlsOf(html), controls));
  }
});

Deno.test("readPage tells how a form is sent, as it is written", () => {
  const { forms } = readPage(
    `<form id="" name=n action="/x?a=1&amp;b=2" method=POST enctype="multipart/form-data"></form><form>`,
  );
  assertEquals(forms, [
    {
      id: "",
      name: "n",
      action: "/x?a=1&b=2",
      method: "POST",
      enctype: "multipart/form-data",
      controls: [],
    },
    { id: null, name: null, action: null, method: null, enctype: null, controls: [] },
  ]);
});

Deno.test("readPage finds title, base, links and metas", () => {
  const page = readPage(`<!doctype html><title> a
      b </title><base target=_top><base href="/in/"><base href="/no/">
    <META NAME="CSRF-Token" CONTENT="t"><meta name=csrf-token content=second><meta charset=utf-8>
    <a href="/1">One <b>link</b></a><a>no link</a><a href=2><img alt="Two"></a><a href=3 aria-label=Three></a><a href=4>Four<a href=5>Five`);
  assertEquals([page.title, page.base], ["a b", "/in/"]);
  assertEquals(page.metas.get("csrf-token"), "t");
  assertEquals(page.links, [
    { text: "One link", href: "/1" },
    { text: "Two", href: "2" },
    { text: "Three", href: "3" },
    { text: "Four", href: "4" },
    { text: "Five", href: "5" },
  ]);
});
