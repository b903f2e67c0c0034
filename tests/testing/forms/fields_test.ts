/**
 * The fields of a form, by `TestForm.fields`: what they hold before anybody touches them.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { openForm } from "../form_site.ts";

Deno.test("TestForm.fields holds what a visitor finds", async (t) => {
  const rows: Record<string, [html: string, fields: Record<string, unknown>]> = {
    "texts": [
      "<input name=a value=1><input type=hidden name=b value=2><textarea name=c>3</textarea>",
      { a: "1", b: "2", c: "3" },
    ],
    "several texts of one name": ["<input name=a value=1><input name=a value=2>", {
      a: ["1", "2"],
    }],
    "one checkbox": ["<input type=checkbox name=a><input type=checkbox name=b checked>", {
      a: false,
      b: true,
    }],
    "several checkboxes": [
      "<input type=checkbox name=a value=1 checked><input type=checkbox name=a value=2>",
      { a: ["1"] },
    ],
    "a checkbox with a hidden stand-in": [
      "<input type=hidden name=a value=0><input type=checkbox name=a value=1>",
      { a: false },
    ],
    "radio buttons": [
      "<input type=radio name=a value=1><input type=radio name=a value=2 checked><input type=radio name=b>",
      { a: "2", b: null },
    ],
    "selects": [
      "<select name=a><option>1</select><select name=b multiple><option selected>1<option>2</select><select name=c></select>",
      { a: "1", b: ["1"], c: null },
    ],
    "a file": ["<input type=file name=a>", { a: null }],
    "what is disabled, has no name, or is a button": [
      "<input name=a disabled><input value=1><button name=c value=1>c</button>",
      {},
    ],
    "__proto__": ["<input name=__proto__ value=1>", JSON.parse('{"__proto__":"1"}')],
  };
  for (const [name, [html, fields]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { form } = await openForm(`<form>${html}</form>`);
      assertEquals(form.fields, fields);
    });
  }
});
