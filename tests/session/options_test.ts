/**
 * `sessionSettings` and `nativeContents`: the parts that a factory makes of its options.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError } from "@pyramidion/pyramidion";
import {
  COOKIE_SESSION_KINDS,
  type CookieSessionOptions,
  NATIVE_FORMAT,
  nativeContents,
  sessionSettings,
} from "../../lib/session/options.ts";
import { checkOptions } from "../../lib/check_options.ts";

const REQUEST = {
  raw: new Request("http://app.test/"),
  method: "GET",
  headers: new Headers(),
  origin: "http://app.test",
};

Deno.test("COOKIE_SESSION_KINDS refuse each option of a wrong type by its name", async (t) => {
  for (const name of Object.keys(COOKIE_SESSION_KINDS)) {
    await t.step(name, () => {
      const options = { [name]: Symbol("wrong") };
      assertThrows(
        () => checkOptions("a factory", options, COOKIE_SESSION_KINDS),
        ConfigurationError,
        `Cannot use option "${name}" of a factory: must be`,
      );
    });
  }
});

Deno.test("sessionSettings() keeps the CSRF secret beside the session where the format does, in a Lax cookie", () => {
  const of = (options: CookieSessionOptions, csrfCookies = true) =>
    sessionSettings(options, { ...NATIVE_FORMAT, csrfCookies }).csrfCookie?.writeOne(
      "x",
      REQUEST,
      {},
    );
  assertEquals(of({}, false), undefined);
  assertEquals(
    of({ sameSite: "Strict", maxAge: 60, httpOnly: false, cookieName: "mine" }),
    "__Host-csrf-=x; Path=/; Secure; HttpOnly; SameSite=Lax",
  );
  assertEquals(of({ partitioned: true })?.includes("SameSite=None"), true);
});

Deno.test("sessionSettings() says what both cookies have to say once", () => {
  const warnings: string[] = [];
  const logger = { warn: (text: string) => void warnings.push(text), error: () => {} };
  const { cookie, csrfCookie } = sessionSettings({ logger }, NATIVE_FORMAT);
  cookie.write("x", REQUEST);
  csrfCookie?.writeOne("x", REQUEST, {});
  assertEquals(warnings.length, 1);
});

Deno.test("sessionSettings() refuses to migrate without a schema", () => {
  assertThrows(
    () => sessionSettings({ migrate: () => ({}) }, NATIVE_FORMAT),
    ConfigurationError,
    "Cannot migrate sessions: give the schema that they must fit",
  );
});

Deno.test("nativeContents() makes tokens of the random bytes that are given, and times of the clock", () => {
  const { policy } = nativeContents({ clock: () => 7, randomBytes: (n) => new Uint8Array(n) });
  assertEquals([policy.now(), policy.makeToken()], [7, "A".repeat(43)]);
  const token = nativeContents({}).policy.makeToken();
  assertEquals(policy.tokenMatches(token, policy.maskToken(token)), true);
  assertEquals(policy.tokenMatches(token, token), false);
});

Deno.test("nativeContents() leaves what can be kept to the serializer, where there is one", () => {
  const date = new Date(0);
  assertThrows(() => nativeContents({}).policy.check(date, "at"), TypeError, "at is");
  const serializer = { stringify: String, parse: (text: string) => text };
  assertEquals(nativeContents({ serializer }).policy.check(date, "at"), undefined);
});
