/**
 * A page with forms to fill in and links to follow.
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
 * Opens pages. A `TestClient` does.
 *
 * @internal
 */
export interface PageOpener {
  /** Opens a page. */
  open(url: string | URL, init?: TestRequestInit): Promise<TestPage>;
}

/** The options of {@linkcode TestForm.submit}. */
export interface SubmitOptions extends Omit<TestRequestInit, "method" | "body" | "from"> {
  /**
   * The button that the visitor presses: its text, `name`, `value` or `id`. `null` presses no
   * button, as if a script sends the form. Default: the first button, which the Enter key presses.
   */
  readonly button?: string | null;
}

const { from: _from, ...CLICK_KINDS } = TEST_REQUEST_KINDS;
const { method: _method, body: _body, ...SENDING_KINDS } = CLICK_KINDS;

const SUBMIT_KINDS: OptionKinds<SubmitOptions> = { ...SENDING_KINDS, button: orNull(TEXT) };

/** A button that sends a form. */
export interface TestButton {
  /** The text of the button. */
  readonly label: string;
  /** Its name. It is empty if the button has none. */
  readonly name: string;
  /** Its value. */
  readonly value: string;
  /** Whether the button is disabled, so that a visitor cannot press it. */
  readonly disabled: boolean;
}

/** A link of a page. */
export interface TestLink {
  /** The text of the link, with single spaces. */
  readonly text: string;
  /** Its address as the page writes it. */
  readonly href: string;
}

/** A form of a {@linkcode TestPage}. Sending the form does not change it. */
export class TestForm {
  /** Its `id`, or `null` without one. */
  readonly id: string | null;
  /** Its `name`, or `null` without one. */
  readonly name: string | null;
  readonly #form: PageForm;
  readonly #page: { readonly url: string; readonly base: string | null };
  readonly #opener: PageOpener;

  /**
   * Makes a form. Call `page.form()` instead.
   *
   * @param form The form in the page.
   * @param page The URL of the page, and its base.
   * @param opener The client that sends the form.
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

  /**
   * The values of its fields by their names. Hidden fields are in it. Disabled fields and buttons
   * are not.
   */
  get fields(): Readonly<Record<string, FormFieldValue>> {
    return fieldValues(this.#form);
  }

  /** The buttons that send the form, in the order of the page. */
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
   * If you give no value for a field, it is sent with the value in the page. This includes hidden
   * fields such as the CSRF token. Fields that have no name, are disabled or are not checked are
   * not sent.
   *
   * The field converts your value as a browser does (HTML standard, section 4.10.5). For example, a
   * text field removes line breaks, a number field empties an invalid number, and a color becomes
   * `#rrggbb`.
   *
   * The method does not check `required`, `maxlength` and `pattern`, because the app must not rely
   * on these checks of browsers. It ignores `formtarget`.
   *
   * @param values The values that the visitor enters, by the names of the fields.
   * @param options The button that the visitor presses, headers, and the other options of
   * `fetch()`.
   * @returns The page that the app sends back.
   * @throws {TypeError} If a field or button does not exist or is disabled. The message lists those
   * that exist.
   * @throws {TypeError} If a field cannot hold the value, or an option is wrong or unknown.
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

/** A page that a `TestClient` opened, with its status, headers, text, forms and links. */
export class TestPage {
  /** The status of the response. */
  readonly status: number;
  /** The headers of the response. */
  readonly headers: Headers;
  /** The URL of the page, as the address bar shows it, after redirections and with the fragment. */
  readonly url: string;
  /** The body of the response as text. */
  readonly text: string;
  readonly #opener: PageOpener;
  #contents: PageContents | undefined;

  /**
   * Makes a page. Call `client.open()` instead.
   *
   * @param response The response. Its body can be used already.
   * @param text The body of the response.
   * @param url The URL of the page.
   * @param opener The client that opened the page.
   */
  constructor(response: Response, text: string, url: string, opener: PageOpener) {
    this.status = response.status;
    this.headers = response.headers;
    this.text = text;
    this.url = url;
    this.#opener = opener;
  }

  /** The text of its title. It is empty without a title. */
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
   * Finds one of its forms.
   *
   * @param which The `name` or `id` of the form, or its position in the page, counted from 0.
   * Default: the only form.
   * @throws {TypeError} If the page has no such form, or if you name none and the page has several.
   * The message lists those that exist.
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
   * Finds one of its links.
   *
   * @param text The text of the link, with single spaces. If several links have the text, the first
   * is meant.
   * @throws {TypeError} If no link has the text. The message lists those that exist.
   */
  link(text: string): TestLink {
    const { links } = this;
    return links.find((link) => link.text === text) ??
      this.#refuse("link", text, links.map((link) => link.text));
  }

  /**
   * Follows a link, and opens the page behind it.
   *
   * @param text The text of the link, with single spaces. If several links have the text, the first
   * is meant.
   * @param init Headers, and the other options of `fetch()`.
   * @throws {TypeError} If no link has the text, its address is not an http or https URL, or an
   * option is wrong or unknown.
   */
  async click(text: string, init: Omit<TestRequestInit, "from"> = {}): Promise<TestPage> {
    checkOptions("page.click()", init, CLICK_KINDS, TypeError);
    const page = { url: this.url, base: this.#read().base };
    const url = resolved(this.link(text).href, page, `follow link "${text}"`);
    return await this.#opener.open(url, { ...init, from: this.url });
  }

  /**
   * Reads the CSRF token of the page from a form's hidden field, or else from
   * `<meta name="csrf-token">`.
   *
   * @param field The field's name. @default {"csrf_token"}
   * @returns The token, or `null` if the page has neither of them.
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
      ? `there are several, ${quotedList(known)}: name one of them`
      : `its ${what}s are ${quotedList(known)}${
        typeof which === "string" ? didYouMean(which, known) : ""
      }`;
    throw new TypeError(`Cannot find ${wanted} of ${this.url} (status ${this.status}): ${there}`);
  }
}
