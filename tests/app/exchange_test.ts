/**
 * `Exchange`: the order in which a touched request ends, and what is answered where that fails.
 *
 * @module
 */

import { assert, assertEquals, assertStrictEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  Configurator,
  html,
  type Logger,
  NewResponse,
  Session,
  type SessionFactory,
  type ViewRequest,
} from "@pyramidion/pyramidion";

/** What fails on the way, if anything does. */
type Failing = "callback" | "commit" | "event" | "finished callback";

/** An app that writes down what the end of a request does. */
function toldApp(failing?: Failing) {
  const steps: string[] = [];
  const errors: unknown[] = [];
  const logger: Logger = { warn: () => {}, error: (_message, error) => void errors.push(error) };
  const note = (name: Failing, text: string): void => {
    steps.push(text);
    if (name === failing) throw new RangeError(`${name} failed`);
  };
  const session = new Session();
  const stateOf = (): string => {
    try {
      session.set("late", 1);
      return "open";
    } catch {
      return "closed";
    }
  };
  const sessionFactory: SessionFactory = {
    load: () => session,
    commit(_session, _request, { byException }) {
      note("commit", `commit, ${byException}, ${stateOf()}`);
      return { do: "write", cookies: ["session=1"] };
    },
  };
  const view = async (request: ViewRequest) => {
    await request.session;
    request.responseHeaders.set("x-added", "1");
    request.addResponseCallback((_request, { headers }) => {
      note("callback", `callback, ${headers.get("x-added")}, ${headers.has("set-cookie")}`);
    });
    request.addFinishedCallback(() => note("finished callback", `finished, ${stateOf()}`));
    return html`answer`;
  };
  const config = new Configurator({ sessionFactory, logger });
  config.addRoute("x", "/", { view });
  config.addSubscriber(NewResponse, ({ response }) => {
    note("event", `event, ${response.headers.has("set-cookie")}, ${stateOf()}`);
  });
  const app = config.makeApp();
  return { steps, errors, fetch: () => app.fetch(new Request("https://app.test/")) };
}

const ORDER = [
  "callback, 1, false",
  "commit, false, open",
  "event, true, closed",
  "finished, closed",
];

Deno.test("a touched request ends by headers, callbacks, commit, close, events and finished callbacks", async () => {
  const { errors, fetch, steps } = toldApp();
  const response = await fetch();
  assertEquals(steps, ORDER);
  assertEquals([response.status, response.headers.get("x-added")], [200, "1"]);
  assertEquals(response.headers.getSetCookie(), ["session=1"]);
  assertEquals(errors, []);
});

Deno.test("what fails up to the commit is answered as an error, and what follows happens once", async (t) => {
  const rows: Record<string, [failing: Failing, steps: string[]]> = {
    "a callback": ["callback", ["callback, 1, false", "event, false, closed", "finished, closed"]],
    "the commit": ["commit", [
      "callback, 1, false",
      "commit, false, open",
      "event, false, closed",
      "finished, closed",
    ]],
  };
  for (const [name, [failing, expected]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { errors, fetch, steps } = toldApp(failing);
      const response = await fetch();
      assertEquals(steps, expected);
      assertEquals([response.status, response.headers.get("x-added")], [500, "1"]);
      assertEquals(response.headers.get("vary")?.includes("Cookie"), true);
      assertEquals(errors.length, 1);
    });
  }
});

Deno.test("a response that a later failure replaces is cancelled, so that what it holds open ends", async (t) => {
  const rows: Record<string, (request: ViewRequest, fail: () => never) => unknown> = {
    "a callback": (request, fail) => request.addResponseCallback(fail),
    "a callback, behind added headers": (request, fail) => {
      request.responseHeaders.set("x-added", "1");
      request.addResponseCallback(fail);
    },
    "the commit": (request) => request.session,
  };
  for (const [name, touch] of Object.entries(rows)) {
    await t.step(name, async () => {
      let isCancelled = false;
      const fail = () => {
        throw new RangeError("failed");
      };
      const app = new Configurator({
        sessionFactory: { load: () => new Session(), commit: fail },
        logger: { warn() {}, error() {} },
      }).addRoute("x", "/", {
        view: async (request) => {
          await touch(request, fail);
          return new Response(new ReadableStream({ cancel: () => void (isCancelled = true) }));
        },
      }).makeApp();
      const response = await app.fetch(new Request("https://app.test/"));
      await response.body?.cancel();
      assertEquals([response.status, isCancelled], [500, true]);
    });
  }
});

Deno.test("a response that was sent before is not cancelled, because another visitor reads it", async () => {
  const shared = new Response(ReadableStream.from(["a"]).pipeThrough(new TextEncoderStream()));
  const app = new Configurator({ logger: { warn() {}, error() {} } }).addRoute("x", "/", {
    view: (request) => {
      request.responseHeaders.set("x-added", "1");
      return shared;
    },
  }).makeApp();
  const first = await app.fetch(new Request("https://app.test/"));
  const second = await app.fetch(new Request("https://app.test/"));
  await second.body?.cancel();
  assertEquals([second.status, await first.text()], [500, "a"]);
});

Deno.test("what fails after the commit is logged, and the response is as it was", async (t) => {
  for (const failing of ["event", "finished callback"] as const) {
    await t.step(failing, async () => {
      const { errors, fetch, steps } = toldApp(failing);
      const response = await fetch();
      assertEquals(steps, ORDER);
      assertEquals([response.status, await response.text()], [200, "answer"]);
      assertEquals(errors.length, 1);
      assert(errors[0] instanceof RangeError);
    });
  }
});

Deno.test("a request that nothing touched is answered at once, with the response itself", () => {
  const response = new Response("x");
  const app = new Configurator().addRoute("x", "/", { view: () => response }).makeApp();
  assertStrictEquals(app.fetch(new Request("https://app.test/")), response);
});

Deno.test("nothing can be added to the answer of a request that nothing touched, once it is sent", () => {
  let sent: ViewRequest | undefined;
  const app = new Configurator().addRoute("x", "/", {
    view(request) {
      sent = request;
      return new Response("x");
    },
  }).makeApp();
  app.fetch(new Request("https://app.test/"));
  assertThrows(() => sent?.setCookie("a", "b"), TypeError, "the response was sent already");
});
