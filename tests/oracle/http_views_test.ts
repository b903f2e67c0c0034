/**
 * Apps that real Pyramid answered for, stated again in our words and asked the same.
 *
 * @module
 */

import {
  ConfigurationError,
  Configurator,
  HttpForbidden,
  HttpFound,
  not,
} from "@pyramidion/pyramidion";
import oracle from "../data/pyramid_http.json" with { type: "json" };
import { recordingLogger } from "../sample_app.ts";
import { compare } from "./http_differences.ts";

interface Asked {
  readonly url?: string | undefined;
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly status?: number | undefined;
  readonly body?: string | undefined;
  readonly location?: string | undefined;
  readonly error?: string | undefined;
}

interface App {
  readonly name: string;
  readonly configuration_error?: string | undefined;
  readonly requests?: readonly Asked[] | undefined;
}

class ValueError extends Error {}
class IntegerValueError extends ValueError {}
class LookupFailure extends Error {}
class KeyMissing extends LookupFailure {}

const says = (text: string, status = 200) => (): Response => new Response(text, { status });
const throws = (make: () => Error) => (): never => {
  throw make();
};

/** A view of Pyramid's that names no method answers all of them; ours GET and HEAD. */
const ANY = { requestMethod: "*" } as const;

/** The same apps, by the names that the oracle has for them. */
const APPS: Readonly<Record<string, (config: Configurator) => void>> = {
  "a view without predicates is the fallback, whatever the order of registration": (config) =>
    config.addRoute("x", "/x")
      .addView(says("any"), { routeName: "x", ...ANY })
      .addView(says("post"), { routeName: "x", requestMethod: "POST" }),
  "accept": (config) =>
    config.addRoute("x", "/x")
      .addView(says("json"), { routeName: "x", accept: "application/json", ...ANY })
      .addView(says("html"), { routeName: "x", accept: "text/html", ...ANY }),
  "match_param and not_": (config) =>
    config.addRoute("x", "/x/:action")
      .addView(says("edit"), { routeName: "x", matchParam: "action=edit", ...ANY })
      .addView(says("not new"), { routeName: "x", matchParam: not("action=new"), ...ANY }),
  "routes are tried in the order they were added": (config) =>
    config.addRoute("r1", "/x/:any").addRoute("r2", "/x/special")
      .addView(says("r1"), { routeName: "r1", ...ANY })
      .addView(says("r2"), { routeName: "r2", ...ANY }),
  "a VIEW predicate that fails does NOT fall through to the next route: 404": (config) =>
    config.addRoute("r1", "/x").addRoute("r2", "/:any")
      .addView(says("r1 post"), { routeName: "r1", requestMethod: "POST" })
      .addView(says("r2"), { routeName: "r2", ...ANY }),
  "a view for a route that does not exist: error at commit": (config) =>
    config.addView(says("v"), { routeName: "nope" }),
  "a view that returns None": (config) =>
    config.addRoute("x", "/x").addView((() => null) as never, { routeName: "x" }),
  "a view that returns a dict without a renderer": (config) =>
    config.addRoute("x", "/x").addView((() => ({ a: 1 })) as never, { routeName: "x" }),
  "renderers json and string": (config) =>
    config.addRoute("x", "/x").addView(() => ({ a: 1 }), { routeName: "x", renderer: "json" })
      .addRoute("y", "/y").addView(() => "text", { routeName: "y", renderer: "text" }),
  "append_slash": (config) =>
    config.addRoute("x", "/x/").addView(says("x"), { routeName: "x", ...ANY })
      .addNotFoundView(says("my 404", 404), { appendSlash: true }),
  "exception views by class, subclasses included": (config) =>
    config.addRoute("x", "/x")
      .addView(throws(() => new IntegerValueError()), { routeName: "x" })
      .addRoute("y", "/y").addView(throws(() => new KeyMissing()), { routeName: "y" })
      .addRoute("z", "/z").addView(throws(() => new HttpForbidden()), { routeName: "z" })
      .addExceptionView(says("value error", 400), { context: ValueError })
      .addExceptionView(says("lookup", 500), { context: LookupFailure })
      .addForbiddenView(says("no entry", 403))
      .addNotFoundView(says("nothing here", 404)),
  "raising inside an exception view is not handled again": (config) =>
    config.addRoute("x", "/x").addView(throws(() => new HttpForbidden()), { routeName: "x" })
      .addForbiddenView(throws(() => new HttpFound("/login")))
      .addExceptionView(says("asked again"), { context: HttpFound }),
  "tweens: the one added last is outermost": (config) => {
    for (const name of ["t1", "t2"]) {
      config.addTween((handler) => async (request) => {
        const inner = await handler(request);
        return new Response(`${await inner.text()} <${name}`, inner);
      }, { name });
    }
    config.addRoute("x", "/x").addView(says("view"), { routeName: "x" });
  },
};

Deno.test("apps answer as the same apps on Pyramid, but for what is decided otherwise", async (t) => {
  const apps: readonly App[] = oracle.views;
  const cases = apps.flatMap(({ name, configuration_error, requests = [{}] }) =>
    requests.map((asked: Asked) => ({
      name: `${name}, ${asked.method ?? "GET"} ${asked.url ?? "/x"}${headersOf(asked)}`,
      app: name,
      asked,
      theirs: configuration_error ?? theirs(asked),
    }))
  );
  await compare(t, "views", cases, async ({ app, asked, theirs }) => ({
    theirs,
    ours: await ours(app, asked),
  }));
});

function headersOf({ headers = {} }: Asked): string {
  return Object.entries(headers).map(([name, value]) => ` (${name}: ${value})`).join("");
}

/** Errors that leave Pyramid are a 500 of ours that is logged. */
function theirs({ status, body = "", location, error }: Asked): string {
  if (error !== undefined) return "error";
  return words(status ?? 0, body, location);
}

async function ours(name: string, asked: Asked): Promise<string> {
  const logger = recordingLogger();
  const config = new Configurator({ logger });
  const make = APPS[name];
  if (make === undefined) throw new Error(`There is no app "${name}"`);
  try {
    make(config);
    config.makeApp();
  } catch (error) {
    if (error instanceof ConfigurationError) return "ConfigurationError";
    throw error;
  }
  const url = `http://localhost${asked.url ?? "/x"}`;
  const response = await config.makeApp().fetch(
    new Request(url, {
      method: asked.method ?? "GET",
      ...(asked.headers === undefined ? {} : { headers: asked.headers }),
    }),
  );
  const text = await response.text();
  if (response.status === 500 && logger.errors.length > 0) return "error";
  if (response.status === 405) return `405, Allow: ${response.headers.get("allow")}`;
  if (name.startsWith("raising inside")) return String(response.status);
  const location = response.headers.get("location");
  // The built-in pages have words of their own.
  const body = location !== null || asked.body === undefined ? "" : text;
  return words(response.status, body, location === null ? undefined : new URL(location, url).href);
}

function words(status: number, body: string, location?: string): string {
  // JSON is JSON, however it is spaced.
  const text = body.startsWith("{") ? JSON.stringify(JSON.parse(body)) : body;
  return `${status} ${text}${location === undefined ? "" : ` to ${location}`}`;
}
