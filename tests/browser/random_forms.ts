/**
 * Forms as nobody would write them, with what a visitor fills in: the same for the same seed.
 *
 * @module
 */

import type { FormValue } from "@pyramidion/pyramidion/testing";
import { Random } from "../random.ts";
import type { Filling } from "./form_visitors.ts";

/** A form, and what a visitor does with it. */
export interface RandomForm {
  readonly attributes: string;
  readonly html: string;
  readonly filling: Filling;
}

const TYPES =
  "text search tel url email password hidden number range date month week time datetime-local color odd";
const WORDS = [
  ..."a,0,7,-3.5,1e3,01,.5,x y,ä€😀,א,#AbC,#ABCDEF,red,2024-02-30,2024-02-29,2024-02,2024-W09,12:30"
    .split(","),
  ..."2024-02-29 12:30:00,2024-02-29T12:30:45.120,a@b.test,a&b=c+d,on,<b>,&amp;copy;,&copy".split(
    ",",
  ),
  "",
  " a ",
  "\na\n\nb\r\nc\rd",
  " a@b.test , c@d.test ",
  '"quoted"',
  "\u00a0",
];
const NUMBERS = ["0", "7", "-3.5", "2.4", "1e3", "x", ""];
const WRAPPERS = [
  ["<div>", "</div>"],
  ["<p>", ""],
  ["<fieldset>", "</fieldset>"],
  ["<fieldset disabled>", "</fieldset>"],
  ["<fieldset disabled><legend>", "</legend></fieldset>"],
  ["<table><tr><td>", "</td></tr></table>"],
  ["<ul><li>", "<li></ul>"],
  ["<div dir=rtl>", "</div>"],
  ["<b><p>", "</b></p>"],
  ["<label>", "</label>"],
  ["<table>", "</table>"],
  ["<datalist></datalist><span>", "</div></span>"],
] as const;

function attribute(text: string): string {
  return text.replace(/["\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Makes the form of a seed. */
export function randomForm(seed: number): RandomForm {
  return new FormMaker(new Random(seed)).form();
}

class FormMaker {
  readonly #random: Random;
  readonly #values: Record<string, FormValue> = {};
  #names = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  form(): RandomForm {
    const random = this.#random;
    const method = random.pick(["", "method=post", "method=post", "method=POST"]);
    const enctype = random.pick(["", "enctype=multipart/form-data", "enctype=text/plain"]);
    const html = this.#content(0, false) + this.#buttons();
    const button = random.chance(0.3) ? null : undefined;
    const filling = { values: this.#values, ...(button === undefined ? {} : { button }) };
    return { attributes: `${method} ${enctype}`, html, filling };
  }

  #content(depth: number, disabled: boolean): string {
    const count = 1 + this.#random.below(depth === 0 ? 6 : 3);
    return Array.from({ length: count }, () => {
      if (depth < 3 && this.#random.chance(0.3)) {
        const [start, end] = this.#random.pick(WRAPPERS);
        return start + this.#content(depth + 1, disabled || start.includes("disabled")) + end;
      }
      return this.#control(disabled);
    }).join(this.#random.pick(["", " ", "\n", "text"]));
  }

  /** One control, or several of a name; sometimes with what a visitor puts into it. */
  #control(within: boolean): string {
    const random = this.#random;
    const disabled = random.chance(0.1);
    const name = random.chance(0.05) ? "" : random.pick(["n", "n&#10;", "[]", "ä"]) + ++this.#names;
    const state = ` name="${name}"${disabled ? " disabled" : ""}`;
    const fill = (value: () => FormValue) => {
      if (disabled || within || name === "" || !random.chance(0.5)) return;
      this.#values[name.replace("&#10;", "\n")] = value();
    };
    switch (random.below(8)) {
      case 0:
        fill(() => random.chance(0.5));
        return `<input type=checkbox${state}${this.#value()}${this.#flag("checked")}>`;
      case 1: {
        const values = ["1", "2", "3"];
        fill(() => random.pick(values));
        return values.map((value) =>
          `<input type=radio${state} value=${value}${this.#flag("checked")}>`
        ).join("");
      }
      case 2:
      case 3:
        return this.#select(state, fill);
      case 4:
        fill(() => random.pick(WORDS));
        return `<textarea${state}${this.#flag("dirname=d")}>\n${
          random.pick(WORDS).replaceAll("<", "&lt;")
        }</textarea>`;
      case 5:
        fill(() =>
          new File([random.pick(WORDS)], random.pick(["a.txt", 'ä"b\n.bin']), { type: "text/x" })
        );
        return `<input type=file${state}>`;
      default: {
        const type = random.pick(TYPES.split(" "));
        // Chromium writes the numbers of a range anew.
        fill(() => random.pick(type === "range" ? NUMBERS : WORDS));
        const limits = type === "range"
          ? random.pick(["", " min=-5 max=5", " min=1 max=9 step=3", " min=0 max=1 step=.1"])
          : "";
        const more = this.#flag("multiple") + this.#flag("dir=auto") + this.#flag("required");
        const dirname = this.#flag(`dirname=${this.#names}.dir`);
        const value = type === "range" ? "" : this.#value();
        return `<input type=${type}${state}${value}${limits}${more}${dirname}>`;
      }
    }
  }

  #select(state: string, fill: (value: () => FormValue) => void): string {
    const random = this.#random;
    const isMultiple = random.chance(0.3);
    const labels = ["one", " two  words ", "three&nbsp;", "vier"];
    const options = labels.map((label, at) => {
      const value = random.chance(0.5) ? ` value="v${at}"` : "";
      return `<option${value}${this.#flag("selected")}>${label}${random.pick(["", "</option>"])}`;
    });
    options.splice(random.below(4), 0, `<option disabled${this.#flag("selected")}>off`);
    const group = random.pick(["", "<optgroup label=g>", "<optgroup disabled>"]);
    if (group !== "") {
      options.push(`${group}<option value=g>in a group${random.pick(["", "</optgroup>"])}`);
    }
    const chosen = labels.map((label, at) =>
      options.some((option) => option.includes(`"v${at}"`))
        ? `v${at}`
        : label.replace("&nbsp;", "\u00a0").replace(/ +/g, " ").replace(/^ | $/g, "")
    );
    fill(() => isMultiple ? chosen.filter(() => random.chance(0.5)) : random.pick(chosen));
    return `<select${state}${isMultiple ? " multiple" : ""}${this.#flag("size=3")}>${
      options.join("")
    }</select>`;
  }

  #buttons(): string {
    const random = this.#random;
    return Array.from({ length: random.below(3) }, (_, at) =>
      random.pick([
        `<button name=b${at} value=1>Go</button>`,
        `<input type=submit name=b${at}>`,
        `<input type=image name=b${at}>`,
        `<button formmethod=post formenctype=multipart/form-data>Other</button>`,
        // Chromium keeps to text/plain even then.
        `<button formmethod=get formenctype="" name=b value="${
          attribute(random.pick(WORDS))
        }">Get</button>`,
      ])).join("");
  }

  #value(): string {
    return this.#random.chance(0.8) ? ` value="${attribute(this.#random.pick(WORDS))}"` : "";
  }

  #flag(flag: string): string {
    return this.#random.chance(0.25) ? ` ${flag}` : "";
  }
}
