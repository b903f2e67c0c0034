/**
 * Two visitors of the same pages, a browser and a `TestClient`, and what each of them sends.
 *
 * @module
 */

import { type FormValue, TestClient, type TestPage } from "@pyramidion/pyramidion/testing";
import type { Chromium } from "./chromium.ts";

/** What a visitor does with a form. */
export interface Filling {
  /** The place of the form in the page, from 0. @default {0} */
  readonly form?: number;
  /** What goes into which field. @default {nothing} */
  readonly values?: Readonly<Record<string, FormValue>>;
  /** The button, as `TestForm.submit()` takes it. @default {the first} */
  readonly button?: string | null;
}

/** What arrives at the server. */
export interface Sent {
  readonly method: string;
  readonly url: string;
  /** Without the boundary, which is random. */
  readonly type: string | null;
  /** Name and value; of a file its name, type and content. */
  readonly fields: readonly (readonly string[])[];
  /** The bytes as Latin-1, the boundary replaced. */
  readonly body: string;
}

/** A page and what is done with it. */
export interface Visit {
  readonly url: string;
  readonly html: string;
  readonly filling: Filling;
  /** The path to which the form is sent, if the page holds more that are; they stay on the page. */
  readonly target?: string;
}

/** What a visitor sent, and the address that is shown afterwards. */
export interface Outcome {
  /** `null`: nothing. */
  readonly sent: Sent | null;
  /** `null` where the page stays. */
  readonly shown: string | null;
}

/** A server that has pages, and writes down what comes from them. */
export class FormServer implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #pages: string[] = [];
  readonly #opened = new Set<string>();
  readonly #arrivals = new Map<string, PromiseWithResolvers<Sent>>();
  #targets = 0;

  constructor() {
    const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
    this.#server = Deno.serve(options, (request) => this.#answer(request));
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Adds a page with one form that matters. */
  addPage(html: string, filling: Filling = {}): Visit {
    return { url: this.#add(html, "once"), html, filling };
  }

  /** Adds a page of many forms, each by its attributes and what it holds. */
  addForms(forms: readonly { attributes: string; html: string; filling: Filling }[]): Visit[] {
    const targets = forms.map(() => `/to/${this.#targets++}`);
    const html = forms.map(({ attributes, html }, at) =>
      `<form ${attributes} action=${targets[at]}>${html}</form>`
    );
    const page = `<!doctype html>${html.join("\n")}`;
    const url = this.#add(page, "often");
    return forms.map(({ filling }, form) => ({
      url,
      html: page,
      filling: { ...filling, form },
      target: targets[form] ?? "",
    }));
  }

  /** What arrives from a visit. */
  arrival({ url, target }: Visit): Promise<Sent> {
    return this.#arrival(target ?? url.slice(0, url.indexOf("#"))).promise;
  }

  #add(html: string, how: "once" | "often"): string {
    return `${this.origin}/${how}/${this.#pages.push(html) - 1}?old=1#top`;
  }

  #arrival(key: string): PromiseWithResolvers<Sent> {
    const arrival = this.#arrivals.get(key) ?? Promise.withResolvers<Sent>();
    this.#arrivals.set(key, arrival);
    return arrival;
  }

  async #answer(request: Request): Promise<Response> {
    const { url } = request;
    const headers = { "content-type": "text/html;charset=utf-8" };
    const [, how, number] = /\/(once|often)\/(\d+)\?old=1$/.exec(url) ?? [];
    const page = this.#pages[Number(number)];
    // What is asked of a page once more is what its form sends.
    if (page !== undefined && (how === "often" || !this.#opened.has(url))) {
      this.#opened.add(url);
      return new Response(page, { headers });
    }
    // What a browser asks for by itself, such as an icon, is no visitor's doing.
    if (request.headers.get("sec-fetch-dest") === "iframe") {
      const { pathname } = new URL(url);
      const isTarget = pathname.startsWith("/to/");
      const key = isTarget ? pathname : request.headers.get("referer") ?? "";
      this.#arrival(key).resolve(await sentBy(request));
      if (isTarget) return new Response(null, { status: 204 });
    }
    return new Response("<!doctype html>", { headers });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

async function sentBy(request: Request): Promise<Sent> {
  const { method, url, headers } = request;
  const [type = null, boundary = ""] = headers.get("content-type")?.split("; boundary=") ?? [];
  const bytes = await request.bytes();
  const body = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")
    .replaceAll(boundary || "\0", "BOUNDARY").trimEnd();
  const fields = method === "GET"
    ? [...new URL(url).searchParams]
    : type === "text/plain"
    ? body.split("\r\n").map((line) => [line])
    : await fieldsOf(new Response(bytes, { headers }));
  return { method, url, type, fields, body };
}

async function fieldsOf(response: Response): Promise<string[][]> {
  const fields: string[][] = [];
  for (const [name, value] of await response.formData()) {
    fields.push(
      value instanceof File ? [name, value.name, value.type, await value.text()] : [name, value],
    );
  }
  return fields;
}

/** Runs in a page: puts values into a form as a person can, and presses a button. */
const FILL = String.raw`(form, values, button) => {
  const own = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.form === form);
  // What a browser checks before it sends, a TestClient does not.
  form.noValidate = true;
  for (const [name, value] of Object.entries(values)) {
    let controls = own("input, select, textarea").filter((one) =>
      one.name === name && !one.matches(":disabled, datalist *, [type=submit], [type=image]"));
    if (controls.some((one) => one.type !== "hidden")) {
      controls = controls.filter((one) => one.type !== "hidden");
    }
    controls.forEach((control, at) => {
      const list = Array.isArray(value) ? value : [value];
      if (control.type === "checkbox" || control.type === "radio") {
        const checked = value === true || list.includes(control.value);
        if (control.type === "checkbox" || checked) control.checked = checked;
      } else if (control.tagName === "SELECT") {
        const options = [...control.options];
        const chosen = list.map((wanted) => options.find((one) => one.value === wanted) ??
          options.find((one) => one.label.trim() === wanted));
        for (const option of options) {
          if (control.multiple || chosen.includes(option)) option.selected = chosen.includes(option);
        }
      } else if (control.type === "file") {
        const transfer = new DataTransfer();
        for (const { name, type, text } of list) transfer.items.add(new File([text], name, { type }));
        control.files = transfer.files;
      } else {
        control.value = controls.length === 1 ? value : list[at];
      }
    });
  }
  const shown = (one) => (one.tagName === "BUTTON" ? one.textContent : one.value).trim();
  const buttons = own("button, input").filter((one) => one.type === "submit" || one.type === "image");
  const pressed = button === null ? undefined : button === undefined ? buttons[0] : buttons.find((one) =>
    [shown(one), one.name, one.value, one.id].includes(button));
  if (pressed === undefined) form.requestSubmit();
  else pressed.click();
}`;

/**
 * Runs in the page around: opens pages in frames, fills in their forms, and tells where they end. A
 * form that is one of many goes into a frame of its own, so that its page stays.
 */
const VISIT = `async (urls, visits) => {
  const frameIn = (parent, options) => {
    const frame = Object.assign(parent.ownerDocument.createElement("iframe"), options);
    parent.append(frame);
    return frame;
  };
  const loaded = (frame) => new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
  document.body.replaceChildren();
  const frames = urls.map((src) => frameIn(document.body, { src, width: 800 }));
  await Promise.all(frames.map(loaded));
  const fills = frames.map((frame) => frame.contentWindow.eval(${JSON.stringify(FILL)}));
  return await Promise.all(visits.map(async ({ page, form: place, values, button, apart }) => {
    const frame = frames[page];
    const { contentDocument: document } = frame;
    const form = document.forms[place];
    if (apart) form.target = frameIn(document.body, { name: "to" + place }).name;
    const gone = apart ? null : loaded(frame);
    fills[page](form, Object.fromEntries(values), button);
    await gone;
    return gone && frame.contentWindow.location.href;
  }));
}`;

/** What the browser sends in each visit. */
export async function visitByBrowser(
  browser: Chromium,
  server: FormServer,
  visits: readonly Visit[],
): Promise<Outcome[]> {
  await browser.goto(`${server.origin}/`);
  const outcomes: Outcome[] = [];
  for (let from = 0; from < visits.length; from += 60) {
    const some = visits.slice(from, from + 60);
    const urls = [...new Set(some.map(({ url }) => url))];
    const told = await Promise.all(some.map(async ({ url, filling, target }) => ({
      ...await scripted(filling),
      page: urls.indexOf(url),
      apart: target !== undefined,
    })));
    const shown = await browser.evaluate(
      `(${VISIT})(${JSON.stringify(urls)}, ${JSON.stringify(told)})`,
    ) as (string | null)[];
    for (const [at, visit] of some.entries()) {
      outcomes.push({ sent: await server.arrival(visit), shown: shown[at] ?? null });
    }
  }
  return outcomes;
}

/** What the page's script takes: files by what they are made of. */
async function scripted({ form = 0, values = {}, button }: Filling) {
  const told: [string, unknown][] = [];
  for (const [name, value] of Object.entries(values)) {
    const list = await Promise.all((Array.isArray(value) ? value : [value]).map(described));
    told.push([name, Array.isArray(value) ? list : list[0]]);
  }
  return { form, values: told, button };
}

async function described(value: unknown): Promise<unknown> {
  if (!(value instanceof File)) return value;
  return { name: value.name, type: value.type, text: await value.text() };
}

/** What a `TestClient` sends in each visit. */
export async function visitByClient(visits: readonly Visit[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let answer: (request: Request) => Promise<string>;
  const pages = new Map<string, TestPage>();
  for (const { url, html, filling, target } of visits) {
    const client = new TestClient({
      fetch: async (request) => new Response(await answer(request)),
    });
    answer = () => Promise.resolve(html);
    const page = pages.get(url) ?? await client.open(url);
    pages.set(url, page);
    let sent: Sent | null = null;
    answer = async (request) => {
      sent = await sentBy(request);
      return "";
    };
    const { form = 0, values = {}, button } = filling;
    const shown = await page.form(form).submit(values, button === undefined ? {} : { button });
    outcomes.push({ sent, shown: target === undefined ? shown.url : null });
  }
  return outcomes;
}
