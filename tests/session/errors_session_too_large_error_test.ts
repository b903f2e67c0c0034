/**
 * Sessions that do not fit into a cookie, to the byte.
 *
 * @module
 */

import { assert, assertEquals, assertInstanceOf } from "jsr:@std/assert@^1.0.0";
import { SessionTooLargeError } from "@pyramidion/pyramidion";
import { SessionApp, type SessionAppOptions, textOf } from "./session_app.ts";

/** The error of a session that holds this, or null where it fits. */
async function tooLarge(
  app: SessionApp,
  values: Record<string, unknown>,
): Promise<{ error: SessionTooLargeError | null; size: number }> {
  app.errors.length = 0;
  const visit = await app.visit(app.visitor(), (session) => session.update(values));
  if (visit.response.status === 200) {
    assertEquals(app.errors, []);
    return { error: null, size: (visit.cookies[0] ?? "").replace(/;.*/, "").length - 1 };
  }
  assertEquals([visit.response.status, visit.cookies], [413, []]);
  const [error] = app.errors;
  assertInstanceOf(error, SessionTooLargeError);
  return { error, size: error.size };
}

Deno.test("SessionTooLargeError comes at 4,097 bytes of name and value, and not at 4,096", async (t) => {
  // 14 bytes of name, and a base64url of so many bytes of payload: header and tag take 38, times and the rest 38.
  const rows: Record<string, [options: SessionAppOptions, letters: number]> = {
    "__Host-session": [{}, 3_061 - 38 - 38],
    "a longer name": [{ cookieName: "s".repeat(11) }, 3_058 - 38 - 38],
    "long attributes, which browsers count apart": [
      { path: "/".padEnd(1_000, "a"), cookieName: "sssss" },
      3_061 - 38 - 38,
    ],
  };
  for (const [name, [options, letters]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new SessionApp(options);
      const fits = await tooLarge(app, { a: "x".repeat(letters) });
      assertEquals([fits.error, fits.size], [null, 4_096]);
      const { error } = await tooLarge(app, { a: "x".repeat(letters + 1) });
      assertEquals([error?.size, error?.limit], [4_097, 4_096]);
      assertEquals(error?.keys, [{ key: "a", bytes: 5 + letters + 1 }]);
    });
  }
});

Deno.test("SessionTooLargeError lets what just fits come back", async () => {
  const app = new SessionApp();
  const ada = app.visitor();
  const text = "x".repeat(3_061 - 38 - 38);
  await app.visit(ada, (session) => session.set("a", text));
  assertEquals((await app.visit(ada, (session) => session.get("a"))).value, text);
  assertEquals(app.refusals, []);
});

Deno.test("SessionTooLargeError counts bytes, not characters", async (t) => {
  const rows: Record<string, [letter: string, bytes: number]> = {
    "a": ["a", 1],
    "é": ["é", 2],
    "€": ["€", 3],
    "an emoji, two characters of JavaScript": ["😀", 4],
    "a line separator": ["\u2028", 3],
    "a quotation mark, which JSON escapes": ['"', 2],
    "U+0000, which JSON escapes": ["\0", 6],
    "a lone surrogate, which JSON escapes": ["\ud800", 6],
  };
  const room = 3_061 - 38 - 38;
  for (const [name, [letter, bytes]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new SessionApp();
      const count = Math.floor(room / bytes);
      assertEquals((await tooLarge(app, { a: letter.repeat(count) })).error, null);
      const { error } = await tooLarge(app, { a: letter.repeat(count + 1) });
      assertEquals(error?.keys, [{ key: "a", bytes: 5 + bytes * (count + 1) }]);
    });
  }
  await t.step("3,500 emoji", async () => {
    const { error } = await tooLarge(new SessionApp(), { "😀": "😀".repeat(3_500) });
    assertEquals(error?.keys, [{ key: "😀", bytes: 14_000 + 2 + 4 + 2 }]);
  });
});

Deno.test("SessionTooLargeError says the size of each key, largest first, and what to do", async () => {
  const app = new SessionApp();
  const { response, cookies } = await app.visit(app.visitor(), (session) => {
    session.set("small", 1).set("cart", ["x".repeat(5_000)]).set("é", "x".repeat(100));
    session.flash("x".repeat(2_000)).flash("y", "other");
    session.bindTo("ada");
  });
  assertEquals([response.status, cookies], [413, []]);
  const [error] = app.errors;
  assertInstanceOf(error, SessionTooLargeError);
  assertEquals(error.keys, [
    { key: "cart", bytes: 6 + 5_000 + 4 },
    { key: "(flash)", bytes: '"flash"'.length + '{"":[""],"other":["y"]}'.length + 2_000 },
    { key: "é", bytes: 4 + 102 },
    { key: "(user)", bytes: 6 + 5 },
    { key: "small", bytes: 7 + 1 },
  ]);
  assertEquals(
    error.message,
    `Cannot store the session in cookie "__Host-session": ${error.size} bytes of name and value, ` +
      "at most 4096 are kept by browsers, and nginx by default answers 502 from about 2,750 bytes of session; bytes by key: cart 5010, (flash) 2030, é 106, " +
      "(user) 11, small 8; keep large values in a database and their names in the session",
  );
  const page = await response.text();
  for (const secret of ["cart", "4096", "__Host", "database"]) {
    assert(!page.includes(secret), `the visitor is told of ${secret}`);
  }
});

Deno.test("SessionTooLargeError leaves the visitor the cookie of before", async () => {
  const app = new SessionApp();
  const ada = app.visitor();
  await app.visit(ada, (session) => session.set("user", "ada"));
  const before = ada.cookie("__Host-session");
  await app.visit(ada, (session) => session.set("cart", "x".repeat(5_000)));
  assertEquals(ada.cookie("__Host-session"), before);
  const { value } = await app.visit(ada, (session) => [session.get("user"), session.has("cart")]);
  assertEquals(value, ["ada", false]);
});

Deno.test("SessionTooLargeError comes for flash messages that heap up", async () => {
  const app = new SessionApp();
  const { response } = await app.visit(app.visitor(), (session) => {
    for (let count = 0; count < 10_000; count++) session.flash("Hello");
  });
  assertEquals(response.status, 413);
  assertInstanceOf(app.errors[0], SessionTooLargeError);
});

Deno.test("SessionTooLargeError counts the name as it is written for the origin", async () => {
  const app = new SessionApp();
  // Base64url has no text of 4,089 characters: 4,088 is the most beside seven of name.
  const text = "x".repeat(3_066 - 38 - 38);
  const local = await app.visit(
    app.visitor("http://localhost"),
    (session) => session.set("a", text),
  );
  assertEquals([local.response.status, textOf(local.cookies[0]).length + 7], [200, 4_095]);
  const secure = await app.visit(app.visitor(), (session) => session.set("a", text));
  assertEquals(secure.response.status, 413);
});
