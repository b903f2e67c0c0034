/**
 * `addDirective()`: methods that parts add to the Configurator.
 *
 * @module
 */

import { assertEquals, assertMatch, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  type AnyConfigurator,
  ConfigurationConflictError,
  ConfigurationError,
  Configurator,
  html,
} from "@pyramidion/pyramidion";
import { Directives } from "../../lib/configurator/directives.ts";
import { SourceLocation } from "../../lib/source_location.ts";
import { textOf } from "../ask.ts";

/** A part as others publish it: it fits every app, and adds a method. */
function jobs(config: AnyConfigurator) {
  return config.addDirective("addJob", (config, name: string, size?: number) => {
    config.addRoute(`job ${name}`, `/jobs/${name}`, { view: () => html`${name} ${size ?? 1}` });
  });
}

/** The line on which it is called. */
function thisLine(): number {
  const [, line] = /directives_test\.ts:(\d+):\d+\)?$/.exec(
    new Error().stack?.split("\n")[2] ?? "",
  ) ?? [];
  return Number(line);
}

Deno.test("a directive is a method of the app's Configurator after the include, and stays one along the chain", async () => {
  const app = new Configurator<{ user: string }>()
    .include(jobs)
    .addJob("mail", 2)
    .addRequestMethod("shout", (_request, text: string) => text.toUpperCase())
    .addJob("sweep")
    .addRoute("home", "/", { view: (request) => html`${request.shout("home")}` })
    .addJob("count")
    .makeApp();
  assertEquals(await textOf(app, "/jobs/mail"), "mail 2");
  assertEquals(await textOf(app, "/jobs/sweep"), "sweep 1");
  assertEquals(await textOf(app, "/jobs/count"), "count 1");
  assertEquals(await textOf(app, "/"), "HOME");
});

Deno.test("included functions have the directive, whether they were included before or after", () => {
  const inner: (() => unknown)[] = [];
  const config = new Configurator()
    .include((early) => {
      inner.push(() => Reflect.get(early, "addJob").call(early, "early"));
    })
    .include(jobs)
    .include((late) => void late.addJob("late"), { routePrefix: "/late" });
  for (const call of inner) call();
  assertEquals(config.makeApp().report.routes.map(({ pattern }) => pattern), [
    "/late/jobs/late",
    "/jobs/early",
  ]);
});

Deno.test("a directive states for the part that calls it: its prefix, and its scope", async () => {
  const app = new Configurator()
    .addDirective(
      "lose",
      (config, text: string) => void config.addNotFoundView(() => html`${text}`),
    )
    .include((config) => void config.lose("of the part"), { routePrefix: "/api", scoped: true })
    .lose("of the app")
    .makeApp();
  assertEquals([await textOf(app, "/x"), await textOf(app, "/api/x")], [
    "404 of the app",
    "404 of the part",
  ]);
});

Deno.test("messages name the call of the directive, of the outermost if it calls others", () => {
  const lines: number[] = [];
  const config = new Configurator().include(jobs)
    .addDirective("addJobs", (config, ...names: string[]) => {
      for (const name of names) config.addJob(name);
    });
  lines.push(thisLine() + 1);
  config.addJob("a");
  lines.push(thisLine() + 1);
  config.addJobs("b", "a");
  const error = assertThrows(() => config.makeApp(), ConfigurationConflictError);
  assertEquals(
    error.places.map((place) => Number(/directives_test\.ts:(\d+)$/.exec(place)?.[1])),
    lines,
  );
});

Deno.test("a part that is included under two prefixes adds its directive once", () => {
  const config = new Configurator().include(jobs, { routePrefix: "/a" })
    .include(jobs, { routePrefix: "/b" }).addJob("x");
  assertEquals(config.makeApp().report.routes.map(({ pattern }) => pattern), ["/jobs/x"]);
});

Deno.test("directives of one app are not those of another", () => {
  new Configurator().include(jobs);
  assertEquals("addJob" in new Configurator(), false);
});

Deno.test("a directive is refused with what to do", async (t) => {
  const nothing = () => {};
  const rows: Record<string, [add: () => unknown, message: RegExp]> = {
    "a name that makes it a promise": [
      () => new Configurator().addDirective("then", nothing),
      /^Cannot add directive "then" at \S+directives_test\.ts:\d+: await would call it: give it another name$/,
    ],
    "a name of the Configurator": [
      () => new Configurator().addDirective("addRoute", nothing),
      /^Cannot add directive "addRoute" at \S+directives_test\.ts:\d+: every Configurator has a member of this name already: give it another name$/,
    ],
    "a name of every object": [
      () => new Configurator().addDirective("toString", nothing),
      /^Cannot add directive "toString" at /,
    ],
    "a getter of the Configurator": [
      () => new Configurator().addDirective("settings", nothing),
      /^Cannot add directive "settings" at /,
    ],
    "an empty name": [
      () => new Configurator().addDirective("", nothing),
      /^Cannot add a directive: its name must be a string that is not empty/,
    ],
    "a name twice": [
      () => new Configurator().include(jobs).addDirective("addJob", nothing),
      /^Cannot declare directive "addJob" twice: first at \S+directives_test\.ts:\d+, again at \S+directives_test\.ts:\d+$/,
    ],
    "no function": [
      // @ts-expect-error -- that is refused
      () => new Configurator().addDirective("addJob", "nothing"),
      /^Cannot add directive "addJob": must be a function, not string$/,
    ],
    "after makeApp()": [
      () => {
        const config = new Configurator();
        config.makeApp();
        config.addDirective("addJob", nothing);
      },
      /^Cannot declare directive "addJob" at \S+: the app was already made: write this call before makeApp\(\)$/,
    ],
    "an async function, when it is called": [
      () => new Configurator().addDirective("late", async () => await Promise.resolve()).late(),
      /it is async, so that its routes and views can come after makeApp\(\)/,
    ],
  };
  for (const [name, [add, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertMatch(assertThrows(add, ConfigurationError).message, message);
    });
  }
});

Deno.test("Directives.add() leaves no directive behind that it refused", () => {
  const directives = new Directives();
  const place = new SourceLocation();
  directives.adopt({ taken: 1 }, () => {});
  assertThrows(() => directives.add("taken", () => {}, place), ConfigurationError);
  const other = {};
  directives.adopt(other, () => {});
  assertEquals(Object.getOwnPropertyNames(other), []);
});

Deno.test("the types of a directive: its arguments are checked, and an app without it has no such method", () => {
  const config = new Configurator().include(jobs);
  // @ts-expect-error -- the name is a string
  config.addJob(7);
  const check = () => {
    // @ts-expect-error -- nobody added it
    new Configurator().addJob("x");
    // @ts-expect-error -- a part that returns nothing says nothing of its directives
    new Configurator().include((config) => void jobs(config)).addJob("x");
  };
  assertEquals(typeof check, "function");
});
