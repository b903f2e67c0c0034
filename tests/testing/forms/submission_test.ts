/**
 * `formSubmission`, by `TestForm.submit()`: what a browser sends for a form.
 *
 * @module
 */

import { assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import type { FormValue } from "@pyramidion/pyramidion/testing";
import { openForm } from "../form_site.ts";

Deno.test("TestForm.submit sends what a browser sends", async (t) => {
  const text = new File(["abc"], "a.txt", { type: "text/plain" });
  const rows: Record<
    string,
    [html: string, values: Record<string, FormValue>, body: string]
  > = {
    "nothing touched": [
      "<input name=a value=1><input value=2><input type=hidden name=csrf_token value=t><input type=checkbox name=c><input name=d disabled value=1>",
      {},
      "a=1&csrf_token=t",
    ],
    "texts and numbers, in the order of the page": [
      "<input name=a><textarea name=b></textarea>",
      { b: 7, a: "ä &" },
      "a=%C3%A4+%26&b=7",
    ],
    "line breaks": ["<textarea name=a>\n1\n2</textarea>", {}, "a=1%0D%0A2"],
    "several of one name": ["<input name=a><input name=a>", { a: ["1", "2"] }, "a=1&a=2"],
    "a box that is checked": ["<input type=checkbox name=a>", { a: true }, "a=on"],
    "a box by its value": ["<input type=checkbox name=a value=x>", { a: "x" }, "a=x"],
    "a box that is unchecked": ["<input type=checkbox name=a checked>", { a: false }, ""],
    "a box with a hidden stand-in": [
      "<input type=hidden name=a value=0><input type=checkbox name=a value=1>",
      { a: true },
      "a=0&a=1",
    ],
    "boxes of one name": [
      "<input type=checkbox name=a value=1 checked><input type=checkbox name=a value=2><input type=checkbox name=a value=3>",
      { a: ["2", "3"] },
      "a=2&a=3",
    ],
    "no box of several": [
      "<input type=checkbox name=a value=1 checked><input type=checkbox name=a value=2>",
      { a: [] },
      "",
    ],
    "a radio button": [
      "<input type=radio name=a value=1 checked><input type=radio name=a value=2>",
      { a: "2" },
      "a=2",
    ],
    "an option by its value": [
      "<select name=a><option value=1>One<option value=2>Two</select>",
      { a: "2" },
      "a=2",
    ],
    "an option by what it shows": [
      "<select name=a><option value=1>One<option value=2>Two</select>",
      { a: "Two" },
      "a=2",
    ],
    "several options, in the order of the page": [
      "<select name=a multiple><option>1<option>2<option selected>3</select>",
      { a: ["2", "1"] },
      "a=1&a=2",
    ],
    "a hidden field that is tampered with": [
      "<input type=hidden name=a value=1>",
      { a: "2" },
      "a=2",
    ],
    "a field that is taken out": [
      "<input name=a value=1><input name=b value=2>",
      { a: null },
      "b=2",
    ],
    "undefined": ["<input name=a value=1>", { a: undefined }, "a=1"],
    "_charset_": ["<input type=hidden name=_charset_ value=x>", {}, "_charset_=UTF-8"],
    "_charset_ of a field that is not hidden": [
      "<input name=_charset_ value=x>",
      {},
      "_charset_=x",
    ],
    "a file without multipart": ["<input type=file name=a>", { a: text }, "a=a.txt"],
    "a text with line breaks": ["<input name=a>", { a: "1\n2\r3" }, "a=123"],
    "a number that is none": ["<input type=number name=a value=x>", { a: "1,5" }, "a="],
    "a number": ["<input type=number name=a>", { a: 1.5 }, "a=1.5"],
    "a slider, untouched and beyond its end": [
      "<input type=range name=a><input type=range name=b max=10>",
      { b: 11 },
      "a=50&b=10",
    ],
    "a color in upper case": ["<input type=color name=a>", { a: "#ABCDEF" }, "a=%23abcdef"],
    "date and time": [
      "<input type=datetime-local name=a>",
      { a: "2024-02-29 12:30:00" },
      "a=2024-02-29T12%3A30",
    ],
    "email addresses": [
      "<input type=email multiple name=a>",
      { a: " a@b , c@d " },
      "a=a%40b%2Cc%40d",
    ],
    "line breaks of a text area": [
      "<textarea name=a>",
      { a: "1\r2\n3\r\n4" },
      "a=1%0D%0A2%0D%0A3%0D%0A4",
    ],
    "lines of a text area that wraps hard": [
      "<textarea name=a wrap=hard cols=10>aaa bbb ccc ddd\n\naaaaaaaaaaaa-b c</textarea>",
      {},
      "a=aaa+bbb+%0D%0Accc+ddd%0D%0A%0D%0Aaaaaaaaaaa%0D%0Aaa-b+c",
    ],
    "lines of a text area that wraps softly": [
      "<textarea name=a cols=2>aaa bbb</textarea>",
      {},
      "a=aaa+bbb",
    ],
    "a direction": [
      "<input name=a dirname=b><textarea name=c dirname=d dir=auto></textarea><input type=number name=e dirname=f>",
      { c: "1 \u05d0" },
      "a=&b=ltr&c=1+%D7%90&d=rtl&e=",
    ],
    "the direction of a button": [
      "<input type=submit name=a value=1 dirname=b dir=rtl>",
      {},
      "a=1&b=rtl",
    ],
    "a file's name without multipart": [
      "<input type=file name=a>",
      { a: new File([], "a\nb") },
      "a=a%0D%0Ab",
    ],
    "a datalist's controls": ["<datalist><input name=a></datalist><input name=b>", {}, "b="],
    "the first button": [
      "<button type=button name=x value=0>x</button><button name=b value=1>One</button><button name=b value=2>Two</button>",
      {},
      "b=1",
    ],
  };
  for (const [name, [html, values, body]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { site, form } = await openForm(`<form method=post>${html}</form>`);
      await form.submit(values);
      assertEquals([site.last.method, site.last.body], ["POST", body]);
      assertEquals(
        site.last.headers.get("content-type"),
        "application/x-www-form-urlencoded",
      );
    });
  }
});

Deno.test("TestForm.submit sends files as multipart/form-data", async () => {
  const { site, form } = await openForm(
    `<form method=post enctype="multipart/form-data"><input name=a value="1"><textarea name=b>2\n3</textarea>
     <input type=file name=c><input type=file name=d multiple>`,
  );
  const files = ["x", "y"].map((name) => new File(["abc"], `${name}.txt`, { type: "text/plain" }));
  await form.submit({ d: files });
  assertEquals(site.last.form, [
    ["a", "1"],
    ["b", "2\r\n3"],
    ["c", "file  application/octet-stream 0"],
    ["d", "file x.txt text/plain 3"],
    ["d", "file y.txt text/plain 3"],
  ]);
});

Deno.test("TestForm.submit sends a form to where it says, by the method it says", async (t) => {
  const here = "https://app.test/in/page?old=1";
  const rows: Record<string, [form: string, sent: string]> = {
    "no action, GET: the page with the form as its query": [
      "<form>",
      "GET https://app.test/in/page?a=1",
    ],
    "no action, POST: the page, its query included": ["<form method=POST>", `POST ${here} a=1`],
    "an empty action": ['<form method=post action="">', `POST ${here} a=1`],
    "a relative action": ["<form method=post action=../x?y>", "POST https://app.test/x?y a=1"],
    "an absolute path, GET": ["<form action=/x?y#z>", "GET https://app.test/x?a=1"],
    "a base": ["<base href=/base/><form action=x>", "GET https://app.test/base/x?a=1"],
    "a base, and no action": ["<base href=/base/><form>", "GET https://app.test/in/page?a=1"],
    "a base, and an empty action": [
      '<base href=/base/><form action="">',
      "GET https://app.test/in/page?a=1",
    ],
    "another origin": ["<form method=post action=//b.test>", "POST https://b.test/ a=1"],
    "a method that is none": ["<form method=put>", "GET https://app.test/in/page?a=1"],
    "plain text": ["<form method=post enctype=text/plain>", `POST ${here} a=1\r\n`],
    "plain text by GET": [
      "<form method=get enctype=text/plain>",
      "GET https://app.test/in/page?a=1",
    ],
    "an encoding that is none": ["<form method=post enctype=json>", `POST ${here} a=1`],
  };
  for (const [name, [form, sent]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { site, form: found } = await openForm(`${form}<input name=a value=1></form>`);
      await found.submit();
      const { method, url, body } = site.last;
      assertEquals(`${method} ${url}${body === "" ? "" : ` ${body}`}`, sent);
    });
  }
});

Deno.test("TestForm.submit without fields has an empty query, and keeps the fragment", async () => {
  const { site, form } = await openForm("<form action='/x?y=1#z'>");
  const answer = await form.submit();
  assertEquals([site.last.url, answer.url], ["https://app.test/x?", "https://app.test/x?#z"]);
});

Deno.test("TestForm.submit names no charset", async () => {
  for (const type of ["text/plain", "application/x-www-form-urlencoded"]) {
    const { site, form } = await openForm(`<form method=post enctype=${type}><input name=a>`);
    await form.submit();
    assertEquals(site.last.headers.get("content-type"), type);
  }
});

Deno.test("TestForm.submit presses the button that is meant", async (t) => {
  const html = `<form method=post action=/form>
    <button name=do value=save>Save <b>it</b></button>
    <button name=do value=drop formaction=/drop formmethod=get>Drop</button>
    <input type=submit id=third name=t value=Third formenctype=text/plain>
    <input type=image name=map alt=Map><input type=image id=bare>
    <button name=off disabled>Off</button>`;
  const { form } = await openForm(html);
  assertEquals(
    form.buttons.map(({ label, name, value, disabled }) => [label, name, value, disabled]),
    [
      ["Save it", "do", "save", false],
      ["Drop", "do", "drop", false],
      ["Third", "t", "Third", false],
      ["Map", "map", "", false],
      ["", "", "", false],
      ["Off", "off", "", true],
    ],
  );
  const rows: Record<string, [button: string | null, sent: string]> = {
    "by what it shows": ["Save it", "POST /form do=save"],
    "by its value": ["drop", "GET /drop?do=drop "],
    "by its id": ["third", "POST /form t=Third\r\n"],
    "an image by its name": ["map", "POST /form map.x=0&map.y=0"],
    "an image without a name": ["bare", "POST /form x=0&y=0"],
    "none": [null, "POST /form "],
  };
  for (const [name, [button, sent]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { site, form } = await openForm(html);
      await form.submit({}, { button });
      const { method, url, body } = site.last;
      assertEquals(`${method} ${url.replace("https://app.test", "")} ${body}`, sent);
    });
  }
});

Deno.test("TestForm.submit refuses what the form does not have, and says what it has", async (t) => {
  const html = `<form name=f method=post><input name=user><input name=email disabled>
    <input type=checkbox name=box><input type=checkbox name=many value=1><input type=checkbox name=many value=2>
    <input type=radio name=one value=a><input type=radio name=one value=b>
    <select name=size><option value=s>Small<option value=l>Large<option value=x disabled>Huge</select>
    <input type=file name=file><input name=tag><input name=tag>
    <button name=go value=1>Go</button><button name=go value=2>Stop</button><button name=off disabled>Off</button>`;
  const rows: Record<
    string,
    [values: Record<string, FormValue>, button: string | undefined, message: string]
  > = {
    "an unknown field": [
      { usr: "ada" },
      undefined,
      'Cannot set field "usr" of form "f": no such field: its fields are "user", "box", "many", "one", "size", "file", "tag": did you mean "user"?',
    ],
    "a disabled field": [
      { email: "a" },
      undefined,
      'Cannot set field "email" of form "f": browsers do not send it, because it is disabled',
    ],
    "a button as a field": [
      { go: "1" },
      undefined,
      'Cannot set field "go" of form "f": it is a button: press it by the option "button"',
    ],
    "true in a text": [
      { user: true },
      undefined,
      'Cannot set field "user" of form "f": it holds text: give a string or a number',
    ],
    "a box of another value": [
      { box: "yes" },
      undefined,
      'Cannot set field "box" of form "f": no such value "yes"; it has "on"',
    ],
    "true for several boxes": [
      { many: true },
      undefined,
      'Cannot set field "many" of form "f": no such value "true"; it has "1", "2"',
    ],
    "two radio buttons": [
      { one: ["a", "b"] },
      undefined,
      'Cannot set field "one" of form "f": one of its radio buttons can be checked: give one value',
    ],
    "an option that is not there": [
      { size: "m" },
      undefined,
      'Cannot set field "size" of form "f": no such value "m"; it has "s", "l": did you mean "s"?',
    ],
    "an option that is disabled": [
      { size: "x" },
      undefined,
      'Cannot set field "size" of form "f": no such value "x"; it has "s", "l": did you mean "s"?',
    ],
    "two options of one": [
      { size: ["s", "l"] },
      undefined,
      'Cannot set field "size" of form "f": one of its options can be chosen: give one value',
    ],
    "a text as a file": [
      { file: "a.txt" },
      undefined,
      'Cannot set field "file" of form "f": it holds files: give a File, or a list of them',
    ],
    "two files of one": [
      { file: [new File([], "a"), new File([], "b")] },
      undefined,
      'Cannot set field "file" of form "f": it holds one file: give one',
    ],
    "one value for two controls": [
      { tag: "a" },
      undefined,
      'Cannot set field "tag" of form "f": 2 controls have this name: give a list of as many values',
    ],
    "an unknown button": [
      {},
      "Send",
      'Cannot press button "Send" of form "f": no such button: its buttons are "Go", "Stop", "Off"',
    ],
    "a button of two": [
      {},
      "go",
      'Cannot press button "go" of form "f": 2 buttons fit: its buttons are "Go", "Stop", "Off"',
    ],
    "a disabled button": [
      {},
      "Off",
      'Cannot press button "Off" of form "f": it is disabled',
    ],
  };
  for (const [name, [values, button, message]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { site, form } = await openForm(html);
      const options = button === undefined ? {} : { button };
      const error = await assertRejects(() => form.submit(values, options), TypeError);
      assertEquals([error.message, site.seen.length], [message, 1]);
    });
  }
  await t.step("a dialog", async () => {
    const { form } = await openForm("<form method=dialog><button>Close</button>");
    await assertRejects(() => form.submit(), TypeError, 'its method is "dialog"');
  });
  await t.step("an address that is none", async () => {
    const { form } = await openForm("<form action='javascript:alert(1)'>");
    await assertRejects(
      () => form.submit(),
      TypeError,
      '"javascript:alert(1)" is not an http or https URL',
    );
  });
});
