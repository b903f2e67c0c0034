/**
 * Reads the forms, links, title and metadata of a page.
 *
 * @module
 */

import { CONTROL_NAMES, type FormControl, readControl } from "./forms/control.ts";
import type { HtmlElement } from "./html/element.ts";
import { readHtml } from "./html/tree.ts";

/** A form of a page. */
export interface PageForm {
  /** Its `id`, or `null` without one. */
  readonly id: string | null;
  /** Its `name`, or `null` without one. */
  readonly name: string | null;
  /** Its `action` as the page writes it. `null` sends it to the page itself. */
  readonly action: string | null;
  /** Its `method` as the page writes it. */
  readonly method: string | null;
  /** Its `enctype` as the page writes it. */
  readonly enctype: string | null;
  /** Its controls, in the order of the page. */
  readonly controls: readonly FormControl[];
}

/** A link of a page. */
export interface PageLink {
  /** The text that a visitor sees, with single spaces. */
  readonly text: string;
  /** Its address as the page writes it. */
  readonly href: string;
}

/** The parts of a page that a visitor can use. */
export interface PageContents {
  /** The text of its title. */
  readonly title: string;
  /**
   * The address in `<base>`, to which addresses are relative. `null` if they are relative to the
   * page.
   */
  readonly base: string | null;
  /** The forms, in the order of the page. */
  readonly forms: readonly PageForm[];
  /** The links, in the order of the page. */
  readonly links: readonly PageLink[];
  /** The contents of `<meta name>`, by the name in lower case. */
  readonly metas: ReadonlyMap<string, string>;
}

/**
 * Reads a page.
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

/** The form of a control: the form in its attribute `form`, or else the form around it. */
function ownerOf(control: HtmlElement, elements: readonly HtmlElement[]): HtmlElement | null {
  const id = control.attribute("form");
  if (id === null) return control.form;
  // The first element of that id, form or not. An empty id names no form.
  return elements.find((element) => id !== "" && element.attribute("id") === id) ?? null;
}

/** Leaves only the last checked radio button of each name checked. */
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
