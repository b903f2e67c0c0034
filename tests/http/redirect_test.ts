import { assertEquals, assertInstanceOf, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  HttpFound,
  HttpMovedPermanently,
  HttpPermanentRedirect,
  HttpRedirection,
  HttpSeeOther,
  HttpTemporaryRedirect,
  redirect,
  type RedirectStatus,
} from "../../lib/http/redirect.ts";

const base = "https://app.test/shop/cart?a=1";

Deno.test("HttpRedirection.resolve() stays on the site, as a browser would read the location", async (t) => {
  const rows: Record<string, [location: string, resolved: string | null]> = {
    "a path": ["/read", "/read"],
    "a path, query and fragment": ["/a?b=c#d", "/a?b=c#d"],
    "beside the request": ["pay", "/shop/pay"],
    "above the request": ["../../../a", "/a"],
    "only a query": ["?a=2", "/shop/cart?a=2"],
    "only a fragment": ["#top", "/shop/cart?a=1#top"],
    "nothing": ["", "/shop/cart?a=1"],
    "our own URL": ["https://app.test/a", "/a"],
    "our own URL with the port it has": ["https://app.test:443/a", "/a"],
    "our own URL in capitals": ["HTTPS://APP.TEST/a", "/a"],
    "our own URL with a password": ["https://u:p@app.test/a", "/a"],
    "another letter than ASCII": ["/ä?ö#ü", "/%C3%A4?%C3%B6#%C3%BC"],
    "a line break is dropped": ["/a\r\nSet-Cookie: b=c", "/aSet-Cookie:%20b=c"],
    "NUL": ["/a\0b", "/a%00b"],
    "another host": ["https://evil.test/", null],
    "another host, scheme left out": ["//evil.test/x", null],
    "a backslash": ["/\\evil.test", null],
    "two backslashes": ["\\\\evil.test", null],
    "a tab": ["/\t/evil.test", null],
    "a line feed": ["/\n/evil.test", null],
    "a space before": [" //evil.test", null],
    "a scheme without slashes": ["https:evil.test", "/shop/evil.test"],
    "another scheme without slashes": ["http:evil.test", null],
    "one slash after the scheme": ["https:/evil.test", "/evil.test"],
    "three slashes after the scheme": ["https:///evil.test", null],
    "two slashes behind a dot": ["/.//evil.test", "/.//evil.test"],
    "two slashes behind two dots": ["/a/..//evil.test", "/.//evil.test"],
    "two slashes behind an encoded dot": ["/%2e//evil.test", "/.//evil.test"],
    "our host as a user": ["https://app.test@evil.test/", null],
    "our host as the start of another": ["https://app.test.evil.test/", null],
    "another port": ["https://app.test:8443/", null],
    "another scheme": ["http://app.test/", null],
    "a full stop after the host": ["https://app.test./", null],
    "javascript:": ["javascript:alert(1)", null],
    "javascript: after a tab": ["java\tscript:alert(1)", null],
    "data:": ["data:text/html,x", null],
    "blob: of our origin": ["blob:https://app.test/x", null],
    "mailto:": ["mailto:a@app.test", null],
    "no URL at all": ["https://[", null],
  };
  for (const [name, [location, resolved]] of Object.entries(rows)) {
    await t.step(name, () => {
      const answer = new HttpFound(location).resolve(base);
      assertEquals(answer, resolved);
      if (answer === null) return;
      assertEquals(new URL(answer, base).origin, "https://app.test", "read by a browser");
      assertEquals(new URL(answer, base).pathname, new URL(location, base).pathname);
      new Headers({ location: answer });
    });
  }
});

Deno.test("HttpRedirection.resolve() with external leaves for http and https only", async (t) => {
  const rows: Record<string, [location: string, resolved: string | null]> = {
    "another host": ["https://pay.test/a?b#c", "https://pay.test/a?b#c"],
    "plain http": ["http://pay.test", "http://pay.test/"],
    "another host, scheme left out": ["//pay.test", "https://pay.test/"],
    "a host in Unicode": ["https://münchen.example/", "https://xn--mnchen-3ya.example/"],
    "our own, still without host": ["https://app.test/a", "/a"],
    "javascript:": ["javascript:alert(1)", null],
    "data:": ["data:text/html,x", null],
    "blob: of our origin": ["blob:https://app.test/x", null],
    "no URL at all": ["https://[", null],
  };
  for (const [name, [location, resolved]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertEquals(new HttpFound(location, { external: true }).resolve(base), resolved);
    });
  }
});

Deno.test("HttpRedirection.resolve() against an origin that is opaque trusts no opaque URL", () => {
  for (const location of ["data:text/html,x", "javascript:alert(1)"]) {
    assertEquals(new HttpFound(location).resolve("file:///a"), null);
  }
});

const classes: [kind: typeof HttpFound, name: string, status: RedirectStatus, title: string][] = [
  [HttpMovedPermanently, "HttpMovedPermanently", 301, "Moved Permanently"],
  [HttpFound, "HttpFound", 302, "Found"],
  [HttpSeeOther, "HttpSeeOther", 303, "See Other"],
  [HttpTemporaryRedirect, "HttpTemporaryRedirect", 307, "Temporary Redirect"],
  [HttpPermanentRedirect, "HttpPermanentRedirect", 308, "Permanent Redirect"],
];

Deno.test("redirect() makes the class of its status, 302 by default", async (t) => {
  for (const [Kind, name, status, title] of classes) {
    await t.step(name, () => {
      const cause = new Error("inside");
      const options = { external: true, headers: { "x-a": "1" }, cause };
      for (const one of [redirect("/a", { status, ...options }), new Kind("/a", options)]) {
        assertInstanceOf(one, Kind);
        assertInstanceOf(one, HttpRedirection);
        assertEquals([one.name, one.status, one.title], [name, status, title]);
        assertEquals([one.location, one.external, one.detail], ["/a", true, ""]);
        assertEquals([one.headers.get("x-a"), one.cause], ["1", cause]);
      }
    });
  }
  await t.step("by default", () => {
    assertInstanceOf(redirect("/a"), HttpFound);
    assertEquals(redirect("/a").external, false);
  });
  await t.step("a URL object", () => {
    assertEquals(redirect(new URL("https://app.test/a b")).resolve(base), "/a%20b");
  });
});

Deno.test("redirect() and HttpRedirection refuse a status that sends nobody elsewhere", () => {
  for (const status of [300, 304, 305, 404]) {
    // @ts-expect-error the compiler refuses it too
    assertThrows(() => redirect("/a", { status }), RangeError, "must be 301, 302, 303, 307 or 308");
    // @ts-expect-error the compiler refuses it too
    assertThrows(() => new HttpRedirection(status, "/a"), RangeError, `status ${status}`);
  }
});
