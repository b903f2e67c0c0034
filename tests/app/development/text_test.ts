/**
 * The development page as text.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { Configurator } from "@pyramidion/pyramidion";
import { TestClient } from "@pyramidion/pyramidion/testing";
import { recordingLogger } from "../../sample_app.ts";
import { missingPermission, testUnless } from "../../requirements.ts";
import { bookApp } from "./developed_app.ts";

const missing = missingPermission({ name: "read" });

Deno.test("in development mode whoever does not ask for HTML gets the same as text", async (t) => {
  const { client } = bookApp();
  const rows: Record<string, HeadersInit> = {
    "curl": { accept: "*/*" },
    "no wish": {},
    "JSON": { accept: "application/json" },
    "text": { accept: "text/plain" },
  };
  for (const [name, headers] of Object.entries(rows)) {
    await t.step(name, async () => {
      const response = await client.get("/books/7", { headers });
      const text = await response.text();
      assertEquals(response.headers.get("content-type"), "text/plain; charset=utf-8");
      assertEquals([response.status, response.headers.get("cache-control")], [500, "no-store"]);
      assertMatch(
        text,
        /^500 Internal Server Error\n\nPyramidion development mode\. This page shows .+\n\nRangeError: No such book\n/,
      );
      for (
        const line of [
          "Caused by: TypeError: Shelf is empty",
          "  route /books/:id matches",
          "  id: 7",
          "  key user: 20 bytes",
          "  GET https://app.test/books/7",
        ]
      ) {
        assert(text.split("\n").includes(line), `${line} in ${text}`);
      }
    });
  }
});

testUnless(
  missing,
  "in development mode the text too has the app's own frames before the others",
  async () => {
    const { client } = bookApp();
    const text = await (await client.get("/books/7")).text();
    const parts = text.split("\n\n");
    const [source = "", heading = "", outside = ""] = parts.slice(
      parts.indexOf("RangeError: No such book") + 1,
    );
    assertMatch(source, /^ {2}> +\d+ \|  +throw new RangeError\(/m);
    assertMatch(
      heading,
      /^In the app\n {2}at [^\n]*\/tests\/app\/development\/developed_app\.ts:\d+:\d+\)?$/m,
    );
    assert(!heading.includes("/lib/"), heading);
    assertMatch(outside, /^Outside of the app\n {2}at /);
    assert(!outside.includes("/tests/app/development/"), outside);
    const titles = parts.map((part) => part.split("\n")[0]);
    assertEquals(titles.slice(titles.indexOf("Routes and views tried")), [
      "Routes and views tried",
      "Matched route",
      "Session",
      "Request",
    ]);
  },
);

Deno.test("in development mode the page names the scoped part whose rules hold", async () => {
  const app = new Configurator({ development: true, logger: recordingLogger() })
    .include(function api(config) {
      config.addRoute("fails", "/fails", {
        view: () => {
          throw new RangeError("broken");
        },
      });
    }, { routePrefix: "/api", scoped: true }).makeApp();
  const client = new TestClient(app);
  const text = async (path: string) => await (await client.get(path)).text();
  assertMatch(
    await text("/api/fails"),
    /\n {2}part api \(\/api\) is the scoped part whose rules hold\n {2}route fails matches\n/,
  );
  assertMatch(await text("/api/none"), /The rules of the scoped part api \(\/api\) hold here\./);
});
