/**
 * The controls of a form, as a page has them before anybody touches them.
 *
 * @module
 */

import type { HtmlElement } from "./html_element.ts";

/** What every control has. */
interface Control {
  /** Under which name it is sent; empty: not at all. */
  readonly name: string;
  /** Whether it is out of use, itself or by its fieldset. */
  readonly disabled: boolean;
}

/** A control of one text: what a visitor types, or what is hidden. */
export interface TextControl extends Control {
  /** Whether visitors see it. */
  readonly kind: "text" | "hidden";
  /** Its text. */
  readonly value: string;
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

/**
 * Reads a control.
 *
 * @param element An element of one of {@linkcode CONTROL_NAMES}.
 * @returns `null` where it never sends anything.
 */
export function readControl(element: HtmlElement): FormControl | null {
  if (element.ancestors().some(({ name }) => name === "datalist")) return null;
  const control = { name: element.attribute("name") ?? "", disabled: isDisabled(element) };
  const type = element.attribute("type")?.toLowerCase();
  switch (element.name) {
    case "textarea":
      // The first line break only keeps the text off the tag.
      return { ...control, kind: "text", value: element.textContent.replace(/^\n/, "") };
    case "select":
      return readSelect(element, control);
    case "button":
      if (type === "reset" || type === "button") return null;
      return readButton(element, control, "submit");
    default:
      return readInput(element, control, type ?? "text");
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
    default:
      return { ...control, kind: type === "hidden" ? "hidden" : "text", value: value ?? "" };
  }
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
  const options = element.descendants().filter(({ name }) => name === "option").map((option) => ({
    value: option.attribute("value") ?? option.label,
    label: option.attribute("label") || option.label,
    selected: option.has("selected"),
    disabled: option.has("disabled") ||
      option.parent?.name === "optgroup" && option.parent.has("disabled"),
  })).toArray();
  if (multiple) return { ...control, kind: "select", multiple, options };
  // The last of those that say so; in a list that drops down, else the first that can be.
  const isList = Number(element.attribute("size") ?? 1) > 1;
  const said = options.findLastIndex(({ selected }) => selected);
  const chosen = said !== -1 || isList ? said : options.findIndex(({ disabled }) => !disabled);
  return {
    ...control,
    kind: "select",
    multiple,
    options: options.map((option, index) => ({ ...option, selected: index === chosen })),
  };
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
