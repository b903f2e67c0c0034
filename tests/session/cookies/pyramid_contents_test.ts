/**
 * What an app may call its keys in Pyramid's cookies.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { pyramidCookieSessionFactory, type Session } from "@pyramidion/pyramidion";
import { FactoryApp } from "../factory_app.ts";
import { SECRET } from "../session_app.ts";

Deno.test("pyramidContents() refuses as an app's keys those that Pyramid keeps for something else", async (t) => {
  const reserved: Record<string, string> = {
    "auth.userid": "bindTo()",
    "_csrft_": "newCsrfToken()",
    "_f_": "flash()",
    "_f_errors": "flash()",
  };
  const writes: Record<string, (session: Session, key: string) => unknown> = {
    "set()": (session, key) => session.set(key, "x"),
    "set() of a list": (session, key) => session.set(key, ["x"]),
    "setDefault()": (session, key) => session.setDefault(key, "x"),
    "update()": (session, key) => session.update({ [key]: "x" }),
    "update() by pairs": (session, key) => session.update([["fine", 1], [key, "x"]]),
  };
  const app = new FactoryApp((around) => pyramidCookieSessionFactory(SECRET, around));
  for (const [key, call] of Object.entries(reserved)) {
    for (const [name, write] of Object.entries(writes)) {
      await t.step(`${key} by ${name}`, async () => {
        const { cookies } = await app.visit(app.visitor(), (session) => {
          const error = assertThrows(() => write(session, key), TypeError);
          assert(error.message.includes(`"${key}"`), error.message);
          assert(error.message.endsWith(`call session.${call}`), error.message);
        });
        assertEquals(cookies, []);
      });
    }
  }
  await t.step("and takes those that only look like them", async () => {
    const keys = ["auth", "auth.userid2", "_csrft", "_csrft_2", "_f", "f_", "__f_"];
    const ada = app.visitor();
    await app.visit(ada, (session) => session.update(Object.fromEntries(keys.map((k) => [k, 1]))));
    const { value } = await app.visit(ada, (session) => [...session.keys()].sort());
    assertEquals(value, keys.sort());
  });
  await t.step("what another app left there can be read, and be deleted", async () => {
    const ada = app.visitor();
    await app.visit(ada, (session) => session.flash("x", "errors"));
    const { value } = await app.visit(ada, (session) => [
      session.get("_f_errors"),
      session.delete("_f_errors"),
      session.peekFlash("errors"),
    ]);
    assertEquals(value, [undefined, false, ["x"]]);
  });
});
