/**
 * `requestUrl()`: the URL of a request, as far as it can be believed.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { HttpBadRequest } from "../../lib/http/errors.ts";
import { requestPathname } from "../../lib/routing/request_target.ts";
import { requestUrl } from "../../lib/routing/request_target.ts";

/** A request as `Deno.serve` makes it, which counts how often its headers are read. */
function served(url: string, host: string | null): { request: Request; readonly reads: number } {
  const request = new Request("http://inner.test/");
  let reads = 0;
  Object.defineProperty(request, "url", { value: url });
  Object.defineProperty(request, "headers", {
    get() {
      reads++;
      return new Headers(host === null ? {} : { host });
    },
  });
  return {
    request,
    get reads() {
      return reads;
    },
  };
}

Deno.test("requestUrl() reads no header where a Host cannot reach into the path", async (t) => {
  requestPathname("http://known.test/");
  const rows: Record<string, [url: string, reads: number]> = {
    "the root": ["http://known.test/", 0],
    "a segment": ["http://known.test/hello", 0],
    "a segment and a query": ["http://known.test/hello?a=b&c", 0],
    "two segments": ["http://known.test/users/7", 1],
    "a slash at the end": ["http://known.test/users/", 1],
    "a slash in the query": ["http://known.test/hello?next=/x", 1],
    "an origin that nobody has parsed": ["http://other.test/hello", 1],
  };
  for (const [name, [url, reads]] of Object.entries(rows)) {
    await t.step(name, () => {
      const { host } = new URL(url);
      const one = served(url, host);
      assertEquals([requestUrl(one.request), one.reads], [url, reads]);
    });
  }
});

Deno.test("requestUrl() is that of a plain http server, whatever the socket", async (t) => {
  const rows: Record<string, [sent: string, url: string]> = {
    "a Unix socket": ["http+unix://app.test:81/a?b", "http://app.test:81/a?b"],
    "one without a Host": ["http+unix://%2Frun%2Fa%2Esock/a", "http://localhost/a"],
    "CONNECT at one": ["http+unix://app.test:81", "http://app.test:81"],
    "another socket": ["https+vsock://app.test/a", "https://app.test/a"],
    "no request of a server": ["https://app.test/a/b", "https://app.test/a/b"],
  };
  for (const [name, [sent, url]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(requestUrl(served(sent, null).request), url));
  }
});

Deno.test("requestUrl() refuses a host that is none, wherever it stands", async (t) => {
  requestPathname("http://known.test/");
  const hosts = [
    "known.test/login/admin?",
    "known.test/login",
    "known.test/",
    "/",
    "known.test?a",
    "known.test#",
    "u@known.test",
    "u:p@known.test",
    "known.test\\a",
    "a b",
    "a\tb",
    "a%2Fb",
    "%61",
    '"a"',
    "<a>",
    "a|b",
    "a^b",
    "a`b",
    "{a}",
  ];
  for (const host of hosts) {
    for (const scheme of ["http:", "http+unix:"]) {
      for (const path of ["/", "/hello", "/a/b"]) {
        await t.step(`${JSON.stringify(host)} by ${scheme} for ${path}`, () => {
          const { request } = served(`${scheme}//${host}${path}`, host);
          assertThrows(() => requestUrl(request), HttpBadRequest);
        });
      }
    }
  }
  await t.step("a user in a target of absolute form", () => {
    const { request } = served("http://u@known.test/", "known.test");
    assertThrows(() => requestUrl(request), HttpBadRequest);
  });
  await t.step("a Host that passed does not let the next one pass", () => {
    requestUrl(served("http://known.test/a/b", "known.test").request);
    const { request } = served("http://known.test/a/b", "known.test/a");
    assertThrows(() => requestUrl(request), HttpBadRequest);
    assertThrows(() => requestUrl(request), HttpBadRequest);
  });
});
