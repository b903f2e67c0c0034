import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { contentHash, FileHashes, MAX_HASHED_BYTES } from "../../lib/static/file_hashes.ts";
import type { FoundFile } from "../../lib/static/public_folder.ts";
import { leakFree } from "./leak_free.ts";
import { missingForFiles, TempFolder } from "./temp_folder.ts";

Deno.test("contentHash() gives the known answers of FNV-1a, 64 bits", async (t) => {
  const rows: Record<string, [text: string, hash: string]> = {
    "nothing": ["", "cbf29ce484222325"],
    "one letter": ["a", "af63dc4c8601ec8c"],
    "six letters": ["foobar", "85944171f73967e8"],
    "a line": ["chongo was here!\n", "46810940eff5f915"],
  };
  for (const [name, [text, hash]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(contentHash(new TextEncoder().encode(text)), hash));
  }
});

Deno.test("contentHash() is that of plain arithmetic for bytes of every value", () => {
  let plain = 0xcbf29ce484222325n;
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7) & 255);
  for (const byte of bytes) plain = BigInt.asUintN(64, (plain ^ BigInt(byte)) * 0x100000001b3n);
  assertEquals(contentHash(bytes), plain.toString(16).padStart(16, "0"));
});

const A = "af63dc4c8601ec8c";
const B = "af63df4c8601f1a5";

async function found(folder: TempFolder, name: string): Promise<FoundFile> {
  return { path: folder.at(name), info: await Deno.stat(folder.at(name)) };
}

leakFree(missingForFiles, "FileHashes reads a version once, and a changed file again", async () => {
  await using folder = await TempFolder.with({ "a.css": "a" });
  await folder.changed("a.css", "2026-01-01");
  const hashes = new FileHashes();
  const first = await found(folder, "a.css");
  assertEquals([hashes.lastOf(first.path), hashes.of(first)], [undefined, A]);
  // The same size and time: the file is not read again.
  await folder.write("a.css", "b");
  await folder.changed("a.css", "2026-01-01");
  assertEquals(hashes.of(await found(folder, "a.css")), A);
  assertEquals(await hashes.matches(await found(folder, "a.css"), A), true);
  await folder.changed("a.css", "2026-01-02");
  const later = await found(folder, "a.css");
  assertEquals(await hashes.matches(later, A), false);
  assertEquals(await hashes.matches(later, B), true);
  assertEquals([hashes.lastOf(later.path), hashes.of(later)], [B, B]);
});

leakFree(missingForFiles, "FileHashes.matches() reads nothing for what is no hash", async (t) => {
  const rows: Record<string, [stated: string, size: number]> = {
    "nothing": ["", 1],
    "in capitals": [A.toUpperCase(), 1],
    "too short": [A.slice(1), 1],
    "too long": [`${A}0`, 1],
    "a megabyte": ["a".repeat(1 << 20), 1],
    "a file that is too large": [A, MAX_HASHED_BYTES + 1],
  };
  await using folder = await TempFolder.with({ "a.css": "a" });
  const { info } = await found(folder, "a.css");
  for (const [name, [stated, size]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const absent = { path: folder.at("absent"), info: { ...info, size } };
      assertEquals(await new FileHashes().matches(absent, stated), false);
    });
  }
});

leakFree(missingForFiles, "FileHashes gives no hash of more than 4 MiB", async () => {
  await using folder = await TempFolder.with({ "a.css": "a" });
  const { info, path } = await found(folder, "a.css");
  const sized = (size: number) => new FileHashes().of({ path, info: { ...info, size } });
  assertEquals([MAX_HASHED_BYTES, sized(MAX_HASHED_BYTES)], [4_194_304, A]);
  assertEquals(sized(MAX_HASHED_BYTES + 1), null);
});

leakFree(missingForFiles, "FileHashes keeps no hash of a file that grew meanwhile", async () => {
  await using folder = await TempFolder.with({ "a.css": "a" });
  const hashes = new FileHashes();
  const { info, path } = await found(folder, "a.css");
  assertEquals(hashes.of({ path, info: { ...info, size: 0 } }), A);
  assertEquals(hashes.lastOf(path), undefined);
});
