/** Bearer and Basic credentials: RFC 6750, RFC 7617, and what strangers send. */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { HttpBadRequest } from "@pyramidion/pyramidion";
import {
  BasicChallenge,
  basicCredentials,
  BearerChallenge,
  bearerToken,
} from "@pyramidion/pyramidion/authentication";

const REFUSED = Symbol("refused");
const with_ = (authorization?: string) => ({
  headers: new Headers(authorization === undefined ? {} : { authorization }),
});
const basic = (bytes: string | Uint8Array<ArrayBuffer>) =>
  `Basic ${(typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes).toBase64()}`;

function read<T>(reader: () => T): T | typeof REFUSED {
  try {
    return reader();
  } catch (error) {
    if (error instanceof HttpBadRequest) return REFUSED;
    throw error;
  }
}

Deno.test("bearerToken() reads a token, and refuses what is none", async (t) => {
  const rows: Record<string, [header: string | undefined, wanted: unknown]> = {
    "no header": [undefined, null],
    "an empty header": ["", null],
    "RFC 6750, 2.1": ["Bearer mF_9.B5f-4.1JqM", "mF_9.B5f-4.1JqM"],
    "in lower case": ["bearer abc", "abc"],
    "with padding": ["Bearer abc==", "abc=="],
    "several spaces": ["Bearer   abc", "abc"],
    "another scheme": ["Basic dGVzdDoxMjPCow==", null],
    "a scheme that begins so": ["Bearers abc", null],
    "no token": ["Bearer", REFUSED],
    "two tokens": ["Bearer abc def", REFUSED],
    "two headers": ["Bearer abc, Bearer def", REFUSED],
    "padding within": ["Bearer a=b", REFUSED],
    "padding alone": ["Bearer ==", REFUSED],
    "quotes": ['Bearer "abc"', REFUSED],
    "letters beyond ASCII": ["Bearer ab\xe9", REFUSED],
    "a tab": ["Bearer a\tb", REFUSED],
    "9,000 characters": [`Bearer ${"a".repeat(9_000)}`, REFUSED],
  };
  for (const [name, [header, wanted]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(read(() => bearerToken(with_(header))), wanted));
  }
  const error = assertThrows(() => bearerToken(with_("Bearer a b")), HttpBadRequest);
  assertEquals(error.headers.get("www-authenticate"), 'Bearer error="invalid_request"');
});

Deno.test("basicCredentials() reads a name and a password, and refuses what are none", async (t) => {
  const of = (username: string, password: string) => ({ username, password });
  const rows: Record<string, [header: string | undefined, wanted: unknown]> = {
    "no header": [undefined, null],
    "RFC 7617, 2": ["Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", of("Aladdin", "open sesame")],
    "RFC 7617, 2.1: UTF-8": ["Basic dGVzdDoxMjPCow==", of("test", "123£")],
    "in capitals": ["BASIC dGVzdDoxMjPCow==", of("test", "123£")],
    "colons in the password": [basic("a:b:c"), of("a", "b:c")],
    "an empty name": [basic(":b"), of("", "b")],
    "an empty password": [basic("a:"), of("a", "")],
    "a byte order mark": [basic("\ufeffa:b"), of("\ufeffa", "b")],
    "another scheme": ["Bearer abc", null],
    "nothing": ["Basic", REFUSED],
    "no colon": [basic("ada"), REFUSED],
    "no base64": ["Basic ada:secret", REFUSED],
    "base64url": ["Basic _-_-", REFUSED],
    "without padding": ["Basic dGVzdDoxMjPCow", REFUSED],
    "loose bits": ["Basic YTpiZF==", REFUSED],
    "white space within": ["Basic YTpi YTpi", REFUSED],
    "Latin-1": [basic(new Uint8Array([0x61, 0x3a, 0xa3])), REFUSED],
    "a NUL": [basic("a:b\0"), REFUSED],
    "a line feed": [basic("a\n:b"), REFUSED],
    "a delete": [basic("a:\x7f"), REFUSED],
    "two headers": [`${basic("a:b")}, ${basic("c:d")}`, REFUSED],
    "9,000 characters": [basic(`a:${"b".repeat(7_000)}`), REFUSED],
  };
  for (const [name, [header, wanted]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(read(() => basicCredentials(with_(header))), wanted));
  }
});

Deno.test("the challenges write headers that clients can read", async (t) => {
  const rows: Record<
    string,
    [error: BasicChallenge | BearerChallenge, status: number, header: string]
  > = {
    "Basic": [new BasicChallenge(), 401, 'Basic realm="app", charset="UTF-8"'],
    "Basic with quotes": [
      new BasicChallenge({ realm: 'a "b" \\' }),
      401,
      'Basic realm="a \\"b\\" \\\\", charset="UTF-8"',
    ],
    "Bearer": [new BearerChallenge(), 401, "Bearer"],
    "Bearer with all": [
      new BearerChallenge({
        realm: "api",
        error: "invalid_token",
        description: "It has expired",
        scope: "a b",
      }),
      401,
      'Bearer realm="api", error="invalid_token", error_description="It has expired", scope="a b"',
    ],
    "a missing scope": [
      new BearerChallenge({ error: "insufficient_scope", scope: "write" }),
      403,
      'Bearer error="insufficient_scope", scope="write"',
    ],
  };
  for (const [name, [error, status, header]] of Object.entries(rows)) {
    await t.step(
      name,
      () => assertEquals([error.status, error.headers.get("www-authenticate")], [status, header]),
    );
  }
  const wrong: Record<string, () => unknown> = {
    "a line feed in the realm": () => new BasicChallenge({ realm: "a\r\nSet-Cookie: x" }),
    "letters beyond ASCII": () => new BasicChallenge({ realm: "é" }),
    "an empty realm": () => new BasicChallenge({ realm: "" }),
    "another error": () => new BearerChallenge({ error: "invalid" as never }),
    "a quote in the description": () => new BearerChallenge({ description: 'a "b"' }),
    "two spaces between scopes": () => new BearerChallenge({ scope: "a  b" }),
  };
  for (const [name, call] of Object.entries(wrong)) {
    await t.step(name, () => void assertThrows(call, TypeError));
  }
});
