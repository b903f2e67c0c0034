/**
 * Exception views: who answers what was thrown.
 *
 * @module
 */

import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertStrictEquals,
} from "jsr:@std/assert@^1.0.0";
import {
  Configurator,
  html,
  HttpBadRequest,
  HttpClientError,
  HttpConflict,
  HttpError,
  HttpException,
  HttpForbidden,
  HttpFound,
  HttpMovedPermanently,
  HttpNotFound,
  HttpRedirection,
  HttpServerError,
  redirect,
} from "@pyramidion/pyramidion";
import { ask } from "../ask.ts";
import { sampleApp, type SampleData } from "../sample_app.ts";

class Broken extends Error {}
class BrokenMore extends Broken {}

/** Throws what it is told, at once or after a while. */
function thrower(
  thrown: unknown,
  configure: (config: Configurator<SampleData>) => void = () => {},
) {
  return sampleApp({
    "/": () => {
      throw thrown;
    },
    "/later": async () => {
      await Promise.resolve();
      throw thrown;
    },
  }, { configure });
}

Deno.test("an unexpected error is a 500 that tells nothing, logged once with what it was", async (t) => {
  const error = new Error("password=hunter2 at db.internal:5432");
  const { client, errors } = thrower(error);
  for (const [n, path] of ["/", "/later"].entries()) {
    await t.step(path, async () => {
      const response = await client.get(`${path}?token=secret`, {
        headers: { accept: "text/html" },
      });
      const page = await response.text();
      assertEquals([response.status, response.headers.get("cache-control")], [500, "no-store"]);
      for (const inside of ["hunter2", "db.internal", "Error:", ".ts", "at "]) {
        assertEquals(page.includes(inside), false, `${inside} in ${page}`);
      }
      assertEquals(errors.length, n + 1);
      assertEquals(errors[n]?.message, `GET ${path} failed`);
      assertStrictEquals(errors[n]?.cause, error);
    });
  }
});

Deno.test("a thrown HttpError is the page of its status, and is not logged", async () => {
  const { client, errors } = thrower(
    new HttpConflict("Taken", { headers: { "x-why": "name", "set-cookie": "a=1" } }),
  );
  for (const path of ["/", "/later"]) {
    const response = await client.get(path);
    assertEquals([response.status, response.headers.get("x-why")], [409, "name"]);
    assertEquals(response.headers.getSetCookie(), ["a=1"]);
    assertEquals(await response.text(), "409 Conflict\n\nTaken\n");
  }
  assertEquals(errors, []);
});

Deno.test("a thrown redirection redirects, checked as a returned one", async () => {
  const { client } = sampleApp({
    "/in": () => {
      throw new HttpFound("read");
    },
    "/out": () => {
      throw redirect("//evil.test/");
    },
  });
  const response = await client.get("/in");
  assertEquals([response.status, response.headers.get("location")], [302, "/read"]);
  const refused = await client.get("/out");
  assertEquals([refused.status, refused.headers.has("location")], [400, false]);
});

Deno.test("a redirection whose own origin cannot be told is the 400 of that", async () => {
  const { client, errors } = sampleApp({
    "/thrown": () => {
      throw new HttpFound("/read");
    },
    "/returned": () => redirect("/read"),
  }, { config: { trusted: { hops: 1, headers: ["x-forwarded-host"] } } });
  for (const path of ["/thrown", "/returned"]) {
    const response = await client.get(path, { headers: { "x-forwarded-host": "a b" } });
    assertEquals([response.status, response.headers.has("location")], [400, false]);
  }
  assertEquals(errors, []);
});

Deno.test("the exception view of the nearest class answers, in whatever order they are declared", async (t) => {
  const views: Record<string, (config: Configurator<SampleData>) => void> = {
    Error: (config) => config.addExceptionView(() => html`Error`),
    Broken: (config) => config.addExceptionView(() => html`Broken`, { context: Broken }),
    BrokenMore: (config) =>
      config.addExceptionView(() => html`BrokenMore`, { context: BrokenMore }),
  };
  type Row = [thrown: unknown, answer: string];
  const rows: Record<string, Row> = {
    "the class itself": [new Broken(), "Broken"],
    "the subclass": [new BrokenMore(), "BrokenMore"],
    "another subclass": [new (class extends Broken {})(), "Broken"],
    "the base class": [new Error(), "Error"],
    "another error": [new TypeError(), "Error"],
  };
  for (const order of [["Error", "Broken", "BrokenMore"], ["BrokenMore", "Broken", "Error"]]) {
    for (const [name, [thrown, answer]] of Object.entries(rows)) {
      await t.step(`${name}, declared ${order.join(", ")}`, async () => {
        const { client, errors } = thrower(thrown, (config) => {
          for (const view of order) views[view]?.(config);
        });
        assertEquals(await (await client.get("/")).text(), answer);
        assertEquals(await (await client.get("/later")).text(), answer);
        assertEquals(errors, []);
      });
    }
  }
});

Deno.test("a view of a subclass does not answer its base class, nor another class", async () => {
  for (const thrown of [new Broken(), new TypeError()]) {
    const { client, errors } = thrower(
      thrown,
      (config) => void config.addExceptionView(() => html`x`, { context: BrokenMore }),
    );
    assertEquals([(await client.get("/")).status, errors.length], [500, 1]);
  }
});

Deno.test("an exception view gets the error itself and the request", async () => {
  const error = new Broken("why");
  const { client } = thrower(
    error,
    (config) =>
      void config.addExceptionView(async (thrown, request) => {
        assertStrictEquals(thrown, error);
        await Promise.resolve();
        return html`${thrown.message} at ${request.url.pathname} of ${request.matchedRoute?.name}`;
      }, { context: Broken }),
  );
  assertEquals(await (await client.get("/later")).text(), "why at /later of /later");
});

Deno.test("exception views answer HttpErrors by their classes; a group's view answers all of it", async () => {
  const { client } = sampleApp({
    "/:status": (request) => {
      switch (request.matchdict.status) {
        case "301":
          throw new HttpMovedPermanently("/x");
        case "403":
          throw new HttpForbidden();
        default:
          throw new HttpNotFound();
      }
    },
  }, {
    configure: (config) =>
      config.addExceptionView((error) => html`error ${error.status}`, { context: HttpError })
        .addExceptionView((error) => html`to ${error.location}`, { context: HttpRedirection })
        .addExceptionView(() => html`forbidden`, { context: HttpForbidden }),
  });
  const text = async (path: string) => await (await client.get(path)).text();
  assertEquals([await text("/301"), await text("/403"), await text("/404"), await text("/a/b")], [
    "to /x",
    "forbidden",
    "error 404",
    "error 404",
  ]);
});

Deno.test("one error page for all leaves redirections alone; one for HttpException gets everything", async () => {
  const views = {
    "/login": () => {
      throw new HttpFound("/sign-in");
    },
    "/bad": () => {
      throw new HttpBadRequest();
    },
    "/down": () => {
      throw new HttpError(503);
    },
  };
  const asked = async (context: typeof HttpException | typeof HttpClientError) => {
    const { client } = sampleApp(views, {
      configure: (config) =>
        config.addExceptionView(
          (error) => new Response(`page of ${error.status}`, { status: 599 }),
          { context },
        ),
    });
    const statuses = [];
    for (const path of ["/login", "/bad", "/down", "/none"]) {
      statuses.push((await client.get(path)).status);
    }
    return statuses;
  };
  assertEquals(await asked(HttpError), [302, 599, 599, 599]);
  assertEquals(await asked(HttpClientError), [302, 599, 503, 599]);
  assertEquals(await asked(HttpServerError), [302, 400, 599, 404]);
  assertEquals(await asked(HttpException), [599, 599, 599, 599]);
});

Deno.test("a returned HttpError is an answer, and no exception view is asked", async () => {
  const { client } = sampleApp({ "/": () => new HttpNotFound() }, {
    configure: (config) => config.addExceptionView(() => html`asked`, { context: HttpNotFound }),
  });
  assertEquals((await client.get("/")).status, 404);
});

Deno.test("whatever is thrown is answered, errors or not", async (t) => {
  const rejected = Promise.reject(new Error("in a promise"));
  rejected.catch(() => {});
  const rows: Record<string, unknown> = {
    "a string": "text",
    "nothing": undefined,
    "null": null,
    "a number": 7,
    "false": false,
    "a symbol": Symbol("s"),
    "an object": { status: 404 },
    "an object without prototype": Object.create(null),
    "a function": () => {},
    "a promise": Promise.resolve(new Response("x")),
    "a rejected promise": rejected,
    "a frozen error": Object.freeze(new Error("frozen")),
  };
  for (const [name, thrown] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { client, errors } = thrower(
        thrown,
        (config) => void config.addExceptionView(() => html`asked`, { context: Broken }),
      );
      for (const path of ["/", "/later"]) assertEquals((await client.get(path)).status, 500);
      assertEquals(errors.map(({ cause }) => cause), [thrown, thrown]);
    });
  }
});

Deno.test("an exception view of another class than errors is found too", async () => {
  class Signal {
    constructor(readonly to: string) {}
  }
  const { client } = thrower(
    new Signal("there"),
    (config) => void config.addExceptionView((signal) => html`${signal.to}`, { context: Signal }),
  );
  assertEquals(await (await client.get("/")).text(), "there");
});

Deno.test("an exception view that throws an HttpError is answered with its page, not asked again", async () => {
  let asked = 0;
  const { client, errors } = thrower(new Broken(), (config) =>
    void config.addExceptionView(() => {
      asked++;
      throw new HttpForbidden("Not you", { headers: { "x-a": "b" } });
    }, { context: Error }));
  const response = await client.get("/");
  assertEquals([response.status, response.headers.get("x-a"), asked, errors], [403, "b", 1, []]);
});

Deno.test("an exception view that throws a redirection redirects", async () => {
  const { client } = thrower(new HttpForbidden(), (config) =>
    void config.addExceptionView(() => {
      throw new HttpFound("/login");
    }, { context: HttpForbidden }));
  const response = await client.get("/later");
  assertEquals([response.status, response.headers.get("location")], [302, "/login"]);
});

Deno.test("an exception view that throws something else is a 500, and both are logged", async () => {
  const [first, second] = [new Broken("first"), new RangeError("second")];
  const { client, errors } = thrower(first, (config) =>
    void config.addExceptionView(() => {
      throw second;
    }, { context: Error }));
  const response = await client.get("/");
  assertEquals(response.status, 500);
  assertEquals((await response.text()).includes("second"), false);
  assertEquals(errors.map(({ cause }) => cause), [first, second]);
});

Deno.test("an exception view that returns nothing is a 500, and the log names it", async () => {
  const { client, errors } = thrower(new Broken(), (config) => {
    const shrug = () => undefined;
    // The compiler refuses it, which a user of JavaScript does not see.
    config.addExceptionView(shrug as never, { context: Broken });
  });
  assertEquals((await client.get("/")).status, 500);
  assertEquals(errors.length, 2);
  assertMatch(
    String(errors[1]?.cause),
    /what exception view shrug at \S+\/exception_views_test\.ts:\d+ returned/,
  );
});

Deno.test("an exception view that returns Response.error() is a plain 500", async () => {
  const { client, errors } = sampleApp({
    "/": () => {
      throw new Broken();
    },
    "/session": async (request) => {
      await request.session;
      throw new Broken();
    },
    "/headers": (request) => {
      request.responseHeaders.set("x-a", "b");
      throw new Broken();
    },
  }, { configure: (config) => config.addExceptionView(() => Response.error()) });
  for (const path of ["/session", "/headers", "/"]) {
    assertEquals((await client.get(path)).status, 500, path);
  }
  assertEquals(errors.length > 0, true);
});

Deno.test("a view for every Error leaves redirections and other HttpErrors to their own pages", async () => {
  const { client } = sampleApp({
    "/found": () => {
      throw new HttpFound("/x");
    },
    "/bad": () => {
      throw new HttpBadRequest();
    },
    "/broken": () => {
      throw new Broken();
    },
  }, { configure: (config) => config.addExceptionView(() => html`Oops`) });
  const statuses = [];
  for (const path of ["/found", "/bad", "/nothing", "/broken"]) {
    statuses.push((await client.get(path)).status);
  }
  assertEquals(statuses, [302, 400, 404, 500]);
});

Deno.test("request.exception is the error that a view returned, with an exception view or without", async () => {
  for (const add of [false, true]) {
    let seen: unknown;
    const config = new Configurator()
      .addTween((handler) => async (request) => {
        const response = await handler(request);
        seen = request.exception;
        return response;
      }, { name: "looking" })
      .addRoute("x", "/x", { view: () => new HttpForbidden() });
    if (add) config.addForbiddenView(() => html`no`);
    assertEquals((await ask(config.makeApp(), "/x")).status, 403);
    assertInstanceOf(seen, HttpForbidden);
  }
});
