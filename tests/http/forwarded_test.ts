/**
 * What proxies write: lists, `Forwarded` and schemes.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import {
  claimsHttps,
  forwardedElements,
  forwardedEntry,
  listEntry,
  schemeOf,
} from "../../lib/http/forwarded.ts";

Deno.test("listEntry() is that many from the end, and null where it is empty", () => {
  assertEquals(listEntry("a, b ,\tc", 1), "c");
  assertEquals(listEntry("a, b ,\tc", 2), "b");
  assertEquals(listEntry("a, b ,\tc", 9), "a");
  assertEquals([listEntry(null, 1), listEntry("", 1), listEntry("a, ", 1)], [null, null, null]);
});

Deno.test("forwardedEntry() reads what RFC 7239 allows, and what proxies write", async (t) => {
  type Row = [value: string, hops: number, element: Record<string, string> | null];
  const rows: Record<string, Row> = {
    "a pair": ["proto=https", 1, { proto: "https" }],
    "several pairs": ["for=192.0.2.60;proto=http;by=203.0.113.43", 1, {
      for: "192.0.2.60",
      proto: "http",
      by: "203.0.113.43",
    }],
    "names in capitals": ["For=a;PROTO=B", 1, { for: "a", proto: "B" }],
    "quotes": ['host="app.test:8443"', 1, { host: "app.test:8443" }],
    "IPv6 in quotes and brackets": ['for="[2001:db8:cafe::17]:4711"', 1, {
      for: "[2001:db8:cafe::17]:4711",
    }],
    "a comma and a semicolon in quotes": ['for="a,b;c"', 1, { for: "a,b;c" }],
    "an escaped quote": ['for="a\\"b\\\\"', 1, { for: 'a"b\\' }],
    "a host and port without quotes": ["host=app.test:80", 1, { host: "app.test:80" }],
    "IPv6 without quotes": ["for=[::1]:80", 1, { for: "[::1]:80" }],
    "several elements": ["for=evil, for=a;proto=https", 1, { for: "a", proto: "https" }],
    "the last but one": ["for=evil, for=a, for=b", 2, { for: "a" }],
    "fewer than there are proxies": ["for=a", 3, { for: "a" }],
    "spaces and tabs": [" for=a \t; \tproto=b , ", 2, { for: "a", proto: "b" }],
    "semicolons too many": [";;for=a;;", 1, { for: "a" }],
    "an empty element says nothing": ["host=evil.test,", 1, {}],
    "nothing": ["", 1, {}],
    "an empty value": ["for=;proto=b", 1, { for: "", proto: "b" }],
    "an open quote, which takes what the proxy appends": ['for="x, for=a;proto=https', 1, null],
    "an open quote, which the proxy's own would end": ['for="x, for="[::1]";proto=https', 1, null],
    "a pair twice": ["proto=http;proto=https", 1, null],
    "a name alone": ["for", 1, null],
    "a space in a pair": ["for = a", 1, null],
    "a text behind quotes": ['for="a"b', 1, null],
    "a backslash without quotes": ["for=a\\", 1, null],
  };
  for (const [name, [value, hops, element]] of Object.entries(rows)) {
    await t.step(name, () => {
      const found = forwardedEntry(value, hops);
      assertEquals(found && Object.fromEntries(found), element);
    });
  }
});

Deno.test("forwardedEntry() reads a megabyte once, whatever is in it", () => {
  const MB = 1_000_000;
  assertEquals(forwardedEntry(",".repeat(MB) + "for=a", 2)?.size, 0);
  assertEquals(forwardedEntry(`${" ".repeat(MB)}x`, 1), null);
  assertEquals(forwardedEntry(`for=a${" ".repeat(MB)}x`, 1), null);
  assertEquals(forwardedEntry(`for="${"\\a".repeat(MB / 2)}`, 1), null);
  assertEquals(forwardedElements(";".repeat(MB))?.length, 1);
});

Deno.test("schemeOf() knows a WebSocket's schemes and letter case, and no other", () => {
  const schemes = ["http", "HTTPS", "ws", "Wss", "ftp", "https:", "", "on"].map(schemeOf);
  assertEquals(schemes, ["http", "https", "http", "https", null, null, null, null]);
});

Deno.test("claimsHttps() believes anybody who says https", async (t) => {
  const rows: Record<string, [headers: Record<string, string>, claims: boolean]> = {
    "nobody": [{}, false],
    "X-Forwarded-Proto": [{ "x-forwarded-proto": "https" }, true],
    "capitals": [{ "x-forwarded-proto": "HTTPS" }, true],
    "wss": [{ "x-forwarded-proto": "wss" }, true],
    "the first of a list": [{ "x-forwarded-proto": "https,http" }, true],
    "the last of a list": [{ "x-forwarded-proto": "http, https" }, true],
    "http": [{ "x-forwarded-proto": "http" }, false],
    "a longer word": [{ "x-forwarded-proto": "xhttps" }, false],
    "Forwarded": [{ "forwarded": "for=a;proto=https" }, true],
    "Forwarded in quotes": [{ "forwarded": 'for=a; Proto="HTTPS"' }, true],
    "Forwarded, an element of several": [{ "forwarded": "proto=https,for=b" }, true],
    "Forwarded, another parameter": [{ "forwarded": "xproto=https" }, false],
    "Forwarded that cannot be read": [{ "forwarded": 'for="x, proto=https' }, true],
    "Origin": [{ "origin": "https://app.test" }, true],
    "Origin of http": [{ "origin": "http://app.test" }, false],
    "Origin of no site": [{ "origin": "null" }, false],
    "Origin of our own page": [
      { "origin": "https://app.test", "sec-fetch-site": "same-origin" },
      true,
    ],
    "Origin of another site": [
      { "origin": "https://evil.test", "sec-fetch-site": "cross-site" },
      false,
    ],
    "Origin of a site beside": [
      { "origin": "https://b.app.test", "sec-fetch-site": "same-site" },
      false,
    ],
  };
  for (const [name, [headers, claims]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(claimsHttps(new Headers(headers)), claims));
  }
});
