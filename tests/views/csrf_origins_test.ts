/**
 * Which origins may send requests that change something.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError } from "@pyramidion/pyramidion";
import {
  checkedOrigin,
  CsrfOrigins,
  isOrigin,
  type UnnamedOrigins,
} from "../../lib/views/csrf_origins.ts";
import { sampleRequest } from "../sample_app.ts";

const TRUSTED = ["https://shop.test", "https://*.team.test", "http://*.plain.test:8080"];

const NONE: UnnamedOrigins = { allowNone: false, readsReferrer: true };
const ANY: UnnamedOrigins = { allowNone: true, readsReferrer: true };

function allows(
  headers: Record<string, string>,
  url = "https://app.test/x",
  trusted: readonly string[] = TRUSTED,
): boolean {
  return new CsrfOrigins(trusted).allow(sampleRequest(url, { headers }), NONE);
}

Deno.test("CsrfOrigins.allow() believes Sec-Fetch-Site, then Origin, then Referer", async (t) => {
  const rows: Record<string, [headers: Record<string, string>, allowed: boolean]> = {
    "of the same origin": [{ "sec-fetch-site": "same-origin" }, true],
    "typed into the address bar": [{ "sec-fetch-site": "none" }, true],
    "of a sister domain": [{ "sec-fetch-site": "same-site" }, false],
    "of another site": [{ "sec-fetch-site": "cross-site" }, false],
    "of a word that nobody knows": [{ "sec-fetch-site": "" }, false],
    "of another site, which says that it is ours": [
      { "sec-fetch-site": "cross-site", origin: "https://app.test" },
      false,
    ],
    "of another site, with our Referer": [
      { "sec-fetch-site": "cross-site", referer: "https://app.test/" },
      false,
    ],
    "of another site that is trusted": [
      { "sec-fetch-site": "cross-site", origin: "https://shop.test" },
      true,
    ],
    "of a sister domain that is trusted": [
      { "sec-fetch-site": "same-site", origin: "https://a.team.test" },
      true,
    ],
    "of the same origin, whatever Origin says": [
      { "sec-fetch-site": "same-origin", origin: "https://evil.test" },
      true,
    ],
    "our Origin": [{ origin: "https://app.test" }, true],
    "our Origin with its default port": [{ origin: "https://app.test:443" }, true],
    "our Origin in capitals": [{ origin: "HTTPS://APP.TEST" }, true],
    "our host over http, since a proxy may end TLS": [{ origin: "http://app.test" }, true],
    "our host on another port": [{ origin: "https://app.test:8443" }, false],
    "another Origin": [{ origin: "https://evil.test" }, false],
    "an Origin that begins like ours": [{ origin: "https://app.test.evil.test" }, false],
    "an Origin that ends like ours": [{ origin: "https://evilapp.test" }, false],
    "our host as a user's name": [{ origin: "https://app.test@evil.test" }, false],
    "null": [{ origin: "null" }, false],
    "an Origin without a host": [{ origin: "about:blank" }, false],
    "a file": [{ origin: "file:///x" }, false],
    "an Origin that is none": [{ origin: "app.test" }, false],
    "an empty Origin": [{ origin: "" }, false],
    "two Origins": [{ origin: "https://app.test https://evil.test" }, false],
    "another Origin, our Referer": [
      { origin: "https://evil.test", referer: "https://app.test/" },
      false,
    ],
    "our Referer": [{ referer: "https://app.test/form?a=1" }, true],
    "another Referer": [{ referer: "https://evil.test/form?https://app.test" }, false],
    "a Referer without a host": [{ referer: "about:blank" }, false],
    "a Referer that is none": [{ referer: "/form" }, false],
    "a trusted Referer": [{ referer: "https://shop.test/form" }, true],
    "none of the three": [{}, false],
  };
  for (const [name, [headers, allowed]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(allows(headers), allowed));
  }
});

Deno.test("CsrfOrigins.allow() trusts the subdomains of a star, and not the domain itself", async (t) => {
  const rows: Record<string, boolean> = {
    "https://a.team.test": true,
    "https://b.a.team.test": true,
    "https://team.test": false,
    "https://evilteam.test": false,
    "https://a.team.test:8443": false,
    "http://a.team.test": false,
    "https://a.team.test.evil.test": false,
    "http://a.plain.test:8080": true,
    "http://a.plain.test": false,
    "https://shop.test": true,
    "https://a.shop.test": false,
  };
  for (const [origin, allowed] of Object.entries(rows)) {
    await t.step(origin, () => assertEquals(allows({ origin }), allowed));
  }
});

Deno.test("CsrfOrigins.allow() compares with the origin as the outside world sees it", () => {
  const origins = new CsrfOrigins([], "https://app.test");
  const behind = (origin: string) =>
    sampleRequest("http://10.0.0.1:8000/x", {
      headers: { origin },
      publicOrigin: "https://app.test",
    });
  assertEquals(origins.allow(behind("https://app.test"), NONE), true);
  assertEquals(origins.allow(behind("http://app.test"), NONE), false);
  assertEquals(origins.allow(behind("http://10.0.0.1:8000"), NONE), false);
});

Deno.test("CsrfOrigins.allow() lets pass what tells no origin only where that is allowed", () => {
  const origins = new CsrfOrigins([]);
  const request = (headers: HeadersInit) => sampleRequest("https://app.test/x", { headers });
  assertEquals(origins.allow(request({}), ANY), true);
  assertEquals(origins.allow(request({ origin: "null" }), ANY), false);
  assertEquals(origins.allow(request({ referer: "about:blank" }), ANY), false);
  assertEquals(origins.allow(request({ "sec-fetch-site": "cross-site" }), ANY), false);
});

Deno.test("CsrfOrigins.allow() reads Referer only where it is told to", () => {
  const request = sampleRequest("https://app.test/x", {
    headers: { referer: "https://evil.test/" },
  });
  const origins = new CsrfOrigins([]);
  assertEquals(origins.allow(request, ANY), false);
  assertEquals(origins.allow(request, { allowNone: true, readsReferrer: false }), true);
});

Deno.test("CsrfOrigins.allow() compares host and port and not the scheme where no publicOrigin is set", async (t) => {
  const rows: [url: string, origin: string, allowed: boolean][] = [
    ["http://app.test/x", "https://app.test", true],
    ["http://app.test:443/x", "https://app.test", true],
    ["http://app.test:8080/x", "https://app.test:8080", true],
    ["http://app.test:8080/x", "https://app.test", false],
    ["http://app.test/x", "https://app.test:8443", false],
    ["http://app.test/x", "ftp://app.test", false],
    ["http://[::1]:8000/x", "https://[::1]:8000", true],
  ];
  for (const [url, origin, allowed] of rows) {
    await t.step(`${origin} at ${url}`, () => assertEquals(allows({ origin }, url, []), allowed));
  }
});

Deno.test("CsrfOrigins.allow() trusts origins of any scheme, compared as text", async (t) => {
  const trusted = ["capacitor://localhost", "chrome-extension://aaaabbbb", "tauri://localhost"];
  const rows: Record<string, boolean> = {
    "capacitor://localhost": true,
    "chrome-extension://aaaabbbb": true,
    "capacitor://localhost:80": false,
    "capacitor://evil": false,
    "chrome-extension://aaaabbbbc": false,
    "http://localhost": false,
    "null": false,
  };
  for (const [origin, allowed] of Object.entries(rows)) {
    await t.step(
      origin,
      () => assertEquals(allows({ origin }, "https://app.test/x", trusted), allowed),
    );
  }
});

Deno.test("CsrfOrigins refuses what is no origin, and says what to write", async (t) => {
  const exact = (origin: string, hint = "") =>
    `Cannot trust origin "${origin}": must be a scheme and a host, such as https://shop.example or capacitor://localhost${hint}`;
  const star = (origin: string) =>
    `Cannot trust origin "${origin}": a star stands for the subdomains of a domain, as in https://*.shop.example`;
  const rows: Record<string, string> = {
    "shop.test": exact("shop.test"),
    "": exact(""),
    "null": exact("null"),
    "https://shop.test/": exact("https://shop.test/", ': write "https://shop.test"'),
    "https://shop.test:443": exact("https://shop.test:443", ': write "https://shop.test"'),
    "https://Shop.test": exact("https://Shop.test", ': write "https://shop.test"'),
    "file:///x": exact("file:///x"),
    "*": star("*"),
    "https://*": star("https://*"),
    "https://*.test": star("https://*.test"),
    "https://*shop.test": star("https://*shop.test"),
    "https://a.*.test": star("https://a.*.test"),
    "*.shop.test": star("*.shop.test"),
  };
  for (const [origin, message] of Object.entries(rows)) {
    await t.step(origin || "(empty)", () => {
      const error = assertThrows(() => new CsrfOrigins([origin]), ConfigurationError);
      assertEquals(error.message, message);
    });
  }
});

Deno.test("isOrigin takes origins as browsers write them", async (t) => {
  const rows: Record<string, boolean> = {
    "https://shop.example": true,
    "http://localhost:8000": true,
    "https://[2001:db8::1]:8443": true,
    "capacitor://localhost": true,
    "chrome-extension://aaaabbbbc": true,
    "null": false,
    "": false,
    "shop.example": false,
    "https://shop.example/": false,
    "https://shop.example:443": false,
    "https://Shop.example": false,
    "https://a@shop.example": false,
    "https://shop.example?x": false,
    "https://shop.example#x": false,
    "https://shop.example\\x": false,
    "https://a.example, https://b.example": false,
    "https://bücher.example": false,
    "https://": false,
  };
  for (const [text, expected] of Object.entries(rows)) {
    await t.step(text || "(empty)", () => assertEquals(isOrigin(text), expected));
  }
});

Deno.test("checkedOrigin names what was attempted, and shows no control character", () => {
  assertEquals(checkedOrigin("https://shop.example", "use"), "https://shop.example");
  assertThrows(
    () => checkedOrigin("a\r\nb", "use the origin"),
    ConfigurationError,
    'Cannot use the origin "a\\r\\nb": must be a scheme and a host',
  );
});
