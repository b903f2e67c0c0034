/**
 * `trusted`: which proxies are believed, header by header.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError } from "../../lib/configuration_error.ts";
import { HttpBadRequest } from "../../lib/http/errors.ts";
import { RequestOrigin } from "../../lib/http/request_origin.ts";
import type { ForwardingHeader, TrustedProxies } from "../../lib/http/forwarded.ts";

const PEER = "10.0.0.9";

type Told = [origin: string, clientAddress: string | undefined];

/** Where the app is, and who asks, by what a request to `http://inner.test:8000` says. */
function told(trusted: TrustedProxies, headers: Record<string, string>): Told {
  const origins = new RequestOrigin({ trusted });
  const given = new Headers(headers);
  return [
    origins.of("http://inner.test:8000/a", given),
    origins.clientAddress({ headers: given }, PEER),
  ];
}

const ALL: Readonly<Record<ForwardingHeader, string>> = {
  "forwarded": 'for="[2001:db8::7]:1";host=forwarded.test;proto=https',
  "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  "x-forwarded-for": "192.0.2.7",
  "x-forwarded-host": "host.test",
  "x-forwarded-port": "8443",
  "x-forwarded-proto": "wss",
  "x-request-id": "f3a1",
};

Deno.test("trusted believes the headers that it names, and no other", async (t) => {
  const own = "http://inner.test:8000";
  const rows: Record<string, [headers: ForwardingHeader[], told: Told]> = {
    "x-forwarded-for": [["x-forwarded-for"], [own, "192.0.2.7"]],
    "x-forwarded-proto": [["x-forwarded-proto"], ["https://inner.test:8000", PEER]],
    "x-request-id and traceparent alone": [["x-request-id", "traceparent"], [own, PEER]],
    "x-forwarded-host": [["x-forwarded-host"], ["http://host.test", PEER]],
    "x-forwarded-port, where the host has one": [["x-forwarded-port"], [own, PEER]],
    "x-forwarded-host and -port": [
      ["x-forwarded-host", "x-forwarded-port"],
      ["http://host.test:8443", PEER],
    ],
    "forwarded": [["forwarded"], ["https://forwarded.test", "2001:db8::7"]],
    "forwarded goes first": [
      ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"],
      ["https://forwarded.test", "2001:db8::7"],
    ],
    "all but forwarded": [
      ["x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto"],
      ["https://host.test:8443", "192.0.2.7"],
    ],
  };
  for (const [name, [headers, expected]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(told({ hops: 1, headers }, ALL), expected));
  }
});

Deno.test("trusted reads what proxies write", async (t) => {
  const forwarded: ForwardingHeader[] = ["forwarded"];
  const older: ForwardingHeader[] = [
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
  ];
  type Row = [hops: number, names: ForwardingHeader[], headers: Record<string, string>, Told];
  const own = "http://inner.test:8000";
  const rows: Record<string, Row> = {
    "nothing was written": [1, older, {}, [own, PEER]],
    "a visitor's own entries stand before": [1, older, {
      "x-forwarded-for": "1.1.1.1, 192.0.2.7",
      "x-forwarded-proto": "http,HTTPS",
      "x-forwarded-host": "evil.test, app.test",
    }, ["https://app.test", "192.0.2.7"]],
    "the outermost of two": [
      2,
      older,
      { "x-forwarded-for": "1.1.1.1, 192.0.2.7, 10.0.0.8" },
      [own, "192.0.2.7"],
    ],
    "an address with a port": [1, older, { "x-forwarded-for": "192.0.2.7:99" }, [own, "192.0.2.7"]],
    "unknown is not the proxy": [1, older, { "x-forwarded-for": "unknown" }, [own, undefined]],
    "a hidden name": [1, forwarded, { forwarded: "for=_x" }, [own, undefined]],
    "an empty entry": [1, older, { "x-forwarded-for": "1.1.1.1," }, [own, PEER]],
    "several Forwarded headers": [
      1,
      forwarded,
      { forwarded: "for=1.1.1.1;proto=http, for=192.0.2.7;proto=https;host=app.test" },
      ["https://app.test", "192.0.2.7"],
    ],
    "the port of the scheme": [
      1,
      older,
      { "x-forwarded-host": "app.test", "x-forwarded-port": "443", "x-forwarded-proto": "https" },
      ["https://app.test", PEER],
    ],
    "a port of IPv6": [
      1,
      older,
      { "x-forwarded-host": "[::1]", "x-forwarded-port": "81" },
      ["http://[::1]:81", PEER],
    ],
    "a host with a port of its own": [
      1,
      older,
      { "x-forwarded-host": "app.test:82", "x-forwarded-port": "81" },
      ["http://app.test:82", PEER],
    ],
  };
  for (const [name, [hops, headers, sent, expected]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(told({ hops, headers }, sent), expected));
  }
});

Deno.test("trusted answers a trusted header that cannot be read with 400", async (t) => {
  const rows: Record<string, [header: ForwardingHeader, value: string]> = {
    "a scheme": ["x-forwarded-proto", "gopher"],
    "a host": ["x-forwarded-host", "a/b"],
    "a port": ["x-forwarded-port", "80x"],
    "a port beyond the last": ["x-forwarded-port", "99999"],
    "Forwarded": ["forwarded", 'for="x'],
    "the scheme of Forwarded": ["forwarded", "proto=gopher"],
    "the host of Forwarded": ["forwarded", 'host="a b"'],
  };
  for (const [name, [header, value]] of Object.entries(rows)) {
    await t.step(name, () => {
      const headers = new Headers({ [header]: value });
      const origins = new RequestOrigin({ trusted: { hops: 1, headers: [header] } });
      assertThrows(() => origins.of("http://inner.test/", headers), HttpBadRequest);
    });
  }
});

Deno.test("trusted is checked", async (t) => {
  const headers = ["x-forwarded-for"];
  const rows: Record<string, [options: Record<string, unknown>, message: string]> = {
    "no proxy": [{ hops: 0, headers }, "must be an integer from 1 to 16, not the number 0"],
    "half a proxy": [{ hops: 0.5, headers }, "must be an integer from 1 to 16"],
    "hops left out": [{ headers }, "must be an integer from 1 to 16, not undefined"],
    "hops of text": [{ hops: "1", headers }, 'option "hops" of trusted: must be a number'],
    "no header": [{ hops: 1, headers: [] }, "the list is empty"],
    "headers left out": [{ hops: 1 }, "the list is empty"],
    "a header alone": [{ hops: 1, headers: "forwarded" }, "must be a list of strings"],
    "a word mistaken": [
      { hops: 1, headers: ["x-forwarded-proton"] },
      'did you mean "x-forwarded-proto"?',
    ],
    "capitals": [{ hops: 1, headers: ["X-Forwarded-For"] }, 'did you mean "x-forwarded-for"?'],
    "a header that nobody reads": [{ hops: 1, headers: ["cookie"] }, "must be one of forwarded, "],
    "an option mistaken": [{ hop: 1, headers }, 'did you mean "hops"?'],
  };
  for (const [name, [trusted, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertThrows(() => new RequestOrigin({ trusted } as never), ConfigurationError, message);
    });
  }
  await t.step("beside trustedHops", () => {
    const trusted: TrustedProxies = { hops: 1, headers: ["forwarded"] };
    assertThrows(
      () => new RequestOrigin({ trusted, trustedHops: 1 }),
      ConfigurationError,
      "Cannot use both trusted and trustedHops",
    );
    new RequestOrigin({ trusted, trustedHops: 0 });
  });
});
