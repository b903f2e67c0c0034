/**
 * What a page offers its visitor: forms, links, and what it says about itself.
 *
 * @module
 */

import { CONTROL_NAMES, type FormControl, readControl } from "./forms/control.ts";
import type { HtmlElement } from "./html/element.ts";
import { readHtml } from "./html/tree.ts";

/** A form as a page has it. */
export interface PageForm {
  /** Its `id`; `null` where it has none. */
  readonly id: string | null;
  /** Its `name`; `null` where it has none. */
  readonly name: string | null;
  /** Where it is sent to, as it is written; `null`: to the page itself. */
  readonly action: string | null;
  /** How it is sent, as it is written. */
  readonly method: string | null;
  /** How its body is encoded, as it is written. */
  readonly enctype: string | null;
  /** Its controls, in the order of the page. */
  readonly controls: readonly FormControl[];
}

/** A link of a page. */
export interface PageLink {
  /** What it shows, white space collapsed. */
  readonly text: string;
  /** Where it leads, as it is written. */
  readonly href: string;
}

/** What a page offers its visitor. */
export interface PageContents {
  /** What its title says. */
  readonly title: string;
  /** What addresses are relative to, as `<base>` has it; `null`: to the page. */
  readonly base: string | null;
  /** The forms, in the order of the page. */
  readonly forms: readonly PageForm[];
  /** The links, in the order of the page. */
  readonly links: readonly PageLink[];
  /** What `<meta name>` says, by the name in lower case. */
  readonly metas: ReadonlyMap<string, string>;
}

/**
 * Reads what a page offers.
 *
 * @param html The page, or a part of one.
 */
export function readPage(html: string): PageContents {
  const elements = readHtml(html).descendants().toArray();
  const named = (name: string) => elements.filter((element) => element.name === name);
  const controls = elements.filter(({ name }) => CONTROL_NAMES.has(name))
    .map((element) => ({ owner: ownerOf(element, elements), control: readControl(element) }));
  const metas = named("meta").map((meta) =>
    [meta.attribute("name")?.toLowerCase() ?? "", meta.attribute("content") ?? ""] as const
  );
  return {
    title: named("title")[0]?.label ?? "",
    base: named("base").find((base) => base.has("href"))?.attribute("href") ?? null,
    forms: named("form").map((form) => ({
      id: form.attribute("id"),
      name: form.attribute("name"),
      action: form.attribute("action"),
      method: form.attribute("method"),
      enctype: form.attribute("enctype"),
      controls: withOneRadioEach(
        controls.flatMap(({ owner, control }) => owner === form && control ? [control] : []),
      ),
    })),
    links: elements.filter(({ name }) => name === "a" || name === "svg:a")
      .filter((link) => link.has("href")).map((link) => ({
        text: link.label || (link.attribute("aria-label") ?? ""),
        href: link.attribute("href") ?? "",
      })),
    // The first of a name wins.
    metas: new Map(metas.toReversed()),
  };
}

/** The form that a control belongs to: the one that its `form` attribute names, else the one around it. */
function ownerOf(control: HtmlElement, elements: readonly HtmlElement[]): HtmlElement | null {
  const id = control.attribute("form");
  if (id === null) return control.form;
  // The first element of that id, form or not. An empty id names no form.
  return elements.find((element) => id !== "" && element.attribute("id") === id) ?? null;
}

/** Of the radio buttons of one name the last that says so is checked. */
function withOneRadioEach(controls: readonly FormControl[]): FormControl[] {
  const checked = new Map<string, FormControl>();
  for (const control of controls) {
    if (control.kind === "radio" && control.checked) checked.set(control.name, control);
  }
  return controls.map((control) =>
    control.kind === "radio" && checked.get(control.name) !== control
      ? { ...control, checked: false }
      : control
  );
}
