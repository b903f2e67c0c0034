import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { evaluateConditions, mayContinue } from "../../lib/static/conditional_request.ts";

const date = "Fri, 02 Jan 2026 03:04:05 GMT";
const earlier = "Fri, 02 Jan 2026 03:04:04 GMT";
const later = "Fri, 02 Jan 2026 03:04:06 GMT";
const file = { etag: 'W/"5-abc"', lastModified: Date.parse(date) };
const timeless = { etag: null, lastModified: null };

Deno.test("evaluateConditions() follows RFC 9110, section 13.2.2", async (t) => {
  const rows: Record<string, [headers: Record<string, string>, outcome: string]> = {
    "no condition": [{}, "proceed"],
    "If-None-Match, our tag": [{ "if-none-match": 'W/"5-abc"' }, "not-modified"],
    "If-None-Match compares weakly": [{ "if-none-match": '"5-abc"' }, "not-modified"],
    "If-None-Match, ours among others": [{ "if-none-match": '"x" , W/"5-abc",' }, "not-modified"],
    "If-None-Match, anything": [{ "if-none-match": "*" }, "not-modified"],
    "If-None-Match, another": [{ "if-none-match": '"5-abd"' }, "proceed"],
    "If-None-Match, a part of ours": [{ "if-none-match": '"5-ab"' }, "proceed"],
    "If-None-Match, empty": [{ "if-none-match": "" }, "proceed"],
    "If-None-Match, garbage": [{ "if-none-match": '5-abc, "' }, "proceed"],
    "If-Modified-Since, the same": [{ "if-modified-since": date }, "not-modified"],
    "If-Modified-Since, later": [{ "if-modified-since": later }, "not-modified"],
    "If-Modified-Since, earlier": [{ "if-modified-since": earlier }, "proceed"],
    "If-Modified-Since, no date": [{ "if-modified-since": "2030" }, "proceed"],
    "If-None-Match goes before If-Modified-Since": [
      { "if-none-match": '"other"', "if-modified-since": later },
      "proceed",
    ],
    "If-Match, anything": [{ "if-match": "*" }, "proceed"],
    "If-Match compares strongly": [{ "if-match": 'W/"5-abc"' }, "failed"],
    "If-Match, the opaque part of ours": [{ "if-match": '"5-abc"' }, "failed"],
    "If-Match, another": [{ "if-match": '"x"' }, "failed"],
    "If-Match, empty": [{ "if-match": "" }, "failed"],
    "If-Unmodified-Since, the same": [{ "if-unmodified-since": date }, "proceed"],
    "If-Unmodified-Since, earlier": [{ "if-unmodified-since": earlier }, "failed"],
    "If-Unmodified-Since, no date": [{ "if-unmodified-since": "yesterday" }, "proceed"],
    "If-Match goes before If-Unmodified-Since": [
      { "if-match": "*", "if-unmodified-since": earlier },
      "proceed",
    ],
    "If-Match goes before If-None-Match": [
      { "if-match": '"x"', "if-none-match": 'W/"5-abc"' },
      "failed",
    ],
    "If-Match holds, If-None-Match does not": [
      { "if-match": "*", "if-none-match": 'W/"5-abc"' },
      "not-modified",
    ],
    "If-Unmodified-Since goes before If-Modified-Since": [
      { "if-unmodified-since": earlier, "if-modified-since": later },
      "failed",
    ],
    "If-None-Match, 64 KB of spaces": [
      { "if-none-match": `"x"${" ".repeat(65_536)}"y"` },
      "proceed",
    ],
    "If-None-Match, 64 KB of commas": [{ "if-none-match": ",".repeat(65_536) }, "proceed"],
  };
  for (const [name, [headers, outcome]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(evaluateConditions(new Headers(headers), file), outcome));
  }
});

Deno.test("evaluateConditions() of a file without validators ignores dates and matches only `*`", () => {
  const judge = (headers: Record<string, string>) =>
    evaluateConditions(new Headers(headers), timeless);
  assertEquals(judge({ "if-modified-since": later }), "proceed");
  assertEquals(judge({ "if-unmodified-since": earlier }), "proceed");
  assertEquals(judge({ "if-none-match": '"x"' }), "proceed");
  assertEquals(judge({ "if-none-match": "*" }), "not-modified");
  assertEquals(judge({ "if-match": "*" }), "proceed");
  assertEquals(judge({ "if-match": '"x"' }), "failed");
});

Deno.test("mayContinue() sends a range only to those who have the rest of the same version", async (t) => {
  const now = Date.parse(later);
  const rows: Record<string, [header: string | null, allowed: boolean]> = {
    "no If-Range": [null, true],
    "our date": [date, true],
    "an earlier date": [earlier, false],
    "a later date": [later, false],
    "our tag, which is weak": ['W/"5-abc"', false],
    "the opaque part of ours": ['"5-abc"', false],
    "no date": ["2026", false],
    "empty": ["", false],
  };
  for (const [name, [header, allowed]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(mayContinue(header, file, now), allowed));
  }
  await t.step("our date while its second lasts", () => {
    assertEquals(mayContinue(date, file, Date.parse(date) + 999), false);
  });
  await t.step(
    "a file without a date",
    () => assertEquals(mayContinue(date, timeless, now), false),
  );
});
