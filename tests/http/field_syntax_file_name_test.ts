import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { safeFileName } from "../../lib/http/field_syntax.ts";
import { testWithVectors } from "../vectors.ts";

Deno.test("safeFileName() leaves a name and never a path", async (t) => {
  const rows: Record<string, [given: string, name: string]> = {
    "a plain name": ["a.png", "a.png"],
    "spaces and letters of all kinds": ["naïve 😀.png", "naïve 😀.png"],
    "up and away": ["../../x", "x"],
    "an absolute path": ["/etc/passwd", "passwd"],
    "a Windows path": ["C:\\x", "x"],
    "both separators": ["a/b\\c", "c"],
    "both separators, the other way": ["a\\b/c", "c"],
    "a separator at the end": ["a/", ""],
    "one dot": [".", ""],
    "two dots": ["..", ""],
    "two dots after a path": ["a/..", ""],
    "two dots with NUL between": [".\0.", ""],
    "three dots": ["...", "..."],
    "a hidden file": [".htaccess", ".htaccess"],
    "NUL": ["a\0.png", "a.png"],
    "line breaks": ["a\r\nb\u0085c\u2028d", "abcd"],
    "writing turned round": ["cod\u202Egnp.exe", "codgnp.exe"],
    "encoded dots stay what they are": ["%2e%2e%2fx", "%2e%2e%2fx"],
    "5,000 characters": ["a".repeat(5_000), "a".repeat(255)],
    "an emoji across the limit": ["a".repeat(254) + "😀", "a".repeat(254) + "\ufffd"],
    "a lone surrogate": ["a\ud800", "a\ufffd"],
    "nothing": ["", ""],
  };
  for (const [name, [given, expected]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(safeFileName(given), expected));
  }
});

testWithVectors("safeFileName() keeps its promise for each naughty string", "blns.json", (all) => {
  assert(Array.isArray(all) && all.length > 500);
  for (const given of all) {
    const name = safeFileName(String(given));
    assert(name.length <= 255 && !/[/\\\p{Cc}]/u.test(name) && name.isWellFormed(), given);
    assertEquals(safeFileName(name), name);
  }
});
