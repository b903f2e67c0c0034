/**
 * `RequestOrigin`: whom to believe about scheme and host.
 *
 * @module
 */

import { assertEquals, assertMatch, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError } from "../../lib/configuration_error.ts";
import { HttpBadRequest } from "../../lib/http/errors.ts";
import { type OriginOptions, RequestOrigin } from "../../lib/http/request_origin.ts";
import { recordingLogger } from "../sample_app.ts";

const NO_HEADERS = new Headers();

function originOf(options: OriginOptions, forwarded: HeadersInit = {}): string {
  return new RequestOrigin(options).of("http://inner.test:8000/a", new Headers(forwarded));
}

/** What is believed where every header of the older kind is. */
function believing(hops: number): OriginOptions {
  return {
    trusted: { hops, headers: ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"] },
  };
}

Deno.test("RequestOrigin.of() is the request's own where nothing is configured", async (t) => {
  const rows: Record<string, [url: string, origin: string]> = {
    "a host": ["http://inner.test/a?b", "http://inner.test"],
    "a port": ["http://inner.test:8000/", "http://inner.test:8000"],
    "the port of the scheme": ["https://inner.test:443/", "https://inner.test"],
    "capitals": ["https://INNER.test/", "https://inner.test"],
    "IPv6": ["http://[::1]:8000/", "http://[::1]:8000"],
    "no path": ["http://inner.test", "http://inner.test"],
    "a path with two slashes": ["http://inner.test//evil.test/", "http://inner.test"],
  };
  const origins = new RequestOrigin({});
  for (const [name, [url, origin]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(origins.of(url, NO_HEADERS), origin));
  }
});

Deno.test("RequestOrigin.of() keeps no origin of an earlier request", () => {
  const origins = new RequestOrigin({});
  const of = (url: string) => origins.of(url, NO_HEADERS);
  assertEquals(of("https://a.test/"), "https://a.test");
  assertEquals(of("https://b.test/"), "https://b.test");
  assertThrows(() => of("https://b.test@/"), HttpBadRequest);
  assertThrows(() => of("https://b.test@/"), HttpBadRequest);
  assertEquals(of("https://a.test/x"), "https://a.test");
});

Deno.test("RequestOrigin.of() answers a Host that is none with 400", async (t) => {
  const rows = [
    "http://a b/",
    "http://u:p@inner.test/",
    "http://inner.test:99999/",
    "http://[::1/",
  ];
  const origins = new RequestOrigin({});
  for (const url of rows) {
    await t.step(url, () => void assertThrows(() => origins.of(url, NO_HEADERS), HttpBadRequest));
  }
});

Deno.test("RequestOrigin.of() is publicOrigin whatever the request says", () => {
  const forwarded = { "x-forwarded-host": "evil.test", "x-forwarded-proto": "gopher" };
  assertEquals(originOf({ publicOrigin: "https://app.test" }), "https://app.test");
  assertEquals(
    originOf({ publicOrigin: "https://app.test:8443", trustedHops: 1 }, forwarded),
    "https://app.test:8443",
  );
  assertEquals(
    new RequestOrigin({ publicOrigin: "https://app.test" }).of("http://a b/", NO_HEADERS),
    "https://app.test",
  );
});

Deno.test("RequestOrigin.of() ignores forwarded headers without trustedHops", () => {
  const forwarded = {
    "x-forwarded-host": "evil.test",
    "x-forwarded-proto": "https",
    "forwarded": "host=evil.test;proto=https",
  };
  assertEquals(originOf({}, forwarded), "http://inner.test:8000");
  assertEquals(originOf({ trustedHops: 0 }, forwarded), "http://inner.test:8000");
});

Deno.test("RequestOrigin.of() believes the entry that the outermost trusted proxy added", async (t) => {
  type Row = [hops: number, host: string | null, proto: string | null, origin: string];
  const rows: Record<string, Row> = {
    "one hop, one entry": [1, "app.test", "https", "https://app.test"],
    "one hop, what the visitor sent stands before": [
      1,
      "evil.test, app.test",
      "http, https",
      "https://app.test",
    ],
    "two hops": [2, "app.test, mid.test", "https, http", "https://app.test"],
    "two hops, what the visitor sent stands before": [
      2,
      "evil.test, app.test, mid.test",
      "gopher, https, http",
      "https://app.test",
    ],
    "three hops": [3, "app.test, a.test, b.test", "https, http, http", "https://app.test"],
    "three hops, what the visitor sent stands before": [
      3,
      "evil.test, app.test, a.test, b.test",
      "http, https, http, http",
      "https://app.test",
    ],
    "two hops, one entry": [2, "app.test", "https", "https://app.test"],
    "the host alone": [1, "app.test", null, "http://app.test"],
    "the scheme alone": [1, null, "https", "https://inner.test:8000"],
    "neither": [1, null, null, "http://inner.test:8000"],
    "a port": [1, "app.test:8443", "https", "https://app.test:8443"],
    "the port of the scheme": [1, "app.test:443", "https", "https://app.test"],
    "capitals": [1, "APP.test", "HTTPS", "https://app.test"],
    "without spaces": [2, "a.test,app.test,mid.test", "https,https,http", "https://app.test"],
    "tabs around": [1, "\tapp.test\t", "https", "https://app.test"],
    "an empty entry says nothing": [1, "evil.test,", "https,", "http://inner.test:8000"],
    "only commas say nothing": [3, ",,,,", ",", "http://inner.test:8000"],
    "IPv6": [1, "[::1]:80", "http", "http://[::1]"],
  };
  for (const [name, [trustedHops, host, proto, origin]] of Object.entries(rows)) {
    await t.step(name, () => {
      const headers = new Headers();
      if (host !== null) headers.set("x-forwarded-host", host);
      if (proto !== null) headers.set("x-forwarded-proto", proto);
      assertEquals(originOf(believing(trustedHops), headers), origin);
    });
  }
});

Deno.test("RequestOrigin.of() answers what a proxy forwarded and is no host with 400", async (t) => {
  const hosts = [
    "a b",
    "a/b",
    "app.test/",
    "//evil.test",
    "u@app.test",
    "@app.test",
    "u:p@app.test",
    "app.test?",
    "app.test?a",
    "app.test#",
    "app.test#a",
    "app.test\\",
    "app.test\\@evil.test",
    "e\tvil.test",
    "%65vil.test",
    "app.test:99999",
    "app.test:a",
    ":80",
    "[::1",
    "<script>",
    "https://app.test",
    "javascript:alert(1)",
  ];
  for (const host of hosts) {
    await t.step(JSON.stringify(host), () => {
      assertThrows(
        () => originOf(believing(1), { "x-forwarded-host": host }),
        HttpBadRequest,
      );
    });
  }
});

Deno.test("RequestOrigin.of() answers a forwarded scheme other than http and https with 400", async (t) => {
  for (const proto of ["ftp", "javascript", "https:", "https://evil.test/", "wsss", "h t", "0"]) {
    await t.step(proto, () => {
      assertThrows(
        () => originOf({ trustedHops: 1 }, { "x-forwarded-proto": proto }),
        HttpBadRequest,
      );
    });
  }
});

Deno.test("RequestOrigin.of() reads a megabyte of commas once, not once for each", () => {
  const commas = ",".repeat(1_000_000);
  for (const trustedHops of [1, 2, 16]) {
    assertEquals(
      originOf(believing(trustedHops), { "x-forwarded-host": `${commas}app.test` }),
      trustedHops === 1 ? "http://app.test" : "http://inner.test:8000",
    );
  }
  assertThrows(
    () => originOf(believing(1), { "x-forwarded-host": "a".repeat(1_000_000) + " b" }),
    HttpBadRequest,
  );
});

Deno.test("RequestOrigin refuses a publicOrigin that is not scheme, host and at most a path", async (t) => {
  const rows: Record<string, [publicOrigin: string, hint: RegExp]> = {
    "a slash behind": ["https://app.test/", /: write "https:\/\/app\.test"$/],
    "a slash behind a path": ["https://app.test/shop/", /: write "https:\/\/app\.test\/shop"$/],
    "dot segments": ["https://app.test/a/../shop", /: write "https:\/\/app\.test\/shop"$/],
    "a query": ["https://app.test/shop?a", /: write "https:\/\/app\.test\/shop"$/],
    "an empty segment": ["https://app.test//shop", / without percent signs and empty segments$/],
    "a percent sign": ["https://app.test/%73hop", / without percent signs and empty segments$/],
    "capitals": ["https://App.test", /: write "https:\/\/app\.test"$/],
    "the port of the scheme": ["https://app.test:443", /: write "https:\/\/app\.test"$/],
    "a password": ["https://u:p@app.test", /: write "https:\/\/app\.test"$/],
    "no scheme": ["app.test", /, such as https:\/\/app\.example$/],
    "another scheme": ["ftp://app.test", /, such as/],
    "a scheme without an origin": ["data:text/plain,x", /, such as/],
    "null": ["null", /, such as/],
    "nothing": ["", /, such as/],
  };
  for (const [name, [publicOrigin, hint]] of Object.entries(rows)) {
    await t.step(name, () => {
      const error = assertThrows(() => new RequestOrigin({ publicOrigin }), ConfigurationError);
      assertEquals(hint.test(error.message), true, error.message);
      assertEquals(
        error.message.includes(`publicOrigin the string "${publicOrigin}"`),
        true,
        error.message,
      );
    });
  }
});

Deno.test("RequestOrigin refuses trustedHops that are not an integer from 0 to 16", () => {
  for (const trustedHops of [-1, 0.5, 17, NaN, Infinity]) {
    assertThrows(
      () => new RequestOrigin({ trustedHops }),
      ConfigurationError,
      `Cannot trust ${trustedHops} proxies: trustedHops must be an integer from 0 to 16`,
    );
  }
  for (const trustedHops of [0, 16]) new RequestOrigin({ trustedHops });
});

Deno.test("RequestOrigin with trustedHops alone believes -For and -Proto, and no host", () => {
  const headers = new Headers({
    "x-forwarded-for": "192.0.2.7",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "evil.test",
    "x-forwarded-port": "666",
    "forwarded": "host=evil.test;for=6.6.6.6",
  });
  const origins = new RequestOrigin({ trustedHops: 1 });
  assertEquals(origins.of("http://app.test/", headers), "https://app.test");
  assertEquals(origins.clientAddress({ headers }, "10.0.0.9"), "192.0.2.7");
  assertEquals(new RequestOrigin({}).clientAddress({ headers }, "10.0.0.9"), "10.0.0.9");
});

Deno.test("RequestOrigin.publicPath is the path of publicOrigin, which has none", () => {
  const origins = new RequestOrigin({ publicOrigin: "https://app.test/shop/a" });
  assertEquals([origins.publicOrigin, origins.publicPath], ["https://app.test", "/shop/a"]);
  assertEquals(new RequestOrigin({ publicOrigin: "https://app.test" }).publicPath, "");
});

Deno.test("RequestOrigin.isSecure() believes whoever says https, where nobody decides", async (t) => {
  const https = { "x-forwarded-proto": "https" };
  type Row = [OriginOptions, url: string, Record<string, string>, boolean];
  const trusted: OriginOptions = { trusted: { hops: 1, headers: ["x-forwarded-proto"] } };
  const rows: Record<string, Row> = {
    "https": [{}, "https://app.test/", {}, true],
    "http": [{}, "http://127.0.0.1/", {}, false],
    "a header": [{}, "http://127.0.0.1/", https, true],
    "the browser": [{}, "http://127.0.0.1/", { origin: "https://app.test" }, true],
    "publicOrigin of https": [{ publicOrigin: "https://a.test" }, "http://127.0.0.1/", {}, true],
    "publicOrigin of http": [{ publicOrigin: "http://a.test" }, "http://127.0.0.1/", https, false],
    "a proxy that decides": [
      trusted,
      "http://127.0.0.1/",
      { "x-forwarded-proto": "http", "origin": "https://app.test" },
      false,
    ],
    "a proxy that says nothing": [
      trusted,
      "http://127.0.0.1/",
      { "origin": "https://app.test" },
      true,
    ],
  };
  for (const [name, [options, url, sent, secure]] of Object.entries(rows)) {
    await t.step(name, () => {
      const origins = new RequestOrigin(options, recordingLogger());
      const headers = new Headers(sent);
      assertEquals(origins.isSecure(origins.of(url, headers), headers), secure);
    });
  }
});

Deno.test("RequestOrigin warns once of a proxy in front of a loopback Host, and names publicOrigin", async (t) => {
  const told = "http://127.0.0.1:8000/";
  type Row = [OriginOptions, url: string, Record<string, string>, warns: boolean];
  const rows: Record<string, Row> = {
    "X-Forwarded-For": [{}, told, { "x-forwarded-for": "192.0.2.7" }, true],
    "X-Forwarded-Proto of http": [{}, told, { "x-forwarded-proto": "http" }, true],
    "X-Forwarded-Host": [{}, told, { "x-forwarded-host": "app.test" }, true],
    "Forwarded": [{}, told, { "forwarded": "for=192.0.2.7" }, true],
    "Origin of https": [{}, told, { "origin": "https://app.test" }, true],
    "localhost": [{}, "http://localhost/", { "x-forwarded-for": "192.0.2.7" }, true],
    "Origin of http": [{}, told, { "origin": "http://127.0.0.1:8000" }, false],
    "Origin of another site": [
      {},
      told,
      { "origin": "https://evil.test", "sec-fetch-site": "cross-site" },
      false,
    ],
    "no header": [{}, told, {}, false],
    "another Host": [{}, "http://app.test/", { "x-forwarded-for": "192.0.2.7" }, false],
    "publicOrigin": [
      { publicOrigin: "https://app.test" },
      told,
      { "x-forwarded-for": "192.0.2.7" },
      false,
    ],
    "trustedHops": [{ trustedHops: 1 }, told, { "x-forwarded-for": "192.0.2.7" }, true],
    "a trusted host": [
      { trusted: { hops: 1, headers: ["x-forwarded-host"] } },
      told,
      { "x-forwarded-host": "app.test" },
      false,
    ],
  };
  for (const [name, [options, url, sent, warns]] of Object.entries(rows)) {
    await t.step(name, () => {
      const warnings: string[] = [];
      const logger = { warn: (message: string) => void warnings.push(message), error: () => {} };
      const origins = new RequestOrigin(options, logger);
      const headers = new Headers(sent);
      for (let i = 0; i < 2; i++) origins.isSecure(origins.of(url, headers), headers);
      assertEquals(warnings.length, warns ? 1 : 0);
      if (warns) assertMatch(warnings[0] ?? "", /set publicOrigin, such as publicOrigin: "https:/);
    });
  }
  await t.step("after a thousand requests evidence of https is still seen", () => {
    const warnings: string[] = [];
    const logger = { warn: (message: string) => void warnings.push(message), error: () => {} };
    const origins = new RequestOrigin({}, logger);
    for (let i = 0; i < 1_000; i++) origins.of(told, new Headers());
    const headers = new Headers({ "x-forwarded-proto": "https" });
    assertEquals(origins.isSecure(origins.of(told, headers), headers), true);
    assertEquals(warnings.length, 1);
  });
});
