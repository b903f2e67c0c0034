/**
 * Requests that real Pyramid checked for coming from the app's own pages, checked again by ours.
 *
 * The sessions are in Pyramid's own cookies, so that every token is sent as it was.
 *
 * @module
 */

import {
  ConfigurationError,
  Configurator,
  type CsrfOptions,
  html,
  pyramidCodec,
  pyramidCookieSessionFactory,
} from "@pyramidion/pyramidion";
import oracle from "../data/pyramid_http.json" with { type: "json" };
import { recordingLogger } from "../sample_app.ts";
import { compare } from "./http_differences.ts";

interface Checked {
  readonly name: string;
  readonly options?:
    | {
      readonly require_csrf?: boolean | undefined;
      readonly header?: null | undefined;
      readonly token?: null | undefined;
      readonly safe_methods?: readonly string[] | undefined;
      readonly check_origin?: boolean | undefined;
    }
    | undefined;
  readonly view: { readonly require_csrf?: boolean | undefined };
  readonly settings?: { readonly "pyramid.csrf_trusted_origins": string } | undefined;
  readonly session_has_token: boolean;
  readonly request: {
    readonly url?: string | undefined;
    readonly method?: string | undefined;
    readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
    readonly POST?: { readonly csrf_token: string } | undefined;
    readonly body?: string | undefined;
    readonly content_type?: string | undefined;
  };
  readonly status?: number | undefined;
  readonly reason?: string | undefined;
}

const SECRET = "b6d0c1f7-a-secret-for-the-comparison-of-csrf-checks-alone";
const TOKEN = "0123456789012345678901234567890123456789";
const NOW = 1_700_000_000;

const rows: readonly Checked[] = oracle.csrf;
const overHttps = rows.filter(({ request }) => request.url?.startsWith("https:"));
const overHttp = rows.filter((row) => !overHttps.includes(row));

Deno.test("requests over https pass and fail as with Pyramid, but for what is decided otherwise", async (t) => {
  // Over http Pyramid asks for no origin, so these rows have none and ours must not ask either.
  const cases = [...overHttps, ...overHttp.map((row) => ({ ...row, allowNoOrigin: true }))];
  await compare(t, "csrf", cases, async (row) => ({ theirs: theirs(row), ours: await ours(row) }));
});

Deno.test("requests over http have to tell their origin too, which Pyramid does not ask", async (t) => {
  await compare(t, "csrf_over_http", overHttp, async (row) => ({
    theirs: theirs(row),
    ours: await ours(row),
  }));
});

function theirs({ status, reason }: Checked): string {
  return status === undefined ? "error" : reason === undefined ? `${status}` : `400 ${reason}`;
}

async function ours(row: Checked & { readonly allowNoOrigin?: boolean }): Promise<string> {
  const config = new Configurator({
    sessionFactory: pyramidCookieSessionFactory(SECRET, { clock: () => NOW * 1000 }),
    logger: recordingLogger(),
  });
  const requireCsrf = row.view.require_csrf;
  config.addRoute("x", "/x").addView(() => html`passed`, {
    routeName: "x",
    requestMethod: "*",
    ...(requireCsrf === undefined ? {} : { requireCsrf }),
  });
  config.addForbiddenView((error) => html`${error.name.replace("BadCsrf", "").toLowerCase()}`);
  try {
    const { require_csrf = row.options !== undefined, ...options } = row.options ?? {};
    config.setDefaultCsrfOptions({
      ...renamed(options),
      requireCsrf: require_csrf,
      trustedOrigins: trusted(row.settings?.["pyramid.csrf_trusted_origins"]),
      allowNoOrigin: row.allowNoOrigin ?? false,
    });
  } catch (error) {
    if (error instanceof ConfigurationError) return "ConfigurationError";
    throw error;
  }
  const response = await config.makeApp().fetch(await requestOf(row));
  const text = await response.text();
  return text === "passed" || row.request.method === "HEAD" ? `${response.status}` : `403 ${text}`;
}

/** Pyramid's `other.com .sub.org`: hosts, of which a dot means the subdomains too. */
function trusted(setting = ""): string[] {
  return setting.split(" ").filter((host) => host !== "").flatMap((host) => {
    if (host === "null") return [host];
    return host.startsWith(".")
      ? [`https://${host.slice(1)}`, `https://*${host}`]
      : [`https://${host}`];
  });
}

function renamed(
  { safe_methods, check_origin, header, token }: NonNullable<Checked["options"]>,
): CsrfOptions {
  return {
    ...(safe_methods === undefined ? {} : { safeMethods: safe_methods }),
    ...(check_origin === undefined ? {} : { checkOrigin: check_origin }),
    ...(header === undefined ? {} : { header }),
    ...(token === undefined ? {} : { token }),
  };
}

/** The oracle's request: a POST unless it says otherwise, with the cookie of its session. */
async function requestOf({ request, session_has_token }: Checked): Promise<Request> {
  const { url = "http://example.com/x", method = "POST", POST, body, content_type } = request;
  const headers = new Headers();
  for (const [name, value = ""] of Object.entries(request.headers ?? {})) headers.set(name, value);
  if (content_type !== undefined) headers.set("content-type", content_type);
  if (session_has_token) headers.set("cookie", `session=${await cookie()}`);
  const sent = POST === undefined ? body ?? null : new URLSearchParams(POST);
  if (method !== "TRACE") return new Request(url, { method, headers, body: sent });
  // Fetch makes no such request; a server hands it on.
  const trace = new Request(url, { headers });
  Object.defineProperty(trace, "method", { value: "TRACE" });
  return trace;
}

function cookie(): Promise<string> | string {
  const state = JSON.stringify([NOW, NOW, { _csrft_: TOKEN }]);
  return pyramidCodec(SECRET).encode(new TextEncoder().encode(state));
}
