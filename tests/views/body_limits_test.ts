/**
 * The limit of a body is the view's, whoever reads it first.
 *
 * @module
 */

import { assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import {
  Configurator,
  type ConfiguratorOptions,
  json,
  signedCookieSessionFactory,
  type ViewOptions,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import type { RequestLimits } from "@pyramidion/pyramidion/types";
import { TestClient } from "@pyramidion/pyramidion/testing";

const SECRET = "b2c5f0c1e94d4b7fa1a8d5c37e6f9048";
const KB = 1024;

interface Stated {
  readonly app?: RequestLimits;
  readonly route?: RequestLimits;
  readonly view?: ViewOptions;
  /** A second view, found by `requestParam: "other"`. */
  readonly other?: RequestLimits;
  readonly tween?: (request: ViewRequest) => Promise<unknown>;
  readonly factory?: (request: ViewRequest) => Promise<unknown>;
  readonly read?: (request: ViewRequest) => Promise<unknown>;
}

/** An app with a page that makes a token, and a form at `/form`; what goes wrong is collected. */
function appOf(stated: Stated) {
  const errors: string[] = [];
  const logger = {
    warn: () => {},
    error: (_: string, error: unknown) => void errors.push(String(error)),
  };
  const options: ConfiguratorOptions<Record<string, unknown>> = {
    logger,
    sessionFactory: signedCookieSessionFactory(SECRET),
    ...(stated.app === undefined ? {} : { bodyLimits: stated.app }),
  };
  const config = new Configurator(options);
  config.setDefaultCsrfOptions({});
  config.addRoute("token", "/token", {
    view: async (request) => new Response((await request.session).getCsrfToken()),
  });
  const { factory, tween } = stated;
  config.addRoute("form", "/form", {
    ...(stated.route === undefined ? {} : { bodyLimits: stated.route }),
    ...(factory === undefined ? {} : { factory }),
  });
  if (tween !== undefined) {
    config.addTween((handler) => async (request) => {
      if (request.method === "POST") await tween(request);
      return await handler(request);
    });
  }
  const read = stated.read ?? ((request) => request.form());
  const view = async (request: ViewRequest) => {
    await read(request);
    return json("read");
  };
  config.addView(view, { routeName: "form", requestMethod: "POST", ...stated.view });
  if (stated.other !== undefined) {
    config.addView(async (request) => json([...(await request.form()).keys()].length), {
      routeName: "form",
      requestMethod: "POST",
      requestParam: "other",
      bodyLimits: stated.other,
    });
  }
  const client = new TestClient(config.makeApp());
  return {
    errors,
    /** Sends a form of so many bytes at least, with its token. */
    async send(bytes: number, fields: Record<string, string> = {}): Promise<number> {
      const token = await (await client.get("/token")).text();
      const body = new FormData();
      body.append("csrf_token", token);
      for (const [name, value] of Object.entries(fields)) body.append(name, value);
      body.append("file", new File([new Uint8Array(bytes)], "a.bin"));
      const response = await client.post("/form", body);
      await response.body?.cancel();
      return response.status;
    },
  };
}

Deno.test("bodyLimits: the view's go before the route's, these before the app's, these before 1 MiB", async (t) => {
  const of = (maxBytes: number) => ({ maxBytes });
  const rows: Record<string, [stated: Stated, passes: number, refused: number]> = {
    "nothing stated": [{}, 1000 * KB, 1025 * KB],
    "the app": [{ app: of(10 * KB) }, 9 * KB, 11 * KB],
    "the route": [{ app: of(1), route: of(10 * KB) }, 9 * KB, 11 * KB],
    "the view": [
      { app: of(1), route: of(2), view: { bodyLimits: of(3000 * KB) } },
      2_900 * KB,
      3_001 * KB,
    ],
    "a smaller one of the view": [
      { app: of(3000 * KB), view: { bodyLimits: of(10 * KB) } },
      9 * KB,
      11 * KB,
    ],
    "the view states something else": [
      { route: of(10 * KB), view: { bodyLimits: { maxParts: 5 } } },
      9 * KB,
      11 * KB,
    ],
  };
  for (const [name, [stated, passes, refused]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { errors, send } = appOf(stated);
      assertEquals([await send(passes), await send(refused), errors], [200, 413, []]);
    });
  }
});

Deno.test("bodyLimits: maxParts is the view's too, in a protected form", async () => {
  const { errors, send } = appOf({ view: { bodyLimits: { maxParts: 3 } } });
  const statuses = [await send(1, { a: "1" }), await send(1, { a: "1", b: "2" })];
  assertEquals([statuses, errors], [[200, 413], []]);
});

Deno.test("bodyLimits: a requestParam predicate reads as much as the largest of its views may", async (t) => {
  const of = (maxBytes: number): RequestLimits => ({ maxBytes });
  const stated = (small: number, other: number): Stated => ({
    view: { bodyLimits: of(small * KB) },
    other: of(other * KB),
  });
  await t.step("the larger view gets its body", async () => {
    const { errors, send } = appOf(stated(10, 3000));
    assertEquals([await send(2_000 * KB, { other: "1" }), errors], [200, []]);
  });
  await t.step("the smaller one is held to its own", async () => {
    const { errors, send } = appOf(stated(10, 3000));
    assertEquals([await send(9 * KB), await send(2_000 * KB), errors], [200, 413, []]);
  });
  await t.step("so is request.params", async () => {
    const read = (request: ViewRequest) => request.params;
    const { errors, send } = appOf({ ...stated(10, 3000), read });
    assertEquals([await send(9 * KB), await send(2_000 * KB), errors], [200, 413, []]);
  });
  await t.step("and its parts", async () => {
    const { errors, send } = appOf({ view: { bodyLimits: { maxParts: 2 } }, other: {} });
    const statuses = [await send(1), await send(1, { a: "1" }), await send(1, { other: "1" })];
    assertEquals([statuses, errors], [[200, 413, 200], []]);
  });
  await t.step("a view of another method does not count", async () => {
    const { send } = appOf({
      view: { requestMethod: "PUT", bodyLimits: of(3000 * KB) },
      other: of(10 * KB),
    });
    assertEquals(await send(2_000 * KB, { other: "1" }), 413);
  });
});

Deno.test("bodyLimits: the factory reads under the limits of the view that may be meant", async () => {
  const view: ViewOptions = { bodyLimits: { maxBytes: 3000 * KB } };
  const { errors, send } = appOf({ view, factory: (request) => request.form() });
  assertEquals([await send(2_000 * KB), await send(3_000 * KB), errors], [200, 413, []]);
});

Deno.test("ViewRequest: a limit larger than that of the first reader is a TypeError that names bodyLimits", async (t) => {
  const large: ViewOptions = { bodyLimits: { maxBytes: 2000 * KB } };
  const rows: Record<string, [stated: Stated, said: RegExp | null]> = {
    "form({ maxBytes }) behind the CSRF check": [
      { read: (request) => request.form({ maxBytes: 2_000_000 }) },
      /form\(\) with maxBytes 2000000: it was read before with 1048576.*bodyLimits: \{ maxBytes: 2000000 \}/,
    ],
    "form({ maxParts }) behind the CSRF check": [
      { read: (request) => request.form({ maxParts: 1_001 }) },
      /maxParts 1001: it was read before with 1000.*bodyLimits: \{ maxParts: 1001 \}/,
    ],
    "bytes({ maxBytes }) behind the CSRF check": [
      { read: (request) => request.bytes({ maxBytes: 2_000_000 }) },
      /request\.bytes\(\).*bodyLimits/,
    ],
    "a view's limits behind a tween": [
      { view: large, tween: (request) => request.form() },
      /form\(\) with maxBytes 2048000.*bodyLimits/,
    ],
    "the app's limits behind a tween that reads less": [
      { tween: (request) => request.form({ maxBytes: 100 * KB }) },
      null,
    ],
    "form({ maxBytes }) that is smaller": [
      { read: (request) => request.form({ maxBytes: 100 * KB }) },
      null,
    ],
    "form({ maxBytes }) that nobody was before": [
      {
        view: { requireCsrf: false },
        read: (request) => request.form({ maxBytes: 2_000_000, maxParts: 2_000 }),
      },
      null,
    ],
    "form() behind a form({ maxBytes }) of the view's own": [
      {
        view: { requireCsrf: false },
        read: async (request) => {
          await request.form({ maxBytes: 2_000_000 });
          await request.form();
        },
      },
      null,
    ],
  };
  for (const [name, [stated, said]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { errors, send } = appOf(stated);
      assertEquals(await send(10), said === null ? 200 : 500);
      if (said !== null) assertMatch(errors.join(), said);
    });
  }
});

Deno.test("ViewRequest.form({ maxBytes }) narrows what was read before", async () => {
  const { errors, send } = appOf({ read: (request) => request.form({ maxBytes: KB }) });
  assertEquals([await send(10), await send(2 * KB), errors], [200, 413, []]);
});

Deno.test("bodyLimits that are none are refused with what is wrong", async (t) => {
  const rows: Record<string, [limits: unknown, said: string]> = {
    "a fraction": [{ maxBytes: 1.5 }, 'option "maxBytes" of bodyLimits: must be a whole number'],
    "no limit": [{ maxBytes: Infinity }, "must be a whole number of 0 or more"],
    "misspelt": [{ maxBites: 1 }, 'option "maxBites" of bodyLimits: no such option'],
    "a number": [5, "must be an object of options"],
  };
  for (const [name, [limits, said]] of Object.entries(rows)) {
    await t.step(name, () => {
      let message = "";
      try {
        new Configurator({ bodyLimits: limits as RequestLimits });
      } catch (error) {
        message = String(error);
      }
      assertMatch(message, /^ConfigurationError: Cannot use option "bodyLimits" of /);
      assertEquals(message.includes(said), true, message);
    });
  }
});
