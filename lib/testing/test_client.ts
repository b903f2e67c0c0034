/**
 * A visitor without a server: requests go to `app.fetch`, and cookies are kept.
 *
 * @module
 */

import {
  BOOLEAN,
  checkOptions,
  checkValue,
  FUNCTION,
  OBJECT,
  type OptionKinds,
  TEXT,
  withFunctions,
} from "../check_options.ts";
import { type ConnectionInfo, SAFE_METHODS } from "../http/request.ts";
import { HEADERS } from "../http/response.ts";
import { CookieJar } from "./cookie_jar.ts";
import { FIELDS, TEST_REQUEST_KINDS, type TestRequestInit } from "./test_request_init.ts";
import {
  becomesGet,
  fetchSite,
  isPotentiallyTrustworthy,
  locationOf,
  originSent,
  referrerSent,
  withoutFragment,
} from "./navigation.ts";
import { TestPage } from "./test_page.ts";

/** Whatever answers requests: an app of this library, or any default export for `deno serve`. */
export interface FetchApp {
  /**
   * Answers a request.
   *
   * @param request The request.
   * @param info Who sent it.
   */
  fetch(request: Request, info?: ConnectionInfo): Response | Promise<Response>;
}

/** What a {@linkcode TestClient} can be made with. */
export interface TestClientOptions {
  /** The origin that paths are resolved against. @default {"https://app.test"} */
  readonly origin?: string;
  /** Headers of every request, such as `Accept-Language`. */
  readonly headers?: HeadersInit;
  /** The time by which cookies expire, in milliseconds. Give it the app's own clock. @default {Date.now} */
  readonly clock?: () => number;
  /** The address that the app is told. @default {127.0.0.1, port 50000} */
  readonly remoteAddr?: ConnectionInfo["remoteAddr"];
  /** Whether redirections are followed where a request does not say. @default {false} */
  readonly followRedirects?: boolean;
}

/** A body: what `fetch` takes, or the fields of a form, which are sent url-encoded. */
export type TestBody = BodyInit | Readonly<Record<string, string>>;

const KINDS: OptionKinds<TestClientOptions> = {
  origin: TEXT,
  headers: HEADERS,
  clock: FUNCTION,
  remoteAddr: OBJECT,
  followRedirects: BOOLEAN,
};

const APP = withFunctions("fetch");

const BODY_HEADERS = [
  "content-encoding",
  "content-language",
  "content-length",
  "content-location",
  "content-type",
];
const MAX_REDIRECTS = 20;
const CSRF_HEADER = "X-CSRF-Token";

/**
 * One visitor with a browser; a second client is a second visitor.
 *
 * Cookies are kept in {@linkcode TestClient.jar} and sent back as a browser would. Every request is
 * made as from a page of its own origin, unless `from` names another page: with an unsafe method it
 * carries `Origin` and, where browsers send it (TLS or this machine), `Sec-Fetch-Site`. A header
 * that is given wins, a `Cookie` too; an empty `Origin`, `Referer` or `Sec-Fetch-Site` leaves it
 * out.
 *
 * @example A cookie comes back
 * ```ts
 * import { TestClient } from "@pyramidion/pyramidion/testing";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const client = new TestClient({
 *   fetch: (request) =>
 *     new Response(request.headers.get("cookie"), { headers: { "set-cookie": "seen=yes; Path=/" } }),
 * });
 * await client.get("/");
 * assertEquals(client.cookie("seen"), "yes");
 * assertEquals(await (await client.get("/")).text(), "seen=yes");
 * ```
 */
export class TestClient {
  /** The visitor's cookies. */
  readonly jar: CookieJar;
  /** The origin that paths are resolved against. */
  readonly origin: string;
  readonly #app: FetchApp;
  readonly #headers: Headers;
  readonly #info: ConnectionInfo;
  readonly #followRedirects: boolean;
  #url: string;
  #page: TestPage | null = null;

  /**
   * Makes a visitor without cookies.
   *
   * @param app What answers.
   * @param options Origin, headers, clock, address, and whether to follow redirections.
   * @throws {TypeError} If the app has no `fetch()`, an option is wrong or unknown, or the origin is
   * not `http` or `https`, a host and at most a port.
   */
  constructor(app: FetchApp, options: TestClientOptions = {}) {
    checkValue("the app of a TestClient", app, APP, TypeError);
    checkOptions("new TestClient()", options, KINDS, TypeError);
    const { origin = "https://app.test", clock = Date.now } = options;
    const url = URL.parse(origin);
    if (url === null || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) {
      throw new TypeError(
        `Cannot make a TestClient of origin "${origin}": write scheme and host, such as "https://app.test"`,
      );
    }
    this.#app = app;
    this.origin = url.origin;
    this.jar = new CookieJar({ clock });
    this.#headers = new Headers(options.headers);
    this.#info = {
      remoteAddr: options.remoteAddr ?? { transport: "tcp", hostname: "127.0.0.1", port: 50000 },
      completed: Promise.resolve(),
    };
    this.#followRedirects = options.followRedirects === true;
    this.#url = url.href;
  }

  /** The address of the last answer, as the address bar shows it: after redirections, with the fragment. */
  get url(): string {
    return this.#url;
  }

  /**
   * The value of a cookie that a request to this origin carries.
   *
   * @param name The whole name, a prefix such as `__Host-` included.
   * @param path The path of that request. Default `/`.
   * @returns `null` where there is none.
   */
  cookie(name: string, path = "/"): string | null {
    return this.jar.get(name, new URL(path, this.origin))?.value ?? null;
  }

  /**
   * Sends a request and keeps the cookies of the answer.
   *
   * The answer to a HEAD has no body, as over the wire.
   *
   * Followed are redirections within the origin, by the rules of browsers: 303, and 301 or 302 of a
   * POST, become GET without a body; the others are repeated as they are. One that leaves the
   * origin is returned.
   *
   * @param url A path, or a whole URL: the app answers for every host.
   * @param init As for the Web's `fetch`; `redirect` (`"follow"`, `"manual"`, `"error"`) wins over the
   * client's `followRedirects`; `from` and `csrfHeader`.
   * @returns The app's answer, or the last one.
   * @throws {TypeError} If the URL is not valid, an option is wrong or unknown, after 20 redirections, or
   * for any with `"error"`.
   */
  fetch(url: string | URL, init: TestRequestInit = {}): Promise<Response> {
    checkOptions("client.fetch()", init, TEST_REQUEST_KINDS, TypeError);
    return this.#request(url, init, false);
  }

  /**
   * Opens a page as by its address, follows redirections, and reads what came.
   *
   * @param url A path, or a whole URL.
   * @param init As for {@linkcode fetch}; `redirect` is `"follow"`.
   * @returns The page, whatever its status: with forms to fill in and links to follow.
   * @throws {TypeError} As {@linkcode fetch} does.
   *
   * @example A form is filled in and sent
   * ```ts
   * import { Configurator, html, redirect, signedCookieSessionFactory } from "@pyramidion/pyramidion";
   * import { TestClient } from "@pyramidion/pyramidion/testing";
   * import { assertEquals } from "jsr:@std/assert@^1.0.0";
   *
   * const secret = crypto.getRandomValues(new Uint8Array(32)).toBase64();
   * const config = new Configurator({
   *   sessionFactory: signedCookieSessionFactory(secret),
   * }).setDefaultCsrfOptions().addRoute("login", "/login");
   * config.addView(async (request) => {
   *   const session = await request.session;
   *   return html`<form method="post">
   *     <input type="hidden" name="csrf_token" value="${session.getCsrfToken()}">
   *     <input name="user" value="${session.userId ?? ""}">
   *     <input name="password" type="password"><button>Sign in</button>
   *   </form>`;
   * }, { routeName: "login" });
   * config.addView(async (request) => {
   *   const form = await request.form();
   *   if (form.get("password") === "right") (await request.session).bindTo(String(form.get("user")));
   *   return redirect("/login", { status: 303 });
   * }, { routeName: "login", requestMethod: "POST" });
   *
   * const client = new TestClient(config.makeApp());
   * const page = await client.open("/login");
   * const answer = await page.form().submit({ user: "ada", password: "right" });
   * assertEquals([answer.status, answer.form().fields.user], [200, "ada"]);
   * ```
   */
  async open(url: string | URL, init: TestRequestInit = {}): Promise<TestPage> {
    checkOptions("client.open()", init, TEST_REQUEST_KINDS, TypeError);
    const { redirect = "follow" } = init;
    const response = await this.#request(url, { ...init, redirect }, true);
    return this.#page = new TestPage(response, await response.text(), this.#url, this);
  }

  /** The page that was opened last, by {@linkcode open}, a link or a form; `null` before the first. */
  get page(): TestPage | null {
    return this.#page;
  }

  /**
   * The CSRF token of the page that was opened last, for requests such as those of a script.
   *
   * @param field The name of the form field that holds it; without one, `<meta name="csrf-token">`
   * does. @default {"csrf_token"}
   * @throws {TypeError} If no page was opened, or the last one has no token.
   */
  csrfToken(field = "csrf_token"): string {
    const refuse = (reason: string): never => {
      throw new TypeError(`Cannot find a CSRF token: ${reason}`);
    };
    if (this.#page === null) return refuse("no page was opened yet: call open() first");
    return this.#page.csrfToken(field) ?? refuse(
      `${this.#page.url} (status ${this.#page.status}) has neither a hidden field "${field}" nor <meta name="csrf-token">`,
    );
  }

  /**
   * Sends a GET.
   *
   * @param url A path, or a whole URL.
   * @param init Headers and the like.
   * @throws {TypeError} As {@linkcode fetch} does.
   */
  get(url: string | URL, init: TestRequestInit = {}): Promise<Response> {
    checkOptions("client.get()", init, TEST_REQUEST_KINDS, TypeError);
    return this.#request(url, { ...init, method: "GET" }, false);
  }

  /**
   * Sends a HEAD. The answer has the headers that the app gives it, and no body, as over the wire.
   *
   * @param url A path, or a whole URL.
   * @param init Headers and the like.
   * @throws {TypeError} As {@linkcode fetch} does.
   */
  head(url: string | URL, init: TestRequestInit = {}): Promise<Response> {
    checkOptions("client.head()", init, TEST_REQUEST_KINDS, TypeError);
    return this.#request(url, { ...init, method: "HEAD" }, false);
  }

  /**
   * Sends a POST.
   *
   * @param url A path, or a whole URL.
   * @param body A plain object or `URLSearchParams` is sent as a url-encoded form, `FormData` as
   * `multipart/form-data`, a string as plain text unless a header says otherwise. Default: none.
   * @param init Headers and the like.
   * @throws {TypeError} As {@linkcode fetch} does.
   */
  post(url: string | URL, body?: TestBody, init: TestRequestInit = {}): Promise<Response> {
    checkOptions("client.post()", init, TEST_REQUEST_KINDS, TypeError);
    const encoded = isFields(body) ? encodedFields(body) : body;
    return this.#request(url, { ...init, method: "POST", body: encoded ?? null }, false);
  }

  async #request(
    url: string | URL,
    init: TestRequestInit,
    navigates: boolean,
  ): Promise<Response> {
    const { from, csrfHeader = false, ...rest } = init;
    const { redirect = this.#followRedirects ? "follow" : "manual" } = init;
    let { method = "GET", body = null } = init;
    let target = new URL(url, this.origin);
    const page = from === undefined ? null : new URL(from, this.origin);
    let headers = new Headers(this.#headers);
    new Headers(init.headers).forEach((value, name) => headers.set(name, value));
    if (csrfHeader !== false) {
      headers.set(csrfHeader === true ? CSRF_HEADER : csrfHeader, this.csrfToken());
    }
    if (redirect === "follow" && body !== null) {
      // Kept whole, because a 307 or 308 sends it again.
      const whole = new Request(target, { method, headers, body });
      headers = whole.headers;
      body = await whole.bytes();
    }
    for (let followed = 0;; followed++) {
      const request = new Request(withoutFragment(target), {
        ...rest,
        method,
        headers,
        body,
        redirect: "manual",
      });
      const response = await this.#send(request, target, page, navigates);
      const location = redirect === "manual" ? null : locationOf(response, target);
      if (location === null) return response;
      if (redirect === "error") {
        throw new TypeError(`Cannot fetch "${url}": the answer is a redirection`);
      }
      if (location.origin !== target.origin) return response;
      if (followed === MAX_REDIRECTS) {
        throw new TypeError(`Cannot fetch "${url}": more than ${MAX_REDIRECTS} redirections`);
      }
      await response.body?.cancel();
      if (becomesGet(response.status, request.method)) {
        method = "GET";
        body = null;
        for (const name of BODY_HEADERS) headers.delete(name);
      }
      target = location;
    }
  }

  async #send(
    request: Request,
    url: URL,
    page: URL | null,
    navigates: boolean,
  ): Promise<Response> {
    const { headers, method } = request;
    const fill = (name: string, value: string | null) => {
      if (value !== null && !headers.has(name)) headers.set(name, value);
    };
    const site = fetchSite(page ?? url, url);
    const crossSite = site === "cross-site";
    fill("host", url.host);
    fill("cookie", this.jar.header(url, { crossSite, method, topLevelNavigation: navigates }));
    const isUnsafe = !SAFE_METHODS.includes(method);
    if (isUnsafe) fill("origin", originSent(page ?? url, url));
    if ((isUnsafe || page !== null) && isPotentiallyTrustworthy(url)) fill("sec-fetch-site", site);
    if (page !== null) fill("referer", referrerSent(page, url));
    for (const name of ["origin", "referer", "sec-fetch-site"]) {
      if (headers.get(name) === "") headers.delete(name);
    }
    const response = await this.#app.fetch(request, this.#info);
    this.#url = url.href;
    for (const setCookie of response.headers.getSetCookie()) this.jar.store(setCookie, url);
    if (method !== "HEAD" || response.body === null) return response;
    // A server sends the headers of the answer to a HEAD, and no body.
    await response.body.cancel();
    return new Response(null, response);
  }
}

function encodedFields(fields: Readonly<Record<string, string>>): URLSearchParams {
  checkValue("the fields of client.post()", fields, FIELDS, TypeError);
  return new URLSearchParams(fields);
}

function isFields(body: TestBody | undefined): body is Readonly<Record<string, string>> {
  if (typeof body !== "object") return false;
  const prototype = Object.getPrototypeOf(body);
  return prototype === Object.prototype || prototype === null;
}
