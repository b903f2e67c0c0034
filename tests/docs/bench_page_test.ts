/**
 * `bench/README.md` and the chart of `docs/performance.md` are what the bench writes.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { writeDocumentation } from "../../bench/report/documentation.ts";
import { missingPermission, testUnless } from "../requirements.ts";
import { readPage, sentences, wordsOf } from "./prose.ts";
import { ROOT } from "./typed_app.ts";

const WRITTEN = ["bench/README.md", "docs/performance.svg"];

testUnless(
  missingPermission({ name: "read" }, { name: "write" }, {
    name: "run",
    command: Deno.execPath(),
  }),
  "writeDocumentation() writes the tables and the chart of the stored results, and nothing else",
  async () => {
    const folder = await Deno.makeTempDir();
    const root = new URL(`file://${folder}/`);
    try {
      await Deno.mkdir(`${folder}/bench`);
      await Deno.mkdir(`${folder}/docs`);
      for (const file of WRITTEN) {
        const text = await Deno.readTextFile(new URL(file, ROOT));
        // The figures go, their places stay.
        const empty = text.replace(/(<!-- bench:\S+ -->).*?(?=<!-- \/bench)/gs, "$1\n");
        await Deno.writeTextFile(new URL(file, root), file.endsWith(".md") ? empty : "");
      }
      await writeDocumentation(new URL("bench/results/", ROOT), root);
      for (const file of WRITTEN) {
        assertEquals(
          await Deno.readTextFile(new URL(file, root)),
          await Deno.readTextFile(new URL(file, ROOT)),
          file,
        );
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

testUnless(
  missingPermission({ name: "read" }),
  "docs/performance.md has at most 250 words",
  async () => {
    const { paragraphs } = readPage(
      await Deno.readTextFile(new URL("docs/performance.md", ROOT)),
    );
    const words = paragraphs.flatMap(({ text }) => sentences(text)).map(wordsOf);
    const sum = words.reduce((all, one) => all + one, 0);
    assert(sum > 0 && sum <= 250, `${sum} words`);
  },
);
