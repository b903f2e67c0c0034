/**
 * `tokenlessForms`: the forms of a source file, whatever way they are written.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { tokenlessForms } from "../../../lib/cli/commands/doctor_forms.ts";

const SEARCH = { token: "csrf_token", helpers: [] };
const TOKEN = '<input type="hidden" name="csrf_token" value="${token}">';

Deno.test("tokenlessForms finds forms that send POST, however they are written", async (t) => {
  const rows: Record<string, [source: string, found: 0 | 1]> = {
    "double quotes": ['html`<form method="post"></form>`', 1],
    "single quotes": ["html`<form method='post'></form>`", 1],
    "no quotes": ["html`<form method=post></form>`", 1],
    "no quotes, at the end of a string": ["'<form method=post' + rest + '></form>'", 1],
    "capitals": ['html`<FORM METHOD="POST"></FORM>`', 1],
    "blanks round the sign": ['html`<form method = "post" ></form>`', 1],
    "several lines": ['html`<form\n  action="/a"\n  method="post"\n></form>`', 1],
    "the method last": ['html`<form class="a" action="/a>b" novalidate method="post"></form>`', 1],
    "no blank between attributes": [`html\`<form action="/a"method='post'></form>\``, 1],
    "a slash for a blank": ['html`<form/method="post"></form>`', 1],
    "escaped quotes": ['"<form action=\\"/a\\" method=\\"post\\"></form>"', 1],
    "escaped quotes round joined strings": ['"<form action=\\"" + u + "\\" method=\\"post\\">"', 1],
    "escaped line breaks": ['"<form\\n\\tmethod=\\"post\\"\\n></form>"', 1],
    "joined strings": ["'<form ' +\n  'action=\"' + url + '\" ' +\n  'method=\"post\"></form>'", 1],
    "joined behind the name": [`"<form" + " method='post'></form>"`, 1],
    "code with quotes and ends before the method": [
      'html`<form action="${path({ a: "}>", b: `"${`>`}"` })}" method="post"></form>`',
      1,
    ],
    "code with a brace in a string": [
      'html`<form action="${a("}") + \'">\'}" method="post"></form>`',
      1,
    ],
    "code with an escaped quote": ['html`<form action="${"\\"}\\">"}" method="post"></form>`', 1],
    "code with templates in templates": [
      'html`<form action="${`a${`">`}}`}" method="post"></form>`',
      1,
    ],
    "code with an apostrophe": [
      'html`<form ${ // it\'s\n a} method="post"></form>`',
      1,
    ],
    "code in place of attributes": ['html`<form ${a > b ? "x" : ""} method="post"></form>`', 1],
    "code behind the name": ['html`<form${attributes} method="post"></form>`', 1],
    "a literal in code": ['html`<form method="${"post"}"></form>`', 1],
    "JSX": ['<form onSubmit={() => a} method="post"><p /></form>', 1],
    "a literal of JSX": ['<form {...rest} method={"post"}></form>', 1],
    "a form that never ends": ['html`<form method="post">`', 1],
    "a button that sends it by POST": ['html`<form><button formmethod="POST"></form>`', 1],
    "no method": ['html`<form action="/a"></form>`', 0],
    "GET": ['html`<form method="get"></form>`', 0],
    "GET first": ['html`<form method="get" method="post"></form>`', 0],
    "another method": ['html`<form method="postal"></form>`', 0],
    "another attribute": ['html`<form data-method="post" title=\'method="post"\'></form>`', 0],
    "a method that is known when it runs": ['html`<form method="${method}"></form>`', 0],
    "another element": ['html`<form-field method="post"></form-field><formula method="post">`', 0],
    "a pattern": ['const form = /<form[^>]*method="post"/;', 0],
    "a comparison": ['if (i <form && method == "post") a = b > c;', 0],
    "a tag without an end": ['"<form method=" + "<b>"', 0],
    "a tag without an end, before another": ["cut('<form method=\"post\"'); html`<p>`;", 0],
    "behind a tag without an end": ['cut("<form "); html`<b><form method="post">`', 1],
    "a comment of a line": ['  // <form method="post">\n', 0],
    "a comment of several": ['/**\n * <form method="post"></form>\n */', 0],
    "a comment of JSX": ['{/* <form method="post"></form> */}', 0],
    "a comment of HTML": ['html`<!-- <form method="post"></form> -->`', 0],
    "marks of comments in strings": [
      'cut(s, "<!--"); cut("/*");\nhtml`<form method="post"></form>`; cut(s, "-->", "*/");',
      1,
    ],
    "a comment that never ends": ['html`<form method="post">`;\n/* ', 1],
  };
  for (const [name, [source, found]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(tokenlessForms(source, SEARCH).length, found));
  }
});

Deno.test("tokenlessForms knows a token by its field, and by what writes it", async (t) => {
  const rows: Record<string, [body: string, found: 0 | 1]> = {
    "a field": [TOKEN, 0],
    "single quotes": ["<input name='csrf_token'>", 0],
    "no quotes, other attributes first": ['<INPUT value="${a > b}" NAME=csrf_token>', 0],
    "a literal of JSX": ['<input name={"csrf_token"} value={token} />', 0],
    "escaped quotes": ['<input name=\\"csrf_token\\">', 0],
    "a call": ['<input name="${name}" value="${session.getCsrfToken()}">', 0],
    "a function of the app": ["${csrfField(session)}", 0],
    "a component of the app": ["<CsrfField />", 0],
    "another field": ['<input name="csrf_tokens">', 1],
    "another attribute": ['<input data-name="csrf_token" value="csrf_token">', 1],
    "another element": ['<meta name="csrf_token">', 1],
    "its name in a text": ["csrf_token", 1],
    "a function of another name": ["${csrfFields(session)} ${forgetCsrfToken()}", 1],
    "a comment of HTML": [`<!-- ${TOKEN} -->`, 1],
    "a comment of a line": [`\n// ${TOKEN}\n`, 1],
    "behind its end": [`</form>${TOKEN}`, 1],
    "behind its end, in capitals": [`</FORM >${TOKEN}`, 1],
    "behind its end, in a script": [`<\\/form>${TOKEN}`, 1],
    "behind the beginning of another": [`<form action="/search">${TOKEN}`, 1],
  };
  for (const [name, [body, found]] of Object.entries(rows)) {
    await t.step(name, () => {
      const source = `html\`<form method="post">${body}</form>\``;
      assertEquals(tokenlessForms(source, SEARCH).length, found);
    });
  }
  await t.step("in a form that never ends", () => {
    assertEquals(tokenlessForms(`<form method="post">${TOKEN}`, SEARCH), []);
  });
  await t.step("another name, and another function", () => {
    const search = { token: "_t", helpers: ["hidden$"] };
    const form = (body: string) => `<form method="post">${body}</form>`;
    assertEquals(tokenlessForms(form('<input name="_t">') + form("${hidden$(s)}"), search), []);
    assertEquals(tokenlessForms(form(TOKEN), search).length, 1);
  });
});

Deno.test("tokenlessForms tells the line and the tag of each, comments counted", () => {
  const source = '/*\n*/ html`<form method="post">`;\r\n\n// no\n<p><form\n\tmethod=post>\n</form>';
  assertEquals(tokenlessForms(source, SEARCH), [
    { line: 2, tag: '<form method="post">', isForeign: false },
    { line: 5, tag: "<form method=post>", isForeign: false },
  ]);
});

Deno.test("tokenlessForms of HTML leaves out its comments, and those of programs are text", async (t) => {
  const rows: Record<string, [source: string, found: 0 | 1]> = {
    "a form": ['<form method="post"></form>', 1],
    "a line that begins with slashes": ['// <form method="post"></form>', 1],
    "a comment": ['<!-- `a` <form method="post"></form> ` -->', 0],
    "behind a comment": ['<!-- --><form method="post"></form><!-- -->', 1],
  };
  for (const [name, [source, found]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(tokenlessForms(source, SEARCH, true).length, found));
  }
});

Deno.test("tokenlessForms tells forms of other sites by an action that names a host", async (t) => {
  const rows: Record<string, [action: string, isForeign: boolean]> = {
    "no scheme and host": ["/pay", false],
    "nothing": ["", false],
    "https": ["https://pay.example/a", true],
    "http, in capitals": [" HTTP://PAY.EXAMPLE:80", true],
    "the scheme of the page": ["//pay.example?a", true],
    "backslashes, as browsers read them": ["https:\\\\pay.example\\a", true],
    "mail": ["mailto:a@b.example", true],
    "the scheme alone": ["https:/pay", false],
    "a path with a colon": ["/a:b", false],
    "a host of code": ["https://${host}/pay", false],
    "half a host of code": ["https://pay.${domain}/a", false],
    "code": ["${pay.path()}", false],
    "a path of code": ["https://pay.example/${id}", true],
  };
  for (const [name, [action, isForeign]] of Object.entries(rows)) {
    await t.step(name, () => {
      const [form] = tokenlessForms(`<form method="post" action="${action}">`, SEARCH);
      assertEquals(form?.isForeign, isForeign);
    });
  }
});

Deno.test("tokenlessForms ends for a file that is made to keep it busy", () => {
  for (
    const piece of [
      "<form ",
      '<form a="',
      "<form ${",
      "<form `${",
      "<!--",
      "/*",
      "<form method=post>",
    ]
  ) {
    tokenlessForms(piece.repeat(20_000), SEARCH);
    tokenlessForms(`${piece}\n`.repeat(20_000), SEARCH);
  }
});
