/**
 * `session.modify()` of stored sessions.
 *
 * @module
 */

import { assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { SessionSchemaError, SessionValueError, type StandardSchema } from "@pyramidion/pyramidion";
import { cookieOf, storedApp } from "./stored_app.ts";

const addOne = (n: unknown) => Number(n ?? 0) + 1;

Deno.test("modify() changes a key at once, and the end of the request writes nothing more", async () => {
  const { app, calls } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("n", 1).set("o", { a: 1 }));
  calls.length = 0;
  const { value } = await app.visit(visitor, async (session) => [
    await session.modify("n", addOne),
    await session.modify("n", addOne),
    await session.modify("o", () => undefined),
    await session.modify("n", (n) => n),
    session.get("n"),
    session.has("o"),
  ]);
  assertEquals(value, [2, 3, undefined, 3, 3, false]);
  assertEquals(calls, ["load", "update", "update", "update"]);
});

Deno.test("modify() stays where the view throws", async () => {
  const { app } = storedApp({ setOnException: false });
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("n", 1));
  await assertRejects(() =>
    app.visit(visitor, async (session) => {
      await session.modify("n", addOne);
      throw new Error("later");
    })
  );
  assertEquals((await app.visit(visitor, (session) => session.get("n"))).value, 2);
});

Deno.test("modify() starts from what this request has set, and from nothing in a new session", async () => {
  const { app, calls } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.modify("n", addOne));
  assertEquals(calls, ["create"]);
  await app.visit(visitor, (session) => session.set("n", 5).modify("n", addOne));
  assertEquals((await app.visit(visitor, (session) => session.get("n"))).value, 6);
});

Deno.test("modify() sees what other requests wrote since it was loaded", async () => {
  const { app } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("n", 1));
  const cookie = cookieOf(visitor);
  const { value } = await app.visit(visitor, async (session) => {
    await app.present(cookie, (session) => session.set("n", 10).set("other", 1));
    await app.present(cookie, (session) => session.regenerate());
    return await session.modify("n", addOne);
  });
  assertEquals(value, 11);
});

Deno.test("modify() of a session that ended is lost, and told once", async () => {
  const { app, factory, lost } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => (session.set("n", 1), session.bindTo("ada")));
  const { value, response } = await app.visit(visitor, async (session) => {
    await factory.endAll("ada");
    return await session.modify("n", addOne);
  });
  assertEquals([value, response.status], [2, 200]);
  assertEquals(lost, [{ keys: ["n"], userId: "ada" }]);
});

Deno.test("modify() refuses promises, what cannot be kept, and what is no function", async () => {
  const { app } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("n", 1));
  const refused = (change: unknown, ErrorClass: typeof TypeError | typeof SessionValueError) =>
    assertRejects(
      () => app.visit(visitor, (session) => session.modify("n", change as never)),
      ErrorClass,
    );
  await refused(() => Promise.reject(new Error("nobody awaits it")), TypeError);
  await refused(() => new Date(), SessionValueError);
  await refused(1, TypeError);
  assertEquals((await app.visit(visitor, (session) => session.get("n"))).value, 1);
});

Deno.test("modify() computes anew at once, and so comes through beside a process that never rests", async () => {
  const one = storedApp();
  const other = storedApp({}, one.inner);
  const visitor = one.app.visitor();
  await one.app.visit(visitor, (session) => session.set("n", 0));
  const cookie = cookieOf(visitor);
  let isOver = false, counted = 0;
  const restless = (async () => {
    while (!isOver) {
      await other.app.present(cookie, (session) => session.modify("n", addOne));
      counted++;
      await new Promise((resolve) => setTimeout(resolve));
    }
  })();
  for (let at = 0; at < 5; at++) {
    const { value } = await one.app.visit(visitor, async (session) => {
      // The other one is quicker.
      const before = counted;
      while (counted === before) await new Promise((resolve) => setTimeout(resolve));
      return await session.modify("n", addOne);
    });
    assertEquals(value, counted + at + 1);
  }
  isOver = true;
  await restless;
  // A load, an update that came too late, and one behind it.
  assertEquals(one.calls.filter((call) => call === "update").length, 10);
});

Deno.test("modify() fits the value to the schema", async () => {
  const schema: StandardSchema<Record<string, unknown>> = {
    "~standard": {
      version: 1,
      vendor: "tests",
      validate: (value) => {
        const { n = 7, ...rest } = Object(value);
        return n < 10 ? { value: { n, ...rest } } : { issues: [{ message: "too much" }] };
      },
    },
  };
  const { app } = storedApp({ schema });
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  const modified = () => app.visit(visitor, (session) => session.modify("n", addOne));
  assertEquals([(await modified()).value, (await modified()).value], [8, 9]);
  await assertRejects(modified, SessionSchemaError);
});

Deno.test("modify() is a 503 where the store is down, and its queue goes on", async () => {
  const { app, trouble } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("n", 0));
  trouble.before = (call) => {
    if (call === "update") throw new Error("down");
  };
  const add = () => app.visit(visitor, (session) => session.modify("n", addOne));
  const answers = await Promise.all([add(), add()]);
  assertEquals(answers.map(({ response }) => response.status), [503, 503]);
  trouble.before = undefined;
  assertEquals((await add()).value, 1);
});

Deno.test("modify() never shows what a key holds behind a sign-in to the cookie from before", async () => {
  const { app, trouble } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  const planted = cookieOf(visitor);
  const isSlowReady = Promise.withResolvers<void>(), mayRead = Promise.withResolvers<void>();
  const slow = app.present(planted, async (session) => {
    session.get("a");
    isSlowReady.resolve();
    await mayRead.promise;
    return await session.modify("note", (note) => note ?? "none");
  });
  await isSlowReady.promise;
  await app.visit(visitor, (session) => session.bindTo("ada"));
  const isWritten = Promise.withResolvers<void>(), mayAnswer = Promise.withResolvers<void>();
  trouble.after = async (call) => {
    if (call !== "update") return;
    trouble.after = undefined;
    isWritten.resolve();
    await mayAnswer.promise;
  };
  const written = app.visit(visitor, (session) => session.modify("note", () => "of Ada"));
  await isWritten.promise;
  mayRead.resolve();
  // The slow request stands behind the one of Ada.
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  mayAnswer.resolve();
  assertEquals([(await written).value, (await slow).value], ["of Ada", "none"]);
  assertEquals((await app.visit(visitor, (session) => session.get("note"))).value, "of Ada");
});

Deno.test("modify() asks the store also where the value stays as it was loaded", async () => {
  const { app } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("flag", true).set("n", 1));
  const cookie = cookieOf(visitor);
  const { value } = await app.visit(visitor, async (session) => {
    await app.present(cookie, (session) => session.set("n", 2).delete("flag"));
    return [await session.modify("flag", () => true), await session.modify("n", (n) => n)];
  });
  assertEquals(value, [true, 2]);
  assertEquals((await app.visit(visitor, (session) => session.get("flag"))).value, true);
});
