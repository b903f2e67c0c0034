/**
 * README.md: its first example is short, safe to copy, and runs as the page says.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { TestClient } from "@pyramidion/pyramidion/testing";
import { missingPermission, testUnless } from "../requirements.ts";
import { blocksOf, missingForTyping, TypedApp } from "./typed_app.ts";

const PASSWORD = "a password of yours";

const missing = missingPermission({ name: "read" });

testUnless(missing, "README's first example has at most 25 lines", async () => {
  const [example] = await blocksOf("README.md");
  const lines = example?.text.split("\n") ?? [];
  assert(lines.length > 1 && lines.length <= 25, `${lines.length} lines`);
});

testUnless(
  missingForTyping,
  "README's first example, installed from a checkout, gives what the page shows",
  async (t) => {
    const blocks = await blocksOf("README.md");
    await using app = await TypedApp.beside();
    await app.write("deno.json", blocks.find(({ info }) => info === "json"));
    await app.write("main.ts", blocks.find(({ info }) => info === "ts"));
    const origin = await app.serve(blocks.find(({ info }) => info === "sh"));
    const visitor = new TestClient({ fetch: (request) => fetch(request) }, { origin });

    await t.step("it signs in by a form with a token, and out the same way", async () => {
      const failed = await (await visitor.open("/")).form().submit({ password: "guessed" });
      assertMatch(failed.text, /Password <input/);
      const before = visitor.cookie("session");
      const welcome = await failed.form().submit({ password: PASSWORD });
      assertMatch(welcome.text, /^ada .*Sign out/);
      const signedIn = visitor.cookie("session");
      assertEquals(signedIn === before, false);
      assertMatch((await welcome.form().submit()).text, /Password <input/);

      const cookie = `session=${signedIn}`;
      const thief = new TestClient({ fetch: (request) => fetch(request) }, {
        origin,
        headers: { cookie },
      });
      assertMatch((await thief.open("/")).text, /Password <input/);
    });
    await t.step("it does nothing by GET, and refuses a POST without a token", async () => {
      const answers = [
        await visitor.get("/logout"),
        await visitor.post("/", new URLSearchParams({ password: PASSWORD })),
        await visitor.post("/logout", ""),
      ];
      for (const answer of answers) await answer.body?.cancel();
      assertEquals(answers.map(({ status }) => status), [405, 403, 403]);
    });
  },
);
