/**
 * `relativeLocation`: places as a person at a terminal writes them.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { fileUrl, relativeLocation } from "../../lib/cli/source_locations.ts";

Deno.test("relativeLocation tells a place from the folder", async (t) => {
  const rows: Record<string, [place: string, folder: string, told: string]> = {
    "below": ["file:///app/src/views.ts:12", "/app", "src/views.ts:12"],
    "in it": ["file:///app/views.ts:12", "/app", "views.ts:12"],
    "beside": ["file:///home/a/lib/views.ts:1", "/home/a/app", "../lib/views.ts:1"],
    "elsewhere": ["file:///srv/views.ts:1", "/home/app", "/srv/views.ts:1"],
    "a folder of the same beginning": ["file:///app2/a.ts:1", "/app", "/app2/a.ts:1"],
    "a file where the folder should be": ["file:///srv/app", "/srv/app", "../app"],
    "the root": ["file:///views.ts:1", "/", "views.ts:1"],
    "blanks and signs": ["file:///my%20app/%23a.ts:1", "/my app", "#a.ts:1"],
    "the network": [
      "https://modules.test/@a/b/1.0.0/mod.ts:3",
      "/app",
      "https://modules.test/@a/b/1.0.0/mod.ts:3",
    ],
    "nowhere": ["an unknown place", "/app", "an unknown place"],
  };
  for (const [name, [place, folder, told]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(relativeLocation(place, folder), told));
  }
});

Deno.test("fileUrl is where a path leads from the folder", async (t) => {
  const rows: Record<string, [path: string, folder: string, url: string]> = {
    "a name": ["app.ts", "/app", "file:///app/app.ts"],
    "with a dot": ["./app.ts", "/app", "file:///app/app.ts"],
    "upwards": ["../a.ts", "/app/x", "file:///app/a.ts"],
    "absolute": ["/srv/a.ts", "/app", "file:///srv/a.ts"],
    "signs that URLs know": ["a#b?c%20.ts", "/my app", "file:///my%20app/a%23b%3Fc%2520.ts"],
    "Windows": ["C:\\app\\a.ts", "C:\\", "file:///C:/app/a.ts"],
    "a URL": ["https://a.test/app.ts", "/app", "https://a.test/app.ts"],
    "a package": ["jsr:@a/b", "/app", "jsr:@a/b"],
  };
  for (const [name, [path, folder, url]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(fileUrl(path, folder).href, url));
  }
});
