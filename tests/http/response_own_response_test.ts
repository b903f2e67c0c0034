/**
 * A response answers one request, and what cannot be sent is an error with a name.
 *
 * @module
 */

import { assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { Configurator, type Tween, type View } from "@pyramidion/pyramidion";
import { ask } from "../ask.ts";
import { recordingLogger } from "../sample_app.ts";

const SECOND_USE =
  "TypeError: Cannot answer with a response that answered another request, whose cookies may be on it: make a new Response for each request";
const READ =
  "TypeError: Cannot answer with a response whose body was read or sent before: make a new Response for each request, and read response.clone() instead";

/** What a view answers to several requests, one after the other, and what was logged. */
async function answered(
  view: View,
  times = 3,
  options: { readonly tween?: Tween; readonly reads?: boolean } = {},
): Promise<[statuses: number[], causes: string[]]> {
  const logger = recordingLogger();
  const config = new Configurator({ logger }).addRoute("x", "/x", { view });
  if (options.tween !== undefined) config.addTween(options.tween);
  const app = config.makeApp();
  const statuses: number[] = [];
  for (let time = 0; time < times; time++) {
    const response = await ask(app, "/x");
    statuses.push(response.status);
    // As a server does, which sends it.
    if (options.reads !== false) await response.bytes();
  }
  return [statuses, logger.errors.map(({ cause }) => String(cause))];
}

Deno.test("a response with a body answers one request; every other is a 500 that is logged", async (t) => {
  const ways: Record<string, (response: Response) => View> = {
    "at once": (response) => () => response,
    "later": (response) => () => Promise.resolve(response),
    "with a header of the request's own": (response) => (request) => {
      request.responseHeaders.set("x-visitor", "1");
      return response;
    },
  };
  for (const [name, way] of Object.entries(ways)) {
    await t.step(`${name}, sent`, async () => {
      const [statuses, causes] = await answered(way(new Response("shared")));
      assertEquals([statuses, causes], [[200, 500, 500], [READ, READ]]);
    });
    await t.step(`${name}, before it is sent`, async () => {
      const [statuses, causes] = await answered(way(new Response("shared")), 2, { reads: false });
      assertEquals([statuses, causes], [[200, 500], [SECOND_USE]]);
    });
  }
});

Deno.test("a response without a body answers any number of requests, and what one adds is not on the next", async (t) => {
  const rows: Record<string, Response> = {
    "204": new Response(null, { status: 204 }),
    "304": new Response(null, { status: 304 }),
    "200 without a body": new Response(null),
  };
  for (const [name, response] of Object.entries(rows)) {
    await t.step(name, async () => {
      const [statuses, causes] = await answered(() => response);
      assertEquals([statuses, causes], [Array(3).fill(response.status), []]);
    });
  }
  await t.step("with a header of each request's own", async () => {
    const shared = new Response(null, { status: 204 });
    let visitor = 0;
    const app = new Configurator({ logger: recordingLogger() }).addRoute("x", "/x", {
      view: (request) => {
        request.responseHeaders.set(`x-visitor-${++visitor}`, "1");
        return shared;
      },
    }).makeApp();
    await ask(app, "/x");
    const { headers } = await ask(app, "/x");
    assertEquals([headers.has("x-visitor-1"), headers.has("x-visitor-2")], [false, true]);
    assertEquals([...shared.headers], []);
  });
});

Deno.test("what cannot be sent is an error with a name, whoever made it", async (t) => {
  const returning = (value: unknown): Tween => () => () => value as Response;
  const view: View = () => new Response("x");
  const read = async () => {
    const response = new Response("read");
    await response.text();
    return response;
  };
  const rows: Record<string, [view: View, tween: Tween | undefined, cause: RegExp]> = {
    "a view's response that was read": [read, undefined, /whose body was read or sent before/],
    "a tween's response that was read": [
      view,
      (handler) => async (request) => {
        const response = await handler(request);
        await response.text();
        return response;
      },
      /whose body was read or sent before/,
    ],
    "a tween that returns nothing": [
      view,
      returning(undefined),
      /what a tween, decorator or callback returned: must be a Response, not undefined: a return or an await may be missing/,
    ],
    "a tween that returns an object": [view, returning({}), /must be a Response, not an object/],
    "a tween that returns Response.error()": [
      view,
      returning(Response.error()),
      /Cannot answer with Response\.error\(\)/,
    ],
  };
  for (const [name, [view, tween, cause]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const [statuses, causes] = await answered(view, 1, tween === undefined ? {} : { tween });
      assertEquals([statuses, causes.length], [[500], 1]);
      assertMatch(causes[0] ?? "", cause);
    });
  }
});
