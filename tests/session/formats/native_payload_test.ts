/**
 * What a well-signed cookie may say: `[renewed, created, state]` or `[renewed, created, state, extra]`.
 *
 * The cookies are signed by the app's own secret: only the shape of what they say is wrong.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import type { Session } from "@pyramidion/pyramidion";
import { mint, payloadOf, SessionApp, START, stateOf, textOf } from "../session_app.ts";

const T = START;
const UTF8 = new TextEncoder();

function nested(depth: number, open: string, close: string): string {
  return open.repeat(depth) + close.repeat(depth);
}

const MALFORMED: Record<string, string | Uint8Array<ArrayBuffer>> = {
  "nothing": "",
  "no JSON": "user=ada",
  "JSON cut off": `[${T},${T},{"user":"ada"}`,
  "JSON and more": `[${T},${T},{}]x`,
  "two JSON texts": `[${T},${T},{}][${T},${T},{}]`,
  "JSON in single quotes": `[${T},${T},{'user':'ada'}]`,
  "JSON with a comment": `[${T},${T},{}/* */]`,
  "JSON after a byte order mark": `\ufeff[${T},${T},{}]`,
  "null": "null",
  "true": "true",
  "a number": "42",
  "text": '"admin"',
  "text of three letters": '"abc"',
  "an object": '{"user":"admin"}',
  "an object that looks like a list": `{"0":${T},"1":${T},"2":{},"length":3}`,
  "__proto__ alone": '{"__proto__":{"admin":true}}',
  "an empty list": "[]",
  "one member": `[${T}]`,
  "two members": `[${T},${T}]`,
  "five members": `[${T},${T},{},{},{}]`,
  "a list in a list": `[[${T},${T},{}]]`,
  "renewed -1": `[-1,${T},{}]`,
  "created -1": `[${T},-1,{}]`,
  "renewed null, as NaN is written": `[null,${T},{}]`,
  "created null": `[${T},null,{}]`,
  "renewed NaN": `[NaN,${T},{}]`,
  "created Infinity": `[${T},Infinity,{}]`,
  "renewed 1e308": `[1e308,${T},{}]`,
  "created 1e308": `[${T},1e308,{}]`,
  "renewed 1e999": `[1e999,${T},{}]`,
  "renewed of 2^53": `[9007199254740992,${T},{}]`,
  "created as text": `[${T},"0",{}]`,
  "renewed as text": `["${T}",${T},{}]`,
  "renewed with a fraction": `[${T}.5,${T},{}]`,
  "created with a fraction": `[${T},0.5,{}]`,
  "renewed true": `[true,${T},{}]`,
  "created a list": `[${T},[${T}],{}]`,
  "created an object": `[${T},{},{}]`,
  "state null": `[${T},${T},null]`,
  "state a list": `[${T},${T},[]]`,
  "state a list of pairs": `[${T},${T},[["user","admin"]]]`,
  "state text": `[${T},${T},"user"]`,
  "state empty text": `[${T},${T},""]`,
  "state a number": `[${T},${T},42]`,
  "state true": `[${T},${T},true]`,
  "extra null": `[${T},${T},{},null]`,
  "extra a list": `[${T},${T},{},[]]`,
  "extra text": `[${T},${T},{},"admin"]`,
  "an unknown member": `[${T},${T},{},{"admin":true}]`,
  "an unknown member beside a known one": `[${T},${T},{},{"user":"ada","role":"admin"}]`,
  "a member in capitals": `[${T},${T},{},{"User":"ada"}]`,
  "a member __proto__": `[${T},${T},{},{"__proto__":{"user":"admin"}}]`,
  "a member constructor": `[${T},${T},{},{"constructor":1}]`,
  "user a number": `[${T},${T},{},{"user":1}]`,
  "user null": `[${T},${T},{},{"user":null}]`,
  "user empty": `[${T},${T},{},{"user":""}]`,
  "user a list": `[${T},${T},{},{"user":["admin"]}]`,
  "id a number": `[${T},${T},{},{"id":1}]`,
  "csrf true": `[${T},${T},{},{"csrf":true}]`,
  "csrf an object": `[${T},${T},{},{"csrf":{}}]`,
  "epoch text": `[${T},${T},{},{"epoch":"1"}]`,
  "epoch -1": `[${T},${T},{},{"epoch":-1}]`,
  "epoch with a fraction": `[${T},${T},{},{"epoch":0.5}]`,
  "life text": `[${T},${T},{},{"life":"3600"}]`,
  "life 0": `[${T},${T},{},{"life":0}]`,
  "life -1": `[${T},${T},{},{"life":-1}]`,
  "life with a fraction": `[${T},${T},{},{"life":0.5}]`,
  "life null": `[${T},${T},{},{"life":null}]`,
  "life over 400 days, which remember() refuses": `[${T},${T},{},{"life":34560001}]`,
  "life 1e300": `[${T},${T},{},{"life":1e300}]`,
  "flash a list": `[${T},${T},{},{"flash":[]}]`,
  "flash text": `[${T},${T},{},{"flash":"Hello"}]`,
  "flash null": `[${T},${T},{},{"flash":null}]`,
  "an empty queue, which is never written": `[${T},${T},{},{"flash":{"":[]}}]`,
  "a queue of text": `[${T},${T},{},{"flash":{"":"Hello"}}]`,
  "a queue null": `[${T},${T},{},{"flash":{"":null}}]`,
  "a queue an object": `[${T},${T},{},{"flash":{"":{"0":"Hello"}}}]`,
  "invalid UTF-8": Uint8Array.of(...UTF8.encode(`[${T},${T},{"user":"`), 0xff, 0x22, 0x7d, 0x5d),
  "UTF-8 cut off": Uint8Array.of(...UTF8.encode(`[${T},${T},{"user":"`), 0xc3, 0x22, 0x7d, 0x5d),
  "an overlong slash": Uint8Array.of(
    ...UTF8.encode(`[${T},${T},{"user":"`),
    0xc0,
    0xaf,
    0x22,
    0x7d,
    0x5d,
  ),
  "a surrogate as UTF-8": Uint8Array.of(
    ...UTF8.encode(`[${T},${T},{"user":"`),
    0xed,
    0xa0,
    0x80,
    0x22,
    0x7d,
    0x5d,
  ),
  "UTF-16": Uint8Array.from(`[${T},${T},{}]`, (c) => c.charCodeAt(0)).reduce(
    (bytes, byte) => Uint8Array.of(...bytes, byte, 0),
    new Uint8Array(),
  ),
  "zero bytes": new Uint8Array(64),
  "random bytes": Uint8Array.from({ length: 256 }, (_, i) => (i * 167 + 13) % 256),
  "lists nested as deep as a cookie holds": nested(1_400, "[", "]"),
  "state of lists nested as deep as a cookie holds": `[${T},${T},{"a":${nested(1_400, "[", "]")}}]`,
  "state of objects nested as deep as a cookie holds": `[${T},${T},{"a":${'{"":'.repeat(500)}1${
    "}".repeat(500)
  }}]`,
  "a flash message nested as deep as a cookie holds": `[${T},${T},{},{"flash":{"":[${
    nested(1_400, "[", "]")
  }]}}]`,
};

Deno.test("NativePayload refuses a payload of another shape as malformed, and the session is new", async (t) => {
  for (const [name, payload] of Object.entries(MALFORMED)) {
    await t.step(name, async () => {
      const app = new SessionApp();
      const { value, response, cookies } = await app.present(await mint(payload), (session) => {
        const seen = [...session].length + session.peekFlash().length;
        return [session.isNew, session.created, session.userId, seen, session.get("admin")];
      });
      assertEquals(app.refusals, ["malformed"]);
      assertEquals(value, [true, START, undefined, 0, undefined]);
      assertEquals([response.status, cookies, app.errors], [200, [], []]);
      assertEquals(Reflect.get({}, "admin"), undefined);
    });
  }
});

Deno.test("NativePayload reads what it should", async (t) => {
  const csrf = "A".repeat(43);
  const rows: Record<
    string,
    [payload: string, look: (session: Session) => unknown, seen: unknown]
  > = {
    "an empty state": [`[${T},${T},{}]`, (session) => session.size, 0],
    "keys": [
      `[${T},${T},{"a":[1,{"b":null}],"user":"ada"}]`,
      stateOf,
      { a: [1, { b: null }], user: "ada" },
    ],
    "a replacement character, and text of every length in UTF-8": [
      `[${T},${T},{"a":"\ufffd é € 😀"}]`,
      (session) => session.get("a"),
      "\ufffd é € 😀",
    ],
    "a byte order mark": [`[${T},${T},{"a":"\ufeff"}]`, (session) => session.get("a"), "\ufeff"],
    "times of 1970": [`[0,0,{"a":1}]`, (session) => session.created, 0],
    "__proto__, as data": [
      `[${T},${T},{"__proto__":{"admin":true}}]`,
      (session) => [session.get("__proto__"), session.get("admin"), session.size],
      [{ admin: true }, undefined, 1],
    ],
    "__proto__ further in, as data": [
      `[${T},${T},{"a":{"__proto__":{"admin":true}}}]`,
      (session) => {
        const a = Object(session.get("a"));
        return [Object.keys(a), Reflect.get(Object.create(null, {}), "admin"), a.admin];
      },
      [["__proto__"], undefined, undefined],
    ],
    "a user": [`[${T},${T},{},{"user":"ada"}]`, (session) => session.userId, "ada"],
    "flash queues": [
      `[${T},${T},{},{"flash":{"":["one",{"two":2}],"__proto__":["three"]}}]`,
      (session) => [session.peekFlash(), session.peekFlash("__proto__")],
      [["one", { two: 2 }], ["three"]],
    ],
    "everything beside the keys": [
      `[${T},${T},{"a":1},{"csrf":"${csrf}","epoch":0,"flash":{"q":["m"]},"id":"i","life":60,"user":"u"}]`,
      (session) => [session.get("a"), session.peekFlash("q"), session.userId],
      [1, ["m"], "u"],
    ],
    "the longest life": [
      `[${T},${T},{"a":1},{"life":34560000}]`,
      (session) => session.get("a"),
      1,
    ],
    "lists a hundred deep": [
      `[${T},${T},{"a":${nested(100, "[", "]")}}]`,
      (session) => Array.isArray(session.get("a")),
      true,
    ],
  };
  for (const [name, [payload, look, seen]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new SessionApp({ timeout: null, lifetime: null });
      const text = await mint(payload);
      const { value, response } = await app.present(text, (session) => {
        assertEquals(session.isNew, false);
        return look(session);
      });
      assertEquals([value, app.refusals, response.status], [seen, [], 200]);
    });
  }
});

Deno.test("NativePayload writes one text for one state, with its keys sorted", async () => {
  const app = new SessionApp({ randomBytes: (length) => new Uint8Array(length) });
  const { cookies } = await app.visit(app.visitor(), (session) => {
    session.bindTo("ada");
    session.set("b", { d: 1, c: [{ z: 1, y: 2 }] }).set("a", "é").set("10", 1).set("9", -0);
    session.flash("two", "b").flash({ y: 1, x: 2 }, "a");
    session.remember(60);
    session.getCsrfToken();
  });
  const csrf = "A".repeat(43);
  const state = '{"10":1,"9":-0,"a":"é","b":{"c":[{"y":2,"z":1}],"d":1}}';
  const extra =
    `{"csrf":"${csrf}","flash":{"a":[{"x":2,"y":1}],"b":["two"]},"life":60,"user":"ada"}`;
  assertEquals(payloadOf(textOf(cookies[0])), `[${T},${T},${state},${extra}]`);
});

Deno.test("NativePayload writes nothing beside the keys where there is nothing", async () => {
  const app = new SessionApp();
  const { cookies } = await app.visit(app.visitor(), (session) => {
    session.set("a", null).flash("Hello");
    session.popFlash();
  });
  assertEquals(payloadOf(textOf(cookies[0])), `[${T},${T},{"a":null}]`);
});
