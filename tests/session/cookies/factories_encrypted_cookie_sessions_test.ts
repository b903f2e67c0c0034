/**
 * Encrypted sessions through an app: nobody reads them, nobody writes them.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStringIncludes,
  assertThrows,
} from "jsr:@std/assert@^1.0.0";
import {
  encryptedCodec,
  encryptedCookieSessionFactory,
  SessionTooLargeError,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";
import type { SecretCookieSessionOptions, Secrets } from "@pyramidion/pyramidion/types";
import { cookieHeader, FactoryApp, OLD_SECRET } from "../factory_app.ts";
import { mint, NAME, SECRET, START, textOf, tokenBytes } from "../session_app.ts";

function encryptedApp(
  secrets: Secrets = SECRET,
  options: SecretCookieSessionOptions = {},
): FactoryApp {
  return new FactoryApp((around) =>
    encryptedCookieSessionFactory(secrets, { ...around, ...options })
  );
}

Deno.test("encryptedCookieSessionFactory() gives back what was stored, and what lies beside it", async () => {
  const app = encryptedApp();
  const ada = app.visitor();
  const { value: token } = await app.visit(ada, (session) => {
    session.bindTo("ada");
    session.set("cart", [{ id: 1, name: "é\u2028😀" }]).flash("Welcome", "top");
    session.remember(7200);
    return session.getCsrfToken();
  });
  const { value } = await app.visit(ada, (session) => [
    session.isNew,
    session.created,
    session.userId,
    session.get("cart"),
    session.popFlash("top"),
    session.checkCsrfToken(token),
  ]);
  assertEquals(value, [false, START, "ada", [{ id: 1, name: "é\u2028😀" }], ["Welcome"], true]);
  const { value: left } = await app.visit(
    ada,
    (session) => [session.size, session.peekFlash("top")],
  );
  assertEquals(left, [1, []]);
});

Deno.test("encryptedCookieSessionFactory() shows nothing of the session, and never the same text twice", async () => {
  const app = encryptedApp();
  const write = () =>
    app.visit(app.visitor(), (session) => {
      session.bindTo("ada@example.test");
      session.set("diagnosis", "hay fever").flash("Confidential");
    });
  const texts = [textOf((await write()).cookies[0]), textOf((await write()).cookies[0])];
  const [one = "", other = ""] = texts;
  assertNotEquals(one, other);
  for (const text of texts) {
    const shown = new TextDecoder("latin1").decode(tokenBytes(text)) + text;
    for (const hidden of ["diagnosis", "hay fever", "ada@", "Confidential", String(START)]) {
      assert(!shown.includes(hidden), hidden);
    }
  }
  // All but version, flags and key id, which say nothing of the session, differs.
  const [a, b] = [tokenBytes(one), tokenBytes(other)];
  assertEquals(a.slice(0, 6), b.slice(0, 6));
  const alike = a.slice(6).filter((byte, index) => byte === b[6 + index]).length;
  assert(alike < a.length / 8, `${alike} of ${a.length} bytes are the same`);
});

Deno.test("encryptedCookieSessionFactory() gives a new session for every bit that is flipped", async () => {
  const app = encryptedApp();
  const { cookies } = await app.visit(app.visitor(), (session) => session.set("user", "ada"));
  const text = textOf(cookies[0]);
  const valid = await app.present(`${NAME}=${text}`, (session) => session.get("user"));
  assertEquals([valid.value, app.refusals], ["ada", []]);
  const bytes = tokenBytes(text);
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    const cookie = `${NAME}=${flipped.toBase64({ alphabet: "base64url", omitPadding: true })}`;
    const { value, cookies } = await app.present(
      cookie,
      (session) => [session.isNew, session.size],
    );
    assertEquals([value, cookies], [[true, 0], []], `bit ${bit}`);
    const byte = bit >> 3;
    const reason = byte < 2 ? "malformed" : byte < 6 ? "unknown-key" : "bad-mac";
    assertEquals(app.refusals.at(-1), reason, `bit ${bit}`);
  }
  assertEquals(app.refusals.length, 8 * bytes.length);
});

Deno.test("encryptedCookieSessionFactory() gives a new session for a text of another length or spelling", async (t) => {
  const app = encryptedApp();
  const { cookies } = await app.visit(app.visitor(), (session) => session.set("user", "ada"));
  const text = textOf(cookies[0]);
  const rows: Record<string, string> = {
    "doubled": text + text,
    "padded": `${text}=`,
    "of another alphabet": `${text.slice(0, -1)}+`,
    "quoted": `"${text}"`,
    "longer than a cookie can be": "A".repeat(5000),
    "a block longer": text + "A".repeat(128),
  };
  for (let cut = 1; cut < text.length; cut++) rows[`cut by ${cut}`] = text.slice(0, -cut);
  for (const [name, given] of Object.entries(rows)) {
    app.refusals.length = 0;
    const { value, cookies } = await app.present(`${NAME}=${given}`, (session) => session.isNew);
    assertEquals([value, cookies, app.refusals.length], [true, [], 1], name);
    assert(["malformed", "bad-mac"].includes(app.refusals[0]!), `${name}: ${app.refusals[0]}`);
  }
  await t.step("an empty text is no cookie", async () => {
    app.refusals.length = 0;
    const { value } = await app.present(`${NAME}=`, (session) => session.isNew);
    assertEquals([value, app.refusals], [true, []]);
  });
});

Deno.test("a cookie has one decoder: signed and encrypted sessions of one secret refuse each other", async (t) => {
  const signed = new FactoryApp((around) => signedCookieSessionFactory(SECRET, around));
  const encrypted = encryptedApp();
  for (
    const [name, from, to] of [
      ["signed to encrypted", signed, encrypted],
      ["encrypted to signed", encrypted, signed],
    ] as const
  ) {
    await t.step(name, async () => {
      const visitor = from.visitor();
      await from.visit(visitor, (session) => session.set("user", "admin"));
      const { value, cookies } = await to.present(
        cookieHeader(visitor),
        (session) => [session.isNew, session.size],
      );
      assertEquals([value, cookies, to.refusals.splice(0)], [[true, 0], [], ["malformed"]]);
    });
  }
  await t.step("plain JSON in base64url is no session", async () => {
    const plain = new TextEncoder().encode(`[${START},${START},{"user":"admin"}]`)
      .toBase64({ alphabet: "base64url", omitPadding: true });
    const { value } = await encrypted.present(`${NAME}=${plain}`, (session) => session.isNew);
    assertEquals([value, encrypted.refusals.splice(0)], [true, ["malformed"]]);
  });
  await t.step("an encrypted token of another cookie does not open", async () => {
    const payload = new TextEncoder().encode(`[${START},${START},{"user":"admin"}]`);
    const prefs = await encryptedCodec(SECRET, { cookieName: "prefs" }).encode(payload);
    const { value } = await encrypted.present(`${NAME}=${prefs}`, (session) => session.isNew);
    assertEquals([value, encrypted.refusals.length], [true, 1]);
    const own = await encryptedCodec(SECRET).encode(payload);
    const { value: user } = await encrypted.present(`${NAME}=${own}`, (s) => s.get("user"));
    assertEquals(user, "admin");
  });
  await t.step("a signed token under an encrypted version byte does not open", async () => {
    const bytes = tokenBytes(await mint(`[${START},${START},{"user":"admin"}]`));
    bytes[0] = 2;
    const text = bytes.toBase64({ alphabet: "base64url", omitPadding: true });
    const { value } = await encrypted.present(`${NAME}=${text}`, (session) => session.isNew);
    assertEquals(value, true);
  });
});

Deno.test("encryptedCookieSessionFactory() encrypts anew, by the newest secret, what an older one encrypted", async () => {
  const before = encryptedApp(OLD_SECRET);
  const ada = before.visitor();
  await before.visit(ada, (session) => session.set("user", "ada"));
  const old = cookieHeader(ada);

  const rotated = encryptedApp([SECRET, OLD_SECRET]);
  const { value, cookies } = await rotated.present(old, (session) => session.get("user"));
  assertEquals([value, cookies.length], ["ada", 1]);
  const renewed = `${NAME}=${textOf(cookies[0])}`;

  const after = encryptedApp(SECRET);
  const kept = await after.present(renewed, (session) => session.get("user"));
  assertEquals([kept.value, kept.cookies, after.refusals], ["ada", [], []]);
  const refused = await after.present(old, (session) => session.get("user"));
  assertEquals([refused.value, after.refusals], [undefined, ["unknown-key"]]);
  const settled = await rotated.present(renewed, (session) => session.get("user"));
  assertEquals([settled.value, settled.cookies], ["ada", []]);
});

Deno.test("encryptedCookieSessionFactory() stores what fits into 4,096 bytes of name and value, its padding counted", async () => {
  const app = encryptedApp();
  // 14 characters of name, base64url of 6 bytes header, 12 nonce, the padded payload, 16 tag.
  const lengthFor = (payload: number) => 14 + Math.ceil((34 + payload - payload % 32 + 32) * 4 / 3);
  const around = `[${START},${START},{"a":""}]`.length;
  // The payload of 3,007 bytes is padded to 3,008, one of 3,008 to 3,040.
  assertEquals([lengthFor(3007), lengthFor(3008)], [4070, 4113]);
  const visit = (bytes: number) =>
    app.visit(app.visitor(), (session) => session.set("a", "x".repeat(bytes - around)));

  const { response, cookies } = await visit(3007);
  assertEquals(response.status, 200);
  assertEquals(`${NAME}${textOf(cookies[0])}`.length, 4070);
  const { value } = await app.present(`${NAME}=${textOf(cookies[0])}`, (session) => {
    return String(session.get("a")).length;
  });
  assertEquals([value, app.refusals], [3007 - around, []]);

  const refused = await visit(3008);
  assertEquals([refused.response.status, refused.cookies], [413, []]);
  const error = app.errors[0]?.cause;
  assert(error instanceof SessionTooLargeError);
  assertEquals([error.size, error.limit], [4113, 4096]);
});

Deno.test("the length of an encrypted cookie tells the session's only in steps of 32 bytes", async () => {
  const app = encryptedApp();
  const around = `[${START},${START},{"a":""}]`.length;
  const lengths = new Map<number, Set<number>>();
  for (let payload = around; payload < around + 100; payload++) {
    const { cookies } = await app.visit(
      app.visitor(),
      (session) => session.set("a", "x".repeat(payload - around)),
    );
    const step = Math.floor(payload / 32);
    lengths.set(step, (lengths.get(step) ?? new Set()).add(textOf(cookies[0]).length));
  }
  for (const [step, seen] of lengths) assertEquals(seen.size, 1, `step ${step}`);
  assertEquals(new Set([...lengths.values()].flatMap((seen) => [...seen])).size, lengths.size);
});

Deno.test("encryptedCookieSessionFactory() refuses to start with a weak secret, and says how to make one", () => {
  for (const weak of ["", "secret", "a".repeat(64), "31 bytes: 4kQ9wZ2mX7vB1nL6cR8pT"]) {
    const error = assertThrows(() => encryptedCookieSessionFactory(weak), RangeError);
    assertStringIncludes(error.message, "deno ");
  }
  encryptedCookieSessionFactory("secret", { insecureAllowWeakSecret: true });
});

Deno.test("encryptedCookieSessionFactory() takes its nonces from the given randomBytes", async () => {
  const asked: number[] = [];
  const randomBytes = (length: number) => {
    asked.push(length);
    return new Uint8Array(length).fill(7);
  };
  const app = encryptedApp(SECRET, { randomBytes });
  const write = () => app.visit(app.visitor(), (session) => session.set("diagnosis", "hay fever"));
  const [one, other] = [textOf((await write()).cookies[0]), textOf((await write()).cookies[0])];
  assertEquals(one, other);
  assertEquals(asked, [12, 12]);
  assertEquals(tokenBytes(one).slice(6, 18), new Uint8Array(12).fill(7));
});
