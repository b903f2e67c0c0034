/**
 * `sanitizerOf`: what each type of input makes of a text.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { HtmlElement } from "../../../lib/testing/html/element.ts";
import { sanitizerOf } from "../../../lib/testing/forms/input_value.ts";

function input(attributes: Record<string, string>): HtmlElement {
  return new HtmlElement("input", new Map(Object.entries(attributes)), null, null);
}

/** What is kept, what becomes empty, and what becomes something else. */
interface Row {
  readonly kept?: readonly string[];
  readonly emptied?: readonly string[];
  readonly changed?: Readonly<Record<string, string>>;
}

const BREAKS = { " a\nb\r\nc\rd ": " abcd " };

const rows: Record<string, [type: string, row: Row, more?: Record<string, string>]> = {
  "a text loses its line breaks": ["text", { kept: [" x ", "\t", "ä"], changed: BREAKS }],
  "a search loses its line breaks": ["search", { changed: BREAKS }],
  "a telephone number loses its line breaks": ["tel", { changed: BREAKS }],
  "a password loses its line breaks, not its spaces": ["password", { changed: BREAKS }],
  "an unknown type is text": ["odd", { changed: BREAKS }],
  "a hidden field keeps all": ["hidden", { kept: [" a\nb\r\nc\rd "] }],
  "an address of the web loses the space around": [
    "url",
    { kept: ["no url"], changed: { " \n https://a.test/ä b \t": "https://a.test/ä b" } },
  ],
  "an email address loses the space around, not that of other scripts": [
    "email",
    { kept: ["no mail", "\u00a0a@b.test"], changed: { " a@b.test\n": "a@b.test" } },
  ],
  "several email addresses lose the space around each": [
    "email",
    { kept: ["", ",", "a,,b"], changed: { " a@b.test , c@d.test\n": "a@b.test,c@d.test" } },
    { multiple: "" },
  ],
  "a number is one of the standard, as it is written": ["number", {
    kept: "1 -1 0 -0 007 1.50 .5 -.5 1e3 1E+3 1e-3 1e308 1e-400".split(" "),
    emptied: [
      ..."+1 1. 1e e1 0x10 Infinity NaN 1e400 -1e309 1,5 １ --1 - . x".split(" "),
      " 1",
      "1 ",
      "1\n2",
    ],
  }],
  "a date is a day that was or will be": ["date", {
    kept: "2024-02-29 2000-02-29 0001-01-01 12024-01-01 275760-09-13".split(" "),
    emptied: [
      ..."2023-02-29 1900-02-29 2024-2-9 0000-01-01 275760-09-14 2024-13-01 2024-00-10".split(" "),
      ..."2024-01-32 24-01-01 2024-01-01T00:00 tomorrow".split(" "),
      " 2024-01-01",
      "2024-01-\n01",
    ],
  }],
  "a month is one of twelve": ["month", {
    kept: "2024-02 0001-01 275760-09".split(" "),
    emptied: "2024-13 2024-00 2024-2 0000-01 275760-10 2024-02-01 x".split(" "),
  }],
  "a week is one that the year has": ["week", {
    kept: "2024-W01 2024-W52 2020-W53 2015-W53 0001-W01 275760-W37".split(" "),
    emptied: "2024-W53 2024-W00 2024-w01 2024-W1 2024W01 0000-W01 275760-W38 x".split(" "),
  }],
  "a time is kept as it is written": ["time", {
    kept: "12:30 23:59 12:30:00 12:30:45 12:30:45.1 12:30:45.120 12:30:00.000".split(" "),
    emptied: "24:00 23:60 12:30:60 12:30:45.1234 12:30:45. 9:30 12:3 12:30Z x".split(" "),
  }],
  "date and time take the shortest form": ["datetime-local", {
    kept: "2024-02-29T12:30 2024-02-29T12:30:00.5 12024-02-29T00:00 275760-09-13T00:00".split(" "),
    emptied: [
      ..."2024-02-29t12:30 2024-02-29T12:30Z 2023-02-29T12:30 2024-02-29 0000-01-01T00:00".split(
        " ",
      ),
      ..."275760-09-13T00:01 2024-02-29T24:00 x".split(" "),
      "2024-02-29  12:30",
    ],
    changed: {
      "2024-02-29 12:30": "2024-02-29T12:30",
      "2024-02-29T12:30:00": "2024-02-29T12:30",
      "2024-02-29T12:30:00.000": "2024-02-29T12:30",
      "2024-02-29T12:30:10": "2024-02-29T12:30:10",
      "2024-02-29T12:30:45.120": "2024-02-29T12:30:45.12",
      "2024-02-29T12:30:45.100": "2024-02-29T12:30:45.1",
    },
  }],
  "a color is six digits in lower case, or black": ["color", {
    kept: ["#abcdef"],
    changed: {
      "#ABCDEF": "#abcdef",
      "#aBc": "#aabbcc",
      "#ABCF": "#aabbcc",
      "#12345678": "#123456",
      " #aabbcc ": "#aabbcc",
      "RED": "#ff0000",
      "rebeccapurple": "#663399",
      "abcdef": "#000000",
      "#ggg": "#000000",
      "#abcde": "#000000",
      "x": "#000000",
      "": "#000000",
    },
  }],
};

Deno.test("sanitizerOf makes the value that browsers make", async (t) => {
  for (
    const [name, [type, { kept = [], emptied = [], changed = {} }, more]] of Object.entries(rows)
  ) {
    await t.step(name, () => {
      const expected = {
        ...Object.fromEntries(kept.map((text) => [text, text])),
        ...Object.fromEntries(emptied.map((text) => [text, ""])),
        ...changed,
      };
      const held = sanitizerOf(input({ type, ...more }), type);
      assertEquals(
        Object.fromEntries(Object.keys(expected).map((text) => [text, held(text)])),
        expected,
      );
    });
  }
});

const ranges: Record<string, [attributes: Record<string, string>, values: Record<string, string>]> =
  {
    "from 0 to 100, by default in the middle": [
      {},
      {
        "50": "50",
        "0": "0",
        "101": "100",
        "-1": "0",
        x: "50",
        "": "50",
        "+5": "50",
        "1e400": "50",
      },
    ],
    "to the next step, of two the greater": [
      { min: "-10", max: "10" },
      { "-3.5": "-3", "-2.5": "-2", "2.5": "3", "0.4": "0", x: "0", "-11": "-10", "11": "10" },
    ],
    "by tenths, which are exact": [
      { min: "0", max: "1", step: "0.1" },
      { ".25": "0.3", ".15": "0.2", ".05": "0.1", "0.95": "1", "2": "1", "0.3": "0.3", x: "0.5" },
    ],
    "never beyond the last step": [
      { min: "1", max: "10", step: "4" },
      { "2": "1", "3": "5", "8": "9", "10": "9", "0": "1", x: "5" },
    ],
    "from the value, if there is no least one": [
      { value: "49.5" },
      { "49.5": "49.5", "50": "50.5", "49.4": "49.5" },
    ],
    "by any step": [
      { step: "ANY" },
      { "49.5": "49.5", "0.1": "0.1", "1e-7": "1e-7", "123456789012345678901": "100", x: "50" },
    ],
    "of a least one above the greatest": [{ min: "10", max: "1" }, {
      x: "10",
      "5": "10",
      "20": "10",
    }],
    "of a least one above 100": [{ min: "200" }, { x: "200", "150": "200", "250": "200" }],
    "of a greatest below 0": [{ max: "-5" }, { x: "0", "0": "0", "-6": "0" }],
    "of limits that are none": [
      { min: "a", max: "b", step: "c" },
      { x: "50", "5.5": "6", "200": "100" },
    ],
    "of a step that is none": [{ step: "-3" }, { x: "50", "5.5": "6" }],
    "of a middle between two steps": [{ min: "0.5", max: "3" }, {
      x: "1.5",
      "1": "1.5",
      "1.6": "1.5",
    }],
    "of steps that do not fill it": [{ step: "33.3" }, { x: "66.6", "50": "66.6", "100": "99.9" }],
    "of a step that is too wide": [{ min: "1", max: "5", step: "100" }, { x: "1", "4": "1" }],
    "of tiny numbers": [{}, { "1e-99999999": "1e-99999999" }],
  };

Deno.test("sanitizerOf puts a slider on one of its steps", async (t) => {
  for (const [name, [attributes, values]] of Object.entries(ranges)) {
    await t.step(name, () => {
      const held = sanitizerOf(input({ type: "range", ...attributes }), "range");
      assertEquals(
        Object.fromEntries(Object.keys(values).map((text) => [text, held(text)])),
        values,
      );
    });
  }
});
