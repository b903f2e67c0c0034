/**
 * Signed cookie sessions: who may write them, under which secrets, and for which cookie.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { hkdfSync } from "node:crypto";
import {
  encryptedCodec,
  pyramidCodec,
  signedCodec,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";
import type { RefusalReason, Secrets } from "@pyramidion/pyramidion/types";
import { mint, payloadOf, SECRET, SessionApp, START, textOf, tokenBytes } from "../session_app.ts";

const BASE64URL = { alphabet: "base64url", omitPadding: true } as const;
const PAYLOAD = `[${START},${START},{"user":"ada"}]`;
const BYTES = new TextEncoder().encode(PAYLOAD);
const FIRST = "first: m3N5bV7cX9zL1kJ2hG4fD6sA8pO0iU";
const SECOND = "second: q8W2eR4tY6uI1oP3aS5dF7gH9jK0lZ";
const THIRD = "third: T5r4E3w2Q1y6U7i8O9p0A1s2D3f4G5";
const FOURTH = "fourth: Z1x2C3v4B5n6M7a8S9d0F1g2H3j4K5";

function keyIdOf(secret: string): string {
  return new Uint8Array(hkdfSync("sha256", secret, "", "pyramidion/1/key-id", 4)).toHex();
}

function keyIdIn(text: string): string {
  return tokenBytes(text).slice(2, 6).toHex();
}

async function reasonOf(text: string): Promise<RefusalReason | null> {
  const app = new SessionApp();
  const { value, response, cookies } = await app.present(text, (session) => session.get("user"));
  assertEquals(response.status, 200);
  assertEquals(cookies, []);
  assertEquals(value, app.refusals.length === 0 ? "ada" : undefined);
  assert(app.refusals.length <= 1);
  return app.refusals[0] ?? null;
}

Deno.test("signedCookieSessionFactory() writes base64url of version, flags, key id, payload and tag", async () => {
  const app = new SessionApp();
  const { cookies } = await app.visit(app.visitor(), (session) => session.set("user", "ada"));
  const text = textOf(cookies[0]);
  assertEquals(text, await mint(PAYLOAD));
  const bytes = tokenBytes(text);
  assertEquals([...bytes.slice(0, 2)], [1, 0]);
  assertEquals(keyIdIn(text), keyIdOf(SECRET));
  assertEquals(payloadOf(text), PAYLOAD);
  assertEquals(bytes.toBase64(BASE64URL), text);
});

Deno.test("signedCookieSessionFactory() gives a new session for any bit of a cookie that is not ours", async () => {
  const bytes = tokenBytes(await mint(PAYLOAD));
  const app = new SessionApp();
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = bytes.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    const text = changed.toBase64(BASE64URL);
    const { value, response } = await app.present(text, (session) => [session.isNew, session.size]);
    assertEquals([value, response.status], [[true, 0], 200], `bit ${bit}`);
  }
  assertEquals(app.refusals.length, bytes.length * 8);
  assertEquals(app.errors, []);
});

Deno.test("signedCookieSessionFactory() says why to onReject, with the request, and to nobody else", async (t) => {
  const token = await mint(PAYLOAD);
  const spell = (change: (bytes: Uint8Array) => void) => {
    const bytes = tokenBytes(token);
    change(bytes);
    return bytes.toBase64(BASE64URL);
  };
  const late = `[${START - 1_200_001},${START - 1_200_001},{"user":"ada"}]`;
  const old = `[${START},${START - 2_592_000_001},{"user":"ada"}]`;
  const early = `[${START + 60_001},${START},{"user":"ada"}]`;
  const rows: Record<string, [text: string | Promise<string>, reason: RefusalReason | null]> = {
    "a good cookie": [token, null],
    "half a cookie": [token.slice(0, token.length / 2), "bad-mac"],
    "a cookie without its last bytes": [
      tokenBytes(token).slice(0, -1).toBase64(BASE64URL),
      "bad-mac",
    ],
    "a cookie twice": [token + token, "bad-mac"],
    "header and tag one byte short": [spell(() => {}).slice(0, 50), "malformed"],
    "one character": ["A", "malformed"],
    "words": ["admin", "malformed"],
    "dots": [token.replaceAll("A", "."), "malformed"],
    "padded": [token + "=", "malformed"],
    "quoted": [`"${token}"`, "malformed"],
    "with a comma": [`${token}, other=x`, "malformed"],
    "percent-encoded": [`%${token.charCodeAt(0).toString(16)}${token.slice(1)}`, "malformed"],
    "100,000 dots": [".".repeat(100_000), "malformed"],
    "4,097 characters": [token.padEnd(4_097, "A"), "malformed"],
    "bytes beyond ASCII": ["\xe9\xff" + token, "malformed"],
    "plain JSON": [PAYLOAD, "malformed"],
    "plain JSON in base64url": [BYTES.toBase64(BASE64URL), "malformed"],
    "version 0": [spell((b) => b[0] = 0), "malformed"],
    "version 2": [spell((b) => b[0] = 2), "malformed"],
    "a flag": [spell((b) => b[1] = 1), "malformed"],
    "another flag": [spell((b) => b[1] = 128), "malformed"],
    "another key id": [spell((b) => b[2]! ^= 1), "unknown-key"],
    "another payload": [spell((b) => b[20]! ^= 1), "bad-mac"],
    "another tag": [spell((b) => b[b.length - 1]! ^= 1), "bad-mac"],
    "no tag": [spell((b) => b.fill(0, -32)), "bad-mac"],
    "another secret": [mint(PAYLOAD, { secret: FIRST }), "unknown-key"],
    "the token of another cookie": [mint(PAYLOAD, { cookieName: "prefs" }), "bad-mac"],
    "the token of a cookie in capitals": [mint(PAYLOAD, { cookieName: "Session" }), "bad-mac"],
    "the id of a stored session": [
      signedCodec(SECRET, { purpose: "stored" }).encode(BYTES),
      "bad-mac",
    ],
    "an encrypted token": [encryptedCodec(SECRET).encode(BYTES), "malformed"],
    "no JSON": [mint("ada"), "malformed"],
    "idle for too long": [mint(late), "expired-idle"],
    "too old": [mint(old), "expired-absolute"],
    "too early": [mint(early), "future"],
  };
  for (const [name, [text, reason]] of Object.entries(rows)) {
    await t.step(name, async () => assertEquals(await reasonOf(await text), reason));
  }
  await t.step("Pyramid's own, by the same secret", async () => {
    const reason = await reasonOf(await pyramidCodec(SECRET).encode(BYTES));
    assert(reason === "malformed" || reason === "unknown-key", String(reason));
  });
  await t.step("the request is told", async () => {
    const told: string[] = [];
    const app = new SessionApp({
      onReject: (reason, request) => void told.push(reason, request.method, request.origin),
    });
    await app.present("x", (session) => session.size, { method: "POST" });
    assertEquals(told, ["malformed", "POST", "https://app.test"]);
  });
  await t.step("and the answer is the same for all", async () => {
    const answers = new Set<string>();
    for (const [text, reason] of Object.values(rows)) {
      if (reason === null) continue;
      const { response } = await new SessionApp().present(await text, (session) => session.size);
      answers.add(JSON.stringify([response.status, [...response.headers]]));
    }
    assertEquals(answers.size, 1, [...answers].join("\n"));
  });
});

Deno.test("signedCookieSessionFactory() reads by all secrets and signs by the newest", async (t) => {
  const all: Secrets = [FIRST, SECOND, THIRD, FOURTH];
  await t.step("a new session", async () => {
    const app = new SessionApp({ secrets: all });
    const { cookies } = await app.visit(app.visitor(), (session) => session.set("user", "ada"));
    assertEquals(keyIdIn(textOf(cookies[0])), keyIdOf(FIRST));
  });
  await t.step("one of the newest secret stays as it is", async () => {
    const app = new SessionApp({ secrets: all });
    const text = await mint(PAYLOAD, { secret: FIRST });
    const { value, cookies } = await app.present(text, (session) => session.get("user"));
    assertEquals([value, cookies], ["ada", []]);
  });
  for (const secret of [SECOND, THIRD, FOURTH]) {
    await t.step(
      `one of the secret ${secret.slice(0, 6)} is written anew when it is read`,
      async () => {
        const app = new SessionApp({ secrets: all });
        const ada = app.visitor();
        app.clock.travel(1);
        const headers = { cookie: `__Host-session=${await mint(PAYLOAD, { secret })}` };
        const { value, cookies } = await app.visit(ada, (session) => session.get("user"), {
          headers,
        });
        assertEquals([value, cookies.length, app.refusals], ["ada", 1, []]);
        const text = textOf(cookies[0]);
        assertEquals(keyIdIn(text), keyIdOf(FIRST));
        assertEquals(payloadOf(text), `[${START + 1_000},${START},{"user":"ada"}]`);
        assertEquals((await app.visit(ada, (session) => session.get("user"))).cookies, []);
      },
    );
  }
  await t.step("but not on HEAD, nor where it is not asked for", async () => {
    const app = new SessionApp({ secrets: all });
    const text = await mint(PAYLOAD, { secret: SECOND });
    const head = await app.present(text, (session) => session.get("user"), { method: "HEAD" });
    assertEquals([head.value, head.cookies], ["ada", []]);
    const headers = { cookie: `__Host-session=${text}` };
    const untouched = await app.visitor().get("/untouched", { headers });
    assertEquals(untouched.headers.getSetCookie(), []);
  });
  await t.step("and a secret that was taken out is unknown", async () => {
    const app = new SessionApp({ secrets: [FIRST, SECOND] });
    await app.present(await mint(PAYLOAD, { secret: THIRD }), (session) => session.size);
    assertEquals(app.refusals, ["unknown-key"]);
  });
  await t.step("an old token is renewed even where reissueTime is null", async () => {
    const app = new SessionApp({ secrets: all, reissueTime: null });
    const text = await mint(PAYLOAD, { secret: FOURTH });
    assertEquals((await app.present(text, (session) => session.size)).cookies.length, 1);
  });
});

Deno.test("signedCookieSessionFactory() binds the name without its prefix", async () => {
  const named = new SessionApp({ cookieName: "sid" });
  const prefixed = new SessionApp({ cookieName: "__Host-sid", secure: true });
  const { cookies } = await named.visit(named.visitor(), (session) => session.set("user", "ada"));
  const headers = { cookie: `__Host-sid=${textOf(cookies[0])}` };
  for (const app of [named, prefixed]) {
    const visit = await app.visit(app.visitor(), (session) => session.get("user"), { headers });
    assertEquals(visit.value, "ada");
  }
  const local = named.visitor("http://localhost");
  const plain = { cookie: `sid=${textOf(cookies[0])}` };
  const visit = await named.visit(local, (session) => session.get("user"), { headers: plain });
  assertEquals(visit.value, "ada");
  const other = new SessionApp();
  await other.present(textOf(cookies[0]), (session) => session.size);
  assertEquals(other.refusals, ["bad-mac"]);
});

Deno.test("signedCookieSessionFactory() refuses weak secrets when it is made, with a way to make a good one", async (t) => {
  const untyped = (secrets: unknown): Secrets => secrets as Secrets;
  const long = "9dK2mX7vB1nL6cR8pT3yH5jD0sF4kQwZ";
  type Refused = [secrets: unknown, kind: typeof TypeError | typeof RangeError, message: string];
  const rows: Record<string, Refused> = {
    "empty": ["", RangeError, "is empty"],
    "a space": [" ", RangeError, "1 bytes long"],
    "secret": ["secret", RangeError, "6 bytes long"],
    "keyboard cat": ["keyboard cat", RangeError, "12 bytes long"],
    "a letter 32 times": ["a".repeat(32), RangeError, "repeated"],
    "31 bytes": [long.slice(1), RangeError, "31 bytes long"],
    "an unset variable": [undefined, TypeError, "is the environment variable set?"],
    "null": [null, TypeError, "null"],
    "a number": [42, TypeError, "must be text"],
    "an empty list": [[], TypeError, "the list is empty"],
    "a weak one behind a good one": [[long, "secret"], RangeError, "secret 2 of 2"],
    "the same twice": [[long, long], RangeError, "stands in the list twice"],
    "lone surrogates": [long + "\ud800", TypeError, "lone surrogates"],
  };
  for (const [name, [secrets, kind, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      const make = () => signedCookieSessionFactory(untyped(secrets));
      const error = assertThrows(make, kind, message);
      assert(error.message.startsWith("Cannot use "), error.message);
      assert(error.message.includes("deno eval"), error.message);
      assert(!error.message.includes(long), error.message);
    });
  }
  await t.step("32 bytes are enough, and in any letters", () => {
    signedCookieSessionFactory(long);
    signedCookieSessionFactory("ключ из тридцати байт");
  });
  await t.step("a short one by insecureAllowWeakSecret", async () => {
    const app = new SessionApp({ secrets: "secret", insecureAllowWeakSecret: true });
    const { cookies } = await app.visit(app.visitor(), (session) => session.set("user", "ada"));
    assertEquals(payloadOf(textOf(cookies[0])), PAYLOAD);
  });
});
