/**
 * `request.responseStatus`: a status beside `html` and renderers.
 *
 * @module
 */

import { assertEquals, assertMatch, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  Configurator,
  html,
  json,
  redirect,
  type View,
  viewConfig,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import { dummyRequest } from "@pyramidion/pyramidion/testing";
import { ask } from "../ask.ts";

function answering(configure: (config: Configurator) => unknown) {
  const warnings: string[] = [];
  const config = new Configurator({
    logger: { warn: (message) => void warnings.push(message), error: () => {} },
  });
  configure(config);
  return { app: config.makeApp(), warnings };
}

const stating = (status: number, value: unknown) => (request: ViewRequest) => {
  request.responseStatus = status;
  return value;
};

Deno.test("request.responseStatus is the status of what html or a renderer makes", async (t) => {
  const rows: Record<string, [value: unknown, renderer: string | undefined, text: string]> = {
    "html": [html`<b>x</b>`, undefined, "<b>x</b>"],
    "a promise of html": [Promise.resolve(html`x`), undefined, "x"],
    "json": [{ a: 1 }, "json", '{"a":1}'],
    "text": ["x", "text", "x"],
    "the renderer html": ["<", "html", "&lt;"],
    "html beside a renderer": [html`x`, "json", "x"],
  };
  for (const [name, [value, renderer, text]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { app, warnings } = answering((config) =>
        config.addRoute("x", "/x").addView(stating(201, value), {
          routeName: "x",
          ...(renderer === undefined ? {} : { renderer }),
        } as never)
      );
      const response = await ask(app, "/x");
      assertEquals([response.status, await response.text(), warnings], [201, text, []]);
      assertEquals(response.headers.has("content-type"), true);
    });
  }
});

Deno.test("of a status without a body none is sent, and no type", async () => {
  for (const status of [204, 205, 304]) {
    const { app } = answering((config) =>
      config.addRoute("x", "/x").addView(stating(status, {}), { routeName: "x", renderer: "json" })
    );
    const response = await ask(app, "/x");
    assertEquals([response.status, response.body], [status, null]);
    assertEquals(response.headers.has("content-type"), false);
  }
});

Deno.test("request.responseStatus takes integers from 200 to 599, and undefined takes it back", () => {
  const request = dummyRequest();
  assertEquals(request.responseStatus, undefined);
  for (const status of [200, 404, 599]) {
    request.responseStatus = status;
    assertEquals(request.responseStatus, status);
  }
  for (const wrong of [101, 199, 600, 200.5, NaN, "404", null]) {
    assertThrows(
      () => request.responseStatus = wrong as number,
      RangeError,
      "Cannot set request.responseStatus: must be an integer from 200 to 599, not ",
    );
  }
  request.responseStatus = undefined;
  assertEquals(request.responseStatus, undefined);
});

Deno.test("a status that is lost is told once for each view, with what to write", async (t) => {
  const late: View = () => html`x`;
  const rows: Record<string, (config: Configurator) => unknown> = {
    "beside a Response": (config) =>
      config.scan({
        made: viewConfig({ routeName: "x" }, (request) => {
          request.responseStatus = 202;
          return json({});
        }),
      }),
    "in a decorator, behind the view": (config) =>
      config.addView(late, {
        routeName: "x",
        decorator: (answer) => async (request) => {
          const response = await answer(request);
          request.responseStatus = 202;
          return response;
        },
      }),
    "in a tween, behind the view": (config) =>
      config.addView(late, { routeName: "x" }).addTween((handler) => async (request) => {
        const response = await handler(request);
        request.responseStatus = 202;
        return response;
      }),
  };
  for (const [name, configure] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { app, warnings } = answering((config) => {
        config.addRoute("x", "/x");
        configure(config);
      });
      assertEquals([(await ask(app, "/x")).status, (await ask(app, "/x")).status], [200, 200]);
      assertEquals(warnings.length, 1);
      assertMatch(
        warnings[0] ?? "",
        /^Cannot answer with status 202, as .+ at file:.+\/response_status_test\.ts:\d+ states by request\.responseStatus: .+ write new Response\(body, \{ status: 202 \}\)/,
      );
    });
  }
});

Deno.test("a redirection has its own status, and none is told as lost", async () => {
  const { app, warnings } = answering((config) =>
    config.addRoute("x", "/x").addView(stating(201, redirect("/y")) as View, { routeName: "x" })
  );
  assertEquals([(await ask(app, "/x")).status, warnings], [302, []]);
});
