/**
 * `RequestOrigin`: whom to believe about scheme and host.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError } from "../../lib/configuration_error.ts";
import { HttpBadRequest } from "../../lib/http/errors.ts";
import { type OriginOptions, RequestOrigin } from "../../lib/http/request_origin.ts";

/** A request as `Deno.serve` makes it: its URL is whatever was on the wire. */
function requestOf(url: string, headers: HeadersInit = {}): Request {
  const request = new Request("http://inner.test/", { headers });
  Object.defineProperty(request, "url", { value: url });
  return request;
}

function originOf(options: OriginOptions, forwarded: HeadersInit = {}): string {
  return new RequestOrigin(options).of(requestOf("http://inner.test:8000/a", forwarded));
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
    await t.step(name, () => assertEquals(origins.of(requestOf(url)), origin));
  }
});

Deno.test("RequestOrigin.of() keeps no origin of an earlier request", () => {
  const origins = new RequestOrigin({});
  const of = (url: string) => origins.of(requestOf(url));
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
    await t.step(url, () => void assertThrows(() => origins.of(requestOf(url)), HttpBadRequest));
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
    new RequestOrigin({ publicOrigin: "https://app.test" }).of(requestOf("http://a b/")),
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
      assertEquals(originOf({ trustedHops }, headers), origin);
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
        () => originOf({ trustedHops: 1 }, { "x-forwarded-host": host }),
        HttpBadRequest,
      );
    });
  }
});

Deno.test("RequestOrigin.of() answers a forwarded scheme other than http and https with 400", async (t) => {
  for (const proto of ["ftp", "javascript", "https:", "https://evil.test/", "wss", "h t", "0"]) {
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
      originOf({ trustedHops }, { "x-forwarded-host": `${commas}app.test` }),
      trustedHops === 1 ? "http://app.test" : "http://inner.test:8000",
    );
  }
  assertThrows(
    () => originOf({ trustedHops: 1 }, { "x-forwarded-host": "a".repeat(1_000_000) + " b" }),
    HttpBadRequest,
  );
});

Deno.test("RequestOrigin refuses a publicOrigin that is not scheme and host alone", async (t) => {
  const rows: Record<string, [publicOrigin: string, hint: RegExp]> = {
    "a slash behind": ["https://app.test/", /: write "https:\/\/app\.test"$/],
    "a path": ["https://app.test/base", /: write "https:\/\/app\.test"$/],
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
      assertEquals(error.message.includes(`publicOrigin "${publicOrigin}"`), true, error.message);
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
