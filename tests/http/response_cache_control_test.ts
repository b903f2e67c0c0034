import { assertEquals } from "jsr:@std/assert@^1.0.0";
import {
  addPrivate,
  type CacheSharing,
  cacheSharing,
  makePrivate,
} from "../../lib/http/response.ts";

Deno.test("cacheSharing() says who may store a response", async (t) => {
  const rows: Record<string, [cacheControl: string | null, sharing: CacheSharing]> = {
    "nothing said": [null, "unstated"],
    "said, but nothing": ["", "shared"],
    "public": ["public, max-age=3600", "shared"],
    "only max-age": ["max-age=60", "shared"],
    "s-maxage": ["s-maxage=60", "shared"],
    "no-cache may be stored": ["no-cache", "shared"],
    "immutable": ["max-age=1, immutable", "shared"],
    "private": ["private", "private"],
    "no-store": ["no-store", "private"],
    "private in capitals": ["PRIVATE", "private"],
    "No-Store in a list": ["max-age=0,\tNo-Store\t", "private"],
    "private after public": ["public, private", "private"],
    "private for one field only": ['private="set-cookie", max-age=60', "shared"],
    "a longer word": ["x-private, no-stored", "shared"],
    "private within quotes": ['ext="a, private"', "shared"],
    "no-store after quotes": ['ext="a, b", no-store', "private"],
    "a quote that is escaped": ['ext="a\\", private, b"', "shared"],
    "a quote that does not end": ['ext=", private', "shared"],
    "a backslash outside quotes": ["a\\, private", "private"],
    "commas": [",,,private,,", "private"],
    "a no-break space is not whitespace": ["\u00a0private", "shared"],
    "64 KB of commas": [",".repeat(65_536), "shared"],
    "64 KB of quotes": ['"'.repeat(65_536) + ",private", "private"],
    "64 KB of backslashes in quotes": ['"' + "\\".repeat(65_536), "shared"],
  };
  for (const [name, [value, sharing]] of Object.entries(rows)) {
    await t.step(name, () => {
      const headers = new Headers(value === null ? {} : { "cache-control": value });
      assertEquals(cacheSharing(headers), sharing);
    });
  }
  await t.step("two headers", () => {
    const headers = new Headers([["cache-control", "public"], ["cache-control", "private"]]);
    assertEquals(cacheSharing(headers), "private");
  });
});

type Row = [name: string, [headers: Record<string, string>, sharing: CacheSharing]];

const VENDORS = [
  "CDN",
  "Akamai",
  "Cloudflare-CDN",
  "Deno-CDN",
  "Netlify-CDN",
  "Vercel-CDN",
  "X-LiteSpeed",
  "Somebody-Else",
];

Deno.test("cacheSharing() sees what is said to a CDN alone", async (t) => {
  const rows: Record<string, [headers: Record<string, string>, sharing: CacheSharing]> = {
    "the CDN may, others may not": [
      { "cache-control": "private", "cdn-cache-control": "max-age=60" },
      "shared",
    ],
    "a surrogate may": [{ "surrogate-control": "max-age=60" }, "shared"],
    "the CDN may not, others may": [
      { "cache-control": "public", "cdn-cache-control": "no-store" },
      "shared",
    ],
    "nobody may": [{ "cache-control": "private", "cdn-cache-control": "no-store" }, "private"],
    "nginx may": [{ "cache-control": "private", "x-accel-expires": "60" }, "shared"],
    "nginx may until a time": [{ "cache-control": "private", "x-accel-expires": "@1" }, "shared"],
    "nginx may not": [{ "cache-control": "private", "x-accel-expires": "0" }, "private"],
    "Edge-Control may": [{ "cache-control": "private", "edge-control": "max-age=60" }, "shared"],
    ...Object.fromEntries(VENDORS.map((vendor): Row => [
      `${vendor} may`,
      [{ "cache-control": "private", [`${vendor}-cache-control`]: "max-age=60" }, "shared"],
    ])),
    "the CDN may not, the rest is unsaid": [{ "cdn-cache-control": "no-store" }, "unstated"],
  };
  for (const [name, [headers, sharing]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(cacheSharing(new Headers(headers)), sharing));
  }
});

Deno.test("makePrivate() replaces whatever was said, to CDNs too", () => {
  const headers = new Headers({
    "cache-control": "public, max-age=3600",
    "cdn-cache-control": "max-age=60",
    "surrogate-control": "max-age=60",
    "edge-control": "max-age=60",
    "x-accel-expires": "60",
    ...Object.fromEntries(VENDORS.map((vendor) => [`${vendor}-cache-control`, "max-age=60"])),
    "etag": '"a"',
  });
  makePrivate(headers);
  assertEquals([...headers], [["cache-control", "private, no-store"], ["etag", '"a"']]);
  assertEquals(cacheSharing(headers), "private");
});

Deno.test("addPrivate() speaks only where nothing was said", () => {
  const silent = new Headers();
  addPrivate(silent);
  assertEquals(silent.get("cache-control"), "private");
  const stated = new Headers({ "cache-control": "public" });
  addPrivate(stated);
  assertEquals(stated.get("cache-control"), "public");
});
