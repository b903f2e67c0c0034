/**
 * The controls of a form, as a page has them before anybody touches them.
 *
 * @module
 */

import type { HtmlElement } from "../html/element.ts";
import { sanitizerOf } from "./input_value.ts";

/** What every control has. */
interface Control {
  /** Under which name it is sent; empty: not at all. */
  readonly name: string;
  /** Whether it is out of use, itself or by its fieldset. */
  readonly disabled: boolean;
  /** Under which name its direction is sent, and how that is found; `null`: not at all. */
  readonly direction: { readonly name: string; of(value: string): Direction } | null;
}

/** A control of one text: what a visitor types, or what is hidden. */
export interface TextControl extends Control {
  /** Whether visitors see it. */
  readonly kind: "text" | "hidden";
  /** Its text. */
  readonly value: string;
  /** What it holds where a text is put into it. */
  held(text: string): string;
  /** How many characters a line has when the text is sent; `null`: as many as it has. */
  readonly columns: number | null;
}

/** A checkbox or a radio button. */
export interface CheckControl extends Control {
  /** Which of the two. */
  readonly kind: "checkbox" | "radio";
  /** What is sent where it is checked. */
  readonly value: string;
  /** Whether it is checked; of the radio buttons of one name at most one is. */
  readonly checked: boolean;
}

/** An option of a select. */
export interface SelectOption {
  /** What is sent. */
  readonly value: string;
  /** What it shows. */
  readonly label: string;
  /** Whether it is chosen. */
  readonly selected: boolean;
  /** Whether it cannot be chosen. */
  readonly disabled: boolean;
}

/** A select. */
export interface SelectControl extends Control {
  /** Its kind. */
  readonly kind: "select";
  /** Whether several options can be chosen. */
  readonly multiple: boolean;
  /** Its options, in order. */
  readonly options: readonly SelectOption[];
}

/** A control for files. */
export interface FileControl extends Control {
  /** Its kind. */
  readonly kind: "file";
  /** Whether it takes several. */
  readonly multiple: boolean;
}

/** A button that sends the form. */
export interface ButtonControl extends Control {
  /** Whether it sends the place of the click. */
  readonly kind: "submit" | "image";
  /** Its `id`; `null` where it has none. */
  readonly id: string | null;
  /** What it shows. */
  readonly label: string;
  /** What is sent where it is the one that was pressed. */
  readonly value: string;
  /** What it says instead of the form; `null` where it does not. */
  readonly action: string | null;
  /** As `action`. */
  readonly method: string | null;
  /** As `action`. */
  readonly enctype: string | null;
}

/** A control of a form; those that send nothing are left out. */
export type FormControl = TextControl | CheckControl | SelectControl | FileControl | ButtonControl;

/** Whether a control is a button. */
export function isButton(control: FormControl): control is ButtonControl {
  return control.kind === "submit" || control.kind === "image";
}

/** Which elements of a page can be controls. */
export const CONTROL_NAMES: ReadonlySet<string> = new Set([
  "input",
  "textarea",
  "select",
  "button",
]);

/** Inputs that hold no text of a language. */
const WITHOUT_DIRECTION = new Set(
  "number range color date month week time datetime-local checkbox radio file image".split(" "),
);

/**
 * Reads a control.
 *
 * @param element An element of one of {@linkcode CONTROL_NAMES}.
 * @returns `null` where it never sends anything.
 */
export function readControl(element: HtmlElement): FormControl | null {
  if (element.ancestors().some(({ name }) => name === "datalist")) return null;
  const type = element.keyword("type");
  const control = {
    name: element.attribute("name") ?? "",
    disabled: isDisabled(element),
    direction: directionSent(element, type),
  };
  switch (element.name) {
    case "textarea":
      return readTextArea(element, control);
    case "select":
      return readSelect(element, control);
    case "button":
      if (type === "reset" || type === "button") return null;
      return readButton(element, control, "submit");
    default:
      return readInput(element, control, type);
  }
}

function readInput(element: HtmlElement, control: Control, type: string): FormControl | null {
  const value = element.attribute("value");
  switch (type) {
    case "reset":
    case "button":
      return null;
    case "submit":
    case "image":
      return readButton(element, control, type);
    case "checkbox":
    case "radio":
      return { ...control, kind: type, value: value ?? "on", checked: element.has("checked") };
    case "file":
      return { ...control, kind: "file", multiple: element.has("multiple") };
    default: {
      const kind = type === "hidden" ? "hidden" : "text";
      const held = sanitizerOf(element, type);
      return { ...control, kind, value: held(value ?? ""), held, columns: null };
    }
  }
}

function readTextArea(element: HtmlElement, control: Control): TextControl {
  const columns = parseInt(element.attribute("cols") ?? "");
  return {
    ...control,
    kind: "text",
    // The first line break only keeps the text off the tag.
    value: element.textContent.replace(/^\n/, ""),
    held: (text) => text.replace(/\r\n?/g, "\n"),
    columns: element.keyword("wrap") === "hard" ? columns > 0 ? columns : 20 : null,
  };
}

function directionSent(element: HtmlElement, type: string): Control["direction"] {
  const name = element.attribute("dirname") ?? "";
  const hasOne = element.name === "textarea" ||
    element.name === "input" && !WITHOUT_DIRECTION.has(type);
  if (name === "" || !hasOne) return null;
  return { name, of: (value) => directionOf(element, value) };
}

function readButton(
  element: HtmlElement,
  control: Control,
  kind: ButtonControl["kind"],
): ButtonControl {
  // Browsers send the label that they give an <input> without a value.
  const unlabelled = element.name === "input" && kind === "submit" ? "Submit" : "";
  const value = element.attribute("value") ?? unlabelled;
  const shown = element.name === "button"
    ? element.label
    : kind === "image"
    ? element.attribute("alt") ?? ""
    : value;
  return {
    ...control,
    kind,
    id: element.attribute("id"),
    label: shown || (element.attribute("aria-label") ?? ""),
    value,
    action: element.attribute("formaction"),
    method: element.attribute("formmethod"),
    enctype: element.attribute("formenctype"),
  };
}

function readSelect(element: HtmlElement, control: Control): SelectControl {
  const multiple = element.has("multiple");
  const options = element.descendants().filter(({ name }) => name === "option").map((option) => {
    const text = collapsed(option.textContent);
    return {
      value: option.attribute("value") ?? text,
      label: option.attribute("label") || text,
      selected: option.has("selected"),
      disabled: option.has("disabled") || isInDisabledGroup(option),
    };
  }).toArray();
  if (multiple) return { ...control, kind: "select", multiple, options };
  // The last of those that say so; in a list that drops down, else the first that can be.
  const isList = parseInt(element.attribute("size") ?? "") > 1;
  const said = options.findLastIndex(({ selected }) => selected);
  const chosen = said !== -1 || isList ? said : options.findIndex(({ disabled }) => !disabled);
  return {
    ...control,
    kind: "select",
    multiple,
    options: options.map((option, index) => ({ ...option, selected: index === chosen })),
  };
}

/** White space of ASCII stripped and collapsed: other spaces belong to the value. */
function collapsed(text: string): string {
  return text.replace(/[\t\n\f\r ]+/g, " ").replace(/^ | $/g, "");
}

function isInDisabledGroup(option: HtmlElement): boolean {
  const group = option.ancestors().find(({ name }) => name === "optgroup" || name === "select");
  return group?.name === "optgroup" && group.has("disabled");
}

/** By itself, or by a fieldset, unless it stands in the fieldset's first legend. */
function isDisabled(element: HtmlElement): boolean {
  if (element.has("disabled")) return true;
  let within = element;
  for (const ancestor of element.ancestors()) {
    const disables = ancestor.name === "fieldset" && ancestor.has("disabled");
    if (disables && firstLegend(ancestor) !== within) return true;
    within = ancestor;
  }
  return false;
}

function firstLegend(fieldset: HtmlElement): HtmlElement | undefined {
  return fieldset.children.filter((child) => typeof child !== "string")
    .find(({ name }) => name === "legend");
}

/** Left to right, or right to left. */
export type Direction = "ltr" | "rtl";

/** A letter that has a direction, or one of the marks that stand for one. */
const STRONG = /[\p{L}\u200e\u200f\u061c]/u;
/** Hebrew, Arabic and the scripts beside them. */
const FROM_RIGHT =
  /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const SILENT = new Set(["bdi", "script", "style", "textarea"]);

/**
 * The direction of an element.
 *
 * @param element The element.
 * @param value What it holds, if it is a control: `dir="auto"` goes by that.
 */
export function directionOf(element: HtmlElement, value: string | null = null): Direction {
  const dir = element.keyword("dir");
  if (dir === "ltr" || dir === "rtl") return dir;
  if (dir === "auto" || element.name === "bdi") {
    return directionOfText(value ?? directionalText(element, true)) ?? "ltr";
  }
  const isPhone = element.name === "input" && element.keyword("type") === "tel";
  return isPhone || element.parent === null ? "ltr" : directionOf(element.parent);
}

/** By the first letter that has one; `null` where none has. */
function directionOfText(text: string): Direction | null {
  const strong = STRONG.exec(text)?.[0];
  return strong === undefined ? null : FROM_RIGHT.test(strong) ? "rtl" : "ltr";
}

/** The text of an element without that of parts with a direction of their own. */
function directionalText(element: HtmlElement, isOuter = false): string {
  const isApart = SILENT.has(element.name) ||
    ["ltr", "rtl", "auto"].includes(element.keyword("dir"));
  if (!isOuter && isApart) return "";
  return element.children.map((child) => typeof child === "string" ? child : directionalText(child))
    .join(
      "",
    );
}
