import { assert, assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  checkCookieName,
  checkCookiePrefix,
  type CookieAttributes,
  cookieAttributes,
  deletionCookie,
  serializeCookie,
} from "../../lib/http/cookies.ts";
import { testWithVectors } from "../vectors.ts";

Deno.test("cookieAttributes() writes the attributes that are set, in one order", async (t) => {
  const rows: Record<string, [attributes: CookieAttributes, text: string]> = {
    "none": [{}, ""],
    "flags that are off": [{ secure: false, httpOnly: false, partitioned: false }, ""],
    "a session's": [
      { path: "/", secure: true, httpOnly: true, sameSite: "Lax" },
      "; Path=/; Secure; HttpOnly; SameSite=Lax",
    ],
    "everything": [
      {
        maxAge: 60,
        partitioned: true,
        sameSite: "None",
        httpOnly: true,
        secure: true,
        domain: "app.example",
        path: "/a/b",
      },
      "; Path=/a/b; Domain=app.example; Secure; HttpOnly; SameSite=None; Partitioned; Max-Age=60",
    ],
    "a Max-Age of 0": [{ maxAge: 0 }, "; Max-Age=0"],
    "a Max-Age of 400 days": [{ maxAge: 34_560_000 }, "; Max-Age=34560000"],
    "a path of 1,024 bytes": [{ path: "/".repeat(1_024) }, `; Path=${"/".repeat(1_024)}`],
    "a host of one label": [{ domain: "localhost" }, "; Domain=localhost"],
    "a host of 253 characters": [
      { domain: "a.".repeat(126) + "a" },
      `; Domain=${"a.".repeat(126)}a`,
    ],
    "a Punycode host": [{ domain: "xn--mnchen-3ya.example" }, "; Domain=xn--mnchen-3ya.example"],
  };
  for (const [name, [attributes, text]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(cookieAttributes(attributes), text));
  }
});

type Refusal = typeof TypeError | typeof RangeError;

Deno.test("cookieAttributes() refuses what would be read as something else", async (t) => {
  const rows: Record<string, [attributes: Record<string, unknown>, kind: Refusal, says: string]> = {
    "an attribute in the path": [{ path: "/; Domain=evil" }, TypeError, "cookie path"],
    "a path without a slash": [{ path: "a" }, TypeError, 'must start with "/"'],
    "an empty path": [{ path: "" }, TypeError, "cookie path"],
    "a line break in the path": [{ path: "/\r\nSet-Cookie: a=b" }, TypeError, "cookie path"],
    "a NUL in the path": [{ path: "/\0" }, TypeError, "cookie path"],
    "a space in the path": [{ path: "/a b" }, TypeError, "cookie path"],
    "an umlaut in the path": [{ path: "/ü" }, TypeError, "cookie path"],
    "a path of 1,025 bytes": [{ path: "/".repeat(1_025) }, RangeError, "1025 bytes"],
    "a path that is no text": [{ path: 1 }, TypeError, "cookie path"],
    "an attribute in the domain": [{ domain: "a.test; Path=/" }, TypeError, "host name"],
    "a leading dot": [{ domain: ".a.test" }, TypeError, "leave out the leading dot"],
    "a trailing dot": [{ domain: "a.test." }, TypeError, "host name"],
    "a port": [{ domain: "a.test:80" }, TypeError, "without port"],
    "a URL": [{ domain: "https://a.test" }, TypeError, "host name"],
    "an empty domain": [{ domain: "" }, TypeError, "host name"],
    "two dots": [{ domain: "a..test" }, TypeError, "host name"],
    "a label that starts with a hyphen": [{ domain: "-a.test" }, TypeError, "host name"],
    "a label that ends with a hyphen": [{ domain: "a-.test" }, TypeError, "host name"],
    "a space round the domain": [{ domain: " a.test" }, TypeError, "host name"],
    "a domain in Unicode": [{ domain: "münchen.example" }, TypeError, "Punycode"],
    "a domain of 254 characters": [{ domain: "a.".repeat(126) + "aa" }, TypeError, "host name"],
    "a domain of 1,025 bytes": [{ domain: "a".repeat(1_025) }, RangeError, "1025 bytes"],
    "a domain that is no text": [{ domain: null }, TypeError, "host name"],
    "an attribute in SameSite": [{ sameSite: "Lax; Domain=evil" }, TypeError, "SameSite"],
    "SameSite in lower case": [{ sameSite: "lax" }, TypeError, '"Strict", "Lax" or "None"'],
    "SameSite by substring": [{ sameSite: "StrictLax" }, TypeError, "SameSite"],
    "None without Secure": [{ sameSite: "None" }, TypeError, "without Secure"],
    "none in lower case": [{ sameSite: "none", secure: true }, TypeError, "SameSite"],
    "Partitioned without Secure": [{ partitioned: true }, TypeError, "without Secure"],
    "a flag that is text": [{ secure: "false" }, TypeError, '"secure"'],
    "a flag that is a number": [{ httpOnly: 1 }, TypeError, '"httpOnly"'],
    "a negative Max-Age": [{ maxAge: -1 }, RangeError, "Max-Age -1"],
    "a fraction": [{ maxAge: 1.5 }, RangeError, "whole number"],
    "not a number": [{ maxAge: NaN }, RangeError, "whole number"],
    "for ever": [{ maxAge: Infinity }, RangeError, "whole number"],
    "1e308": [{ maxAge: 1e308 }, RangeError, "whole number"],
    "a second more than 400 days": [{ maxAge: 34_560_001 }, RangeError, "400 days"],
    "a Max-Age that is text": [{ maxAge: "60" }, RangeError, "whole number"],
  };
  for (const [name, [attributes, kind, says]] of Object.entries(rows)) {
    await t.step(name, () => void assertThrows(() => cookieAttributes(attributes), kind, says));
  }
});

Deno.test("checkCookieName() lets tokens through and nothing else", async (t) => {
  const good = ["session", "__Host-session", "a", "Path", "secure", "!#$%&'*+-.^_`|~09azAZ"];
  for (const name of good) await t.step(name, () => checkCookieName(name));
  const bad: Record<string, string> = {
    "empty": "",
    "a space": "a b",
    "a semicolon": "a;b",
    "an equals sign": "a=b",
    "a comma": "a,b",
    "a line break": "sess\r\nion",
    "a line feed at the end": "session\n",
    "a tab": "\tsession",
    "quotes": '"a"',
    "braces": "a{b}",
    "an umlaut": "é",
    "NUL": "a\0",
    "the name __proto__": "__proto__",
  };
  for (const [name, cookie] of Object.entries(bad)) {
    await t.step(name, () => void assertThrows(() => checkCookieName(cookie), TypeError));
  }
});

Deno.test("checkCookiePrefix() demands what browsers demand, whatever the letter case", async (t) => {
  const host: CookieAttributes = { path: "/", secure: true };
  const rows: Record<string, [name: string, attributes: CookieAttributes, refusal: string | null]> =
    {
      "no prefix, no attributes": ["session", {}, null],
      "a prefix that is not at the start": ["x__Host-a", {}, null],
      "__Host- with all": ["__Host-a", host, null],
      "__Host- without Secure": ["__Host-a", { path: "/" }, "without Secure"],
      "__Host- without a path": ["__Host-a", { secure: true }, 'path is "/"'],
      "__Host- with another path": ["__Host-a", { path: "/a", secure: true }, 'path is "/"'],
      "__Host- with a domain": ["__Host-a", { ...host, domain: "a.test" }, "a domain"],
      "__hOsT- with a domain": ["__hOsT-a", { ...host, domain: "a.test" }, '"__hOsT-"'],
      "__HOST- without Secure": ["__HOST-a", { path: "/" }, "without Secure"],
      "__Secure- with Secure": ["__Secure-a", { secure: true, domain: "a.test" }, null],
      "__Secure- without": ["__Secure-a", {}, "without Secure"],
      "__secure- without": ["__secure-a", {}, "without Secure"],
      "__Http- with HttpOnly": ["__Http-a", { secure: true, httpOnly: true }, null],
      "__Http- without HttpOnly": ["__Http-a", { secure: true }, "without HttpOnly"],
      "__Host-Http- with all": ["__Host-Http-a", { ...host, httpOnly: true }, null],
      "__Host-Http- without HttpOnly": ["__Host-Http-a", host, "without HttpOnly"],
      "__Host-Http- without a path": [
        "__Host-Http-a",
        { secure: true, httpOnly: true },
        'path is "/"',
      ],
    };
  for (const [name, [cookie, attributes, refusal]] of Object.entries(rows)) {
    await t.step(name, () => {
      if (refusal === null) checkCookiePrefix(cookie, attributes);
      else assertThrows(() => checkCookiePrefix(cookie, attributes), TypeError, refusal);
    });
  }
});

Deno.test("serializeCookie() writes cookie octets and refuses all others without quoting them", async (t) => {
  assertEquals(serializeCookie("a", "", "; Path=/"), "a=; Path=/");
  assertEquals(serializeCookie("a", "x-_.~!=&", ""), "a=x-_.~!=&");
  const octet = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]$/;
  await t.step("each of the 256 bytes", () => {
    for (let code = 0; code < 256; code++) {
      const value = String.fromCharCode(code);
      if (octet.test(value)) assertEquals(serializeCookie("a", value, ""), `a=${value}`);
      else assertThrows(() => serializeCookie("a", value, ""), TypeError);
    }
  });
  await t.step("a line break, an attribute, a quote, an emoji", () => {
    for (const value of ["a\r\nSet-Cookie: b=c", "a; Domain=evil", '"a"', "😀", "a\n"]) {
      assertThrows(() => serializeCookie("a", value, ""), TypeError, "encode it");
    }
  });
  await t.step("the message names the place and not the value", () => {
    const error = assertThrows(() => serializeCookie("a", "hush;", ""), TypeError);
    assert(error.message.includes("U+003B at position 4"), error.message);
    assert(!error.message.includes("hush"));
  });
});

Deno.test("deletionCookie() repeats the attributes, so that browsers take it for the same cookie", async (t) => {
  const gone = "; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
  const rows: Record<string, [name: string, attributes: CookieAttributes, text: string]> = {
    "plain": ["a", {}, `a=${gone}`],
    "__Host- keeps Secure and Path": [
      "__Host-a",
      { path: "/", secure: true },
      `__Host-a=; Path=/; Secure${gone}`,
    ],
    "a partitioned one keeps Partitioned": [
      "a",
      { secure: true, partitioned: true },
      `a=; Secure; Partitioned${gone}`,
    ],
    "Max-Age is replaced": ["a", { domain: "a.test", maxAge: 99 }, `a=; Domain=a.test${gone}`],
  };
  for (const [name, [cookie, attributes, text]] of Object.entries(rows)) {
    await t.step(
      name,
      () => assertEquals(deletionCookie(cookie, cookieAttributes(attributes)), text),
    );
  }
});

testWithVectors(
  "checkCookiePrefix() agrees with the prefix cases of cookie_ua_rules.json",
  "cookie_ua_rules.json",
  (vectors) => {
    assert(typeof vectors === "object" && vectors !== null && "prefix_cases" in vectors);
    assert(Array.isArray(vectors.prefix_cases) && vectors.prefix_cases.length > 5);
    for (const { set_cookie: text, stored } of vectors.prefix_cases) {
      const [pair = "", ...rest] = String(text).split("; ");
      const name = pair.slice(0, pair.indexOf("="));
      const attributes: CookieAttributes = {
        secure: rest.includes("Secure"),
        ...(rest.includes("Path=/") ? { path: "/" } : {}),
        ...(rest.some((one) => one.startsWith("Domain=")) ? { domain: "site.example" } : {}),
      };
      const write = () => {
        checkCookieName(name);
        checkCookiePrefix(name, attributes);
      };
      if (stored) write();
      else assertThrows(write, TypeError, undefined, text);
    }
  },
);
