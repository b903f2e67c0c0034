/**
 * The wraps round a view: their order, and those of the app's own.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError, Configurator, html, type ViewDeriver } from "@pyramidion/pyramidion";
import type { DeriverInfo, HandlerDecorator } from "@pyramidion/pyramidion/types";
import { textOf } from "../ask.ts";

const told: string[] = [];

function deriver(name: string): ViewDeriver<Record<string, unknown>> {
  const derive: ViewDeriver<Record<string, unknown>> = (answer) => (request) => {
    told.push(name);
    return answer(request);
  };
  Object.defineProperty(derive, "name", { value: name });
  return derive;
}

const decorating = (name: string): HandlerDecorator => (answer) => (request) => {
  told.push(name);
  return answer(request);
};

/** An app whose policy, cache, decorator and renderer tell when they are asked. */
function configured(): Configurator {
  const config = new Configurator();
  config.addRoute("x", "/x").addView(() => {
    told.push("view");
    return 7;
  }, {
    routeName: "x",
    permission: "read",
    decorator: decorating("decorator"),
    renderer: (value) => {
      told.push("renderer");
      return html`${String(value)}`;
    },
  });
  config.setSecurityPolicy({
    permitsAnonymous: true,
    identity: () => null,
    permits: () => told.push("policy") > 0,
  });
  return config;
}

async function orderOf(config: Configurator): Promise<string> {
  const app = config.makeApp();
  told.splice(0);
  assertEquals(await textOf(app, "/x"), "7");
  return told.join(" ");
}

const a = deriver("a"), b = deriver("b");

Deno.test("addViewDeriver() stands between decorators and renderer, unless under or over says otherwise", async (t) => {
  const rows: Record<string, [say: (config: Configurator) => void, order: string]> = {
    "none": [() => {}, "policy decorator view renderer"],
    "nothing is said": [(config) => config.addViewDeriver(a), "policy decorator a view renderer"],
    "the first is outermost": [
      (config) => config.addViewDeriver(a).addViewDeriver(b),
      "policy decorator a b view renderer",
    ],
    "under another": [
      (config) => config.addViewDeriver(a, { under: b }).addViewDeriver(b),
      "policy decorator b a view renderer",
    ],
    "over another, by name": [
      (config) => config.addViewDeriver(a).addViewDeriver(b, { over: "a" }),
      "policy decorator b a view renderer",
    ],
    "over the decorators": [
      (config) => config.addViewDeriver(a, { over: "decorated" }),
      "policy a decorator view renderer",
    ],
    "over everything": [
      (config) => config.addViewDeriver(a, { over: "secured" }),
      "a policy decorator view renderer",
    ],
    "between two": [
      (config) => config.addViewDeriver(a, { under: "secured", over: "csrf" }),
      "policy a decorator view renderer",
    ],
    "under the policy": [
      (config) => config.addViewDeriver(a, { under: "secured" }),
      "policy decorator a view renderer",
    ],
  };
  for (const [name, [say, order]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const config = configured();
      say(config);
      const got = await orderOf(config);
      assertEquals(got, order);
    });
  }
});

Deno.test("a deriver is told of the view, its route and its options, once for each view", () => {
  const infos: DeriverInfo[] = [];
  const config = new Configurator()
    .addViewDeriver((answer, info) => (infos.push(info), answer))
    .addViewPredicate("rate", () => ({ text: "rate", holds: () => true }))
    .addRoute("x", "/x")
    .addView(function show() {
      return html`x`;
    }, { routeName: "x", custom: { rate: 5 } })
    .addView(() => html`y`, { routeName: "x", requestMethod: "PUT" });
  config.makeApp();
  assertEquals(
    infos.map((
      { name, routeName, options },
    ) => [
      name.replace(/file:\S+\/([^/:]+):\d+$/, "$1"),
      routeName,
      options.custom,
      options.requestMethod,
    ]),
    [
      ["view show", "x", { rate: 5 }, undefined],
      ["view at derivers_test.ts", "x", undefined, "PUT"],
    ],
  );
});

Deno.test("a deriver can answer itself, and change the answer", async () => {
  const app = new Configurator()
    .addRoute("x", "/x", { view: () => html`x` })
    .addViewDeriver((answer) => async (request) => {
      if (request.query.has("no")) return new Response("no");
      return new Response(`(${await (await answer(request)).text()})`);
    })
    .makeApp();
  assertEquals([await textOf(app, "/x"), await textOf(app, "/x?no")], ["(x)", "no"]);
});

Deno.test("decorator: of several the first is outermost", async () => {
  const app = new Configurator().addRoute("x", "/x")
    .addView(() => html`x`, {
      routeName: "x",
      decorator: [decorating("1"), decorating("2"), decorating("3")],
    }).makeApp();
  told.splice(0);
  await textOf(app, "/x");
  assertEquals(told, ["1", "2", "3"]);
});

Deno.test("decorator gets the rendered response, and its error goes to exception views", async () => {
  const app = new Configurator().addRoute("x", "/x")
    .addView(() => ({ a: 1 }), {
      routeName: "x",
      renderer: "json",
      decorator: (answer) => async (request) => {
        const response = await answer(request);
        if (request.query.has("broken")) throw new RangeError(await response.text());
        response.headers.set("x-decorated", "yes");
        return response;
      },
    })
    .addExceptionView(({ message }) => new Response(message), { context: RangeError })
    .makeApp();
  assertEquals(await textOf(app, "/x"), '{"a":1}');
  assertEquals(await textOf(app, "/x?broken"), '{"a":1}');
});

Deno.test("addViewDeriver() refuses the name of a built-in deriver, by option or by function", async (t) => {
  for (const name of ["secured", "csrf", "httpCached", "decorated", "rendered"]) {
    await t.step(name, () => {
      const message = `Cannot add "${name}": every app has one of this name already`;
      const config = new Configurator();
      assertThrows(() => config.addViewDeriver(a, { name }), ConfigurationError, message);
      assertThrows(() => config.addViewDeriver(deriver(name)), ConfigurationError, message);
    });
  }
});

Deno.test("addViewDeriver() refuses what cannot be ordered, the names that are there, and unknown options", async (t) => {
  const rows: Record<string, [say: (config: Configurator) => unknown, message: string]> = {
    "an unknown name": [
      (config) => config.addViewDeriver(a, { under: "secure" }).makeApp(),
      'Cannot order view deriver "a": there is no view deriver "secure": did you mean "secured"?',
    ],
    "a circle": [
      (config) => config.addViewDeriver(a, { under: "csrf", over: "secured" }).makeApp(),
      'Cannot order view derivers: their options "under" and "over" form a circle: "secured" under "a" under "csrf" under "secured"',
    ],
    "a name that is there": [
      (config) => config.addViewDeriver(a, { name: "csrf" }),
      'Cannot add "csrf": every app has one of this name already: give it another "name"',
    ],
    "no function": [
      (config) => config.addViewDeriver(null as never),
      "Cannot add a view deriver: must be a function, not null",
    ],
    "an unknown option": [
      (config) => config.addViewDeriver(a, { nam: "b" } as object),
      'Cannot use option "nam" of a view deriver: no such option: did you mean "name"?',
    ],
  };
  for (const [name, [say, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertEquals(
        assertThrows(() => say(new Configurator()), ConfigurationError).message,
        message,
      );
    });
  }
});
