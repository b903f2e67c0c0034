/**
 * The twin of `pyramid_answers.py`, and the questions to both.
 *
 * @module
 */

import {
  type App,
  Configurator,
  html,
  HttpFound,
  HttpNotFound,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import { recordingLogger } from "../sample_app.ts";

/** A request, as `pyramid_answers.py` takes it. */
export type Asked = readonly [
  method: string,
  target: string,
  headers?: Readonly<Record<string, string>>,
  body?: string,
];

/** What is seen of an answer. */
interface Seen {
  readonly status: number;
  readonly location: string | null;
  readonly allow: string | null;
  readonly contentType: string | null;
  readonly text: string;
}

/** What the exception view of both says. */
const EXCEPTION_VIEW = "an exception view";

type Made = (request: ViewRequest) => string | Promise<string>;

const text = (make: Made) => async (request: ViewRequest) => {
  return new Response(await make(request), { headers: { "content-type": "text/plain" } });
};

function hasA(value: unknown): value is { a: unknown } {
  return typeof value === "object" && value !== null && "a" in value;
}

async function read(request: ViewRequest): Promise<string> {
  const value = await request.json();
  if (!hasA(value)) throw new TypeError("There is no a");
  return String(value.a);
}

/** Makes the app. */
export function answersApp(): App {
  const fails = () => {
    throw new RangeError("failed");
  };
  const config = new Configurator({ logger: recordingLogger() });
  for (const name of ["param", "all", "cookie", "read", "sum", "accept", "tie", "any", "get"]) {
    config.addRoute(name, `/${name}`);
  }
  return config
    .addView(text(async (request) => (await request.params).get("a") ?? "none"), {
      routeName: "param",
      requestMethod: ["GET", "POST"],
    })
    .addView(text(async (request) => (await request.params).getAll("a").join()), {
      routeName: "all",
      requestMethod: ["GET", "POST"],
    })
    .addView(text((request) => request.cookies.get("a") ?? "None"), { routeName: "cookie" })
    .addRoute("wiki", "/wiki/:rest(.*)", {
      view: text((request) => JSON.stringify(request.segments("rest"))),
    })
    .addRoute("item", "/item/:id", { view: text((request) => request.matchdict.id ?? "") })
    .addView(text(read), { routeName: "read", requestMethod: "POST" })
    .addView(() => ({ sum: 1 }), { routeName: "sum", renderer: "json" })
    .addView(text(() => "json"), { routeName: "accept", accept: "application/json" })
    .addView(text(() => "html"), { routeName: "accept", accept: "text/html" })
    .addView(text(() => "param"), { routeName: "tie", requestParam: "a" })
    .addView(text(() => "header"), { routeName: "tie", header: "X-A" })
    .addView(text((request) => request.method), { routeName: "any" })
    .addView(text(() => "get"), { routeName: "get", requestMethod: "GET" })
    .addRoute("folder", "/folder/", { view: text(() => "folder") })
    .addRoute("cafe", "/café", { view: text(() => "café") })
    .addRoute("two", "/two/parts", { view: text(() => "parts") })
    .addRoute("fail", "/fail", { view: fails })
    .addRoute("missing", "/missing", {
      view: () => {
        throw new HttpNotFound("There is no such page.");
      },
    })
    .addRoute("away", "/away", { view: () => new HttpFound("/any") })
    .addNotFoundView((error) => error, { appendSlash: true })
    .addExceptionView(() => html`${EXCEPTION_VIEW}`, { context: RangeError })
    .addTween((handler) => (request) => {
      if (request.headers.has("x-fail-outside")) fails();
      return handler(request);
    }, { name: "outer", over: "exceptionViews" })
    .addTween((handler) => (request) => {
      if (request.headers.has("x-fail-inside")) fails();
      return handler(request);
    }, { name: "inner", under: "exceptionViews" })
    .makeApp();
}

/** An answer as the table of `docs/pyramid.md` has it. */
function shown(method: string, { status, location, allow, contentType, text }: Seen): string {
  const type = contentType?.replace(/;.*/, "") ?? "";
  if (location !== null) return `${status} ${location}`;
  if (allow !== null) return `${status}, Allow: ${allow}`;
  if (method === "HEAD") return `${status}`;
  if (type.endsWith("json")) return `${status} ${type} ${keysOf(text)}`;
  const isShown = status < 300 || text.includes(EXCEPTION_VIEW);
  return isShown ? `${status} ${text.replaceAll("\0", "\\0")}` : `${status}`;
}

/** The JSON of a 200, and the keys of an error. */
function keysOf(text: string): string {
  const value: unknown = JSON.parse(text);
  const isError = typeof value === "object" && value !== null && "title" in value;
  return isError ? Object.keys(value).join() : text;
}

/** Asks our app. */
export async function askUs(
  app: App,
  [method, target, headers = {}, body]: Asked,
): Promise<string> {
  const response = await app.fetch(
    new Request(`https://app.test${target}`, {
      method,
      headers,
      ...(body === undefined || body === "" ? {} : { body }),
    }),
  );
  return shown(method, {
    status: response.status,
    location: response.headers.get("location"),
    allow: response.headers.get("allow"),
    contentType: response.headers.get("content-type"),
    text: await response.text(),
  });
}

/** Asks real Pyramid, everything in one go. */
export async function askPyramid(questions: readonly Asked[]): Promise<string[]> {
  const script = new URL("pyramid_answers.py", import.meta.url).pathname;
  const child = new Deno.Command("/usr/bin/python3", {
    args: ["-W", "ignore", script],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const asked = questions.map(([method, target, headers = {}, body = ""]) => [
    method,
    target,
    headers,
    body,
  ]);
  const stdin = new Blob([JSON.stringify(asked)]).stream();
  const [{ success, stdout, stderr }] = await Promise.all([
    child.output(),
    stdin.pipeTo(child.stdin),
  ]);
  const decoder = new TextDecoder();
  if (!success) throw new Error(`Pyramid failed: ${decoder.decode(stderr)}`);
  const rows: [number, string | null, string | null, string | null, string][] = JSON.parse(
    decoder.decode(stdout),
  );
  return rows.map(([status, location, allow, contentType, text], index) =>
    shown(questions[index]?.[0] ?? "", { status, location, allow, contentType, text })
  );
}
