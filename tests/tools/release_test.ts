/**
 * `tools/release.ts`: what the package holds. Whether it compiles and can be published is checked by
 * `deno task release:check`.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { publishedConfig, writePackage, writeRealStd } from "../../tools/release.ts";
import { missingPermission, testUnless } from "../requirements.ts";

const REASON = missingPermission({ name: "read" }, { name: "write" });

function filesOf(folder: URL): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesOf(new URL(`${name}/`, folder)).map((path) => `${name}/${path}`) : [name]
  ).sort();
}

async function inFolder(use: (folder: URL) => Promise<void>): Promise<void> {
  const place = await Deno.makeTempDir();
  try {
    await use(new URL(`file://${place}/made/`));
  } finally {
    await Deno.remove(place, { recursive: true });
  }
}

Deno.test("publishedConfig has no links but those that it is given", () => {
  const config = { name: "x", links: ["./tools/std/http"], publish: { include: ["*.ts"] } };
  const { links: _links, ...rest } = config;
  assertEquals<unknown>(publishedConfig(config), rest);
  assertEquals<unknown>(publishedConfig(config, ["../std/http"]), {
    ...rest,
    links: ["../std/http"],
  });
});

testUnless(
  REASON,
  "writePackage copies the library, and nothing of tools/, tests/ or bench/",
  () =>
    inFolder(async (folder) => {
      await writePackage(folder);
      const files = filesOf(folder);
      assertEquals([...new Set(files.map((path) => path.split("/")[0]))], [
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "configurator.ts",
        "deno.json",
        "lib",
        "mod.ts",
        "parts.ts",
        "session.ts",
        "types.ts",
      ]);
      assert(files.includes("lib/session/stores/memory.ts"));
      const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", folder)));
      assertEquals([config.name, "links" in config], ["@pyramidion/pyramidion", false]);
      const doors = Object.values<string>(config.exports);
      assertEquals(doors.filter((path) => !files.includes(path.slice(2))), []);
      await assertRejects(() => writePackage(folder), Deno.errors.AlreadyExists);
    }),
);

testUnless(
  REASON,
  "writeRealStd has the real declarations, and our versions and sources",
  () =>
    inFolder(async (folder) => {
      assertEquals(await writeRealStd(folder), ["assert", "crypto", "html", "http", "media-types"]);
      const text = (path: string) => Deno.readTextFileSync(new URL(path, folder));
      assert(text("http/status.d.ts").includes("STATUS_CODE"));
      assert(text("http/status.ts").includes("npm:deno-std"));
      assertEquals(JSON.parse(text("http/deno.json")).name, "@std/http");
    }),
);
