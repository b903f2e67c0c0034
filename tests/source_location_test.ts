/**
 * `SourceLocation`: where in the app's source something was declared.
 *
 * @module
 */

import { assertEquals, assertMatch, assertNotEquals } from "jsr:@std/assert@^1.0.0";
import { Configurator, viewConfig } from "@pyramidion/pyramidion";
import { viewMarks } from "../lib/configurator/view_config.ts";
import { SourceLocation } from "../lib/source_location.ts";

/** The line of this file that calls it. */
function line(): number {
  const [, at] =
    /source_location_test\.ts:(\d+):\d+\)?$/.exec(new Error().stack?.split("\n")[2] ?? "") ?? [];
  return Number(at);
}

Deno.test("SourceLocation is the file and the line of whoever made it", () => {
  const [place, here] = [new SourceLocation(), line()];
  assertEquals(String(place), `${import.meta.url}:${here}`);
});

Deno.test("SourceLocation leaves out what stands within the function that it is told", () => {
  function stated(): [inner: SourceLocation, outer: SourceLocation] {
    return [new SourceLocation(), new SourceLocation(stated)];
  }
  const [[inner, outer], here] = [stated(), line()];
  assertEquals(String(outer), `${import.meta.url}:${here}`);
  assertNotEquals(String(inner), String(outer));
});

Deno.test("SourceLocation of what a subclass of the Configurator states is within the subclass", () => {
  let within = 0;
  class Own extends Configurator {
    addPage(name: string): this {
      [, within] = [super.addRoute(name, `/${name}`), line()];
      return this;
    }
  }
  const { routes } = new Own().addPage("x").makeApp().report;
  assertEquals(routes[0]?.place, `${import.meta.url}:${within}`);
});

Deno.test("SourceLocation of a route and its view in one step is one", () => {
  const config = new Configurator();
  const [, here] = [config.addRoute("x", "/x", { view: () => new Response() }), line()];
  const { place, views } = config.makeApp().report.routes[0]!;
  assertEquals([place, views[0]?.place], Array(2).fill(`${import.meta.url}:${here}`));
});

Deno.test("SourceLocation is the first caller outside of the library, whatever it went through within", () => {
  const view = () => new Response();
  const [, here] = [viewConfig({ routeName: "x" }, view), line()];
  assertEquals(String(viewMarks(view)[0]?.place), `${import.meta.url}:${here}`);
});

Deno.test("SourceLocation is the line of the decorator", () => {
  class Pages {
    @viewConfig({ routeName: "x" })
    show() {
      return new Response();
    }
  }
  assertMatch(String(viewMarks(Pages.prototype.show)[0]?.place), /\/source_location_test\.ts:\d+$/);
});

Deno.test("SourceLocation of a caller that is called from the library is that caller", () => {
  let message = "";
  const setup = (config: Configurator) => {
    try {
      config.addView(() => new Response(), {});
    } catch (error) {
      message = String(error);
    }
  };
  setup(new Configurator());
  assertMatch(message, /source_location_test\.ts:\d+: /);
});

Deno.test("SourceLocation is unknown where the stack tells nothing", () => {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const place = new SourceLocation();
  Error.stackTraceLimit = limit;
  assertEquals(String(place), "an unknown place");
});
