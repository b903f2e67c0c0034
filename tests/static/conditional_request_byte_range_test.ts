import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { byteRange } from "../../lib/static/conditional_request.ts";

Deno.test("byteRange() reads one range of 1,000 bytes", async (t) => {
  const rows: Record<string, [header: string, first: number, last: number]> = {
    "the first byte": ["bytes=0-0", 0, 0],
    "two ends": ["bytes=200-299", 200, 299],
    "from somewhere": ["bytes=999-", 999, 999],
    "everything": ["bytes=0-", 0, 999],
    "the last bytes": ["bytes=-1", 999, 999],
    "more last bytes than there are": ["bytes=-5000", 0, 999],
    "an end behind the end": ["bytes=500-5000", 500, 999],
    "an end beyond all numbers": [`bytes=1-${"9".repeat(400)}`, 1, 999],
    "the unit in capitals": ["BYTES=1-2", 1, 2],
    "a space": ["bytes= 1-2", 1, 2],
    "zeros in front": ["bytes=0001-0002", 1, 2],
  };
  for (const [name, [header, first, last]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(byteRange(header, 1000), { first, last }));
  }
});

Deno.test("byteRange() is unsatisfiable where nothing of the range is there", async (t) => {
  const rows: Record<string, string> = {
    "from the end": "bytes=1000-",
    "behind the end": "bytes=1000-2000",
    "beyond all numbers": `bytes=${"9".repeat(400)}-`,
    "the last 0 bytes": "bytes=-0",
  };
  for (const [name, header] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(byteRange(header, 1000), "unsatisfiable"));
  }
});

Deno.test("byteRange() is the whole file for what is not one range of bytes", async (t) => {
  const rows: Record<string, string | null> = {
    "no header": null,
    "empty": "",
    "no range": "bytes=",
    "no numbers": "bytes=-",
    "an end before the beginning": "bytes=5-4",
    "an end before the beginning, behind the end": "bytes=5000-4000",
    "several": "bytes=0-0,2-2",
    "another unit": "lines=0-5",
    "a sign": "bytes=+1-2",
    "a negative": "bytes=--1",
    "a fraction": "bytes=1.5-2",
    "hexadecimal": "bytes=0x1-2",
    "text behind it": "bytes=0-1x",
    "other digits": "bytes=١-٢",
    "64 KB of spaces": `bytes=${" ".repeat(65_536)}x`,
  };
  for (const [name, header] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(byteRange(header, 1000), "whole"));
  }
});

Deno.test("byteRange() is the whole of an empty file, whatever is asked", () => {
  for (const header of ["bytes=0-", "bytes=-5", "bytes=0-0", "bytes=7-"]) {
    assertEquals(byteRange(header, 0), "whole", header);
  }
});
