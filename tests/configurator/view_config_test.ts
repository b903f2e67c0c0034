/**
 * `viewConfig`: marks on functions and methods.
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
  ConfigurationError,
  Configurator,
  html,
  route,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import {
  viewConfig,
  viewDefaults,
  viewDefaultsOf,
  viewMarks,
} from "../../lib/configurator/view_config.ts";

const home = route("home", "/");

async function page(config: Configurator, path = "/"): Promise<string> {
  return await (await config.makeApp().fetch(new Request(`https://app.test${path}`))).text();
}

Deno.test("viewConfig() returns the view itself and leaves it unchanged", () => {
  const view = () => html`x`;
  const before = Reflect.ownKeys(view);
  assertStrictEquals(viewConfig({ route: home }, view), view);
  assertEquals(Reflect.ownKeys(view), before);
});

Deno.test("viewConfig() marks the view with its options and the place", () => {
  const options = { route: home, requestMethod: "PUT" } as const;
  const view = viewConfig(options, () => html`x`);
  assertEquals(viewMarks(view).map((mark) => mark.options), [options]);
  assertMatch(String(viewMarks(view)[0]?.place), /view_config_test\.ts:\d+$/);
});

Deno.test("viewMarks() of a function without marks is empty", () => {
  assertEquals(viewMarks(() => html`x`), []);
});

Deno.test("viewConfig() can mark one function several times, for several routes", async () => {
  const about = route("about", "/about");
  const view = (request: ViewRequest) => html`${request.matchedRoute?.name}`;
  viewConfig({ route: home }, view);
  viewConfig({ routeName: "about" }, view);
  assertEquals(viewMarks(view).length, 2);
  const config = () => new Configurator().addRoute(home).addRoute(about).scan({ view });
  assertEquals([await page(config()), await page(config(), "/about")], ["home", "about"]);
});

Deno.test("viewConfig() decorates a method, which stays the method", async () => {
  let undecorated: unknown;
  const remember = (method: () => unknown) => void (undecorated = method);
  class Pages {
    constructor(readonly request: ViewRequest) {}
    @viewConfig({ route: home })
    @remember
    show() {
      return html`${this.request.method}`;
    }
  }
  assertStrictEquals(Pages.prototype.show, undecorated);
  assertEquals(await page(new Configurator().addRoute(home).scan({ Pages })), "GET");
});

Deno.test("viewConfig() can decorate one method twice; both marks count", async () => {
  const about = route("about", "/about");
  class Pages {
    constructor(readonly request: ViewRequest) {}
    @viewConfig({ route: home })
    @viewConfig({ route: about, requestMethod: "GET" })
    show() {
      return html`${this.request.matchedRoute?.name}`;
    }
  }
  const config = () => new Configurator().addRoute(home).addRoute(about).scan({ Pages });
  assertEquals([await page(config()), await page(config(), "/about")], ["home", "about"]);
});

Deno.test("viewConfig() refuses to decorate what scan could not find", async (t) => {
  await t.step("a static method", () => {
    assertThrows(
      () => {
        class Pages {
          @viewConfig({ route: home })
          static show() {
            return html`x`;
          }
        }
        return Pages;
      },
      ConfigurationError,
      "static",
    );
  });
  await t.step("a private method", () => {
    assertThrows(
      () => {
        class Pages {
          @viewConfig({ route: home })
          #show() {
            return html`x`;
          }
          other() {
            return this.#show();
          }
        }
        return Pages;
      },
      ConfigurationError,
      "private",
    );
  });
});

Deno.test("viewDefaults() states what the marks of a class need not repeat; a mark goes before", async () => {
  const other = route("other", "/other");
  @viewDefaults({ route: home, renderer: "json", requestMethod: "GET", header: "X-A" })
  class Pages {
    constructor(readonly request: ViewRequest) {}
    @viewConfig({})
    all() {
      return "all";
    }
    @viewConfig({ requestMethod: "PUT" })
    put() {
      return "put";
    }
    @viewConfig({ routeName: "other", renderer: "text" })
    elsewhere() {
      return "elsewhere";
    }
  }
  const app = new Configurator().addRoute(home).addRoute(other).scan({ Pages }).makeApp();
  const text = async (path: string, method = "GET", headers: HeadersInit = { "x-a": "1" }) => {
    const response = await app.fetch(new Request(`https://app.test${path}`, { method, headers }));
    return `${response.status} ${response.ok ? await response.text() : ""}`;
  };
  assertEquals(await text("/"), '200 "all"');
  assertEquals(await text("/", "PUT"), '200 "put"');
  assertEquals(await text("/", "POST"), "405 ");
  assertEquals(await text("/other"), "200 elsewhere");
  assertEquals(await text("/", "GET", {}), "404 ");
});

Deno.test("viewDefaults() of a class hold for those that extend it, unless they state their own", () => {
  @viewDefaults({ renderer: "json", permission: "read" })
  class Base {}
  class Silent extends Base {}
  @viewDefaults({ renderer: "text" })
  class Stating extends Silent {}
  class Below extends Stating {}
  class Plain {}
  assertEquals(viewDefaultsOf(Silent), { renderer: "json", permission: "read" });
  assertEquals(viewDefaultsOf(Stating), { renderer: "text" });
  assertEquals(viewDefaultsOf(Below), { renderer: "text" });
  assertEquals(viewDefaultsOf(Plain), {});
});

Deno.test("viewDefaults() changes nothing about the class, and marks nothing by itself", () => {
  class Pages {
    show() {
      return html`x`;
    }
  }
  const before = Reflect.ownKeys(Pages);
  assertStrictEquals(viewDefaults({ route: home })(Pages), Pages);
  assertEquals(Reflect.ownKeys(Pages), before);
  assertThrows(
    () => new Configurator().scan({ Pages }),
    ConfigurationError,
    "it has no marked view",
  );
});

Deno.test("viewDefaults() with a route, and a mark with none: one route for all methods", () => {
  @viewDefaults({ routeName: "home" })
  class Pages {
    @viewConfig({ requestMethod: "GET" })
    get() {
      return html`x`;
    }
    @viewConfig({ requestMethod: "GET" })
    again() {
      return html`x`;
    }
  }
  const config = new Configurator().addRoute(home).scan({ Pages });
  assertThrows(() => config.makeApp(), ConfigurationError, "twice");
});
