/**
 * Inputs of every type, with values as they are written and as they are filled in.
 *
 * @module
 */

import type { FormCase } from "./form_cases.ts";

/** Values that say much about a type of input. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  text: ["plain", " a\n b\r\nc\rd ", "ä €😀", "a&amp;b=c+d%41", "\u00a0x\u3000", "\t"],
  search: [" a\nb ", "x"],
  tel: [" +49\n1 ", "x"],
  password: [" p\nw\r\n ", "x"],
  url: [" \n https://a.test/ä b \t", "no url", "ht\ntp:"],
  email: [" a@b.test\n", "a\n@b.test", "no mail", " a@b.test , c@d.test ", "\u00a0a@b.test"],
  "email multiple": [" a@b.test , c@d.test\n", "a b", ",", " , ", "a,,b", ""],
  number: [
    ..."1,-1,+1,0,-0,007,1.50,1.,.5,-.5,1e3,1E+3,1e-3,1e,e1,0x10,Infinity,NaN,1e400,1e308,-1e309"
      .split(","),
    " 1",
    "1 ",
    "1,5",
    "1 000",
    "１",
    "",
    "12345678901234567890.123456789",
    "1e-400",
    "--1",
    "1\n2",
  ],
  date: [
    ..."2024-02-29,2023-02-29,2024-2-9,0000-01-01,0001-01-01,12024-01-01,275760-09-13,275760-09-14,2024-13-01,2024-00-10,2024-01-32,24-01-01,2024-01-01T00:00,1900-02-29,2000-02-29"
      .split(","),
    " 2024-01-01",
    "2024-01-\n01",
    "",
    "tomorrow",
  ],
  month: "2024-02,2024-13,2024-00,2024-2,0000-01,0001-01,275760-09,275760-10,2024-02-01,x,".split(
    ",",
  ),
  week:
    "2024-W01,2024-W52,2024-W53,2020-W53,2024-W00,2024-w01,2024-W1,2024W01,0000-W01,0001-W01,275760-W37,275760-W38,x,"
      .split(","),
  time:
    "12:30,24:00,23:59,23:60,12:30:00,12:30:45,12:30:60,12:30:45.1,12:30:45.120,12:30:45.123,12:30:45.1234,12:30:45.,9:30,12:3,12:30Z,12:30:00.000,x,"
      .split(","),
  "datetime-local":
    "2024-02-29T12:30,2024-02-29 12:30,2024-02-29T12:30:00,2024-02-29T12:30:00.000,2024-02-29T12:30:45.120,2024-02-29T12:30:45.100,2024-02-29T12:30:00.5,2024-02-29t12:30,2024-02-29T12:30Z,2023-02-29T12:30,2024-02-29,12024-02-29T00:00,0000-01-01T00:00,275760-09-13T00:00,275760-09-13T00:01,2024-02-29T24:00,2024-02-29  12:30,x,"
      .split(","),
  color: [
    "#abcdef",
    "#ABCDEF",
    "#abc",
    "#ABCF",
    "#12345678",
    " #aabbcc ",
    "abcdef",
    "red",
    "RED",
    "rebeccapurple",
    "transparent",
    "currentcolor",
    "#ggg",
    "#abcde",
    "x",
    "",
  ],
  "color alpha": ["#abcdef", "#12345678", "red", "x", "#abcf"],
  "color colorspace=display-p3": ["#abcdef", "red", "x"],
  hidden: [" a\nb\r\nc\rd ", "ä"],
  range: [..."50,0,100,101,-1,49.5,50.4,49.4,x,+5,1e400,".split(","), " 7"],
  "range step=any": "50,49.5,0.1,1e-7,123456789012345678901,x,99.99".split(","),
  "range min=-10 max=10": "x,3,-11,11,-3.5,-2.5,2.5,0.4".split(","),
  "range min=0 max=1 step=0.1": "x,.25,.15,.05,0.95,2,0.3".split(","),
  "range min=1 max=10 step=4": "x,1,2,3,7,8,9,10,0,11".split(","),
  "range min=10 max=1": "x,5,10,20".split(","),
  "range min=0.5 max=3": "x,1,1.2,1.6".split(","),
  "range max=-5": "x,0,-6".split(","),
  "range min=200": "x,150,250".split(","),
  "range min=a max=b step=c": "x,5.5,200".split(","),
  "range step=0": "x,5.5".split(","),
  "range step=-3": "x,5.5".split(","),
  "range step=ANY": "x,5.5".split(","),
  "range step=7": "x,50,3,99,100".split(","),
  "range min=0 max=10 step=3 value=4": "x,5,4".split(","),
  "range step=1e-3 max=1": "x,0.1234,0.1235,0.9999".split(","),
  "range step=33.3": "x,50,70,99.9,100".split(","),
  "checkbox checked": ["a", " b\n ", ""],
  odd: [" a\nb "],
  " email ": [" a\nb "],
  "EMAIL": [" a\nb "],
  button: ["x"],
  reset: ["x"],
};

function attribute(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("\n", "&#10;")
    .replaceAll("\r", "&#13;");
}

/** Each type twice: its values in the page, and put in by a visitor. */
export function* inputCases(): Generator<[name: string, row: FormCase]> {
  for (const [kind, values] of Object.entries(VALUES)) {
    const [type = "", ...more] = kind === " email " ? [kind] : kind.split(" ");
    const tag = (value: string) =>
      `<input type="${type}" ${more.join(" ")} name=a${
        value === "" ? "" : ` value="${attribute(value)}"`
      }>`;
    yield [`input ${kind} as written`, [values.map(tag).join("")]];
    if (["checkbox", "button", "reset"].includes(type)) continue;
    const filled = values.length === 1 ? values[0]! : values;
    yield [`input ${kind} as filled in`, [
      values.map(() => tag("")).join(""),
      { values: { a: filled } },
    ]];
  }
}
