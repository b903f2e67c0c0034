/**
 * Exception views with predicates, and errors that are returned.
 *
 * @module
 */

import { assert, assertEquals, assertStrictEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationConflictError,
  ConfigurationError,
  Configurator,
  html,
  HttpBadRequest,
  HttpError,
  HttpException,
  HttpForbidden,
  HttpFound,
  HttpNotFound,
  not,
  redirect,
  type View,
} from "@pyramidion/pyramidion";
import type { ExceptionViewOptions } from "@pyramidion/pyramidion/types";
import { ask, form } from "../ask.ts";
import { recordingLogger, sampleApp, type SampleData } from "../sample_app.ts";

class Broken extends Error {}
class BrokenMore extends Broken {}

const throwing: View = () => {
  throw new BrokenMore();
};

function configured(): Configurator {
  return new Configurator({ logger: recordingLogger() })
    .addViewPredicate("local", () => ({
      text: "local",
      holds: async ({ url }) => await Promise.resolve(url.hostname === "localhost"),
    }))
    .addRoute("item", "/items/:id").addView(throwing, { routeName: "item", requestMethod: "*" })
    .addRoute("other", "/other").addView(throwing, { routeName: "other", requestMethod: "*" });
}

Deno.test("an exception view answers where its predicates hold, as a view does", async (t) => {
  const rows: Record<string, [options: ExceptionViewOptions, path: string, init: RequestInit]> = {
    "accept": [{ accept: "text/html" }, "/items/7", { headers: { accept: "text/html" } }],
    "requestMethod": [{ requestMethod: ["PUT", "POST"] }, "/items/7", { method: "PUT" }],
    "not(requestMethod)": [{ requestMethod: not("GET") }, "/items/7", { method: "PUT" }],
    "requestParam, of the query": [{ requestParam: "a=1" }, "/items/7?a=1", {}],
    "requestParam, of a form": [{ requestParam: "a=1" }, "/items/7", form({ a: "1" })],
    "header": [{ header: "X-Api" }, "/items/7", { headers: { "x-api": "1" } }],
    "matchParam": [{ matchParam: "id=8" }, "/items/8", {}],
    "a predicate of the app's own": [{ custom: { local: 1 } }, "http://localhost/items/7", {}],
    "a route": [{ routeName: "other" }, "/other", {}],
    "several": [{ accept: "text/html", requestParam: "a" }, "/items/7?a", {}],
  };
  for (const [name, [options, path, init]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = configured()
        .addExceptionView(() => html`else`, { context: Broken })
        .addExceptionView(() => html`chosen`, { ...options, context: Broken } as never)
        .makeApp();
      const text = async (path: string, init: RequestInit) =>
        await (await app.fetch(new Request(new URL(path, "https://app.test"), init))).text();
      assertEquals(await text(path, init), "chosen");
      assertEquals(await text("/items/7", { headers: { accept: "image/png" } }), "else");
    });
  }
});

Deno.test("of exception views of one class the one that states more goes first, then the most welcome", async () => {
  const app = configured()
    .addExceptionView(() => html`any`, { context: Broken })
    .addExceptionView(() => html`json`, { context: Broken, accept: "application/json" })
    .addExceptionView(() => html`html`, { context: Broken, accept: "text/html" })
    .addExceptionView(() => html`both`, { context: Broken, accept: "text/html", header: "X-A" })
    .makeApp();
  const text = async (headers: HeadersInit) =>
    await (await ask(app, "/items/7", { headers })).text();
  assertEquals(await text({ accept: "text/html;q=0.5, application/json" }), "json");
  assertEquals(await text({ accept: "text/html, application/json;q=0.5" }), "html");
  assertEquals(await text({ "x-a": "1" }), "both");
  assertEquals(await text({ accept: "image/png" }), "any");
});

Deno.test("where no predicate holds the next class is asked, and at last the page of the status", async () => {
  const app = configured()
    .addExceptionView(() => html`more, of item`, {
      context: BrokenMore,
      routeName: "item",
      header: "X-A",
    })
    .addExceptionView(() => html`of item`, {
      context: Broken,
      routeName: "item",
      header: "X-B",
    })
    .addExceptionView(() => html`more`, { context: BrokenMore, header: "X-C" })
    .addExceptionView(() => html`all`, { header: "X-D" })
    .makeApp();
  const text = async (name: string, path = "/items/7") => {
    const response = await ask(app, path, { headers: { [name]: "1" } });
    return (await response.text()).split("\n")[0];
  };
  assertEquals([await text("x-a"), await text("x-b"), await text("x-c"), await text("x-d")], [
    "more, of item",
    "of item",
    "more",
    "all",
  ]);
  assertEquals(await text("x-a", "/other"), "500 Internal Server Error");
  assertEquals(await text("x-e"), "500 Internal Server Error");
});

Deno.test("a predicate that the visitor's request does not let be asked does not hold", async () => {
  const logger = recordingLogger();
  const app = new Configurator({ logger }).addRoute("x", "/x")
    .addView(async (request) => {
      await request.form();
      return html`x`;
    }, { routeName: "x", requestMethod: "POST" })
    .addExceptionView(() => html`a`, { context: HttpBadRequest, requestParam: "a" })
    .addExceptionView(() => html`any`, { context: HttpBadRequest })
    .makeApp();
  const response = await ask(app, "/x", {
    method: "POST",
    body: "no form",
    headers: { "content-type": "multipart/form-data; boundary=x" },
  });
  assertEquals([response.status, await response.text(), logger.errors], [400, "any", []]);
});

Deno.test("a predicate that throws anything else is a 500, and both errors are logged", async () => {
  const logger = recordingLogger();
  const [first, second] = [new Broken("first"), new RangeError("second")];
  const app = new Configurator({ logger })
    .addViewPredicate("odd", () => ({
      text: "odd",
      holds: () => {
        throw second;
      },
    }))
    .addRoute("x", "/x", {
      view: () => {
        throw first;
      },
    })
    .addExceptionView(() => html`x`, { custom: { odd: 1 } })
    .makeApp();
  assertEquals((await ask(app, "/x")).status, 500);
  assertEquals(logger.errors.map(({ cause }) => cause), [first, second]);
});

Deno.test("what cannot be stated of an exception view is refused", async (t) => {
  const rows: Record<string, [say: (config: Configurator) => unknown, message: string]> = {
    "the same twice": [
      (config) =>
        config.addNotFoundView(() => 1, { accept: "text/html", requestMethod: "GET" })
          .addNotFoundView(() => 2, { requestMethod: "GET", accept: "text/html" }),
      "Cannot declare exception view of HttpNotFound for GET HEAD where accept text/html twice: first at ",
    ],
    "an unknown predicate": [
      (config) => config.addForbiddenView(() => 1, { custom: { locl: 1 } }),
      'Cannot use predicate "locl": no such predicate: did you mean "local"?',
    ],
    "what the route does not capture": [
      (config) => config.addNotFoundView(() => 1, { routeName: "item", matchParam: "i=1" }),
      'captures no such parameter: did you mean "id"?',
    ],
    "a permission": [
      (config) => config.addForbiddenView(() => 1, { permission: "see" } as never),
      'Cannot use option "permission" of a forbidden view: no such option',
    ],
    "a slash for a route": [
      (config) => config.addNotFoundView(() => 1, { routeName: "item", appendSlash: true }),
      'Cannot use appendSlash for route "item": it applies only if no route matched',
    ],
    "a view for responses, which are answers": [
      (config) => config.addExceptionView(() => html`x`, { context: Response }),
      'Cannot use option "context" of an exception view: must be a class of errors',
    ],
  };
  for (const [name, [say, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      const error = assertThrows(() => {
        const config = configured();
        say(config);
        config.makeApp();
      }, ConfigurationError);
      assert(error.message.includes(message), error.message);
    });
  }
  assert(ConfigurationConflictError.prototype instanceof ConfigurationError);
});

Deno.test("a returned error or redirection goes through the exception views as a thrown one does", async (t) => {
  const error = new HttpNotFound("gone");
  const { client, errors } = sampleApp({
    "/error": () => error,
    "/later": async () => await Promise.resolve(error),
    "/login": () => redirect("/sign-in"),
    "/forbidden": () => new HttpForbidden(),
    "/made": () => html`made`,
  }, {
    configure: (config) =>
      config
        .addNotFoundView((given, request) => {
          assertStrictEquals(given, error);
          assertStrictEquals(request.exception, error);
          return html`asked: ${given.detail}`;
        })
        .addForbiddenView(() => redirect("/login")),
  });
  const rows: Record<string, [status: number, text: string]> = {
    "/error": [404, "asked: gone"],
    "/later": [404, "asked: gone"],
    "/made": [200, "made"],
  };
  for (const [path, [status, text]] of Object.entries(rows)) {
    await t.step(path, async () => {
      const response = await client.get(path);
      assertEquals([response.status, await response.text()], [status, text]);
    });
  }
  await t.step("a redirection without a view", async () => {
    const response = await client.get("/login");
    assertEquals([response.status, response.headers.get("location")], [302, "/sign-in"]);
  });
  await t.step("a view that redirects", async () => {
    const response = await client.get("/forbidden");
    assertEquals([response.status, response.headers.get("location")], [302, "/login"]);
  });
  assertEquals(errors, []);
});

Deno.test("an exception view's own error is not asked again, thrown or returned", async (t) => {
  const own: Record<string, () => never | HttpError> = {
    returned: () => new HttpError(410),
    thrown: () => {
      throw new HttpError(410);
    },
  };
  for (const [name, fail] of Object.entries(own)) {
    for (const path of ["/returned", "/thrown"]) {
      await t.step(`${name} for what is ${path.slice(1)}`, async () => {
        let asked = 0;
        const { client, errors } = sampleApp({
          "/returned": () => new HttpError(409),
          "/thrown": () => {
            throw new HttpError(409);
          },
        }, {
          configure: (config) =>
            config.addExceptionView(() => {
              asked++;
              return fail();
            }, { context: HttpException }),
        });
        const response = await client.get(path);
        await response.body?.cancel();
        assertEquals([response.status, asked, errors], [410, 1, []]);
      });
    }
  }
});

Deno.test("an exception view that fails at a returned error is a 500, logged, and commits nothing", async () => {
  const [first, second] = [new HttpError(409), new RangeError("second")];
  const { client, errors } = sampleApp({
    "/": async (request) => {
      (await request.session).set("user", "ada");
      return first;
    },
    "/read": async (request) => html`${(await request.session).get("user") ?? "nobody"}`,
  }, {
    configure: (config: Configurator<SampleData>) =>
      config.addExceptionView(() => {
        throw second;
      }, { context: HttpError }),
  });
  assertEquals((await client.get("/")).status, 500);
  assertEquals(errors.map(({ cause }) => cause), [first, second]);
  assertEquals(await (await client.get("/read")).text(), "nobody");
});

Deno.test("setOnException is for what was thrown: a returned error commits, an exception view or not", async () => {
  for (const asked of [false, true]) {
    const { client } = sampleApp({
      "/returned": async (request) => {
        (await request.session).set("user", "returned");
        return new HttpNotFound();
      },
      "/unawaited": (request) => {
        request.session.then((session) => session.set("user", "unawaited"));
        return new HttpNotFound();
      },
      "/thrown": async (request) => {
        (await request.session).set("user", "thrown");
        throw new HttpNotFound();
      },
      "/read": async (request) => html`${(await request.session).get("user") ?? "nobody"}`,
    }, {
      session: { setOnException: false },
      configure: (config) => asked ? config.addNotFoundView(() => html`x`) : undefined,
    });
    const user = async (path: string) => {
      assertEquals((await client.get(path)).status, 404);
      return await (await client.get("/read")).text();
    };
    assertEquals([await user("/thrown"), await user("/returned"), await user("/unawaited")], [
      "nobody",
      "returned",
      "unawaited",
    ]);
  }
});

Deno.test("decorators see the answer to a returned error", async () => {
  const seen: number[] = [];
  const app = new Configurator().addRoute("x", "/x")
    .addView(() => new HttpFound("/y"), {
      routeName: "x",
      decorator: (answer) => async (request) => {
        const response = await answer(request);
        seen.push(response.status);
        response.headers.set("x-seen", "1");
        return response;
      },
    })
    .addExceptionView(() => html`moved`, { context: HttpException })
    .makeApp();
  const response = await ask(app, "/x");
  assertEquals([response.status, response.headers.get("x-seen")], [302, "1"]);
  assertEquals([response.headers.get("location"), seen], ["/y", [302]]);
});
