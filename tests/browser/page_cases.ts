/**
 * Pages with forms, each with a name: where forms are sent, how, and what belongs to them.
 *
 * @module
 */

import type { FormCase } from "./form_cases.ts";

const text = new File(["abc"], "a.txt", { type: "text/plain" });
const odd = new File(["ä\n"], 'q"u\\o\nt\r\ne;ä.bin');
const MULTIPART = "<form method=post enctype=multipart/form-data>";

/** Whole pages. */
const PAGES: Readonly<Record<string, FormCase>> = {
  "GET": ["<form><input name=a value='ä &'>"],
  "GET to a query and a fragment": ["<form action='/x?y=1#z'><input name=a value=1>"],
  "GET without fields to a query": ["<form action='/x?y=1'>"],
  "GET without fields": ["<form action=/x#z>"],
  "GET to the page itself": ["<form><input name=a value=1>"],
  "POST to the page itself": ["<form method=post><input name=a value=1>"],
  "an empty action": ["<form method=post action=''><input name=a value=1>"],
  "an action of space": ["<base href=/base/><form method=post action='  '><input name=a value=1>"],
  "an action with space around": ["<form method=post action=' /x&#10;y '><input name=a value=1>"],
  "an action of a fragment": ["<form method=post action='#z'><input name=a value=1>"],
  "an action of a query": ["<form method=post action='?z'><input name=a value=1>"],
  "a relative action": ["<form method=post action=../x?y><input name=a value=1>"],
  "a base": ["<base href=/base/><form action=x><input name=a value=1>"],
  "a base, and no action": ["<base href=/base/><form method=post><input name=a value=1>"],
  "a base, and an empty action": [
    "<base href=/base/><form method=post action=''><input name=a value=1>",
  ],
  "two bases": [
    "<base target=_self><base href=/one/><base href=/two/><form action=x><input name=a value=1>",
  ],
  "a base in the body": ["<form action=x><input name=a value=1></form><base href=/late/>"],
  "a method that is none": ["<form method=put><input name=a value=1>"],
  "an empty method": ["<form method=''><input name=a value=1>"],
  "an encoding that is none": ["<form method=post enctype=json><input name=a value=1>"],
  "an encoding in upper case": ["<form method=POST enctype=TEXT/PLAIN><input name=a value=1>"],
  "plain text": [
    "<form method=post enctype=text/plain><input name='a b' value='1&#10;=&amp;ä'><textarea name=c>x\ny</textarea><input type=file name=f><input name=d>",
  ],
  "plain text without fields": ["<form method=post enctype=text/plain>"],
  "multipart": [
    `${MULTIPART}<input name=a value=ä><textarea name=b>1\n2</textarea><input name='q"&#10;r' value=1>`,
  ],
  "multipart without fields": [MULTIPART],
  "multipart with files": [
    `${MULTIPART}<input type=file name=none><input type=file name=one><input type=file name='m&quot;' multiple><input type=file name=empty multiple>`,
    { values: { one: text, 'm"': [text, odd] } },
  ],
  "multipart with a file of no type": [`${MULTIPART}<input type=file name=a>`, {
    values: { a: new File(["x"], "x.png") },
  }],
  "multipart by GET": [
    "<form enctype=multipart/form-data><input name=a value=1><input type=file name=b>",
    { values: { b: text } },
  ],
  "multipart with an image": [`${MULTIPART}<input type=image name=i>`],
  "formaction, formmethod, formenctype": [
    "<form method=post action=/no><input name=a value=1><button formaction=/x?q=1 formmethod=get>b</button>",
  ],
  "an empty formaction": [
    "<form method=post action=/no><input name=a value=1><button formaction=''>b</button>",
  ],
  "an empty formmethod": [
    "<form method=post action=/x><input name=a value=1><button formmethod=''>b</button>",
  ],
  "an odd formmethod": [
    "<form method=post action=/x><input name=a value=1><button formmethod=odd>b</button>",
  ],
  "an empty formenctype": [
    "<form method=post enctype=text/plain action=/x><input name=a value=1><button formenctype=''>b</button>",
  ],
  "formenctype": [
    "<form method=post action=/x><input name=a value=1><input type=submit formenctype=text/plain>",
  ],
  "formmethod instead of dialog": [
    "<form method=dialog action=/x><input name=a value=1><button formmethod=post>b</button>",
  ],
  "formtarget": [
    "<form method=post action=/x target=_self><input name=a value=1><button formtarget=_self>b</button>",
  ],
  "accept-charset": ["<form method=post action=/x accept-charset=utf-8><input name=a value=ä>"],
  "controls that name their form": [
    "<input name=a form=one value=1><form id=one method=post action=/x><input name=b value=2></form><form><input name=c form=one value=3><input name=d form=none value=4><input name=e form='' value=5></form><button form=one name=f value=6>x</button>",
  ],
  "two forms of one id": [
    "<form id=one action=/1><input name=a value=1></form><form id=one action=/2></form><input form=one name=b value=2>",
  ],
  "an id that another element has": [
    "<p id=one></p><form id=one action=/1><input name=a value=1></form><input form=one name=b value=2>",
  ],
  "an id in another case": [
    "<form id=one action=/1><input name=a value=1></form><input form=ONE name=b value=2>",
  ],
  "a control in one form that names another": [
    "<form action=/0></form><form id=b action=/1><input name=a form=c value=1><input name=d value=2></form><form id=c></form>",
    { form: 1 },
  ],
  "radio buttons across form=": [
    "<input type=radio name=a form=f value=1 checked><form id=f action=/x><input type=radio name=a value=2 checked></form><input type=radio name=a form=f value=3>",
  ],
  "a fieldset around the form": [
    "<fieldset disabled><form action=/x><input name=a value=1></form></fieldset>",
  ],
  "a form in a form": [
    "<form action=/1><input name=a value=1><form action=/2><input name=b value=2></form><input name=c value=3>",
  ],
  "a form in a form, in a div": [
    "<form action=/1><div><form action=/2><input name=b value=2></form><input name=c value=3></div></form><input name=d value=4>",
  ],
  "a form that is closed by what it stands in": [
    "<div><form action=/1><input name=a value=1></div><input name=b value=2></form><input name=c value=3>",
  ],
  "a form in a table": [
    "<table><form action=/1><tr><td><input name=a value=1></td></tr></form></table><input name=b value=2>",
  ],
  "a form in a row": [
    "<table><tr><form action=/1><td><input name=a value=1></td></tr><tr><td><input name=b value=2></table><input name=c value=3></form><input name=d value=4>",
  ],
  "two forms in rows": [
    "<table><tr><form action=/1><td><input name=a value=1></td></form></tr><tr><form action=/2><td><input name=b value=2></td></form></tr></table>",
    { form: 1 },
  ],
  "fields that a table throws out": [
    "<form action=/1><table><tr><td><input name=a value=1></td></tr><input name=b value=2><input type=hidden name=c value=3><tr><div><input name=d value=4></div></table>",
  ],
  "a fieldset in a table": [
    "<form action=/1><table><fieldset disabled><tr><td><input name=a value=1></td></tr></fieldset></table><input name=b value=2>",
  ],
  "a fieldset that a paragraph's end does not close": [
    "<form action=/1><p><fieldset disabled></p><input name=a value=1></fieldset><input name=b value=2>",
  ],
  "a fieldset that a span's end does not close": [
    "<form action=/1><span><fieldset disabled></span><input name=a value=1></fieldset><input name=b value=2>",
  ],
  "a fieldset that a div's end closes": [
    "<form action=/1><div><fieldset disabled></div><input name=a value=1>",
  ],
  "a cell's end that is missing": [
    "<form action=/1><table><tr><td><fieldset disabled><td><input name=a value=1></table>",
  ],
  "an end tag in a cell for what is outside of the table": [
    "<form action=/1><fieldset disabled><table><tr><td></fieldset><input name=a value=1></table></fieldset><input name=b value=2>",
  ],
  "a form's end in a cell": [
    "<form action=/1><table><tr><td></form><input name=a value=1></table><input name=b value=2>",
  ],
  "a row without a table": [
    "<form action=/1><tr><td><input name=a value=1></td></tr><input name=b value=2>",
  ],
  "list items": [
    "<form action=/1><ul><li><fieldset disabled><li><input name=a value=1></ul><input name=b value=2>",
  ],
  "list items in a fieldset": [
    "<form action=/1><ul><li><fieldset disabled><ul><li><input name=a value=1></ul></fieldset><li><input name=b value=2></ul>",
  ],
  "a definition list": [
    "<form action=/1><dl><dt><fieldset disabled><dd><input name=a value=1></dl>",
  ],
  "a heading in a heading": [
    "<form action=/1><h1><fieldset disabled><h2><input name=a value=1></h1><input name=b value=2>",
  ],
  "a button in a button": ["<form action=/1><button name=a value=1>a<button name=b value=2>b", {
    button: "b",
  }],
  "a button in a button, in a span": [
    "<form action=/1><button name=a value=1><span>a<button name=b value=2>b</button><input name=c value=3>",
    { button: "b" },
  ],
  "formatting that is closed crosswise": [
    "<form action=/1><b><fieldset disabled></b><input name=a value=1></fieldset><input name=b value=2>",
  ],
  "formatting that is closed crosswise around a form": [
    "<b><form action=/1></b><input name=a value=1></form><input name=b value=2>",
  ],
  "a link in a link": [
    "<form action=/1><a href=x><fieldset disabled><a href=y><input name=a value=1></a></fieldset><input name=b value=2>",
  ],
  "a caption": [
    "<form action=/1><table><caption><fieldset disabled><tr><td><input name=a value=1></table>",
  ],
  "a form after the body": ["<body></body><form action=/1><input name=a value=1></form>"],
  "a form after html": ["</html><form action=/1><input name=a value=1></form>"],
  "a form in the head": [
    "<head><form action=/1><input name=a value=1></head><input name=b value=2>",
  ],
  "a form in a template": [
    "<template><form action=/0></form></template><form action=/1><input name=a value=1></form>",
  ],
  "a form in a title and a comment": [
    "<title><form></title><!-- <form> --><form action=/1><input name=a value=1></form>",
  ],
  "a form in a noframes and an iframe": [
    "<iframe><form></iframe><noframes><form></noframes><form action=/1><input name=a value=1></form>",
  ],
  "a self-closing fieldset and form": [
    "<form action=/1 /><fieldset disabled /><input name=a value=1></fieldset><input name=b value=2>",
  ],
  "an image tag": ["<form action=/1><image name=a><input name=b value=2>"],
  "object and marquee": [
    "<form action=/1><div><object></div><fieldset disabled></object><input name=a value=1></div>",
  ],
  "ruby, optgroup and option outside of a select": [
    "<form action=/1><option><fieldset disabled><option><input name=a value=1></fieldset><input name=b value=2>",
  ],
  "a fieldset in option outside": [
    "<form action=/1><p><option><input name=a value=1></p><input name=b value=2>",
  ],
  "plaintext": ["<form action=/1><input name=a value=1><plaintext></form><input name=b value=2>"],
  "nobr and a table in a paragraph": [
    "<form action=/1><p><table><tr><td></p><fieldset disabled></table><input name=a value=1>",
  ],
  "an attribute twice": ["<form action=/1 action=/2><input name=a name=b value=1 value=2>"],
  "attributes in upper case and without quotes": [
    "<FORM ACTION=/1 METHOD=POST><INPUT TYPE=HIDDEN NAME=a VALUE=b/><INPUT NAME=c/VALUE=d>",
  ],
};

/** Whole pages by their names. */
export const PAGE_CASES: ReadonlyMap<string, FormCase> = new Map(
  Object.entries(PAGES).map(([name, [html, filling]]) => [
    name,
    [`<!doctype html>${html}`, filling ?? {}],
  ]),
);
