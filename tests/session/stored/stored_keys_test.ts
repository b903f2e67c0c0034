/**
 * The keys of stored sessions: whatever an app calls its keys, the reserved ones are out of reach.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import {
  appKey,
  csrfKey,
  DEVICE,
  flashKey,
  isReserved,
  reservedKey,
  shownKey,
  storedKey,
} from "../../../lib/session/stored/stored_keys.ts";
import { cookieOf, storedApp } from "./stored_app.ts";

const RESERVED = [csrfKey("t0"), flashKey("", [], "t0"), flashKey("q", [], "t0"), DEVICE];

Deno.test("storedKey() reaches no reserved key, and appKey() takes it back", () => {
  const keys = [...RESERVED, ...RESERVED.map((key) => `(${key}`), "", "(", "((", "a", "a(b"];
  for (const key of keys) {
    assertEquals([isReserved(storedKey(key)), appKey(storedKey(key))], [false, key]);
    assertEquals(shownKey(storedKey(key)), key);
  }
  assertEquals(RESERVED.every(isReserved), true);
});

Deno.test("an app that uses the names of reserved keys reads and writes its own values only", async () => {
  const { app, factory, inner } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => {
    for (const key of RESERVED) session.set(key, "mine");
    session.flash("hello");
  });
  await app.visit(visitor, (session) => session.newCsrfToken());
  const { value: id = "" } = await app.visit(visitor, (session) => factory.idOf(session));
  const { value } = await app.visit(visitor, (session) => [
    [...session.keys()].toSorted(),
    session.get(DEVICE),
    session.peekFlash(),
    session.hasCsrfToken,
  ]);
  assertEquals(value, [RESERVED.toSorted(), "mine", ["hello"], true]);
  await app.visit(visitor, (session) => session.clear());
  const after = await app.visit(visitor, (session) => [session.peekFlash(), session.hasCsrfToken]);
  assertEquals(after.value, [["hello"], true]);
  assertEquals((await inner.load(id, app.clock()))?.values.size, 2);
});

Deno.test("a session that a later version bound to a device is a 503, and nobody is let in", async () => {
  const { app, factory, inner } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.bindTo("ada"));
  const { value: id = "" } = await app.visit(visitor, (session) => factory.idOf(session));
  const { head = "" } = await inner.load(id, app.clock()) ?? {};
  await inner.update(id, head, { set: new Map([[DEVICE, "1"]]) }, app.clock());
  const { response } = await app.present(cookieOf(visitor), (session) => session.userId);
  assertEquals(response.status, 503);
});

Deno.test("reservedKey() reads what csrfKey() and flashKey() made, and nothing else", () => {
  assertEquals(reservedKey(csrfKey("aB-_9")), { kind: "csrf", tag: "aB-_9", queue: "" });
  assertEquals(reservedKey(flashKey("q)\n(", [], "x")), {
    kind: "flash",
    tag: "000000x",
    queue: "q)\n(",
  });
  for (
    const key of ["(csrf)", "(csrf:)", "(csrf:a)b", "(flash:)", "(flash:a b)", "(other:a)", "("]
  ) {
    assertEquals(reservedKey(key), null, key);
  }
  assertEquals([csrfKey("x"), flashKey("q", [], "x"), DEVICE].map(shownKey), [
    "(csrf)",
    "(flash)q",
    DEVICE,
  ]);
});

Deno.test("flashKey() comes behind the messages before, whatever their tags begin with", () => {
  const keys: string[] = [];
  for (const tag of ["9zz", "0aa", "12b", "-__", "77c"]) keys.push(flashKey("q", keys, tag));
  assertEquals(keys.toSorted(), keys);
  assertEquals(flashKey("q", ["(flash:stranger)q"], "t"), "(flash:000000t)q");
});
