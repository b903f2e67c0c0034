/**
 * `parseSetCookie`: how one header is taken apart.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { octets, parseSetCookie, type ReceivedCookie } from "../../lib/testing/set_cookie.ts";

Deno.test("parseSetCookie reads every attribute, in any case and with any spaces", () => {
  const text = " n = v ; EXPIRES=Thu, 01 Jan 1970 00:00:01 GMT; max-age = 60 ;Domain=.App.Test;" +
    "path=/in;SECURE;HttpOnly=no;samesite=lax;Partitioned";
  assertEquals(parseSetCookie(text), {
    name: "n",
    value: "v",
    expires: 1000,
    maxAge: 60,
    domain: "app.test",
    path: "/in",
    secure: true,
    httpOnly: true,
    sameSite: "Lax",
    partitioned: true,
  });
});

Deno.test("parseSetCookie", async (t) => {
  const rows: Record<string, [text: string, expected: Partial<ReceivedCookie>]> = {
    "leaves U+00A0 in a value": ["n=\xa0v\xa0", { value: "\xa0v\xa0" }],
    "gives a pair without = no name": ["v", { name: "", value: "v" }],
    "cuts at the first =": ["n=v=w", { name: "n", value: "v=w" }],
    "lets the last Max-Age count": ["n=v; Max-Age=1; Max-Age=2", { maxAge: 2 }],
    "keeps a Max-Age that an unreadable one follows": ["n=v; Max-Age=1; Max-Age=x", { maxAge: 1 }],
    "ignores an empty Max-Age": ["n=v; Max-Age=", { maxAge: null }],
    "ignores a Max-Age of - alone": ["n=v; Max-Age=-", { maxAge: null }],
    "ignores a Max-Age with a fraction": ["n=v; Max-Age=1.5", { maxAge: null }],
    "takes a negative Max-Age": ["n=v; Max-Age=-1", { maxAge: -1 }],
    "keeps an Expires that an unreadable one follows": [
      "n=v; Expires=Thu, 01 Jan 1970 00:00:01 GMT; Expires=never",
      { expires: 1000 },
    ],
    "takes a Path without / as the default": ["n=v; Path=in", { path: "" }],
    "lets the last Path count, though empty": ["n=v; Path=/in; Path=", { path: "" }],
    "takes one dot off a Domain": ["n=v; Domain=..app.test", { domain: ".app.test" }],
    "takes an unknown SameSite as the default": ["n=v; SameSite=Lax; SameSite=x", {
      sameSite: "Default",
    }],
    "takes a SameSite named like an object's member as the default": [
      "n=v; SameSite=constructor",
      { sameSite: "Default" },
    ],
    "reads an attribute value of 1024 octets": [`n=v; Path=/${"p".repeat(1023)}`, {
      path: `/${"p".repeat(1023)}`,
    }],
    "ignores an attribute value of 1025 octets": [`n=v; Path=/a; Path=/${"p".repeat(1024)}`, {
      path: "/a",
    }],
    "reads a tab": ["n=a\tb", { value: "a\tb" }],
  };
  for (const [name, [text, expected]] of Object.entries(rows)) {
    await t.step(name, () => {
      const received = parseSetCookie(text);
      assertEquals(received, { ...parseSetCookie("n=v")!, ...received!, ...expected });
    });
  }
});

Deno.test("parseSetCookie ignores a header with a control character anywhere", async (t) => {
  for (const code of [0, 1, 8, 10, 13, 31, 127]) {
    const control = String.fromCharCode(code);
    await t.step(`U+${code.toString(16).padStart(4, "0")}`, () => {
      for (const text of [`n${control}=v`, `n=v${control}`, `n=v; Path=/${control}`]) {
        assertEquals(parseSetCookie(text), null);
      }
    });
  }
});

Deno.test("octets counts a character of a header as one octet, and other text as UTF-8", () => {
  assertEquals([octets("a"), octets("\xe9"), octets("\u5bb6"), octets("\xe9\u5bb6")], [1, 1, 3, 5]);
});
