/** Cells: values in cookies of their own, for each key, bounded, and read once. */

import { assert, assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import {
  cookieSessionFactory,
  pyramidCookieSessionFactory,
  type Session,
  signedCodec,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";
import { encryptedCodec } from "@pyramidion/pyramidion";
import { FactoryApp, OLD_SECRET } from "./factory_app.ts";
import { everyKind, SECRET, SessionApp, START, tokenBytes } from "./session_app.ts";

const OAUTH = "oauth";
const named = (cookies: readonly string[]) => cookies.map((one) => one.split("=")[0]);
const put = (key: string, value: unknown, maxAge?: number) => async (session: Session) =>
  await (await session.cell(OAUTH, { key, maxAge })).set(value);
const look = (key: string) => async (session: Session) =>
  (await session.cell(OAUTH, { key })).get();
const take = (key: string) => async (session: Session) =>
  (await session.cell(OAUTH, { key })).take();

everyKind("a cell keeps a value for each key, without a session, and is read once", async () => {
  const app = new SessionApp(), visitor = app.visitor();
  const { cookies, response } = await app.visit(visitor, put("a", { verifier: "x" }));
  assertEquals(cookies.length, 1);
  assert(
    /^__Host-cell-[\w-]{16}=[\w-]+; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=600$/.test(
      cookies[0]!,
    ),
    cookies[0],
  );
  assertEquals(response.headers.get("cache-control"), "private");
  await app.visit(visitor, put("b", ["y"]));
  assertEquals((await app.visit(visitor, look("a"))).value, { verifier: "x" });
  assertEquals((await app.visit(visitor, take("a"))).value, { verifier: "x" });
  assertEquals((await app.visit(visitor, take("a"))).value, undefined);
  assertEquals((await app.visit(visitor, take("b"))).value, ["y"]);
  assertEquals((await app.visit(visitor, look("b"))).cookies, []);
});

everyKind("cells of several tabs at the same time are all kept", async () => {
  const app = new SessionApp(), visitor = app.visitor();
  await Promise.all(["a", "b", "c"].map((key) => app.visit(visitor, put(key, key))));
  await app.visit(visitor, (session) => void session.set("cart", [1]).bindTo("ada"));
  const values = await Promise.all(["a", "b", "c"].map((key) => app.visit(visitor, take(key))));
  assertEquals(values.map(({ value }) => value), ["a", "b", "c"]);
});

everyKind("a cell is empty after its last millisecond, and its cookie is deleted", async () => {
  const app = new SessionApp(), visitor = app.visitor();
  const { cookies } = await app.visit(visitor, put("a", 1, 60));
  const kept = cookies[0]?.split(";")[0] ?? "";
  const ask = async () => {
    const headers = { cookie: kept };
    return await app.visit(app.visitor(), look("a"), { headers });
  };
  app.clock.travel(60);
  assertEquals((await ask()).value, 1);
  app.clock.travel(0.001);
  const late = await ask();
  assertEquals(late.value, undefined);
  assertEquals(named(late.cookies), [kept.split("=")[0]]);
  assert(late.cookies[0]?.includes("Max-Age=0"));
});

Deno.test("at most eight cells are kept, and at most 4,096 characters: the oldest go", async () => {
  const app = new SessionApp(), visitor = app.visitor();
  const keys = Array.from({ length: 12 }, (_, index) => `key ${index}`);
  for (const key of keys) {
    app.clock.travel(1);
    await app.visit(visitor, put(key, key, 3600));
  }
  const values = [];
  for (const key of keys) values.push((await app.visit(visitor, look(key))).value);
  assertEquals(values, [...Array(4).fill(undefined), ...keys.slice(4)]);
  for (const key of ["big 1", "big 2", "big 3"]) {
    app.clock.travel(1);
    await app.visit(visitor, put(key, "x".repeat(1_000), 3600));
  }
  const held = [...visitor.jar.header(new URL(visitor.origin))?.split("; ") ?? []];
  assert(held.join("").length < 4_700, `${held.length} cells`);
  assertEquals((await app.visit(visitor, look("big 3"))).value, "x".repeat(1_000));
  assertEquals((await app.visit(visitor, look("key 11"))).value, undefined);
});

Deno.test("a cell that was not written by this factory, for this cookie, is none", async (t) => {
  const app = new SessionApp(), visitor = app.visitor();
  const { cookies } = await app.visit(visitor, put("a", 1, 3600));
  const [name = "", text = ""] = cookies[0]?.split(";")[0]?.split("=") ?? [];
  const encoded = async (value: unknown, secret = SECRET, cookieName = "session") =>
    await encryptedCodec(secret, { cookieName, purpose: "cell" })
      .encode(new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value)));
  const id = name.replace("__Host-cell-", "");
  const far = START + 9e9;
  assertEquals(
    (await app.visit(app.visitor(), look("a"), {
      headers: { cookie: `${name}=${await encoded([id, START, far, 2])}` },
    })).value,
    2,
  );
  const rows: Record<string, string> = {
    "an empty text": "",
    "no token": "x",
    "a letter more": `${text}A`,
    "a flipped letter": `${text.slice(0, 30)}${text[30] === "A" ? "B" : "A"}${text.slice(31)}`,
    "100,000 characters": "A".repeat(100_000),
    "another secret": await encoded([id, START, far, 2], OLD_SECRET),
    "another cookie name": await encoded([id, START, far, 2], SECRET, "app"),
    "an encrypted session": await encryptedCodec(SECRET).encode(
      new TextEncoder().encode(JSON.stringify([id, START, far, 2])),
    ),
    "a signed session": await signedCodec(SECRET).encode(
      new TextEncoder().encode(JSON.stringify([id, START, far, 2])),
    ),
    "another cell's text": await encoded(["A".repeat(16), START, far, 2]),
    "no JSON": await encoded("["),
    "null": await encoded("null"),
    "three members": await encoded([id, START, far]),
    "five members": await encoded([id, START, far, 2, 1]),
    "a time as text": await encoded([id, START, String(far), 2]),
    "a time without end": await encoded([id, START, 1e300, 2]),
    "a value that is no JSON": await encoded(`["${id}",${START},${far},{]`),
    "expired": await encoded([id, START - 2, START - 1, 2]),
  };
  for (const [row, value] of Object.entries(rows)) {
    await t.step(row, async () => {
      const headers = { cookie: `${name}=${value}` };
      const { response, value: read } = await app.visit(app.visitor(), look("a"), { headers });
      assertEquals([response.status, read], [200, undefined]);
    });
  }
  await t.step("200 cookies of others", async () => {
    const others = Array.from(
      { length: 200 },
      (_, index) => `__Host-cell-${String(index).padStart(16, "x")}=${text}`,
    );
    const headers = { cookie: others.join("; ") };
    const asked = await app.visit(app.visitor(), look("a"), { headers });
    assertEquals([asked.response.status, asked.cookies], [200, []]);
  });
});

Deno.test("a cell's contents cannot be read in its cookie, and keys do not stand in its name", async () => {
  const app = new SessionApp();
  const { cookies } = await app.visit(app.visitor(), put("state of Ada", "verifier"));
  const [name = "", text = ""] = cookies[0]?.split(";")[0]?.split("=") ?? [];
  assert(!new TextDecoder().decode(tokenBytes(text)).includes("verifier"));
  assert(!name.includes("Ada"));
});

Deno.test("a HEAD leaves the value, and a prefetch gets a 503", async () => {
  const app = new SessionApp(), visitor = app.visitor();
  await app.visit(visitor, put("a", 1));
  const head = await app.visit(visitor, take("a"), { method: "HEAD" });
  assertEquals([head.value, head.cookies], [1, []]);
  const early = await app.visit(visitor, take("a"), { headers: { "sec-purpose": "prefetch" } });
  assertEquals([early.response.status, early.cookies], [503, []]);
  assertEquals((await app.visit(visitor, take("a"))).value, 1);
});

Deno.test("set() refuses what JSON would change, what is too large, and what comes too late", async (t) => {
  const app = new SessionApp(), visitor = app.visitor();
  const rows: Record<string, [value: unknown, kind: typeof Error]> = {
    "a date": [new Date(0), TypeError],
    "undefined": [undefined, TypeError],
    "a map": [new Map(), TypeError],
    "a function": [() => 1, TypeError],
    "1,025 bytes": ["x".repeat(1_023), RangeError],
    "1,026 bytes in UTF-8": ["é".repeat(512), RangeError],
  };
  for (const [name, [value, kind]] of Object.entries(rows)) {
    await t.step(name, async () => {
      await app.visit(visitor, async (session) => {
        const cell = await session.cell(OAUTH);
        await assertRejects(() => cell.set(value), kind);
      });
    });
  }
  await t.step("1,024 bytes are enough", async () => {
    await app.visit(visitor, put("", "x".repeat(1_022)));
    assertEquals((await app.visit(visitor, take(""))).value, "x".repeat(1_022));
  });
  await t.step("1,024 bytes that JSON would escape once more", async () => {
    const quotes = Array<string>(341).fill(""), backslashes = "\\".repeat(511);
    await app.visit(visitor, put("a", quotes));
    assertEquals((await app.visit(visitor, take("a"))).value, quotes);
    await app.visit(visitor, put("b", backslashes));
    assertEquals((await app.visit(visitor, take("b"))).value, backslashes);
  });
  await t.step("after the response", async () => {
    const { value: cell } = await app.visit(visitor, (session) => session.cell(OAUTH));
    await assertRejects(() => cell.set(1), Error, "already on its way");
  });
});

Deno.test("factories without a secret of this form have no cells, and say so", async () => {
  for (
    const factory of [
      cookieSessionFactory(signedCodec(SECRET)),
      pyramidCookieSessionFactory(SECRET),
    ]
  ) {
    const app = new FactoryApp(() => factory);
    await app.visit(app.visitor(), async (session) => {
      await assertRejects(
        () => Promise.resolve().then(() => session.cell(OAUTH)),
        Error,
        "no secret",
      );
    });
  }
});

Deno.test("a cell belongs to the cookie name, and an older secret still reads it", async () => {
  const make = (secrets: string | [string, string], cookieName = "session") =>
    new FactoryApp((around) => signedCookieSessionFactory(secrets, { ...around, cookieName }));
  const old = make(OLD_SECRET), visitor = old.visitor();
  await old.visit(visitor, put("a", 1));
  const cookie = visitor.jar.header(new URL(visitor.origin)) ?? "";
  assertEquals((await make([SECRET, OLD_SECRET]).present(cookie, look("a"))).value, 1);
  assertEquals((await make(SECRET).present(cookie, look("a"))).value, undefined);
  assertEquals((await make(OLD_SECRET, "app").present(cookie, look("a"))).value, undefined);
});

Deno.test("a cell that has expired takes no older one with it", async () => {
  const app = new SessionApp(), visitor = app.visitor();
  await app.visit(visitor, put("long", 1, 3600));
  app.clock.travel(1);
  const { cookies } = await app.visit(visitor, put("short", 2, 10));
  const both = `${visitor.jar.header(new URL(visitor.origin))}`;
  app.clock.travel(60);
  const asked = await app.visit(app.visitor(), look("long"), { headers: { cookie: both } });
  assertEquals(asked.value, 1);
  assertEquals(named(asked.cookies), named(cookies));
});

Deno.test("of the cells that a request carries, sixteen are decrypted", async () => {
  const app = new SessionApp(), visitor = app.visitor();
  await app.visit(visitor, put("a", 1));
  const own = visitor.jar.header(new URL(visitor.origin)) ?? "";
  const others = (count: number) =>
    Array.from({ length: count }, (_, index) => `__Host-cell-${String(index).padStart(16, "x")}=x`);
  const ask = async (count: number) => {
    const headers = { cookie: [...others(count), own].join("; ") };
    return (await app.visit(app.visitor(), look("a"), { headers })).value;
  };
  assertEquals([await ask(15), await ask(16)], [1, undefined]);
});
