import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { chooseCoding, type Coding, findPrecompressed } from "../../lib/static/public_folder.ts";
import { PublicFolder } from "../../lib/static/public_folder.ts";
import { leakFree } from "./leak_free.ts";
import { missingForFiles, missingForLinks, TempFolder } from "./temp_folder.ts";

Deno.test("chooseCoding() takes the most welcome coding that is there", async (t) => {
  const both: Coding[] = ["br", "gzip"];
  const rows: Record<string, [header: string | null, offered: Coding[], Coding | null]> = {
    "no header": [null, both, null],
    "an empty header": ["", both, null],
    "a blank header": [" ", both, null],
    "a browser's": ["gzip, deflate, br, zstd", both, "br"],
    "a browser's, gzip only there": ["gzip, deflate, br, zstd", ["gzip"], "gzip"],
    "a browser's, nothing there": ["gzip, deflate, br, zstd", [], null],
    "an older browser's": ["gzip, deflate", both, "gzip"],
    "gzip more welcome": ["br;q=0.5, gzip", both, "gzip"],
    "br less welcome but alone": ["br;q=0.5", both, "br"],
    "br refused": ["br;q=0, gzip", both, "gzip"],
    "br refused, anything else": ["*, br;q=0", both, "gzip"],
    "both refused": ["br;q=0, gzip;q=0", both, null],
    "anything": ["*", both, "br"],
    "anything refused": ["*;q=0", both, null],
    "the file as it is is more welcome": ["br;q=0.5, gzip;q=0.5, identity", both, null],
    "a coding we do not know": ["zstd", both, null],
    "a longer name": ["brx, xgzip", both, null],
    "more than 1,024 characters": [`br${" ".repeat(1024)}`, both, null],
  };
  for (const [name, [header, offered, coding]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(chooseCoding(header, offered), coding));
  }
});

async function codingsOf(folder: TempFolder, name = "site.css"): Promise<string[]> {
  const files = new PublicFolder(folder.path, { dotfiles: false });
  const original = await files.find([name]);
  if (original === null) throw new Error(`There is no ${name}`);
  return (await findPrecompressed(files, [name], original)).map(({ coding }) => coding);
}

leakFree(missingForFiles, "findPrecompressed() finds .br and .gz beside a file", async (t) => {
  const rows: Record<string, [beside: string[], codings: string[]]> = {
    "nothing": [[], []],
    "both": [["site.css.br", "site.css.gz"], ["br", "gzip"]],
    "one": [["site.css.gz"], ["gzip"]],
    "of another file": [["site.js.br", "site.gz"], []],
    "a folder of that name": [["site.css.br/a"], []],
  };
  for (const [name, [beside, codings]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const files = Object.fromEntries(["site.css", ...beside].map((file) => [file, "text"]));
      await using folder = await TempFolder.with(files);
      assertEquals(await codingsOf(folder), codings);
    });
  }
});

leakFree(
  missingForFiles,
  "findPrecompressed() leaves out what is older than the original",
  async () => {
    await using folder = await TempFolder.with({
      "site.css": "text",
      "site.css.br": "old",
      "site.css.gz": "new",
    });
    await folder.changed("site.css", "2026-01-02T03:04:05.900Z");
    await folder.changed("site.css.br", "2026-01-02T03:04:04.900Z");
    await folder.changed("site.css.gz", "2026-01-02T03:04:05.100Z");
    assertEquals(await codingsOf(folder), ["gzip"]);
  },
);

leakFree(missingForLinks, "findPrecompressed() leaves out links that lead outside", async () => {
  await using outside = await TempFolder.with({ "secret": "secret" });
  await using folder = await TempFolder.with({ "site.css": "text" });
  await Deno.symlink(outside.at("secret"), folder.at("site.css.br"));
  assertEquals(await codingsOf(folder), []);
});
