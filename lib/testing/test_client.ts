/**
 * A visitor for tests without a server. It calls `app.fetch()` and keeps the cookies.
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

/**
 * An object that answers requests, such as an app of this library or a default export for
 * `deno serve`.
 */
export interface FetchApp {
  /**
   * Answers a request.
   *
   * @param request The request.
   * @param info The connection of the visitor.
   */
  fetch(request: Request, info?: ConnectionInfo): Response | Promise<Response>;
}

/** The options of a {@linkcode TestClient}. */
export interface TestClientOptions {
  /**
   * The origin to which paths are relative: a scheme, a host, and a port if needed.
   * @default {"https://app.test"}
   */
  readonly origin?: string;
  /** Headers of every request, such as `Accept-Language`. Default: none. */
  readonly headers?: HeadersInit;
  /**
   * Gives the time in milliseconds since 1970, by which cookies expire. Give the app the same
   * clock. @default {Date.now}
   */
  readonly clock?: () => number;
  /** The address of the visitor, which the app gets in `info`. @default {127.0.0.1, port 50000} */
  readonly remoteAddr?: ConnectionInfo["remoteAddr"];
  /**
   * Whether the client follows redirections. The option `redirect` of a request overrides it.
   * @default {false}
   */
  readonly followRedirects?: boolean;
}

/** A body of `fetch()`, or the fields of a form, which are sent url-encoded. */
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
 * Acts as one visitor with a browser. A second client is a second visitor.
 *
 * The client keeps cookies in {@linkcode TestClient.jar}, and sends them as a browser does. Each
 * request comes from a page of the same origin, unless `from` names another page. A request with an
 * unsafe method carries `Origin`. Over TLS, or to this machine, it also carries `Sec-Fetch-Site`.
 *
 * If you give a header yourself, the client sends yours, even a `Cookie`. If you give an empty
 * `Origin`, `Referer` or `Sec-Fetch-Site`, the client leaves the header out.
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
  /** The origin to which paths are relative. */
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
   * @param app The app that answers.
   * @param options The origin, headers, the clock, the address, and whether the client follows
   * redirections.
   * @throws {TypeError} If the app has no `fetch()`, an option is wrong or unknown, or the origin
   * has more than scheme, host and port.
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

  /**
   * The URL of the last response, as the address bar shows it, after redirections and with the
   * fragment.
   */
  get url(): string {
    return this.#url;
  }

  /**
   * Reads the value of a cookie that a request to this origin carries.
   *
   * @param name The whole name, with a prefix such as `__Host-`.
   * @param path The path of that request. Default: `/`.
   * @returns The value, or `null` if the visitor has no such cookie.
   */
  cookie(name: string, path = "/"): string | null {
    return this.jar.get(name, new URL(path, this.origin))?.value ?? null;
  }

  /**
   * Sends a request, and keeps the cookies of the response.
   *
   * The response to a HEAD request has no body, as over a network.
   *
   * With `redirect: "follow"` the client follows redirections within the origin, by the rules of
   * browsers. After a 303, and after a 301 or 302 of a POST, it sends a GET without a body. After
   * the others it repeats the request. It returns a redirection to another origin and does not
   * follow it.
   *
   * @param url A path, or a whole URL. The app answers for every host.
   * @param init The options of the Web's `fetch()`, and `from` and `csrfHeader`. `redirect`
   * (`"follow"`, `"manual"` or `"error"`) overrides the client's `followRedirects`.
   * @returns The response. If the client followed redirections, it is the last one.
   * @throws {TypeError} If the URL is not valid, or an option is wrong or unknown.
   * @throws {TypeError} After 20 redirections, or at the first with `redirect: "error"`.
   */
  fetch(url: string | URL, init: TestRequestInit = {}): Promise<Response> {
    checkOptions("client.fetch()", init, TEST_REQUEST_KINDS, TypeError);
    return this.#request(url, init, false);
  }

  /**
   * Opens a page as if the visitor typed its address, and follows redirections.
   *
   * @param url A path, or a whole URL.
   * @param init The options of {@linkcode fetch}. The default of `redirect` is `"follow"`.
   * @returns The page, with forms to fill in and links to follow. Its status can be any.
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

  /**
   * The page that the client opened last, by {@linkcode open}, a link or a form. `null` before the
   * first.
   */
  get page(): TestPage | null {
    return this.#page;
  }

  /**
   * Reads the CSRF token of the page that the client opened last, for example for the request of a
   * script.
   *
   * @param field The name of the form field that holds the token. Without such a field,
   * `<meta name="csrf-token">` is read. @default {"csrf_token"}
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
   * Sends a GET request.
   *
   * @param url A path, or a whole URL.
   * @param init Headers, and the other options of {@linkcode fetch}.
   * @throws {TypeError} As {@linkcode fetch} does.
   */
  get(url: string | URL, init: TestRequestInit = {}): Promise<Response> {
    checkOptions("client.get()", init, TEST_REQUEST_KINDS, TypeError);
    return this.#request(url, { ...init, method: "GET" }, false);
  }

  /**
   * Sends a HEAD request. The response has headers and no body, as over a network.
   *
   * @param url A path, or a whole URL.
   * @param init Headers, and the other options of {@linkcode fetch}.
   * @throws {TypeError} As {@linkcode fetch} does.
   */
  head(url: string | URL, init: TestRequestInit = {}): Promise<Response> {
    checkOptions("client.head()", init, TEST_REQUEST_KINDS, TypeError);
    return this.#request(url, { ...init, method: "HEAD" }, false);
  }

  /**
   * Sends a POST request.
   *
   * @param url A path, or a whole URL.
   * @param body A plain object or `URLSearchParams` is sent as a url-encoded form, and `FormData`
   * as `multipart/form-data`. A string is sent as plain text, unless you give a `Content-Type`.
   * Default: no body.
   * @param init Headers, and the other options of {@linkcode fetch}.
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
      // The whole body is kept, because after a 307 or 308 the client sends it again.
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
        throw new TypeError(
          `Cannot fetch "${url}": the response is a redirection: write redirect: "follow" or "manual"`,
        );
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
    // As a server does, because a response to HEAD has no body.
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
