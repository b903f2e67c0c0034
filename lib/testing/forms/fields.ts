/**
 * The fields of a form by their names: their values, and the values that a visitor can enter.
 *
 * @module
 */

import { didYouMean, quotedList } from "../../did_you_mean.ts";
import type { PageForm } from "../page_contents.ts";
import {
  type CheckControl,
  type FileControl,
  type FormControl,
  isButton,
  type SelectControl,
  type TextControl,
} from "./control.ts";

/**
 * The value of a field in the page.
 *
 * It is a string for a text, and a boolean for a single checkbox. It is a list if several texts,
 * checkboxes or options have one name. It is `null` if nothing is chosen.
 */
export type FormFieldValue = string | boolean | readonly string[] | null;

/**
 * The value that a visitor enters into a field.
 *
 * Give a string or a number for a text, and true or false for a single checkbox. Give the value of
 * a radio button, the value or label of an option, or a `File`. Give a list if several controls
 * have one name. `null` removes the field from the form, as a manipulated page does. `undefined`
 * keeps the value in the page.
 */
export type FormValue =
  | string
  | number
  | boolean
  | File
  | readonly (string | number | File)[]
  | null
  | undefined;

/** The values that a control sends. */
export type ControlValues = readonly (string | File)[];

/** The values of the controls that the visitor changed. */
export type ChosenValues = ReadonlyMap<FormControl, ControlValues>;

/** The values that a control sends if the visitor does not change it. */
export function valuesOf(control: FormControl): ControlValues {
  switch (control.kind) {
    case "text":
    case "hidden":
      return [control.value];
    case "checkbox":
    case "radio":
      return control.checked ? [control.value] : [];
    case "select":
      return control.options.flatMap(({ selected, disabled, value }) =>
        selected && !disabled ? [value] : []
      );
    case "file":
      return [new File([], "", { type: "application/octet-stream" })];
    case "submit":
    case "image":
      return [];
  }
}

/** The enabled controls by their names, without buttons. */
function fieldsOf(form: PageForm): Map<string, FormControl[]> {
  const fields = new Map<string, FormControl[]>();
  for (const control of form.controls) {
    const { name, disabled } = control;
    if (name === "" || disabled || isButton(control)) continue;
    const same = fields.get(name);
    if (same === undefined) fields.set(name, [control]);
    else same.push(control);
  }
  return fields;
}

/**
 * The controls that a visitor can change. A hidden field beside a checkbox of the same name is left
 * out.
 */
function settable(controls: readonly FormControl[]): readonly FormControl[] {
  const visible = controls.filter(({ kind }) => kind !== "hidden");
  return visible.length === 0 ? controls : visible;
}

/** The values of the fields of a form, by their names. */
export function fieldValues(form: PageForm): Record<string, FormFieldValue> {
  const values: Record<string, FormFieldValue> = Object.create(null);
  for (const [name, controls] of fieldsOf(form)) values[name] = fieldValue(settable(controls));
  return values;
}

function fieldValue(controls: readonly FormControl[]): FormFieldValue {
  const [first] = controls;
  if (first?.kind === "checkbox" && controls.length === 1) return first.checked;
  const isList = first?.kind === "select" && first.multiple ||
    first?.kind !== "radio" && controls.length > 1;
  const texts = controls.filter(({ kind }) => kind !== "file").flatMap(valuesOf)
    .filter((value) => typeof value === "string");
  return isList ? texts : texts[0] ?? null;
}

/**
 * Enters values into the fields of a form.
 *
 * @param form The form.
 * @param values The values by the names of the fields.
 * @param what The name of the form in messages.
 * @returns The values of the changed controls.
 * @throws {TypeError} If a field does not exist or is disabled, or cannot hold the value.
 */
export function chosenValues(
  form: PageForm,
  values: Readonly<Record<string, FormValue>>,
  what: string,
): ChosenValues {
  const fields = fieldsOf(form);
  const chosen = new Map<FormControl, ControlValues>();
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const refuse = (reason: string): never => {
      throw new TypeError(`Cannot set field "${name}" of ${what}: ${reason}`);
    };
    const controls = fields.get(name) ?? refuse(whyMissing(form, name, [...fields.keys()]));
    if (value === null) {
      for (const control of controls) chosen.set(control, []);
      continue;
    }
    const set = settable(controls);
    for (const [index, sent] of choose(set, value, refuse).entries()) chosen.set(set[index]!, sent);
  }
  return chosen;
}

function whyMissing(form: PageForm, name: string, known: readonly string[]): string {
  const controls = form.controls.filter((control) => control.name === name);
  if (controls.some(isButton)) return 'it is a button: press it by the option "button"';
  if (controls.length > 0) return "browsers do not send it, because it is disabled";
  if (known.length === 0) return "the form has no fields";
  return `no such field: its fields are ${quotedList(known)}${didYouMean(name, known)}`;
}

type Refuse = (reason: string) => never;

/** The values that the controls of one name send if the visitor enters a value. */
function choose(
  controls: readonly FormControl[],
  value: NonNullable<FormValue>,
  refuse: Refuse,
): ControlValues[] {
  const boxes = controls.filter(isBox);
  if (boxes.length === controls.length) return check(boxes, value, refuse);
  if (boxes.length > 0) {
    refuse("checkboxes and other controls have this name: send the form by client.post()");
  }
  const [only, ...others] = controls;
  if (only !== undefined && others.length === 0) return [setControl(only, asList(value), refuse)];
  const values = asList(value);
  if (values.length !== controls.length) {
    refuse(`${controls.length} controls have this name: give a list of as many values`);
  }
  return controls.map((control, index) =>
    setControl(control, values.slice(index, index + 1), refuse)
  );
}

function isBox(control: FormControl): control is CheckControl {
  return control.kind === "checkbox" || control.kind === "radio";
}

type Listed = readonly (string | number | boolean | File)[];

function asList(value: NonNullable<FormValue>): Listed {
  return typeof value === "object" && !(value instanceof File) ? value : [value];
}

function check(
  boxes: readonly CheckControl[],
  value: NonNullable<FormValue>,
  refuse: Refuse,
): ControlValues[] {
  const [only, ...others] = boxes;
  if (typeof value === "boolean" && only?.kind === "checkbox" && others.length === 0) {
    return [value ? [only.value] : []];
  }
  const known = boxes.map(({ value }) => value);
  const wanted = asList(value).map(String);
  for (const one of wanted) if (!known.includes(one)) refuse(noSuchValue(one, known));
  if (only?.kind === "radio" && wanted.length !== 1) {
    refuse("one of its radio buttons can be checked: give one value");
  }
  return boxes.map(({ value }) => wanted.includes(value) ? [value] : []);
}

function setControl(control: FormControl, values: Listed, refuse: Refuse): ControlValues {
  switch (control.kind) {
    case "select":
      return select(control, values.map(String), refuse);
    case "file":
      return attach(control, values, refuse);
    case "text":
    case "hidden":
      return write(control, values, refuse);
    default:
      return refuse("it cannot be filled in");
  }
}

function write(control: TextControl, values: Listed, refuse: Refuse): ControlValues {
  const [text] = values;
  const isText = typeof text === "string" || typeof text === "number";
  return isText && values.length === 1
    ? [control.held(String(text))]
    : refuse("it holds text: give a string or a number");
}

function select(control: SelectControl, wanted: readonly string[], refuse: Refuse): ControlValues {
  if (!control.multiple && wanted.length !== 1) {
    refuse("one of its options can be chosen: give one value");
  }
  const options = control.options.filter(({ disabled }) => !disabled);
  const chosen = wanted.map((one) =>
    options.find(({ value }) => value === one) ?? options.find(({ label }) => label === one) ??
      refuse(noSuchValue(one, options.map(({ value }) => value)))
  );
  return options.filter((option) => chosen.includes(option)).map(({ value }) => value);
}

function attach(control: FileControl, values: Listed, refuse: Refuse): ControlValues {
  const files = values.filter((value) => value instanceof File);
  if (files.length < values.length) refuse("it holds files: give a File, or a list of them");
  if (files.length > 1 && !control.multiple) refuse("it holds one file: give one");
  return files.length === 0 ? valuesOf(control) : files;
}

function noSuchValue(value: string, known: readonly string[]): string {
  return `no such value "${value}"; it has ${quotedList(known)}${didYouMean(value, known)}`;
}
