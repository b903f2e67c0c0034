/**
 * The controls of a form, as the page writes them.
 *
 * @module
 */

import type { HtmlElement } from "../html/element.ts";
import { sanitizerOf } from "./input_value.ts";

/** The members of every control. */
interface Control {
  /** The name under which it is sent. A control without a name is not sent. */
  readonly name: string;
  /** Whether it is disabled, by itself or by its fieldset. */
  readonly disabled: boolean;
  /**
   * The attribute `dirname`: the name under which the text direction is sent, and the direction of
   * a value. `null` without it.
   */
  readonly direction: { readonly name: string; of(value: string): Direction } | null;
}

/** A control of one text: a text field, or a hidden field. */
export interface TextControl extends Control {
  /** Whether visitors see it. */
  readonly kind: "text" | "hidden";
  /** Its text. */
  readonly value: string;
  /** Gives the value that it keeps of an entered text. */
  held(text: string): string;
  /** The longest line, in characters, when the text is sent. `null` does not break lines. */
  readonly columns: number | null;
}

/** A checkbox or a radio button. */
export interface CheckControl extends Control {
  /** Its kind. */
  readonly kind: "checkbox" | "radio";
  /** The value that is sent if it is checked. */
  readonly value: string;
  /** Whether it is checked. At most one radio button of each name is. */
  readonly checked: boolean;
}

/** An option of a select. */
export interface SelectOption {
  /** The value that is sent. */
  readonly value: string;
  /** The text that a visitor sees. */
  readonly label: string;
  /** Whether it is chosen. */
  readonly selected: boolean;
  /** Whether it is disabled, so that a visitor cannot choose it. */
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
  /** Whether it takes several files. */
  readonly multiple: boolean;
}

/** A button that sends the form. */
export interface ButtonControl extends Control {
  /** Its kind. An image button also sends the position of the click. */
  readonly kind: "submit" | "image";
  /** Its `id`, or `null` without one. */
  readonly id: string | null;
  /** The text that a visitor sees. */
  readonly label: string;
  /** The value that is sent if the visitor pressed it. */
  readonly value: string;
  /** The attribute `formaction`, which overrides the form. `null` without it. */
  readonly action: string | null;
  /** As `action`. */
  readonly method: string | null;
  /** As `action`. */
  readonly enctype: string | null;
}

/** A control of a form that can send a value. */
export type FormControl = TextControl | CheckControl | SelectControl | FileControl | ButtonControl;

/** Whether a control is a button. */
export function isButton(control: FormControl): control is ButtonControl {
  return control.kind === "submit" || control.kind === "image";
}

/** The names of the elements that can be controls. */
export const CONTROL_NAMES: ReadonlySet<string> = new Set([
  "input",
  "textarea",
  "select",
  "button",
]);

/** The input types whose values have no text direction. */
const WITHOUT_DIRECTION = new Set(
  "number range color date month week time datetime-local checkbox radio file image".split(" "),
);

/**
 * Reads a control.
 *
 * @param element An element of one of {@linkcode CONTROL_NAMES}.
 * @returns The control, or `null` if it never sends a value.
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
    // Browsers ignore a line break directly after the start tag.
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
  // For a button without a value, browsers send the label that they show.
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
  // The last selected option counts. A drop-down list without one selects its first enabled option.
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

/** Removes and joins the white space of ASCII. Other spaces belong to the value. */
function collapsed(text: string): string {
  return text.replace(/[\t\n\f\r ]+/g, " ").replace(/^ | $/g, "");
}

function isInDisabledGroup(option: HtmlElement): boolean {
  const group = option.ancestors().find(({ name }) => name === "optgroup" || name === "select");
  return group?.name === "optgroup" && group.has("disabled");
}

/**
 * Whether an element is disabled. A disabled fieldset disables its controls, except those in its
 * first legend.
 */
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

/** A letter or a mark with a direction. */
const STRONG = /[\p{L}\u200e\u200f\u061c]/u;
/** Hebrew, Arabic and related scripts. */
const FROM_RIGHT =
  /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const SILENT = new Set(["bdi", "script", "style", "textarea"]);

/**
 * Finds the text direction of an element.
 *
 * @param element The element.
 * @param value The value of a control, which decides for `dir="auto"`.
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

/** The direction of the first letter that has one. `null` if no letter has one. */
function directionOfText(text: string): Direction | null {
  const strong = STRONG.exec(text)?.[0];
  return strong === undefined ? null : FROM_RIGHT.test(strong) ? "rtl" : "ltr";
}

/** The text of an element, without the parts that have their own direction. */
function directionalText(element: HtmlElement, isOuter = false): string {
  const isApart = SILENT.has(element.name) ||
    ["ltr", "rtl", "auto"].includes(element.keyword("dir"));
  if (!isOuter && isApart) return "";
  return element.children.map((child) => typeof child === "string" ? child : directionalText(child))
    .join(
      "",
    );
}
