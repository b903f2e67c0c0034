/**
 * `docs/start.md`, typed in an empty folder beside a checkout: what it says that is seen is seen.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertRejects } from "jsr:@std/assert@^1.0.0";
import { TestClient } from "@pyramidion/pyramidion/testing";
import { testUnless } from "../requirements.ts";
import { readPage } from "./prose.ts";
import { blocksOf, missingForTyping, ROOT, TypedApp } from "./typed_app.ts";

/** What the table of faults quotes, and these tests see. */
const ROWS = {
  await: "Property 'set' does not exist on type 'Promise<Session<SessionData>>'",
  origin: "The request has no Origin header",
  token: "The form was sent without its token",
};

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
    await t.step("a counter without await is not started", async () => {
      const { text = "" } = files[1] ?? {};
      assert(text.includes("await request.session"));
      await app.write("main.ts", {
        ...files[1]!,
        text: text.replace("await request.session", "request.session"),
      });
      const { message } = await assertRejects(() => app.serve(commands[1]), Error);
      assert(message.includes(ROWS.await), message);
      assert(message.includes("Did you forget to use 'await'?"), message);
    });
    await t.step("a sign-in", async () => {
      await app.write("main.ts", files[2]);
      const visitor = visitorOf(await app.serve(commands[2]));
      const failed = await (await visitor.open("/")).form().submit({ password: "guessed" });
      assertMatch(failed.text, /Wrong password.*Password <input/s);
      const welcome = await failed.form().submit({ password: "a password of yours" });
      assertMatch(welcome.text, /Hello ada.*Sign out/s);
      assertMatch((await welcome.form().submit()).text, /Password <input/);

      const url = new URL("/login", visitor.origin);
      const refused = await fetch(url, { method: "POST", body: new URLSearchParams() });
      assertEquals(refused.status, 403);
      assert((await refused.text()).includes(ROWS.origin));
      const next = await visitor.post("/login", {});
      assert((await next.text()).includes(ROWS.token));
    });
    await t.step("the table of what one sees has these texts", async () => {
      const page = readPage(await Deno.readTextFile(new URL("docs/start.md", ROOT)));
      const cells = page.paragraphs.map(({ text }) => text);
      for (const text of Object.values(ROWS)) assert(cells.includes(`\`${text}\``), text);
    });
    await t.step("the test that docs/testing.md begins with", async () => {
      const testing = await blocksOf("docs/testing.md");
      await app.write("main_test.ts", testing.find(({ info }) => info.startsWith("ts")));
      const command = testing.find(({ info }) => info === "sh")?.text ?? "";
      assertMatch(command, /^deno test --allow-env=/);
      const { told } = await app.run(command, { PASSWORD: "a password of yours" });
      assert(told.includes("ok | 2 passed | 0 failed"), told);
    });
  },
);
