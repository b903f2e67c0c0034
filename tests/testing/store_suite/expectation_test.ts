import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { expect, expectSame, shown } from "../../../lib/testing/store_suite/expectation.ts";

Deno.test("shown() is the same for equal values, and another for others", () => {
  const equal: [unknown, unknown][] = [
    [{ a: 1, b: new Map([["x", "1"], ["y", "2"]]) }, {
      b: new Map([["y", "2"], ["x", "1"]]),
      a: 1,
    }],
    [new Set(["b", "a"]), new Set(["a", "b"])],
    [[null, undefined], [null, undefined]],
    [new Map([["__proto__", "1"]]), new Map([["__proto__", "1"]])],
  ];
  for (const [one, other] of equal) assertEquals(shown(one), shown(other));
  const different: unknown[] = [
    null,
    undefined,
    true,
    0,
    "0",
    "",
    [],
    {},
    new Map(),
    new Set(),
    [1, 2],
    [2, 1],
    { a: 1 },
    { a: undefined },
    { b: 1 },
    new Map([["a", "1"]]),
    new Map([["a", "2"]]),
    new Map([["__proto__", "1"]]),
  ];
  assertEquals(new Set(different.map(shown)).size, different.length);
});

Deno.test("expectSame() says what was found, and what the contract demands", () => {
  expectSame(new Map([["a", "1"]]), new Map([["a", "1"]]), "load()");
  const error = assertThrows(() => expectSame(null, true, "update()"), Error);
  assertEquals(error.message, "update(): found null, the contract demands true");
});

Deno.test("expect() throws what it is told", () => {
  expect(true, "no");
  assertThrows(() => expect(false, "gone at 1 ms"), Error, "gone at 1 ms");
});
