/**
 * `docs/start.md`, typed in an empty folder beside a checkout: what it says that is seen is seen.
 *
 * @module
 */

import { assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { TestClient } from "@pyramidion/pyramidion/testing";
import { testUnless } from "../requirements.ts";
import { blocksOf, missingForTyping, TypedApp } from "./typed_app.ts";

const visitorOf = (origin: string) =>
  new TestClient({ fetch: (request) => fetch(request) }, { origin });

testUnless(
  missingForTyping,
  "docs/start.md, typed in an empty folder, gives what it shows",
  async (t) => {
    const blocks = await blocksOf("docs/start.md");
    const files = blocks.filter(({ info }) => info === "ts");
    const commands = blocks.filter(({ text }) => text.includes("deno serve"));
    assertEquals([files.length, commands.length], [3, 3]);
    await using app = await TypedApp.beside();
    await app.write("deno.json", blocks.find(({ info }) => info === "json"));

    await t.step("a page", async () => {
      await app.write("main.ts", files[0]);
      const visitor = visitorOf(await app.serve(commands[0]));
      assertEquals((await visitor.open("/")).text, "<h1>Hello</h1>");
    });
    await t.step("a counter", async () => {
      await app.write("main.ts", files[1]);
      const origin = await app.serve(commands[1]);
      const [ada, bob] = [visitorOf(origin), visitorOf(origin)];
      const texts = [];
      for (const visitor of [ada, ada, bob]) texts.push((await visitor.open("/")).text);
      assertEquals(texts, ["<p>Visits: 1</p>", "<p>Visits: 2</p>", "<p>Visits: 1</p>"]);
      assertEquals(ada.cookie("session") === null, false);
    });
    await t.step("a sign-in", async () => {
      await app.write("main.ts", files[2]);
      const visitor = visitorOf(await app.serve(commands[2]));
      const failed = await (await visitor.open("/")).form().submit({ password: "guessed" });
      assertMatch(failed.text, /Wrong password.*Password <input/s);
      const welcome = await failed.form().submit({ password: "a password of yours" });
      assertMatch(welcome.text, /Hello ada.*Sign out/s);
      assertMatch((await welcome.form().submit()).text, /Password <input/);
    });
  },
);
