/**
 * `CookieJar` against the http-state suite, and by the rules that RFC 6265bis added to it.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { CookieJar, type CookieRefusal } from "../../lib/testing/cookie_jar.ts";
import { settableClock } from "../../lib/testing/settable_clock.ts";
import { testWithVectors } from "../vectors.ts";

interface ParserCase {
  test: string;
  received: string[];
  sent: { name: string; value: string }[];
  "sent-to"?: string;
}

function isParserCase(value: unknown): value is ParserCase {
  return typeof value === "object" && value !== null && "test" in value &&
    typeof value.test === "string" && "received" in value && Array.isArray(value.received) &&
    "sent" in value && Array.isArray(value.sent);
}

// The suite is of 2011, so is the clock: its cookies of 2019 expire in the future.
const THEN = Date.UTC(2011, 0, 1);
const NAMELESS = "6265 ignored cookies without a name; 6265bis, section 5.6, keeps and sends them";

/** Where RFC 6265bis decides otherwise than the suite: what is sent by its rules, and why. */
const CHANGED_SINCE: Readonly<Record<string, [sent: string | null, why: string]>> = {
  "0021": ["a=b; x; c=d", NAMELESS],
  "0023": ["foo", NAMELESS],
  "0024": ["foo", NAMELESS],
  "0026": ["foo", NAMELESS],
  "0027": ["bar", NAMELESS],
  "CHROMIUM0010": ['"BLA\\"HHH"', NAMELESS],
  "MOZILLA0012": ['test="fubar! = foo; five', NAMELESS],
  "MOZILLA0014": ["six", NAMELESS],
  "MOZILLA0015": ["seven", NAMELESS],
  "MOZILLA0017": ["eight; test=six", NAMELESS],
  "NAME0025": ["==a=bar", NAMELESS],
  "NAME0028": ["a", NAMELESS],
  "NAME0031": ['"foo', NAMELESS],
  "NAME0033": ["aaa", NAMELESS],
  "DISABLED_CHROMIUM0022": [null, "a control character refuses the cookie (section 5.6, step 1)"],
  "DISABLED_PATH0029": [null, "paths are compared octet for octet, %6F is not o (section 5.1.4)"],
  "OPTIONAL_DOMAIN0042": ["foo=bar", "the last Domain counts though empty: host-only (5.6.3)"],
};

testWithVectors(
  "CookieJar answers the http-state suite as a browser of RFC 6265bis",
  "http-state_parser.json",
  async (vectors, t) => {
    assert(Array.isArray(vectors) && vectors.length > 0);
    const unused = new Set(Object.keys(CHANGED_SINCE));
    for (const vector of vectors) {
      assert(isParserCase(vector));
      const changed = CHANGED_SINCE[vector.test];
      unused.delete(vector.test);
      await t.step(changed === undefined ? vector.test : `${vector.test}: ${changed[1]}`, () => {
        const from = `http://home.example.org:8888/cookie-parser?${vector.test}`;
        const to = vector["sent-to"] ?? `/cookie-parser-result?${vector.test}`;
        const jar = new CookieJar({ clock: () => THEN });
        for (const setCookie of vector.received) jar.store(setCookie, from);
        const suite = vector.sent.map(({ name, value }) => `${name}=${value}`).join("; ") || null;
        // A row that no longer differs from the suite has no place in the table.
        if (changed !== undefined) assert(changed[0] !== suite);
        assertEquals(jar.header(new URL(to, from)), changed === undefined ? suite : changed[0]);
      });
    }
    assertEquals([...unused], []);
  },
);

interface UserAgentRules {
  size_cases: { name_length: number; value_length: number; stored: boolean }[];
  prefix_cases: { set_cookie: string; stored: boolean }[];
  value_cases: { set_cookie: string; sent: string }[];
  limits: { max_age_upper_bound_seconds: number; attribute_value_max_octets: number };
}

function isUserAgentRules(value: unknown): value is UserAgentRules {
  return typeof value === "object" && value !== null && "limits" in value &&
    ["size_cases", "prefix_cases", "value_cases"].every((key) =>
      Array.isArray(Reflect.get(value, key))
    );
}

testWithVectors(
  "CookieJar keeps the sizes, prefixes and values of browsers",
  "cookie_ua_rules.json",
  async (rules, t) => {
    assert(isUserAgentRules(rules));
    const url = "https://www.site.example/";
    const sent = (setCookie: string): string | null => {
      const jar = new CookieJar();
      jar.store(setCookie, url);
      return jar.header(url);
    };
    assertEquals(
      [rules.size_cases.length, rules.prefix_cases.length, rules.value_cases.length],
      [7, 8, 5],
    );
    for (const { name_length, value_length, stored } of rules.size_cases) {
      await t.step(`name of ${name_length}, value of ${value_length} octets`, () => {
        const pair = `${"n".repeat(name_length)}=${"v".repeat(value_length)}`;
        const expected = name_length === 0 ? pair.slice(1) : pair;
        assertEquals(sent(pair), stored ? expected : null);
      });
    }
    for (const { set_cookie, stored } of rules.prefix_cases) {
      await t.step(set_cookie, () => assertEquals(sent(set_cookie) !== null, stored));
    }
    for (const { set_cookie, sent: expected } of rules.value_cases) {
      await t.step(set_cookie, () => assertEquals(sent(set_cookie), expected));
    }
    await t.step("Max-Age and Expires are cut at 400 days", () => {
      const limit = rules.limits.max_age_upper_bound_seconds;
      for (const attribute of [`Max-Age=${limit + 1}`, "Expires=Fri, 01 Jan 2100 00:00:00 GMT"]) {
        const clock = settableClock();
        const jar = new CookieJar({ clock });
        jar.store(`n=v; ${attribute}`, url);
        assertEquals(jar.get("n")?.expires, clock() + limit * 1000);
      }
    });
    await t.step("an attribute value over the limit is ignored", () => {
      const limit = rules.limits.attribute_value_max_octets;
      const jar = new CookieJar();
      jar.store(`a=1; Path=/${"p".repeat(limit - 1)}`, url);
      jar.store(`b=2; Path=/${"p".repeat(limit)}`, url);
      assertEquals(jar.header(url), "b=2");
    });
  },
);

Deno.test("CookieJar.refused says why a cookie was ignored", async (t) => {
  const rows: Record<string, [setCookie: string, url: string, reason: CookieRefusal | null]> = {
    "a control character": ["a=\x01", "https://app.test/", "control-character"],
    "neither name nor value": ["=", "https://app.test/", "empty"],
    "too large": [`a=${"v".repeat(4096)}`, "https://app.test/", "too-large"],
    "too large in UTF-8": [`a=${"\u5bb6".repeat(1366)}`, "https://app.test/", "too-large"],
    "another host": ["a=1; Domain=other.test", "https://app.test/", "domain"],
    "a host below": ["a=1; Domain=in.app.test", "https://app.test/", "domain"],
    "a host that only ends alike": ["a=1; Domain=pp.test", "https://app.test/", "domain"],
    "a Domain that is not ASCII": ["a=1; Domain=\xe9.test", "https://\xe9.test/", "domain"],
    "a single label above": ["a=1; Domain=test", "https://app.test/", "domain"],
    "the end of an address": ["a=1; Domain=0.0.1", "http://127.0.0.1/", "domain"],
    "Secure over plain http": ["a=1; Secure", "http://app.test/", "insecure"],
    "Secure over http to this machine": ["a=1; Secure", "http://localhost:8000/", null],
    "a __Host- name on this machine": [
      "__Host-a=1; Secure; Path=/",
      "http://127.0.0.1:8000/",
      null,
    ],
    "a __Secure- name without Secure": ["__sECURE-a=1", "https://app.test/", "prefix"],
    "a __Host- name with a Path that defaults to /": [
      "__Host-a=1; Secure; Path=",
      "https://app.test/",
      null,
    ],
    "a nameless __Secure- value": ["__Secure-a; Secure", "https://app.test/", "prefix"],
    "Partitioned without Secure": ["a=1; Partitioned", "https://app.test/", "partitioned"],
    "Partitioned with Secure": ["a=1; Partitioned; Secure", "https://app.test/", null],
  };
  for (const [name, [setCookie, url, reason]] of Object.entries(rows)) {
    await t.step(name, () => {
      const jar = new CookieJar();
      jar.store(setCookie, url);
      assertEquals(
        jar.refused,
        reason === null ? [] : [{ setCookie, url: new URL(url).href, reason }],
      );
      assertEquals(jar.cookies().length, reason === null ? 1 : 0);
    });
  }
});

Deno.test("CookieJar.store leaves Secure cookies alone over plain http", async (t) => {
  const rows: Record<string, [setCookie: string, url: string, stored: boolean]> = {
    "the same path": ["a=2; Path=/in", "http://app.test/", false],
    "a path below": ["a=2; Path=/in/deep", "http://app.test/", false],
    "a path above": ["a=2; Path=/", "http://app.test/", true],
    "a path beside": ["a=2; Path=/inn", "http://app.test/", true],
    "another name": ["b=2; Path=/in", "http://app.test/", true],
    "a domain above": ["a=2; Path=/in; Domain=app.test", "http://www.app.test/", false],
    "a host below": ["a=2; Path=/in", "http://www.app.test/", false],
    "another host": ["a=2; Path=/in", "http://other.test/", true],
    "TLS": ["a=2; Path=/in", "https://app.test/", true],
  };
  for (const [name, [setCookie, url, stored]] of Object.entries(rows)) {
    await t.step(name, () => {
      const jar = new CookieJar();
      jar.store("a=1; Secure; Path=/in; Domain=app.test", "https://app.test/");
      jar.store(setCookie, url);
      assertEquals(jar.refused.map(({ reason }) => reason), stored ? [] : ["overlays-secure"]);
    });
  }
});

Deno.test("CookieJar.store leaves a Secure cookie of a host below alone, too", () => {
  const jar = new CookieJar();
  jar.store("a=1; Secure", "https://www.app.test/");
  jar.store("a=2; Domain=app.test", "http://app.test/");
  assertEquals(jar.refused.map(({ reason }) => reason), ["overlays-secure"]);
});

Deno.test("CookieJar.header sends a cookie to its hosts and paths only", async (t) => {
  const rows: Record<string, [setCookie: string, url: string, sent: boolean]> = {
    "host-only, its host": ["a=1", "https://app.test/", true],
    "host-only, another port": ["a=1", "https://app.test:8443/", true],
    "host-only, a host below": ["a=1", "https://www.app.test/", false],
    "with a domain, a host below": ["a=1; Domain=app.test", "https://www.app.test/", true],
    "with a domain, one that ends alike": ["a=1; Domain=app.test", "https://myapp.test/", false],
    "its path": ["a=1; Path=/in", "https://app.test/in", true],
    "below its path": ["a=1; Path=/in", "https://app.test/in/deep", true],
    "a path that begins alike": ["a=1; Path=/in", "https://app.test/inn", false],
    "a path with a slash, below": ["a=1; Path=/in/", "https://app.test/in/deep", true],
    "a path with a slash, above": ["a=1; Path=/in/", "https://app.test/in", false],
    "Secure, over TLS": ["a=1; Secure", "https://app.test/", true],
    "Secure, over plain http": ["a=1; Secure", "http://app.test/", false],
    "not Secure, over plain http": ["a=1", "http://app.test/", true],
  };
  for (const [name, [setCookie, url, sent]] of Object.entries(rows)) {
    await t.step(name, () => {
      const jar = new CookieJar();
      jar.store(setCookie, "https://app.test/");
      assertEquals(jar.header(url), sent ? "a=1" : null);
    });
  }
});

Deno.test("CookieJar.store takes the folder of the URL as the default path", async (t) => {
  const rows: Record<string, string> = {
    "https://app.test": "/",
    "https://app.test/sign-in": "/",
    "https://app.test/a/sign-in?next=/b/c": "/a",
    "https://app.test/a/": "/a",
    "https://app.test//": "/",
  };
  for (const [url, path] of Object.entries(rows)) {
    await t.step(url, () => {
      const jar = new CookieJar();
      jar.store("a=1", url);
      assertEquals(jar.get("a")?.path, path);
    });
  }
});

Deno.test("CookieJar takes a Domain of one label as host-only where it is the host", () => {
  const jar = new CookieJar();
  jar.store("a=1; Domain=localhost", "http://localhost/");
  assertEquals([jar.get("a")?.domain, jar.get("a")?.hostOnly], ["localhost", true]);
  assertEquals(jar.header("http://shop.localhost/"), null);
});

Deno.test("CookieJar.header sends longer paths first, then older cookies, which overwriting keeps", () => {
  const clock = settableClock();
  const jar = new CookieJar({ clock });
  const url = "https://app.test/in/";
  for (const cookie of ["old=1; Path=/", "new=1; Path=/", "deep=1; Path=/in", "old=2; Path=/"]) {
    jar.store(cookie, url);
    clock.travel(1);
  }
  assertEquals(jar.header(url), "deep=1; old=2; new=1");
  assertEquals(jar.get("old")?.created, settableClock()());
  jar.store("old=; Path=/; Max-Age=0", url);
  jar.store("old=3; Path=/", url);
  assertEquals(jar.header(url), "deep=1; new=1; old=3");
});

Deno.test("CookieJar counts Max-Age before Expires, and drops what expired", () => {
  const clock = settableClock();
  const jar = new CookieJar({ clock });
  const url = "https://app.test/";
  jar.store("both=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", url);
  jar.store("expires=1; Expires=Thu, 01 Jan 2026 00:00:30 GMT", url);
  jar.store("browser=1", url);
  assertEquals(jar.header(url), "both=1; expires=1; browser=1");
  clock.travel(29.999);
  assertEquals(jar.header(url), "both=1; expires=1; browser=1");
  clock.travel(0.001);
  assertEquals(jar.header(url), "both=1; browser=1");
  clock.travel(30);
  assertEquals(jar.cookies().map(({ name, expires }) => [name, expires]), [["browser", null]]);
});

Deno.test("CookieJar.store deletes by an Expires in the past, with the same domain and path only", () => {
  const jar = new CookieJar();
  const past = "Expires=Thu, 01 Jan 1970 00:00:00 GMT";
  jar.store("a=1; Path=/; Domain=app.test", "https://app.test/");
  jar.store(`a=; Path=/; ${past}`, "https://app.test/");
  jar.store(`a=; Path=/in; Domain=app.test; ${past}`, "https://app.test/");
  assertEquals(jar.header("https://app.test/"), "a=1");
  jar.store(`a=; Path=/; Domain=app.test; ${past}`, "https://app.test/");
  assertEquals(jar.header("https://app.test/"), null);
});

Deno.test("CookieJar keeps a __Host- cookie whose deletion lacks Secure, a partitioned one likewise", () => {
  const jar = new CookieJar();
  const url = "https://app.test/";
  jar.store("__Host-a=1; Path=/; Secure; Partitioned", url);
  jar.store("__Host-a=; Path=/; Max-Age=0", url);
  jar.store("__Host-a=; Path=/; Max-Age=0; Secure", url);
  assertEquals([jar.header(url), jar.get("__Host-a")?.partitioned], ["__Host-a=1", true]);
  jar.store("__Host-a=; Path=/; Max-Age=0; Secure; Partitioned", url);
  assertEquals(jar.header(url), null);
});

Deno.test("CookieJar.header leaves SameSite cookies out of cross-site requests", async (t) => {
  const jar = new CookieJar();
  const url = "https://app.test/";
  for (const sameSite of ["Strict", "Lax", "None"]) {
    jar.store(`${sameSite}=1; SameSite=${sameSite}; Secure`, url);
  }
  jar.store("Default=1", url);
  const rows: Record<string, [Parameters<CookieJar["header"]>[1], sent: string]> = {
    "same site": [{}, "Strict=1; Lax=1; None=1; Default=1"],
    "same site, POST": [{ method: "POST" }, "Strict=1; Lax=1; None=1; Default=1"],
    "cross-site": [{ crossSite: true }, "None=1"],
    "a link from another site": [
      { crossSite: true, topLevelNavigation: true },
      "Lax=1; None=1; Default=1",
    ],
    "a form posted from another site": [
      { crossSite: true, topLevelNavigation: true, method: "POST" },
      "None=1",
    ],
  };
  for (const [name, [options, sent]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(jar.header(url, options), sent));
  }
});

Deno.test("CookieJar.get finds the cookie that a server would see first", () => {
  const jar = new CookieJar();
  jar.store("a=root; Path=/; HttpOnly", "https://app.test/");
  jar.store("a=deep; Path=/in", "https://app.test/");
  assertEquals(jar.get("a")?.value, "root");
  assertEquals(jar.get("a")?.httpOnly, true);
  assertEquals(jar.get("a", "https://app.test/in")?.value, "deep");
  assertEquals(jar.get("a", "https://other.test/"), null);
  assertEquals(jar.get("b"), null);
});

Deno.test("CookieJar.clear forgets the cookies and the refusals", () => {
  const jar = new CookieJar();
  jar.store("a=1", "https://app.test/");
  jar.store("b=1; Secure", "http://app.test/");
  assertEquals([jar.cookies().length, jar.refused.length], [1, 1]);
  jar.clear();
  assertEquals([jar.cookies().length, jar.refused.length], [0, 0]);
});

Deno.test("CookieJar throws on a URL that is not absolute", () => {
  assertThrows(() => new CookieJar().store("a=1", "/in"), TypeError);
  assertThrows(() => new CookieJar().header("/in"), TypeError);
});
