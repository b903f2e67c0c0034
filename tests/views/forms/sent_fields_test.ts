/**
 * What was sent, as a schema gets it and as a page shows it again.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { sentFields, shownInput, valuesToCheck } from "../../../lib/views/forms/sent_fields.ts";

type Entries = readonly (readonly [name: string, value: unknown])[];

Deno.test("valuesToCheck() gives the last of each field, and all of a list", async (t) => {
  const file = new File(["x"], "x.txt");
  const nameless = new File(["x"], "");
  const empty = new File([], "empty.txt");
  const rows: Record<string, [entries: Entries, lists: string[], values: Record<string, unknown>]> =
    {
      "once": [[["a", "1"]], [], { a: "1" }],
      "twice": [[["a", "1"], ["b", "2"], ["a", "3"]], [], { a: "3", b: "2" }],
      "a list": [[["a", "1"], ["a", "2"]], ["a"], { a: ["1", "2"] }],
      "a list that was not sent": [[], ["a"], { a: [] }],
      "a file": [[["a", file]], [], { a: file }],
      "no file was chosen": [[["a", new File([], "")]], [], {}],
      "an empty file": [[["a", file], ["a", empty]], ["a"], {
        a: [file, empty],
      }],
      "a file without a name": [[["a", nameless]], [], { a: nameless }],
      "what an app keeps for a file": [[["a", { name: "", size: 0 }]], [], {
        a: { name: "", size: 0 },
      }],
      "the app's own": [[["csrf_token", "x"], ["a", "1"]], [], { a: "1" }],
      "brackets and dots": [[["a[b]", "1"], ["a.b", "2"], ["a[]", "3"]], [], {
        "a[b]": "1",
        "a.b": "2",
        "a[]": "3",
      }],
    };
  for (const [name, [entries, lists, values]] of Object.entries(rows)) {
    await t.step(name, () => {
      const made = valuesToCheck(sentFields(entries, ["csrf_token", null]), new Set(lists));
      assertEquals({ ...made }, values);
      assertEquals(Object.getPrototypeOf(made), null);
    });
  }
});

Deno.test("valuesToCheck() takes the names of prototypes for names", () => {
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
  const sent = sentFields(names.map((name) => [name, "1"]), []);
  const values = valuesToCheck(sent, new Set(["__proto__", "valueOf"]));
  assertEquals(Object.keys(values), [...names, "valueOf"]);
  assertEquals(Object.getOwnPropertyDescriptor(values, "__proto__")?.value, ["1"]);
  assertEquals(values.polluted, undefined);
});

Deno.test("shownInput() shows text again, and no secrets and files", async (t) => {
  const rows: Record<string, [name: string, isShown: boolean]> = {
    "a text": ["text", true],
    "a name with pass": ["passenger", true],
    "a password": ["password", false],
    "a new password": ["new-Password", false],
    "the second one": ["passwordAgain", false],
    "a passphrase": ["passphrase", false],
    "a token": ["api_token", false],
    "a secret": ["clientSecret", false],
    "a PIN": ["pin", false],
    "a name with pin": ["pinboard", true],
    "one that is withheld": ["iban", false],
  };
  for (const [name, [field, isShown]] of Object.entries(rows)) {
    await t.step(name, () => {
      const sent = sentFields([[field, "1"], ["b", "2"]], []);
      const input = shownInput(sent, new Set(), ["iban"]);
      assertEquals([input.has(field), input.get("b")], [isShown, "2"]);
    });
  }
  const sent = sentFields([["a", "1"], ["l", "x"], ["a", "2"], ["l", new File([], "y")], [
    "l",
    "z",
  ]], []);
  assertEquals(shownInput(sent, new Set(["l"]), []).toString(), "a=2&l=x&l=z");
});
