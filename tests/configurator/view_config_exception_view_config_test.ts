/**
 * Marks on views for errors, and what `scan` makes of them.
 *
 * @module
 */

import {
  assertEquals,
  assertMatch,
  assertStrictEquals,
  assertThrows,
} from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationConflictError,
  ConfigurationError,
  Configurator,
  exceptionViewConfig,
  forbiddenViewConfig,
  html,
  type HttpForbidden,
  HttpNotFound,
  notFoundViewConfig,
  viewConfig,
  viewDefaults,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import { ask, textOf } from "../ask.ts";
import { recordingLogger } from "../sample_app.ts";

class Broken extends Error {}

interface Data {
  user: string;
}

@viewDefaults({ routeName: "page", renderer: "text", permission: "read" })
class Pages {
  constructor(readonly request: ViewRequest<Data>) {}

  @viewConfig({})
  show() {
    return `page ${this.request.matchdict.id}`;
  }

  @exceptionViewConfig({ context: Broken, accept: "text/html" })
  broken(error: Broken, request: ViewRequest<Data>) {
    assertStrictEquals(request, this.request);
    return html`broken: ${error.message}`;
  }

  @notFoundViewConfig({ appendSlash: true })
  @forbiddenViewConfig()
  refused(error: HttpNotFound | HttpForbidden) {
    return html`${error.name}`;
  }
}

const views = {
  Pages,
  other: exceptionViewConfig(
    { context: Broken, accept: "application/json", renderer: "json" },
    ({ message }, request: ViewRequest<Data>) => ({ message, path: request.url.pathname }),
  ),
  all: exceptionViewConfig({}, (error) => html`all: ${error.name}`),
};

const app = new Configurator<Data>({ logger: recordingLogger() })
  .setSecurityPolicy({
    permitsAnonymous: true,
    identity: () => null,
    permits: ({ query }) => query.has("may"),
  })
  .addRoute("page", "/pages/:id")
  .addRoute("list", "/list/", { view: () => html`list` })
  .addRoute("broken", "/broken", {
    view: () => {
      throw new Broken("why");
    },
  })
  .addRoute("odd", "/odd", {
    view: () => {
      throw new RangeError();
    },
  })
  .scan(views)
  .makeApp();

Deno.test("scan() finds marked exception views: functions, and methods of a class made anew", async () => {
  assertEquals(await textOf(app, "/pages/7?may"), "page 7");
  assertEquals(await textOf(app, "/pages/7"), "403 HttpForbidden");
  assertEquals(await textOf(app, "/none"), "404 HttpNotFound");
  assertEquals((await ask(app, "/list")).status, 307);
  const broken = async (accept: string) => await textOf(app, "/broken", { headers: { accept } });
  assertEquals(await broken("text/html"), "500 broken: why");
  assertEquals(await broken("application/json"), '500 {"message":"why","path":"/broken"}');
  assertEquals(await broken("image/png"), "500 all: Error");
  assertEquals(await textOf(app, "/odd"), "500 all: RangeError");
});

Deno.test("a marked exception view is itself, and can carry marks of views too", async () => {
  const view = () => html`x`;
  assertStrictEquals<unknown>(notFoundViewConfig({}, view), view);
  viewConfig({ routeName: "x" }, view);
  const both = new Configurator().addRoute("x", "/x").scan({ view }).makeApp();
  assertEquals([await textOf(both, "/x"), await textOf(both, "/y")], ["x", "404 x"]);
});

Deno.test("scan() refuses two marks for the same errors, and names wrong options with their place", () => {
  const twice = { a: notFoundViewConfig({}, () => 1), b: notFoundViewConfig({}, () => 2) };
  assertThrows(
    () => new Configurator().scan(twice).makeApp(),
    ConfigurationConflictError,
    "exception view of HttpNotFound",
  );
  const wrong = exceptionViewConfig({ contxt: Error } as object, () => html`x`);
  const { message } = assertThrows(() => new Configurator().scan({ wrong }), ConfigurationError);
  assertMatch(
    message,
    /^Cannot add an exception view at file:.+_test\.ts:\d+: Cannot use option "contxt" of an exception view: no such option: did you mean "context"\?$/,
  );
});

Deno.test("marks refuse at once what is no view, no options or no method that scan() finds", () => {
  const marks = [exceptionViewConfig, notFoundViewConfig, forbiddenViewConfig];
  for (const mark of marks as (typeof notFoundViewConfig)[]) {
    assertThrows(() => mark({}, 7 as never), ConfigurationError, "must be a function, not");
    assertThrows(() => mark([] as never, () => html`x`), ConfigurationError, "must be an object");
    assertThrows(
      () => {
        class Statics {
          @mark()
          static lost() {
            return 1;
          }
        }
        return Statics;
      },
      ConfigurationError,
      "it is static",
    );
  }
});

Deno.test("scan() of another app's exception view is refused by the compiler", () => {
  type Other = { other: number };
  const view = exceptionViewConfig(
    { context: HttpNotFound },
    (_error, _request: ViewRequest<Other>) => html`x`,
  );
  // @ts-expect-error -- its requests are of another app
  new Configurator<Data>().scan({ view });
  new Configurator<Other>().scan({ view });
  // @ts-expect-error -- nothing that can be answered with
  exceptionViewConfig({ context: HttpNotFound }, () => 7);
  // @ts-expect-error -- without a class it gets every Error
  exceptionViewConfig({}, (_error: HttpNotFound) => html`x`);
});
