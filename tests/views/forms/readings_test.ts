/**
 * What the calls that read are given: every wrong option is refused by name.
 *
 * @module
 */

import { assertThrows } from "jsr:@std/assert@^1.0.0";
import { checkReading } from "../../../lib/views/forms/readings.ts";
import { ANYTHING } from "./form_app.ts";

Deno.test("checkReading() refuses options of another call, and wrong ones", async (t) => {
  const save = () => {};
  const rows: Record<string, [kind: "form" | "json" | "query", options: object, message: string]> =
    {
      "files of a query": [
        "query",
        { files: {} },
        'Cannot use option "files" of x(): no such option',
      ],
      "lists of JSON": ["json", { lists: [] }, 'Cannot use option "lists" of x(): no such option'],
      "a list that is no list": ["form", { lists: "a" }, "must be a list of strings"],
      "files that are a function": [
        "form",
        { files: save },
        "must be functions by the names of fields",
      ],
      "files that are null": ["form", { files: null }, "must be functions by the names of fields"],
      "files that are a list": [
        "form",
        { files: [save] },
        "must be functions by the names of fields",
      ],
      "a file handler that is none": [
        "form",
        { files: { a: "x" } },
        "must be functions by the names",
      ],
      "once with a text": ["form", { once: "/orders" }, "must be true, false, or a location"],
      "once with null": ["form", { once: null }, "must be true, false, or a location"],
      "once with an empty location": [
        "form",
        { once: { redirectTo: "" } },
        "must be true, false, or",
      ],
      "once with more": [
        "form",
        { once: { redirectTo: "/", status: 303 } },
        "must be true, false, or",
      ],
      "once without a location": ["form", { once: {} }, "must be true, false, or a location"],
      "once with a wrong word": ["form", { once: { redirect: "/" } }, "must be true, false, or"],
      "a limit that is no number": ["json", { maxBytes: "1" }, "must be a number of 0 or more"],
    };
  for (const [name, [kind, options, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertThrows(() => checkReading("x()", kind, ANYTHING, options), TypeError, message);
    });
  }
  await t.step("all that are right", () => {
    checkReading("x()", "form", ANYTHING, {
      lists: ["a"],
      withheld: [],
      maxBytes: 1,
      maxParts: 1,
      files: { a: save },
      discard: save,
      once: { redirectTo: "/" },
    });
    checkReading("x()", "form", ANYTHING, { once: false });
  });
});
