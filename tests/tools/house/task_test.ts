/**
 * `deno task house` on this checkout.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertRejects } from "jsr:@std/assert@^1.0.0";
import { CopiedTree } from "../../../tools/house/copied_tree.ts";
import { measureTrips } from "../../../tools/house/trips.ts";
import { missingPermission, testUnless } from "../../requirements.ts";

const ROOT = new URL("../../../", import.meta.url).pathname.replace(/\/$/, "");

const reason = missingPermission({ name: "read" }, { name: "write" }, { name: "run" });

testUnless(
  reason,
  "measureTrips() is the same each time, a longer trip is longer, and a remembered cookie is not verified",
  async () => {
    const [trips, again] = await Promise.all([measureTrips(ROOT), measureTrips(ROOT)]);
    assertEquals(trips, again);
    assertEquals(Object.keys(trips), [
      "a GET without a session",
      "a GET with a remembered session",
      "a POST that writes the session",
      "a 404",
      "a thrown error",
      "an addView with two predicates",
      "the makeApp of that view",
    ]);
    for (const [name, { files, moves, returns, opened }] of Object.entries(trips)) {
      assert(files > 1, name);
      assertEquals(moves, files + returns, name);
      assertEquals(moves, Object.values(opened).reduce((sum, times) => sum + times, 0), name);
      assert(Object.keys(opened).every((file) => /^(?:lib\/.+|[a-z]+)\.ts$/.test(file)), name);
    }
    const files = (name: string) => trips[name]?.files ?? NaN;
    assert(files("a GET without a session") < files("a GET with a remembered session"));
    assert(files("a GET with a remembered session") < files("a POST that writes the session"));
    assert(trips["a GET with a remembered session"]?.opened["session.ts"] !== undefined);
    assertEquals(trips["a GET without a session"]?.opened["session.ts"], undefined);
    const signs = (name: string) =>
      Object.keys(trips[name]?.opened ?? {}).some((file) => /hmac/.test(file));
    assertEquals(Object.keys(trips).filter(signs), ["a POST that writes the session"]);
  },
);

testUnless(
  reason,
  "CopiedTree is gone once it is disposed of, also where its program fails",
  async () => {
    let folder = "";
    await assertRejects(
      async () => {
        await using copy = await CopiedTree.of(
          ROOT,
          (text) => `throw new Error("planted"); ${text}`,
        );
        folder = copy.folder;
        await copy.run("first_answer.ts");
      },
      Error,
      "planted",
    );
    await assertRejects(() => Deno.stat(folder), Deno.errors.NotFound);
  },
);

testUnless(
  reason,
  "deno task house prints the figures, and says what is no checkout",
  async (t) => {
    const run = async (...words: string[]) => {
      const { code, stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["task", "--quiet", "house", ...words],
        cwd: ROOT,
        env: { NO_COLOR: "1" },
      }).output();
      return [code, new TextDecoder().decode(stdout)] as const;
    };
    await t.step("this one as JSON", async () => {
      const [code, text] = await run("--json", "--rounds=1");
      assertEquals(code, 0, text);
      const { houses: [house, ...others], starts } = JSON.parse(text);
      assertEquals(others, []);
      assert(house.figures.all.files > house.figures.rooms["lib/static"].files);
      assert(house.modules.all > house.modules.ours && house.modules.ours > 3);
      assert(house.trips["a 404"].files > 1);
      assert(starts.milliseconds[0] > 0 && starts.toBare[0] > 0);
      assertEquals(starts.toFirst, [1]);
    });
    await t.step("a folder without the library", async () => {
      const [code, text] = await run("tools");
      assertEquals(code, 2);
      assertMatch(text, /^Cannot measure "tools": /);
    });
  },
);
