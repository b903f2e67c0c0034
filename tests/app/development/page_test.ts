/**
 * Development mode: errors show what happened to whoever develops, and without it nothing of the
 * inside is told.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStrictEquals } from "jsr:@std/assert@^1.0.0";
import { html, HttpConflict, HttpFound, HttpNotFound } from "@pyramidion/pyramidion";
import { missingPermission, testUnless } from "../../requirements.ts";
import { SAMPLE_COOKIE, sampleApp } from "../../sample_app.ts";
import { bookApp, developedApp, HTML, pageOf, readable, thrower } from "./developed_app.ts";

const missing = missingPermission({ name: "read" });

Deno.test("in development mode an unforeseen error is a page with all that is known", async (t) => {
  const { client, errors } = bookApp();
  const response = await client.get("/books/7?edition=2", HTML);
  const markup = await response.text();
  const page = readable(markup);

  await t.step("with the status and the log of any other mode", () => {
    assertEquals(response.status, 500);
    assertEquals(errors.map(({ message }) => message), ["GET /books/7 failed"]);
    assertEquals(response.headers.getSetCookie(), []);
  });
  await t.step("kept by no cache, and allowed nothing", () => {
    assertEquals(response.headers.get("cache-control"), "no-store");
    assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8");
    assertEquals(response.headers.get("x-content-type-options"), "nosniff");
    assertMatch(
      response.headers.get("content-security-policy") ?? "",
      /^default-src 'none'; style-src/,
    );
  });
  await t.step("a whole page that says what mode this is", () => {
    assertMatch(markup, /^<!DOCTYPE html>\n<html lang="en">/);
    for (
      const part of [
        '<meta charset="utf-8">',
        "<title>500 RangeError: No such book</title>",
        "<main>",
        "</html>\n",
      ]
    ) {
      assert(markup.includes(part), part);
    }
    assertEquals(markup.match(/<h1>/g)?.length, 1);
    assert(!markup.includes("<script"));
    assertMatch(
      page,
      /^ ?500 RangeError: No such book Pyramidion development mode This page shows source code, the request and the session\. Visitors must not see it\./,
    );
  });
  await t.step("the error and its cause, in this order", () => {
    assertMatch(
      page,
      /500 Internal Server Error for GET \/books\/7\?edition=2 RangeError No such book .*Caused by: TypeError Shelf is empty/,
    );
  });
  await t.step("the route, what it captured, and why others do not answer", () => {
    assertMatch(page, /Matched route name \/books\/:id pattern \/books\/:id id 7 /);
    assertMatch(page, /Routes and views tried route \/books\/:id matches view \S+ answers /);
  });
  await t.step("the session's keys and sizes, and no value", () => {
    // {"user":"ada lovelace"} without braces and colon.
    assertMatch(page, /Session state new .* CSRF token none key user 20 bytes /);
    assert(!markup.slice(markup.indexOf("<h2>Session")).includes("lovelace"));
  });
});

testUnless(missing, "in development mode the app's own frames and source come first", async (t) => {
  const { client } = bookApp();
  const markup = await (await client.get("/books/7", HTML)).text();
  await t.step("the line that threw is marked, among those round it", () => {
    const marked = [...markup.matchAll(/<mark>(.*?)<\/mark>/g)].map(([, line = ""]) =>
      readable(line).trim()
    );
    assertEquals(marked.length, 2);
    for (const line of marked) {
      assertMatch(
        line,
        /^\d+ throw new RangeError\("No such book", \{ cause: new TypeError\("Shelf is empty"\) \}\);$/,
      );
    }
    assertMatch(markup, /<span class="line"><span class="number">\d+<\/span> +session\.set\(/);
  });
  await t.step("the frames of the app are listed before those of the library", () => {
    const page = readable(markup);
    const own = /In the app (at .*?) Full stack: (\d+) frames? (at .*?) Caused by/.exec(page);
    assertMatch(own?.[1] ?? "", /^at [^)]*\/tests\/app\/development\/developed_app\.ts:\d+:\d+\)/);
    assert(!own?.[1]?.includes("/lib/"));
    assertMatch(own?.[3] ?? "", /\/lib\/[a-z]+\/[a-z_]+\.ts:/);
  });
});

Deno.test("in development mode an HttpError that no view answers keeps its status and headers", async (t) => {
  await t.step("a conflict, whose session is written", async () => {
    const { client } = developedApp({
      "/": async (request) => {
        (await request.session).set("count", 1);
        throw new HttpConflict("Taken", {
          headers: { "x-why": "name", "cache-control": "max-age=9" },
        });
      },
    });
    const response = await client.get("/", HTML);
    assertEquals([response.status, response.headers.get("x-why")], [409, "name"]);
    assertEquals(response.headers.get("cache-control"), "no-store");
    assertMatch(response.headers.getSetCookie()[0] ?? "", new RegExp(`^${SAMPLE_COOKIE}=`));
    assertMatch(await pageOf(response), /409 Conflict for GET \/ HttpConflict Taken /);
  });
  await t.step("a 404, with the reason", async () => {
    const { client } = bookApp();
    assertMatch(
      await pageOf(client.get("/shelf", HTML)),
      /404 Not Found for GET \/shelf HttpNotFound Routes and views tried No route has a pattern that matches this path\. .*Full stack.*Matched route No route matched this request\. /,
    );
  });
  await t.step("a 405, with the reason and what is allowed", async () => {
    const { client } = developedApp({}, {
      configure(config) {
        config.addRoute("home", "/").addView(() => html`x`, {
          routeName: "home",
          requestMethod: "PUT",
        });
      },
    });
    const response = await client.get("/", HTML);
    assertEquals([response.status, response.headers.get("allow")], [405, "PUT"]);
    assertMatch(
      await pageOf(response),
      /HttpMethodNotAllowed Routes and views tried route home matches view at \/\S+\/development\/page_test\.ts:\d+ does not answer: it requires requestMethod PUT .*Where it was thrown/,
    );
    const text = await (await client.get("/")).text();
    assertMatch(
      text,
      /\n\nHttpMethodNotAllowed\n\nRoutes and views tried\n {2}route home .*\n\nIn the app\n.*\n\nMatched route\n/s,
    );
  });
  await t.step("a 404 that the app threw, with its line first", async () => {
    const { client } = developedApp({
      "/": () => {
        throw new HttpNotFound("No such book");
      },
    });
    assertMatch(
      await pageOf(client.get("/", HTML)),
      /No such book Where it was thrown .*In the app .*Routes and views tried/,
    );
  });
  await t.step("a redirection redirects", async () => {
    const response = await thrower(new HttpFound("/there")).client.get("/", {
      ...HTML,
      redirect: "manual",
    });
    assertEquals([response.status, response.headers.get("location")], [302, "/there"]);
    assert(!(await response.text()).includes("development mode"));
  });
  await t.step("an error that a view answers is answered by it", async () => {
    const { client } = thrower(new HttpNotFound(), (config) => {
      config.addNotFoundView(() => html`Mine`.toResponse({ status: 404 }));
    });
    assertEquals(await (await client.get("/", HTML)).text(), "Mine");
  });
});

Deno.test("in development mode a failing commit is shown too", async () => {
  const { client } = developedApp({
    "/": async (request) => {
      (await request.session).set("user", "x".repeat(5_000));
      return new Response("done");
    },
  });
  const response = await client.get("/", HTML);
  assertEquals(response.status, 413);
  assertMatch(
    await pageOf(response),
    /SessionTooLargeError Cannot store the session .* bytes by key: user 500\d/,
  );
});

Deno.test("the development page answers HEAD with the length of the page and no body", async () => {
  const { app } = bookApp();
  const response = await app.fetch(
    new Request("https://app.test/nope", { ...HTML, method: "HEAD" }),
  );
  assertEquals(await response.text(), "");
  assertMatch(response.headers.get("content-length") ?? "", /^[1-9]\d{3}$/);
});

Deno.test("in development mode a request whose URL cannot be read is a 400", async () => {
  const { app } = bookApp();
  const response = await app.fetch(new Request("https://app.test/%zz", HTML));
  assertEquals(response.status, 400);
  assertMatch(
    await pageOf(response),
    /Routes and views tried Pyramidion could not try them: HttpBadRequest: /,
  );
});

Deno.test("without development mode nothing of this is told", async () => {
  const view = (): never => {
    throw new RangeError("inside");
  };
  for (const config of [{}, { development: false }]) {
    const { client } = sampleApp({ "/": view }, { config });
    for (const path of ["/", "/nope"]) {
      const page = await (await client.get(path, HTML)).text();
      for (const inside of ["evelopment", "inside", "RangeError", ".ts", "views tried"]) {
        assertEquals(page.includes(inside), false, inside);
      }
    }
  }
});

Deno.test("makeApp() warns of development mode where strangers can see it", async (t) => {
  const { Configurator } = await import("@pyramidion/pyramidion");
  const rows: Record<
    string,
    [publicOrigin: string | undefined, development: boolean, warns: boolean]
  > = {
    "a public origin": ["https://app.example", true, true],
    "one without https": ["http://app.example", true, true],
    "a host that begins like this machine": ["https://localhost.example", true, true],
    "an address that begins like this machine": ["https://127.0.0.1.example", true, true],
    "an address of the office": ["http://192.168.1.5:8000", true, true],
    "this machine": ["http://localhost:8000", true, false],
    "this machine by https": ["https://app.localhost", true, false],
    "this machine by number": ["http://127.0.0.1:8000", true, false],
    "this machine by number, version 6": ["http://[::1]:8000", true, false],
    "no origin": [undefined, true, false],
    "another mode": ["https://app.example", false, false],
  };
  for (const [name, [publicOrigin, development, warns]] of Object.entries(rows)) {
    await t.step(name, () => {
      const warnings: string[] = [];
      const logger = { warn: (message: string) => void warnings.push(message), error: () => {} };
      new Configurator({
        development,
        logger,
        ...publicOrigin === undefined ? {} : { publicOrigin },
      }).makeApp();
      assertEquals(warnings.length, warns ? 1 : 0);
      if (warns) {
        assertMatch(
          warnings[0] ?? "",
          /^Development mode is on for https?:.+: if a proxy on this machine/,
        );
      }
    });
  }
});

Deno.test("where the development page cannot be made the plain page answers", async () => {
  const { app, errors } = thrower(new Error("first"), (config) => {
    config.addRoute("unused", "/unused");
  });
  // What the page shows first is read from the request's headers.
  const request = new Request("https://app.test/", HTML);
  const failure = new Error("no");
  Object.defineProperty(request, "headers", {
    get() {
      if (new Error().stack?.includes("development/facts") === true) throw failure;
      return new Headers({ accept: "text/html" });
    },
  });
  const response = await app.fetch(request);
  assertEquals(response.status, 500);
  assert((await response.text()).includes("<h1>500 Internal Server Error</h1>"));
  assertEquals(errors.map(({ message }) => message), [
    "The development page cannot be made",
    "GET / failed",
  ]);
  assertStrictEquals(errors[0]?.cause, failure);
});
