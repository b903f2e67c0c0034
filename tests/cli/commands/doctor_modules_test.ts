/**
 * `localModules`: the files that an app is written in.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { localModules } from "../../../lib/cli/commands/doctor_modules.ts";
import { missingPermission, testUnless } from "../../requirements.ts";
import { withFiles } from "../../temporary_files.ts";

const missing = missingPermission({ name: "read" }, { name: "write" });

testUnless(missing, "localModules follows imports within the machine, each file once", async () => {
  const files = {
    "app.ts": `import a from "./lib/a.ts";
import'./b.js?x#y'; export * from "./c.mts";
import type { D } from './d.tsx';
import page from "./page.html" with { type: "text" };
await import("./late.ts");
import "https://modules.test/x.ts"; import "//modules.test/y.ts"; import z from "npm:z";
// from "./gone.ts"
import data from "./data.json" with { type: "json" };`,
    "lib/a.ts": 'import "../app.ts"; import {\n  x,\n} from "../e.jsx";',
    "b.js": "",
    "c.mts": "",
    "d.tsx": "",
    "e.jsx": 'export { x } from "./f.mjs";',
    "f.mjs": "",
    "late.ts": "",
    "data.json": "",
    "page.html": 'from "./late.ts"',
  };
  await withFiles(files, async (folder) => {
    const url = `file://${folder}/`;
    const { read, unread } = await localModules([
      `${url}app.ts`,
      `${url}app.ts`,
      "https://modules.test/app.ts",
      "file://server/share/app.ts",
      "data:text/javascript,app.ts",
      "an unknown place",
      new URL("../../../lib/cli/commands/doctor.ts", import.meta.url).href,
    ]);
    assertEquals(
      read.map((one) => one.url.replace(url, "")),
      "app.ts lib/a.ts b.js c.mts d.tsx page.html e.jsx f.mjs".split(" "),
    );
    assertEquals(read.filter(({ isHtml }) => isHtml).length, 1);
    assertEquals(unread, []);
  });
});

testUnless(missing, "localModules reads 500 files, and of each 1 MiB", async () => {
  const names = Array.from({ length: 502 }, (_, at) => `m${at}.ts`);
  const files = {
    "app.ts": ["large.ts", "exact.ts", "folder.ts", ...names].map((name) => `import "./${name}";`)
      .join("\n"),
    "large.ts": "x".repeat(1_048_577),
    "exact.ts": "x".repeat(1_048_576),
    "folder.ts/x": "",
    ...Object.fromEntries(names.map((name) => [name, ""])),
  };
  await withFiles(files, async (folder) => {
    const url = `file://${folder}/`;
    const { read, unread } = await localModules([`${url}app.ts`, `${url}gone.ts`]);
    assertEquals([read.length, read.at(-1)?.url], [500, `${url}m497.ts`]);
    assertEquals(unread.map(({ place, because }) => [place.replace(url, ""), because]), [
      ["gone.ts", "not found"],
      ["large.ts", "larger than 1 MiB"],
      ["folder.ts", "not a file"],
      ...[498, 499, 500, 501].map((at) => [`m${at}.ts`, "more than 500 files"]),
    ]);
  });
});
