/**
 * A page as a visitor sees it, with forms to fill in and links to follow.
 *
 * @module
 */

import { checkOptions, type OptionKinds, orNull, TEXT } from "../check_options.ts";
import { didYouMean, quotedList } from "../did_you_mean.ts";
import { type ButtonControl, isButton } from "./forms/control.ts";
import { chosenValues, fieldValues, type FormFieldValue, type FormValue } from "./forms/fields.ts";
import { formSubmission, pressed, resolved } from "./forms/submission.ts";
import { type PageContents, type PageForm, readPage } from "./page_contents.ts";
import { TEST_REQUEST_KINDS, type TestRequestInit } from "./test_request_init.ts";

/**
 * What opens pages: a `TestClient`.
 *
 * @internal
 */
export interface PageOpener {
  /** Opens a page. */
  open(url: string | URL, init?: TestRequestInit): Promise<TestPage>;
}

/** How a form is sent: headers and the like, and by which button. */
export interface SubmitOptions extends Omit<TestRequestInit, "method" | "body" | "from"> {
  /**
   * What the pressed button shows, or its `name`, `value` or `id`; `null`: none, as where a script
   * sends the form. Default: the first one, which the Enter key presses.
   */
  readonly button?: string | null;
}

const { from: _from, ...CLICK_KINDS } = TEST_REQUEST_KINDS;
const { method: _method, body: _body, ...SENDING_KINDS } = CLICK_KINDS;

const SUBMIT_KINDS: OptionKinds<SubmitOptions> = { ...SENDING_KINDS, button: orNull(TEXT) };

/** A button that sends a form. */
export interface TestButton {
  /** What it shows. */
  readonly label: string;
  /** Its name; empty where it has none. */
  readonly name: string;
  /** Its value. */
  readonly value: string;
  /** Whether it cannot be pressed. */
  readonly disabled: boolean;
}

/** A link of a page. */
export interface TestLink {
  /** What it shows, white space collapsed. */
  readonly text: string;
  /** Where it leads, as it is written. */
  readonly href: string;
}

/** A form of a {@linkcode TestPage}. It stays as the page has it, however often it is sent. */
export class TestForm {
  /** Its `id`; `null` where it has none. */
  readonly id: string | null;
  /** Its `name`; `null` where it has none. */
  readonly name: string | null;
  readonly #form: PageForm;
  readonly #page: { readonly url: string; readonly base: string | null };
  readonly #opener: PageOpener;

  /**
   * Makes a form; a page does.
   *
   * @param form What the page has.
   * @param page Where it stands.
   * @param opener Who sends it.
   */
  constructor(
    form: PageForm,
    page: { readonly url: string; readonly base: string | null },
    opener: PageOpener,
  ) {
    this.id = form.id;
    this.name = form.name;
    this.#form = form;
    this.#page = page;
    this.#opener = opener;
  }

  /** What its fields hold, by their names: hidden ones too, disabled ones and buttons not. */
  get fields(): Readonly<Record<string, FormFieldValue>> {
    return fieldValues(this.#form);
  }

  /** The buttons that send it, in the order of the page. */
  get buttons(): readonly TestButton[] {
    return this.#buttons.map(({ label, name, value, disabled }) => ({
      label,
      name,
      value,
      disabled,
    }));
  }

  /**
   * Sends the form as a browser does, and follows redirections.
   *
   * Fields that are not named are sent as they are, hidden ones such as the CSRF token included;
   * what has no name, is disabled or is not checked is not sent. A value becomes what the field can
   * hold, by the HTML standard (section 4.10.5): a text loses its line breaks, a number that is none
   * is empty, a color is `#rrggbb`. What a browser checks beforehand (`required`, `maxlength`,
   * `pattern`) is not checked, since the app must not rely on it. A `formtarget` opens no window.
   *
   * @param values What a visitor puts into which field, by the fields' names.
   * @param options The button that is pressed; headers and the like.
   * @returns The page that answers.
   * @throws {TypeError} If a field or button does not exist or is disabled, or a field cannot hold
   * the value: the message has those that exist; or if an option is wrong or unknown.
   */
  async submit(
    values: Readonly<Record<string, FormValue>> = {},
    options: SubmitOptions = {},
  ): Promise<TestPage> {
    checkOptions("form.submit()", options, SUBMIT_KINDS, TypeError);
    const { button, ...init } = options;
    const press = button === null ? null : pressed(this.#buttons, button, this.#description);
    const chosen = chosenValues(this.#form, values, this.#description);
    const { url, method, body } = formSubmission(this.#form, chosen, press, this.#page);
    return await this.#opener.open(url, { ...init, method, body, from: this.#page.url });
  }

  get #buttons(): readonly ButtonControl[] {
    return this.#form.controls.filter(isButton);
  }

  get #description(): string {
    const called = this.name ?? this.id;
    return called === null ? "the form" : `form "${called}"`;
  }
}

/** A page that a `TestClient` opened: what came, and what can be done with it. */
export class TestPage {
  /** The status of the answer. */
  readonly status: number;
  /** The headers of the answer. */
  readonly headers: Headers;
  /** The address, as the address bar shows it: after redirections, with the fragment. */
  readonly url: string;
  /** The body of the answer, as it came. */
  readonly text: string;
  readonly #opener: PageOpener;
  #contents: PageContents | undefined;

  /**
   * Makes a page; `TestClient.open()` does.
   *
   * @param response The answer; its body may have been read.
   * @param text Its body.
   * @param url Where it came from.
   * @param opener Who opened it.
   */
  constructor(response: Response, text: string, url: string, opener: PageOpener) {
    this.status = response.status;
    this.headers = response.headers;
    this.text = text;
    this.url = url;
    this.#opener = opener;
  }

  /** What its title says; empty where it has none. */
  get title(): string {
    return this.#read().title;
  }

  /** Its forms, in the order of the page. */
  get forms(): readonly TestForm[] {
    const contents = this.#read();
    const page = { url: this.url, base: contents.base };
    return contents.forms.map((form) => new TestForm(form, page, this.#opener));
  }

  /** Its links, in the order of the page. */
  get links(): readonly TestLink[] {
    return this.#read().links;
  }

  /**
   * One of its forms.
   *
   * @param which Its `name` or `id`, or its place, from 0. Default: the only one.
   * @throws {TypeError} If there is none, or none is given and there are several: the message has
   * those that exist.
   */
  form(which?: string | number): TestForm {
    const { forms } = this;
    const found = which === undefined && forms.length > 1
      ? undefined
      : typeof which === "string"
      ? forms.find(({ name, id }) => name === which || id === which)
      : forms[which ?? 0];
    return found ?? this.#refuse("form", which, forms.map(({ name, id }) => name ?? id ?? ""));
  }

  /**
   * One of its links.
   *
   * @param text What it shows, white space collapsed; of several the first.
   * @throws {TypeError} If no link shows that: the message has those that exist.
   */
  link(text: string): TestLink {
    const { links } = this;
    return links.find((link) => link.text === text) ??
      this.#refuse("link", text, links.map((link) => link.text));
  }

  /**
   * Follows a link.
   *
   * @param text What it shows, white space collapsed; of several the first.
   * @param init Headers and the like.
   * @throws {TypeError} If no link shows that, or it does not lead to a page; or if an option is wrong
   * or unknown.
   */
  async click(text: string, init: Omit<TestRequestInit, "from"> = {}): Promise<TestPage> {
    checkOptions("page.click()", init, CLICK_KINDS, TypeError);
    const page = { url: this.url, base: this.#read().base };
    const url = resolved(this.link(text).href, page, `follow link "${text}"`);
    return await this.#opener.open(url, { ...init, from: this.url });
  }

  /**
   * The CSRF token of the page: that of a form's field, else that of `<meta name="csrf-token">`.
   *
   * @param field The field's name. @default {"csrf_token"}
   * @returns `null` where there is neither.
   */
  csrfToken(field = "csrf_token"): string | null {
    const { forms, metas } = this.#read();
    for (const { controls } of forms) {
      for (const control of controls) {
        if (control.kind === "hidden" && control.name === field) return control.value;
      }
    }
    return metas.get("csrf-token") ?? null;
  }

  #read(): PageContents {
    return this.#contents ??= readPage(this.text);
  }

  #refuse(what: string, which: string | number | undefined, known: readonly string[]): never {
    const wanted = which === undefined ? `the ${what}` : `${what} ${JSON.stringify(which)}`;
    const there = known.length === 0
      ? `the page has no ${what}s`
      : which === undefined
      ? `there are several, ${quotedList(known)}: say which`
      : `its ${what}s are ${quotedList(known)}${
        typeof which === "string" ? didYouMean(which, known) : ""
      }`;
    throw new TypeError(`Cannot find ${wanted} of ${this.url} (status ${this.status}): ${there}`);
  }
}
