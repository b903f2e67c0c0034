/**
 * Forms of every kind, each with a name: what the page has, and what a visitor does.
 *
 * @module
 */

import type { Filling } from "./form_visitors.ts";
import { inputCases } from "./input_cases.ts";

/** A page, or what a form holds; and what a visitor does with it. */
export type FormCase = readonly [html: string, filling?: Filling];

const text = new File(["abc"], "a.txt", { type: "text/plain" });

/** What stands in `<form method=post action=/to>`. */
const CONTROLS: Readonly<Record<string, FormCase>> = {
  "an empty form": [""],
  "texts, untouched and filled in": ["<input name=a value=1><input name=b>", {
    values: { b: "x" },
  }],
  "no name, an empty name, a name of space": [
    "<input value=1><input name='' value=2><input name=' ' value=3>",
  ],
  "names with line breaks": ["<input name='a&#10;b' value=1><input name='a&#13;&#10;b' value=2>"],
  "names of one kind twice": ["<input name=a value=1><input name=b value=2><input name=a value=3>"],
  "isindex": ["<input name=isindex value=1><input name=b value=2>"],
  "isindex alone": ["<input name=isindex value=1>"],
  "isindex, an element": ["<isindex name=a><input name=b>"],
  "_charset_": [
    "<input type=hidden name=_charset_><input type=hidden name=_CHARSET_ value=x><input name=_charset_ value=y>",
  ],
  "readonly, required, maxlength, pattern": [
    "<input name=a readonly value=1><input name=b required><input name=c maxlength=1 value=abc><input name=d pattern=x value=y>",
    { values: { c: "defg" } },
  ],
  "checkboxes": [
    "<input type=checkbox name=a><input type=checkbox name=b checked><input type=checkbox name=c checked value=''><input type=checkbox name=d value=x>",
    { values: { d: true } },
  ],
  "boxes of one name": [
    "<input type=checkbox name=a value=1 checked><input type=checkbox name=a value=2><input type=checkbox name=a value=3>",
    { values: { a: ["2", "3"] } },
  ],
  "radio buttons, two of them checked": [
    "<input type=radio name=a value=1 checked><input type=radio name=a value=2 checked><input type=radio name=A value=3 checked>",
  ],
  "radio buttons, one disabled": [
    "<input type=radio name=a value=1 checked><input type=radio name=a value=2 checked disabled>",
  ],
  "radio buttons, chosen": [
    "<input type=radio name=a value=1 checked><input type=radio name=a value=2><input type=radio name=b>",
    { values: { a: "2" } },
  ],
  "radio buttons, none": ["<input type=radio name=a value=1><input type=radio name=a value=2>"],
  "radio buttons without a value": [
    "<input type=radio name=a checked><input type=radio name=b value='' checked>",
  ],
  "textarea": [
    "<textarea name=a>\n\n1\r2\r\n3\n</textarea><textarea name=b>&#10;x</textarea><textarea name=c></textarea><textarea name=d> <b>&amp;</textarea>",
    { values: { c: "1\n2\r\n3\r4" } },
  ],
  // Words are so long that the font does not decide where lines are broken.
  "textarea wrap=hard": [
    ["aaaaaaaa bbbbbbbb cccccccc", "aaaaaaaa  bbbbbbbb\n\ncccccccc\ndddddddd ", "", "a b\n c", "-"]
      .map((value) => `<textarea name=a wrap=HARD cols=10>\n${value}</textarea>`).join("") +
    "<textarea name=b wrap=hard>aaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbb</textarea>" +
    "<textarea name=c wrap=hard cols=0>aaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbb</textarea>",
  ],
  "textarea wrap=soft and off": [
    "<textarea name=a wrap=soft cols=5>aaa bbb</textarea><textarea name=b wrap=off cols=5>aaa bbb</textarea>",
  ],
  "select": [
    "<select name=a><option>1<option selected>2<option>3</select><select name=b><option value=x>1</select><select name=c></select>",
  ],
  "select, chosen by value and by label": [
    "<select name=a><option value=1>One<option value=2>Two</select><select name=b><option value=1>One<option value=2>Two</select>",
    { values: { a: "2", b: "Two" } },
  ],
  "select: two selected, the last counts": [
    "<select name=a><option selected>1<option selected>2<option>3</select>",
  ],
  "select: the first is disabled": [
    "<select name=a><option value='' disabled>Choose<option>1<option>2</select><select name=b><option disabled>1</select>",
  ],
  "select: the selected is disabled": [
    "<select name=a><option>1<option selected disabled>2</select>",
  ],
  "select: optgroups": [
    "<select name=a><optgroup disabled><option>1</optgroup><optgroup label=x><option>2<option>3</optgroup></select>",
  ],
  "select: a selected one in a disabled optgroup": [
    "<select name=a><option>0<optgroup disabled><option selected>1</optgroup></select>",
  ],
  "select: sizes": [
    "<select name=a size=2><option>1<option>2</select><select name=b size=1><option>1</select><select name=c size=0><option>1</select>" +
    "<select name=d size=-3><option>1</select><select name=e size=3x><option>1</select><select name=f size=x><option>1</select>" +
    "<select name=g size=2><option selected>1<option selected>2</select><select name=h size=' 2'><option>1</select><select name=i size=1.9><option>1</select><select name=j size=+4><option>1</select>",
  ],
  "select multiple": [
    "<select name=a multiple><option selected>1<option>2<option selected>3<option selected disabled>4</select><select name=b multiple><option>1</select><select name=c multiple size=1><option>1</select>",
  ],
  "select multiple, chosen": [
    "<select name=a multiple><option selected>1<option>2<option>3</select>",
    { values: { a: ["3", "2"] } },
  ],
  "select multiple, all taken back": [
    "<select name=a multiple><option selected>1<option>2</select>",
    { values: { a: [] } },
  ],
  "option texts": [
    "<select name=a multiple><option selected> a \n b <option selected>a&nbsp; b&nbsp;<option selected label=l>t<option selected value=''>v<option selected label=l value>t<option selected>&lt;b&gt;<option selected>\u3000x</select>",
  ],
  "option texts with markup": [
    "<select name=a multiple><option selected>a <b>b</b><option selected>x<script>y</script>z<option selected>i<img alt=m>j<option selected><span>1</span><span>2</span></select>",
  ],
  "select with other elements": [
    "<select name=a><div><option>1<option selected>2</div></select><select name=b><p><option disabled>1</p><hr><option>2</select>",
  ],
  "select with an optgroup's inner element": [
    "<select name=a><optgroup disabled><div><option selected>1</div></optgroup><option>2</select>",
  ],
  "select with an input in it": [
    "<select name=a><option>1<input name=b value=2><option>3</select>",
  ],
  "select with a textarea in it": [
    "<select name=a><option>1<textarea name=b>2</textarea><option>3</select>",
  ],
  "select with a button in it": [
    "<select name=a><button name=b value=2>b</button><option>3</select><button name=c value=4>c</button>",
  ],
  "select in a select": ["<select name=a><option>1<select name=b><option>2</select>"],
  "select that is not closed": ["<select name=a><option>1<option>2<p><input name=b value=3>"],
  "select in a paragraph with a paragraph in it": [
    "<fieldset><p><select name=a><p><option>1</p></select></p><input name=b value=2></fieldset>",
  ],
  "select with end tags of what is around": [
    "<fieldset disabled><select name=a><option>1</fieldset></select><input name=b value=2></fieldset><input name=c value=3>",
  ],
  "select in a cell with a cell in it": [
    "<table><tr><td><select name=a><option>1<td><input name=b value=2></select></table>",
  ],
  "select of two, both in a fieldset that ends in it": [
    "<select name=a multiple><option selected>1</option><optgroup label=x><option selected>2</optgroup><hr><option selected>3</select>",
  ],
  "a nested optgroup": [
    "<select name=a multiple><optgroup disabled><option selected>1<optgroup><option selected>2</select>",
  ],
  "datalist": [
    "<input list=l name=a value=1><datalist id=l><option value=1></datalist>",
    { values: { a: "2" } },
  ],
  "fieldset": [
    "<fieldset disabled><legend><input name=a value=1></legend><legend><input name=b value=2></legend><p><input name=c value=3><fieldset><legend><input name=d value=4></legend></fieldset></fieldset><fieldset><input name=e value=5></fieldset>",
  ],
  "fieldset: a legend that is not the first element": [
    "<fieldset disabled><p>x</p><legend><input name=a value=1></legend></fieldset>",
  ],
  "fieldset: a legend in a div": [
    "<fieldset disabled><div><legend><input name=a value=1></legend></div></fieldset>",
  ],
  "fieldset: formatting that a paragraph left open stands round the legend": [
    "<p><b></p><fieldset disabled><legend><input name=a value=1></legend></fieldset><input name=b value=2>",
  ],
  "fieldset: formatting that was ended after its paragraph does not": [
    "<p><b><i></p></i></b><fieldset disabled><legend><input name=a value=1></legend></fieldset>",
  ],
  "fieldset: formatting of a closed cell does not": [
    "<table><tr><td><b></td></tr></table><fieldset disabled><legend><input name=a value=1></legend></fieldset>",
  ],
  "fieldset: formatting from outside of a cell does not stand in the cell": [
    "<p><b></p><table><tr><td><fieldset disabled><legend><input name=a value=1></legend></fieldset></td></tr></table>",
  ],
  "fieldset: formatting of which one of two was ended": [
    "<p><b><b></p></b><fieldset disabled><legend><input name=a value=1></legend></fieldset>",
  ],
  "fieldset: formatting that ends within it goes round what it holds": [
    "<b><fieldset disabled><legend><input name=a value=1></b></legend></fieldset><input name=b value=2>",
  ],
  "fieldset: text opens the formatting again before the legend": [
    "<p><b></p>x</b><fieldset disabled><legend><input name=a value=1></legend></fieldset>",
  ],
  "fieldset: nested in a legend": [
    "<fieldset disabled><legend><fieldset disabled><input name=a value=1><legend><input name=b value=2></legend></fieldset></legend></fieldset>",
  ],
  "fieldset in an enabled one in a disabled one": [
    "<fieldset disabled><fieldset><input name=a value=1></fieldset></fieldset><input name=b value=1>",
  ],
  "disabled controls": [
    "<input name=a disabled value=1><select name=b disabled><option>1</select><textarea name=c disabled></textarea><input name=d disabled=false value=1><input name=e value=2>",
  ],
  "no button": ["<input name=a value=1>", { button: null }],
  "the first button": [
    "<button type=button name=x value=0>x</button><button name=b value=1>One</button><button name=b value=2>Two</button>",
  ],
  "another button": ["<button name=b value=1>One</button><button name=b value=2>Two</button>", {
    button: "Two",
  }],
  "a submit without a value": ["<input type=submit name=a>"],
  "a submit with an empty value": ["<input type=submit name=a value=''>"],
  "a submit with line breaks": ["<input type=submit name=a value=' x&#10;y '>"],
  "a button without a value": ["<button name=a>label</button>"],
  "a button with line breaks": ["<button name=a value='1&#10;2&#13;3'>label</button>"],
  "a button of an odd type": ["<button type=odd name=a value=1>x</button>"],
  "a button in the middle": [
    "<input name=a value=1><button name=b value=2>x</button><input name=c value=3>",
  ],
  "an image": ["<input name=a value=1><input type=image name=i alt=x><input name=c value=3>"],
  "an image with a value": ["<input type=image name=i value=v>"],
  "an image without a name": ["<input type=image>"],
  "an image in a datalist": [
    "<datalist><input type=image name=i></datalist><input name=a value=1>",
    { button: null },
  ],
  "an image that is not pressed": ["<input type=image name=i><button name=b value=1>x</button>", {
    button: "x",
  }],
  "file without multipart": ["<input type=file name=a><input type=file name=b multiple>", {
    values: { a: text },
  }],
  "dirname": [
    "<input name=a dirname=a.dir><input name=b dirname=b.dir dir=rtl value=x><input dirname=d.dir><input name=e dirname=e.dir dir=auto value='&#x5d0;a'><textarea name=f dirname=f.dir dir=auto>a\u05d0</textarea>",
  ],
  "dirname of every type": [
    "hidden,text,search,tel,url,email,password,number,date,range,color,checkbox,radio,file,odd"
      .split(",").map((type) => `<input type=${type} name=${type} dirname=${type}.dir checked>`)
      .concat(
        "<textarea name=ta dirname=ta.dir></textarea><select name=s dirname=s.dir><option>1</select>",
      ).join(""),
  ],
  "dirname that is inherited": [
    "<div dir=rtl><input name=a dirname=a.dir><input type=tel name=b dirname=b.dir><input name=c dir=ltr dirname=c.dir><input name=d dir=odd dirname=d.dir><input type=tel name=e dir=auto dirname=e.dir value='&#x5d0;'></div>",
  ],
  "dirname with auto": [
    [
      "",
      "1",
      "a",
      "א",
      "1א",
      "!ا",
      "٣",
      "۝",
      "😀א",
      "éא",
      "中",
      "\u200fa",
      "\u200ea",
      "\u061c",
      "ߊ",
      "a\u05d0",
    ].map((value) => `<input name=a dir=auto dirname=d value="${value}">`).join(""),
  ],
  "dirname around with auto": [
    "<div dir=auto>\u05d0<input name=a dirname=a.dir></div><div dir=auto>a<input name=b dirname=b.dir></div><div dir=auto><bdi>\u05d0</bdi>a<input name=c dirname=c.dir></div><div dir=auto><p dir=ltr>\u05d0</p><b>1 \u05d0</b><input name=d dirname=d.dir></div><div dir=rtl><div dir=auto><input name=e dirname=e.dir></div></div><bdi><input name=f dirname=f.dir></bdi>",
  ],
  "dirname of a button": ["<button name=a dirname=a.dir dir=rtl value=1>x</button>"],
  "dirname with a line break": ["<input name=a dirname='d&#10;e'>"],
  "output, object, meter, progress": [
    "<output name=a>1</output><object name=b></object><meter name=c value=1></meter><progress name=d></progress><input name=e>",
  ],
  "template": ["<template><input name=a value=1></template><input name=b value=2>"],
  "references in values": [
    "<input name=a value='&lt;&amp;&quot;&#65;&#x42;&nbsp;&eacute;&hellip;&copy;&euro;'><input name=b value='?a=1&copy=2&amp=3&lt'><input name=c value='&copy &copyx &AMP &#128;&#65 &#xD800; &#0; &nosuch; &ampx;'>",
  ],
  "references in a textarea": [
    "<textarea name=a>&copy &copyx &amp &AMP; &#128;&#65 &ampx; &notit; &hellip &frac12; &lang; &nosuch; &NewLine;x &quot; &QUOT</textarea>",
  ],
  "svg": [
    "<svg><input name=a value=1><title><input name=b value=2></title><foreignObject><input name=c value=3></foreignObject><path/></svg><input name=d value=4>",
  ],
  "svg that is broken out of": [
    "<svg><g><input name=a value=1><p><input name=b value=2></svg><input name=c value=3>",
  ],
  "math": [
    "<math><mi><input name=a value=1></mi><input name=b value=2></math><input name=c value=3>",
  ],
};

/** Forms by their names: what each holds. They are sent by POST. */
export const FORM_CASES: ReadonlyMap<string, FormCase> = new Map([
  ...inputCases(),
  ...Object.entries(CONTROLS),
]);
