/**
 * `findMarkedViews`: what is marked in a namespace.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertStrictEquals,
} from "jsr:@std/assert@^1.0.0";
import { Configurator, html, route, viewConfig, ViewRequest } from "@pyramidion/pyramidion";
import { findMarkedViews } from "../../lib/configurator/scan.ts";

const home = route("home", "/");

function names(namespace: object): string[] {
  return findMarkedViews(namespace).map(({ name }) => name);
}

Deno.test("findMarkedViews() finds marked functions and methods, and nothing else", () => {
  class Pages {
    @viewConfig({ route: home })
    about() {
      return html`x`;
    }
    @viewConfig({ route: home, requestMethod: "PUT" })
    save() {
      return html`x`;
    }
    unmarked() {
      return html`x`;
    }
    get accessor(): never {
      throw new Error("getters are not read");
    }
  }
  const namespace = {
    read: viewConfig({ route: home }, () => html`x`),
    unmarked: () => html`x`,
    Pages,
    Plain: class {},
    text: "read",
    nothing: null,
    missing: undefined,
    nested: { inner: viewConfig({ route: home }, () => html`x`) },
    home,
  };
  assertEquals(names(namespace), ["read", "Pages.about", "Pages.save"]);
});

Deno.test("findMarkedViews() reads an imported module's namespace", async () => {
  const source = `
    import { viewConfig } from "${import.meta.resolve("../../lib/configurator/view_config.ts")}";
    export const show = viewConfig({ routeName: "home" }, () => new Response("shown"));
    export const other = 1;
  `;
  const module: object = await import(`data:text/javascript,${encodeURIComponent(source)}`);
  assertEquals(names(module), ["show"]);
  const app = new Configurator().addRoute(home).scan(module).makeApp();
  assertEquals(await (await app.fetch(new Request("https://app.test/"))).text(), "shown");
});

Deno.test("findMarkedViews() takes a view once that is exported under two names", () => {
  const read = viewConfig({ route: home }, () => html`x`);
  assertEquals(names({ default: read, read }), ["default"]);
  class Pages {
    @viewConfig({ route: home })
    about() {
      return html`x`;
    }
  }
  assertEquals(names({ Pages, Same: Pages }), ["Pages.about"]);
});

Deno.test("findMarkedViews() gives the function itself, and its mark", () => {
  const view = () => html`x`;
  viewConfig({ route: home, requestMethod: "PUT" }, view);
  const [found] = findMarkedViews({ view });
  assertStrictEquals(found?.view, view);
  assertEquals(found?.mark.options, { route: home, requestMethod: "PUT" });
});

Deno.test("scan makes a class anew for each request, with the request, and calls the method on it", async () => {
  const made: object[] = [];
  class Pages {
    readonly #name: string | null;
    constructor(readonly request: ViewRequest) {
      made.push(this);
      this.#name = request.query.get("name");
    }
    @viewConfig({ route: home })
    show() {
      return html`${this.#name} by ${this.request.method}`;
    }
  }
  const app = new Configurator().addRoute(home).scan({ Pages }).makeApp();
  assertEquals(made, []);
  const text = async (url: string) => await (await app.fetch(new Request(url))).text();
  assertEquals(await text("https://app.test/?name=ada"), "ada by GET");
  assertEquals(await text("https://app.test/?name=eve"), "eve by GET");
  assertNotStrictEquals(made[0], made[1]);
  assertEquals(made.length, 2);
});

Deno.test("scan hands the request to the method too", async () => {
  const got: unknown[][] = [];
  class Pages {
    constructor(readonly request: ViewRequest) {}
    @viewConfig({ route: home })
    show(...args: unknown[]) {
      got.push([this.request, ...args]);
      return html`x`;
    }
  }
  await new Configurator().addRoute(home).scan({ Pages }).makeApp().fetch(
    new Request("https://app.test/"),
  );
  assertEquals(got[0]?.length, 2);
  assert(got[0]?.[0] instanceof ViewRequest);
  assertStrictEquals(got[0]?.[1], got[0]?.[0]);
});

Deno.test("scan answers a constructor that throws through exception views", async () => {
  class Pages {
    constructor() {
      throw new RangeError("no");
    }
    @viewConfig({ route: home })
    show() {
      return html`x`;
    }
  }
  const app = new Configurator().addRoute(home).scan({ Pages })
    .addExceptionView((error) => html`${error.message}`, { context: RangeError }).makeApp();
  assertEquals(await (await app.fetch(new Request("https://app.test/"))).text(), "no");
});

Deno.test("scan finds a subclass's own methods, and the base class's where that is exported", async () => {
  const other = route("other", "/other");
  class Base {
    constructor(readonly request: ViewRequest) {}
    @viewConfig({ route: home })
    show() {
      return html`${this.constructor.name}`;
    }
  }
  class Derived extends Base {
    @viewConfig({ route: other })
    more() {
      return html`${this.constructor.name}`;
    }
  }
  assertEquals(names({ Derived }), ["Derived.more"]);
  assertEquals(names({ Base, Derived }), ["Base.show", "Derived.more"]);
  const app = new Configurator().addRoute(home).addRoute(other).scan({ Base, Derived }).makeApp();
  assertEquals(await (await app.fetch(new Request("https://app.test/"))).text(), "Base");
  assertEquals(await (await app.fetch(new Request("https://app.test/other"))).text(), "Derived");
});
