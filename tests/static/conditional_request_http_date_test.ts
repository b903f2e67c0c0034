import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { parseHttpDate } from "../../lib/static/conditional_request.ts";

const now = Date.UTC(2026, 0, 1);
const known = Date.UTC(1994, 10, 6, 8, 49, 37);

Deno.test("parseHttpDate() reads the three formats of RFC 9110", async (t) => {
  const rows: Record<string, [text: string, time: number]> = {
    "the one in use": ["Sun, 06 Nov 1994 08:49:37 GMT", known],
    "RFC 850": ["Sunday, 06-Nov-94 08:49:37 GMT", known],
    "RFC 850 on a Wednesday": ["Wednesday, 01-Jan-25 00:00:00 GMT", Date.UTC(2025, 0, 1)],
    "RFC 850, 50 years ahead": ["Wednesday, 01-Jan-76 00:00:00 GMT", Date.UTC(2076, 0, 1)],
    "RFC 850, 51 years ahead": ["Saturday, 01-Jan-77 00:00:00 GMT", Date.UTC(1977, 0, 1)],
    "asctime": ["Sun Nov  6 08:49:37 1994", known],
    "asctime with two digits": ["Wed Nov 16 08:49:37 1994", known + 10 * 86_400_000],
  };
  for (const [name, [text, time]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(parseHttpDate(text, now), time));
  }
});

Deno.test("parseHttpDate() is null for what is no date of HTTP", async (t) => {
  const texts = [
    "",
    "0",
    "2020",
    "1994-11-06T08:49:37Z",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov 1994 08:49:37 CET",
    "Sun, 06 Nov 1994 08:49:37 +0000",
    "sun, 06 nov 1994 08:49:37 gmt",
    "Mon, 06 Nov 1994 08:49:37 GMT",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "Wed, 30 Feb 2022 00:00:00 GMT",
    "Sun, 06 Nov 1994 24:00:00 GMT",
    "Sun, 06 Nov 1994 08:49:60 GMT",
    "Sun, 06 Nov 1994 08:49:37 GMT; length=5",
    `Sun, 06 Nov 1994 08:49:37 GMT${" ".repeat(65_536)}x`,
  ];
  for (const text of texts) {
    await t.step(`"${text.slice(0, 40)}"`, () => assertEquals(parseHttpDate(text, now), null));
  }
});
