/**
 * `parseCookieDate` against the published examples and the edges of its grammar.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { parseCookieDate } from "../../lib/testing/set_cookie.ts";
import { testWithVectors } from "../vectors.ts";

interface DateCase {
  test: string;
  expected: string | null;
}

function isDateCase(value: unknown): value is DateCase {
  return typeof value === "object" && value !== null && "test" in value &&
    typeof value.test === "string" && "expected" in value &&
    (value.expected === null || typeof value.expected === "string");
}

testWithVectors(
  "parseCookieDate reads the dates of the http-state suite",
  "http-state_dates_examples.json",
  async (vectors, t) => {
    assert(Array.isArray(vectors) && vectors.length === 15);
    for (const vector of vectors) {
      assert(isDateCase(vector));
      await t.step(vector.test, () => {
        const time = parseCookieDate(vector.test);
        assertEquals(time === null ? null : new Date(time).toUTCString(), vector.expected);
      });
    }
  },
);

Deno.test("parseCookieDate keeps the bounds of RFC 6265bis, section 5.1.1", async (t) => {
  const rows: Record<string, [text: string, iso: string | null]> = {
    "parts in any order": ["2030 12:00:00 Feb 1", "2030-02-01T12:00:00.000Z"],
    "no delimiter but letters after digits": [
      "1st Feb 2030AD 12:00:00Z",
      "2030-02-01T12:00:00.000Z",
    ],
    "months by three letters in any case": ["1 fEbRuary 2030 12:00:00", "2030-02-01T12:00:00.000Z"],
    "two digits from 70 are the 1900s": ["1 Jan 70 00:00:00", "1970-01-01T00:00:00.000Z"],
    "two digits to 69 are the 2000s": ["1 Jan 69 00:00:00", "2069-01-01T00:00:00.000Z"],
    "the year 1601": ["1 Jan 1601 00:00:00", "1601-01-01T00:00:00.000Z"],
    "the year 1600": ["1 Jan 1600 00:00:00", null],
    "a year of three digits": ["1 Jan 203 00:00:00", null],
    "a year of five digits": ["1 Jan 20300 00:00:00", null],
    "a leap day": ["29 Feb 2028 00:00:00", "2028-02-29T00:00:00.000Z"],
    "a leap day of another year": ["29 Feb 2030 00:00:00", null],
    "31 April": ["31 Apr 2030 00:00:00", null],
    "day 0": ["0 Apr 2030 00:00:00", null],
    "day 32": ["32 Apr 2030 00:00:00", null],
    "hour 24": ["1 Apr 2030 24:00:00", null],
    "minute 60": ["1 Apr 2030 00:60:00", null],
    "second 60": ["1 Apr 2030 00:00:60", null],
    "a fraction of a second": ["1 Apr 2030 00:00:01.500", "2030-04-01T00:00:01.000Z"],
    "hours of three digits": ["1 Apr 2030 012:00:00", null],
    "no time": ["1 Apr 2030", null],
    "no day": ["Apr 2030 00:00:00", null],
    "no month": ["1 2030 00:00:00", null],
    "no year": ["1 Apr 00:00:00", null],
    "the first time counts": ["1 Apr 2030 01:00:00 02:00:00", "2030-04-01T01:00:00.000Z"],
    "nothing": ["", null],
    "a line feed is no delimiter": ["1\nApr 2030 00:00:00", null],
  };
  for (const [name, [text, iso]] of Object.entries(rows)) {
    await t.step(name, () => {
      const time = parseCookieDate(text);
      assertEquals(time === null ? null : new Date(time).toISOString(), iso);
    });
  }
});
