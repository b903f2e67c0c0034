/**
 * The request that a browser sends for a form (HTML standard, section 4.10.21).
 *
 * @module
 */

import { quotedList } from "../../did_you_mean.ts";
import type { PageForm } from "../page_contents.ts";
import type { ButtonControl, FormControl } from "./control.ts";
import { type ChosenValues, valuesOf } from "./fields.ts";

/** The request of a form. */
export interface FormSubmission {
  /** Its URL. */
  readonly url: URL;
  /** GET or POST. */
  readonly method: "GET" | "POST";
  /** Its body. `null` for GET. */
  readonly body: FormData | Blob | null;
}

/** A name and a value, in the order in which they are sent. */
type Entry = readonly [name: string, value: string | File];

/**
 * Makes the request of a form.
 *
 * @param form The form.
 * @param chosen The values that the visitor entered.
 * @param button The button that the visitor pressed. `null` if a script sends the form.
 * @param page The URL that the form's action is relative to.
 * @throws {TypeError} If the form has `method="dialog"`, or its address is not an http or https
 * URL.
 */
export function formSubmission(
  form: PageForm,
  chosen: ChosenValues,
  button: ButtonControl | null,
  page: { readonly url: string; readonly base: string | null },
): FormSubmission {
  const entries = entriesOf(form.controls, chosen, button);
  const url = targetOf(button?.action ?? form.action, page);
  const method = (button?.method ?? form.method ?? "").toLowerCase();
  if (method === "dialog") {
    throw new TypeError(
      'Cannot submit the form: its method is "dialog", so that browsers send no request',
    );
  }
  if (method !== "post") {
    // A form without fields has a query, too, which is empty.
    const query = new URLSearchParams(entries.map(textual));
    return { url: new URL(`?${query}${url.hash}`, url), method: "GET", body: null };
  }
  return { url, method: "POST", body: encoded(entries, button?.enctype ?? form.enctype ?? "") };
}

/**
 * Finds the button that the visitor presses.
 *
 * @param buttons The buttons of a form.
 * @param wanted The text, `name`, `value` or `id` of a button. Undefined means the first one, which
 * the Enter key presses.
 * @param what The name of the form in messages.
 * @returns The button, or `null` if the form has none and `wanted` is undefined.
 * @throws {TypeError} If no button fits, several buttons fit, or the button is disabled.
 */
export function pressed(
  buttons: readonly ButtonControl[],
  wanted: string | undefined,
  what: string,
): ButtonControl | null {
  const meant = wanted === undefined
    ? buttons.slice(0, 1)
    : buttons.filter((button) =>
      [button.label, button.name, button.value, button.id].includes(wanted)
    );
  const known = `its buttons are ${quotedList(buttons.map(({ label, name }) => label || name))}`;
  const [button, ...others] = meant;
  if (button === undefined && wanted === undefined) return null;
  if (button === undefined) {
    throw new TypeError(`Cannot press button "${wanted}" of ${what}: no such button: ${known}`);
  }
  if (others.length > 0) {
    throw new TypeError(
      `Cannot press button "${wanted}" of ${what}: ${meant.length} buttons fit: ${known}`,
    );
  }
  if (button.disabled) {
    throw new TypeError(
      `Cannot press button "${button.label || button.name}" of ${what}: it is disabled`,
    );
  }
  return button;
}

function entriesOf(
  controls: readonly FormControl[],
  chosen: ChosenValues,
  button: ButtonControl | null,
): Entry[] {
  return controls.filter(({ disabled }) => !disabled).flatMap((control): Entry[] => {
    if (control.kind === "image") return control === button ? placeOfClick(control.name) : [];
    if (control.name === "") return [];
    const values = control === button ? [control.value] : chosen.get(control) ?? valuesOf(control);
    const sent = values.map((value): Entry => [withCrLf(control.name), sentAs(control, value)]);
    const [first] = values;
    if (control.direction === null || typeof first !== "string") return sent;
    return [...sent, [withCrLf(control.direction.name), control.direction.of(first)]];
  });
}

function sentAs(control: FormControl, value: string | File): string | File {
  if (typeof value !== "string") return value;
  if (control.kind === "hidden" && control.name.toLowerCase() === "_charset_") return "UTF-8";
  const columns = control.kind === "text" ? control.columns : null;
  return withCrLf(columns === null ? value : wrapped(value, columns));
}

/** Breaks lines after a number of characters. Spaces at the end of a line do not count. */
function wrapped(text: string, columns: number): string {
  return text.split("\n").map((line) => {
    let width = 0;
    let lines = "";
    for (const piece of line.match(/[^ -]+-* *|-+ *| +/g) ?? []) {
      const word = piece.trimEnd();
      if (width > 0 && width + word.length > columns) {
        lines += "\n";
        width = 0;
      }
      // A word that is too long for a line is broken within.
      const parts = word.match(new RegExp(`.{1,${columns}}`, "gu")) ?? [""];
      lines += parts.join("\n") + piece.slice(word.length);
      width += (parts.at(-1)?.length ?? 0) + piece.length - word.length;
    }
    return lines;
  }).join("\n");
}

function placeOfClick(name: string): Entry[] {
  const prefix = name === "" ? "" : `${name}.`;
  return [[`${prefix}x`, "0"], [`${prefix}y`, "0"]];
}

function withCrLf(text: string): string {
  return text.replace(/\r\n?|\n/g, "\r\n");
}

/** Replaces a file by its name, because only multipart sends files. */
function textual([name, value]: Entry): [name: string, value: string] {
  return [name, typeof value === "string" ? value : withCrLf(value.name)];
}

function encoded(entries: readonly Entry[], enctype: string): FormSubmission["body"] {
  switch (enctype.toLowerCase()) {
    case "multipart/form-data": {
      const form = new FormData();
      for (const [name, value] of entries) form.append(name, value);
      return form;
    }
    case "text/plain": {
      const lines = entries.map((entry) => `${textual(entry).join("=")}\r\n`);
      return new Blob(lines, { type: "text/plain" });
    }
    default: {
      const fields = new URLSearchParams(entries.map(textual)).toString();
      // URLSearchParams alone would name a charset, which forms do not do.
      return new Blob([fields], { type: "application/x-www-form-urlencoded" });
    }
  }
}

/** The URL of the action. An empty action means the page itself, with its query. */
function targetOf(
  action: string | null,
  page: { readonly url: string; readonly base: string | null },
): URL {
  return action === null || action.trim() === ""
    ? new URL(page.url)
    : resolved(action, page, "submit the form");
}

/**
 * Resolves an address of a page.
 *
 * @param address The address as the page writes it.
 * @param page The URL of the page, and the address in its `<base>`.
 * @param attempt The attempt that the message names, such as `submit the form`.
 * @throws {TypeError} If the result is not an http or https URL.
 */
export function resolved(
  address: string,
  page: { readonly url: string; readonly base: string | null },
  attempt: string,
): URL {
  const base = page.base === null ? page.url : URL.parse(page.base, page.url)?.href ?? page.url;
  const url = URL.parse(address, base);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new TypeError(`Cannot ${attempt}: "${address}" is not an http or https URL`);
}
