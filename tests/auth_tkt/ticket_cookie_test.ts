/**
 * The cookie of a ticket: its attributes, and for which hosts it is written and deleted.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError } from "@pyramidion/pyramidion";
import { dummyRequest } from "@pyramidion/pyramidion/testing";
import { TicketCookie, type TicketCookieOptions } from "../../lib/auth_tkt/ticket_cookie.ts";

type Row = [options: TicketCookieOptions, url: string, attributes: string];

const ROWS: Readonly<Record<string, Row>> = {
  "the defaults": [{}, "https://app.test/", "; Path=/; Secure; HttpOnly; SameSite=Lax"],
  "plain http to this machine": [{}, "http://localhost:8000/", "; Path=/; HttpOnly; SameSite=Lax"],
  "plain http elsewhere": [{}, "http://app.test/", "; Path=/; Secure; HttpOnly; SameSite=Lax"],
  "what it is told": [
    { secure: false, httpOnly: false, sameSite: "Strict", path: "/shop", maxAge: 60 },
    "https://app.test/",
    "; Path=/shop; SameSite=Strict; Max-Age=60",
  ],
  "wildDomain": [
    { wildDomain: true },
    "https://app.test:8443/",
    "; Path=/; Domain=app.test; Secure; HttpOnly; SameSite=Lax",
  ],
  "wildDomain of an address": [
    { wildDomain: true },
    "https://192.0.2.1/",
    "; Path=/; Secure; HttpOnly; SameSite=Lax",
  ],
  "wildDomain of an IPv6 address": [
    { wildDomain: true, parentDomain: true },
    "https://[2001:db8::1]/",
    "; Path=/; Secure; HttpOnly; SameSite=Lax",
  ],
  "parentDomain": [
    { parentDomain: true },
    "https://www.app.test/",
    "; Path=/; Domain=app.test; Secure; HttpOnly; SameSite=Lax",
  ],
  "parentDomain of two labels": [
    { parentDomain: true },
    "https://app.test/",
    "; Path=/; Secure; HttpOnly; SameSite=Lax",
  ],
  "parentDomain of two labels, with wildDomain": [
    { parentDomain: true, wildDomain: true },
    "https://app.test/",
    "; Path=/; Domain=app.test; Secure; HttpOnly; SameSite=Lax",
  ],
  "domain": [
    { domain: "app.test" },
    "https://a.b.app.test/",
    "; Path=/; Domain=app.test; Secure; HttpOnly; SameSite=Lax",
  ],
};

Deno.test("TicketCookie writes and deletes a cookie with its attributes", async (t) => {
  for (const [name, [options, url, attributes]] of Object.entries(ROWS)) {
    await t.step(name, () => {
      const cookie = new TicketCookie(options);
      const request = dummyRequest({ url });
      cookie.write(request, "value", options.maxAge);
      assertEquals(request.responseHeaders.getSetCookie(), [`auth_tkt=value${attributes}`]);
      cookie.remove(request);
      assertEquals(request.responseHeaders.getSetCookie(), [
        `auth_tkt=${
          attributes.replace("; Max-Age=60", "")
        }; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT`,
      ]);
    });
  }
});

Deno.test("TicketCookie deletes the cookies of other domains too, if the request has one", () => {
  const options = { url: "https://www.app.test/", headers: { cookie: "a=b; auth_tkt=old" } };
  const domains: Record<string, TicketCookieOptions> = {
    "app.test, the host alone, www.app.test": { parentDomain: true },
    "the host alone, www.app.test": {},
    "www.app.test, the host alone": { wildDomain: true },
  };
  for (const [expected, one] of Object.entries(domains)) {
    const request = dummyRequest(options);
    new TicketCookie(one).remove(request);
    const deleted = request.responseHeaders.getSetCookie().map((cookie) =>
      /; Domain=([^;]+)/.exec(cookie)?.[1] ?? "the host alone"
    );
    assertEquals(deleted.join(", "), expected);
  }
});

Deno.test("TicketCookie reads every cookie of its name, out of quotes", () => {
  const request = dummyRequest({ headers: { cookie: 'tkt=a; x=y; tkt="b\\054c"; Tkt=d' } });
  assertEquals(new TicketCookie({ cookieName: "tkt" }).read(request), ["a", "b,c"]);
});

Deno.test("TicketCookie refuses a value that browsers drop", () => {
  const cookie = new TicketCookie({});
  const longest = "x".repeat(4096 - "auth_tkt".length);
  cookie.write(dummyRequest(), longest, undefined);
  assertThrows(() => cookie.write(dummyRequest(), `${longest}x`, undefined), RangeError, "4097");
});

Deno.test("TicketCookie refuses options that browsers or Pyramid do not know", async (t) => {
  const rows: Record<string, [options: TicketCookieOptions, message: string]> = {
    "a name with a space": [{ cookieName: "a b" }, "Cannot name a cookie"],
    "a prefix without Secure": [{ cookieName: "__Host-tkt" }, "without Secure"],
    "a domain and wildDomain": [{ domain: "app.test", wildDomain: true }, "domain excludes"],
    "a domain and parentDomain": [{ domain: "app.test", parentDomain: true }, "domain excludes"],
    "a domain with a dot in front": [{ domain: ".app.test" }, "leave out the leading dot"],
    "a path without a slash": [{ path: "shop" }, "must start with"],
    "SameSite None without Secure": [{ sameSite: "None" }, "without Secure"],
    "half a second": [{ maxAge: 0.5 }, "whole number of seconds"],
  };
  for (const [name, [options, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      const error = assertThrows(() => new TicketCookie(options), ConfigurationError, message);
      assertEquals(error.message.startsWith("Cannot use ticket cookie"), true);
    });
  }
});
