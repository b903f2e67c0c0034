/**
 * The CSRF tokens of a session: masked anew each time, good for their session alone. Those of
 * visitors without a session stand in `csrf_cookies_test.ts`.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals } from "jsr:@std/assert@^1.0.0";
import type { Session } from "@pyramidion/pyramidion";
import type { TestClient } from "@pyramidion/pyramidion/testing";
import { everyKind, payloadOf, SessionApp, textOf, tokenBytes } from "./session_app.ts";

/** A visitor who has a session. */
async function begun(app: SessionApp): Promise<TestClient> {
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("cart", [1]));
  return visitor;
}

Deno.test("Session.getCsrfToken() gives a new mask each time, and all of them verify", async () => {
  const app = new SessionApp();
  const ada = await begun(app);
  const tokens = new Set<string>();
  let cookie: string | undefined;
  for (let request = 0; request < 3; request++) {
    const { cookies } = await app.visit(ada, (session) => {
      for (let call = 0; call < 20; call++) tokens.add(session.getCsrfToken());
      for (const token of tokens) assert(session.checkCsrfToken(token), token);
    });
    assertEquals(cookies.length, request === 0 ? 1 : 0, "it is remembered once");
    cookie ??= cookies[0];
  }
  assertEquals(tokens.size, 60);
  for (const token of tokens) assert(/^[\w-]{86}$/.test(token), token);
  for (let position = 0; position < 86; position++) {
    const letters = new Set([...tokens].map((token) => token[position]));
    assert(letters.size > 1, `letter ${position} is always the same`);
  }
  const payload = payloadOf(textOf(cookie));
  for (const token of tokens) {
    const bytes = tokenBytes(token);
    const secret = bytes.slice(32).map((byte, index) => byte ^ bytes[index]!);
    assert(payload.includes(secret.toBase64({ alphabet: "base64url", omitPadding: true })));
  }
});

everyKind(
  "Session.newCsrfToken() refuses every earlier token, and those of other sessions stay",
  async () => {
    const app = new SessionApp();
    const ada = await begun(app), eve = await begun(app);
    const token = async (visitor: typeof ada) =>
      (await app.visit(visitor, (session) => session.getCsrfToken())).value;
    const old = await token(ada), theirs = await token(eve);
    const { value: fresh } = await app.visit(ada, (session) => {
      const fresh = session.newCsrfToken();
      assertNotEquals(fresh, old);
      assertEquals([session.checkCsrfToken(old), session.checkCsrfToken(fresh)], [false, true]);
      return fresh;
    });
    const check = (session: Session) => [old, fresh, theirs].map((t) => session.checkCsrfToken(t));
    assertEquals((await app.visit(ada, check)).value, [false, true, false]);
    assertEquals((await app.visit(eve, check)).value, [false, false, true]);
  },
);

everyKind(
  "Session.checkCsrfToken() refuses whatever is not a token, and changes nothing",
  async (t) => {
    const app = new SessionApp();
    const ada = await begun(app);
    const { value: token } = await app.visit(ada, (session) => session.getCsrfToken());
    const bytes = tokenBytes(token);
    const spell = (changed: Uint8Array) =>
      changed.toBase64({ alphabet: "base64url", omitPadding: true });
    const secret = spell(bytes.slice(32).map((byte, index) => byte ^ bytes[index]!));
    const rows: Record<string, string> = {
      "empty": "",
      "one letter": "A",
      "the secret itself, unmasked": secret,
      "the mask alone": token.slice(0, 43),
      "one character less": token.slice(0, -1),
      "one character more": token + "A",
      "twice": token + token,
      "padded": token + "==",
      "with white space": ` ${token}`,
      "white space in place of a letter": token.slice(0, 40) + " " + token.slice(41),
      "the other alphabet": "+/".repeat(43),
      "no alphabet at all": "é".repeat(86),
      "86 times the same": "A".repeat(86),
      "86 zero characters": "\0".repeat(86),
      "lone surrogates": "\ud800".repeat(86),
      "another case": token.toLowerCase() === token ? token.toUpperCase() : token.toLowerCase(),
      "backwards": [...token].reverse().join(""),
      "mask and secret exchanged with a bit off": spell(
        bytes.map((byte, index) => index === 63 ? byte ^ 1 : byte),
      ),
      "a megabyte": "A".repeat(1_048_576),
      "null": "null",
      "undefined": "undefined",
      "__proto__": "__proto__",
    };
    for (const [name, presented] of Object.entries(rows)) {
      await t.step(name, async () => {
        const { value, response, cookies } = await app.visit(
          ada,
          (session) => session.checkCsrfToken(presented),
        );
        assertEquals([value, response.status, cookies], [false, 200, []]);
      });
    }
    await t.step("every bit of it", async () => {
      await app.visit(ada, (session) => {
        for (let bit = 0; bit < 512; bit++) {
          const changed = bytes.slice();
          changed[bit >> 3]! ^= 1 << (bit & 7);
          assertEquals(session.checkCsrfToken(spell(changed)), false, `bit ${bit}`);
        }
        assertEquals(session.checkCsrfToken(token), true);
      });
    });
    await t.step("has one spelling", async () => {
      await app.visit(ada, (session) => {
        const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        const good = [...letters].filter((letter) =>
          session.checkCsrfToken(token.slice(0, -1) + letter)
        );
        assertEquals(good, [token.at(-1)]);
      });
    });
  },
);

Deno.test("Session.checkCsrfToken() refuses everything while no token was made", async () => {
  const app = new SessionApp();
  const { value: token } = await app.visit(await begun(app), (s) => s.getCsrfToken());
  const { value, cookies } = await app.visit(app.visitor(), (session) => {
    session.set("user", "ada");
    return ["", "undefined", "A".repeat(86), token].map((one) => session.checkCsrfToken(one));
  });
  assertEquals(value, [false, false, false, false]);
  assertEquals(JSON.parse(payloadOf(textOf(cookies[0]))).length, 3);
});

everyKind(
  "Session.checkCsrfToken() needs no cookie of its own, and looking at it writes nothing",
  async () => {
    const app = new SessionApp();
    const { value, cookies } = await app.visit(
      app.visitor(),
      (session) => session.checkCsrfToken("x"),
    );
    assertEquals([value, cookies], [false, []]);
  },
);
