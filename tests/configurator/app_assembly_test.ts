/**
 * From a plan to an app: methods of requests, settings.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError, Configurator, html, ViewRequest } from "@pyramidion/pyramidion";
import { ask, textOf } from "../ask.ts";
import { recordingLogger } from "../sample_app.ts";

Deno.test("addRequestMethod() gives every request a method, which gets the request and its arguments", async () => {
  const app = new Configurator()
    .addRequestMethod("greet", (request, greeting: string, times: number) => {
      return `${greeting} ${request.url.host} `.repeat(times).trim();
    })
    .addRoute("x", "/x", { view: (request) => html`${request.greet("hi", 2)}` })
    .makeApp();
  assertEquals(await textOf(app, "/x"), "hi app.test hi app.test");
});

Deno.test("addRequestMethod() with property is worked out once a request, when it is first read", async () => {
  let made = 0;
  const app = new Configurator()
    .addRequestMethod("number", () => ++made, { property: true })
    .addRoute("x", "/x", { view: ({ number }) => html`${number}` })
    .addRoute("twice", "/twice", {
      view: (request) => html`${request.number} ${request.number}`,
    })
    .addRoute("never", "/never", { view: () => html`never` })
    .makeApp();
  assertEquals(await textOf(app, "/never"), "never");
  assertEquals(made, 0);
  assertEquals(await textOf(app, "/twice"), "1 1");
  assertEquals(await textOf(app, "/x"), "2");
});

Deno.test("a request property that throws is asked again, and its error is the visitor's answer", async () => {
  let asked = 0;
  const logger = recordingLogger();
  const app = new Configurator({ logger })
    .addRequestMethod("broken", (): string => {
      asked++;
      throw new Error("broken");
    }, { property: true })
    .addRoute("x", "/x", {
      view: (request) => {
        try {
          return html`${request.broken}`;
        } catch {
          return html`${request.broken}`;
        }
      },
    })
    .makeApp();
  assertEquals((await ask(app, "/x")).status, 500);
  assertEquals([asked, logger.errors.length], [2, 1]);
});

Deno.test("methods of requests are there in tweens, predicates, exception views and includes", async () => {
  const app = new Configurator()
    .addRequestMethod("shout", (_request, text: string) => text.toUpperCase())
    .include((config) => {
      config.addRoute("x", "/x", { view: (request) => html`${request.shout("x")}` });
    })
    .addNotFoundView((error, request) => html`${request.shout(error.name)}`)
    .addTween((handler) => async (request) => {
      const shout = Reflect.get(request, "shout");
      const response = await handler(request);
      return new Response(`${await response.text()} ${shout.call(request, "tween")}`);
    })
    .makeApp();
  assertEquals(await textOf(app, "/x"), "X TWEEN");
  assertEquals(await textOf(app, "/y"), "HTTPNOTFOUND TWEEN");
});

Deno.test("methods of the requests of one app are not those of another's", async () => {
  const seen = (config: Configurator) =>
    config.addRoute("x", "/x", { view: (request) => html`${String("mine" in request)}` }).makeApp();
  const config = new Configurator();
  config.addRequestMethod("mine", () => 1);
  assertEquals([await textOf(seen(config), "/x"), await textOf(seen(new Configurator()), "/x")], [
    "true",
    "false",
  ]);
});

Deno.test("addRequestMethod() is refused where every request has the name already, when the app is made", async (t) => {
  const own = Object.getOwnPropertyNames(ViewRequest.prototype);
  for (const name of [...own, "raw", "info", "toString", "__proto__"]) {
    await t.step(name, () => {
      for (const property of [true, false]) {
        const config = new Configurator();
        config.addRequestMethod(name, () => 1, { property });
        const { message } = assertThrows(() => config.makeApp(), ConfigurationError);
        assertMatch(
          message,
          /^Cannot add request method "\w+" at \S+\/app_assembly_test\.ts:\d+: every request has a member of this name already: give it another name$/,
        );
      }
    });
  }
});

Deno.test("what an instance of ViewRequest has of its own cannot be taken by a method either", async () => {
  let request: object | undefined;
  const app = new Configurator().addRoute("x", "/x", {
    view: (given) => {
      request = given;
      return html`x`;
    },
  }).makeApp();
  await ask(app, "/x");
  assert(request);
  for (const name of Object.keys(request)) {
    const config = new Configurator();
    config.addRequestMethod(name, () => 1);
    assertThrows(() => config.makeApp(), ConfigurationError, name);
  }
});

Deno.test("addSettings() collects settings, the later over the earlier; nobody can change them", async () => {
  const given = { name: "first", list: [1] };
  const app = new Configurator()
    .addSettings(given)
    .include((config) => config.addSettings({ name: "second", "a b": true }))
    .addRoute("x", "/x", {
      view: ({ settings }) =>
        html`${JSON.stringify(settings)} ${String(Object.isFrozen(settings))}`,
    })
    .makeApp();
  given.name = "changed";
  assertEquals(
    await (await ask(app, "/x")).text(),
    "{&quot;name&quot;:&quot;second&quot;,&quot;list&quot;:[1],&quot;a b&quot;:true} true",
  );
});

Deno.test("settings may have any names, and change nothing else", async () => {
  const app = new Configurator()
    .addSettings(JSON.parse('{"__proto__":{"admin":true},"constructor":1}'))
    .addRoute("x", "/x", { view: ({ settings }) => html`${String(settings.admin)}` })
    .makeApp();
  assertEquals(await textOf(app, "/x"), "undefined");
});
