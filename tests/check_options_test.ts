/**
 * Options are checked where they are given: names, types, and whether they are options at all.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError } from "@pyramidion/pyramidion";
import {
  ANY,
  BOOLEAN,
  checkBag,
  checkOptions,
  checkValue,
  describe,
  either,
  fitsOptions,
  FUNCTION,
  instanceOf,
  LIMIT,
  listOf,
  NAME,
  NUMBER,
  numberOf,
  OBJECT,
  oneOf,
  type OptionKind,
  type OptionKinds,
  orNull,
  TEXT,
  TEXTS,
  withFunctions,
} from "../lib/check_options.ts";

interface Options {
  readonly flag?: boolean;
  readonly maxAge?: number | null;
  readonly names?: readonly string[];
  readonly anything?: unknown;
}

const KINDS: OptionKinds<Options> = {
  flag: BOOLEAN,
  maxAge: orNull(NUMBER),
  names: TEXTS,
  anything: ANY,
};

function messageOf(options: unknown): string {
  return assertThrows(() => checkOptions("f()", options, KINDS), ConfigurationError).message;
}

Deno.test("checkOptions() lets through what exists and is of its type, and what is undefined", async (t) => {
  class Own {
    flag = true;
  }
  const rows: Record<string, object> = {
    "none": {},
    "all": { flag: false, maxAge: null, names: ["a"], anything: Symbol() },
    "undefined, which is left out": { flag: undefined, maxAge: undefined },
    "without a prototype": Object.assign(Object.create(null), { flag: true }),
    "an object of a class": new Own(),
    "frozen": Object.freeze({ maxAge: 1 }),
    "an unknown name that is inherited": Object.create({ other: 1 }),
    "an unknown name that is not enumerable": Object.defineProperty({}, "other", { value: 1 }),
    "an unknown symbol": { [Symbol("other")]: 1 },
  };
  for (const [name, options] of Object.entries(rows)) {
    await t.step(name, () => {
      checkOptions("f()", options, KINDS);
      assertEquals(fitsOptions(options, KINDS), true);
    });
  }
});

Deno.test("checkOptions() refuses a name that does not exist, with what may be meant", async (t) => {
  const rows: Record<string, [options: object, message: string]> = {
    "misspelt": [{ flg: true }, '"flg" of f(): no such option: did you mean "flag"?'],
    "in Python's spelling": [
      { max_age: 1 },
      '"max_age" of f(): no such option: did you mean "maxAge"?',
    ],
    "like nothing": [{ moon: 1 }, '"moon" of f(): no such option'],
    "undefined": [{ moon: undefined }, '"moon" of f(): no such option'],
    "before a wrong type": [{ flag: 1, moon: 1 }, '"moon" of f(): no such option'],
    "a name of every object": [{ constructor: 1 }, '"constructor" of f(): no such option'],
    "__proto__ as JSON has it": [
      JSON.parse('{"__proto__": {"flag": true}}'),
      '"__proto__" of f(): no such option',
    ],
    "empty": [{ "": 1 }, '"" of f(): no such option'],
    "with control characters": [{ "a\n\x1b[31m": 1 }, '"a\\n\\x1b[31m" of f(): no such option'],
    "very long": [{ ["x".repeat(1_000)]: 1 }, `"${"x".repeat(40)}…" of f(): no such option`],
  };
  for (const [name, [options, message]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(messageOf(options), `Cannot use option ${message}`));
  }
});

Deno.test("checkOptions() refuses a value of a wrong type, an inherited one too, and says what it is", async (t) => {
  const rows: Record<string, [options: object, message: string]> = {
    "text for true": [
      { flag: "yes" },
      '"flag" of f(): must be true or false, not the string "yes"',
    ],
    "one for true": [{ flag: 1 }, '"flag" of f(): must be true or false, not the number 1'],
    "null": [{ flag: null }, '"flag" of f(): must be true or false, not null'],
    "a Boolean object": [
      { flag: new Boolean(false) },
      '"flag" of f(): must be true or false, not an object of the class Boolean',
    ],
    "inherited": [
      Object.create({ flag: "no" }),
      '"flag" of f(): must be true or false, not the string "no"',
    ],
    "text for a list": [
      { names: "https://a.test" },
      '"names" of f(): must be a list of strings, not the string "https://a.test"',
    ],
    "a number in a list": [
      { names: ["a", 7] },
      '"names" of f(): must be a list of strings, not a list with the number 7 in it',
    ],
    "an array for a number": [
      { maxAge: [] },
      '"maxAge" of f(): must be a number, or null, not an array',
    ],
  };
  for (const [name, [options, message]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(messageOf(options), `Cannot use option ${message}`));
  }
});

Deno.test("checkOptions() refuses what are no options, and never shows a text in their place", async (t) => {
  const rows: Record<string, [options: unknown, found: string]> = {
    "undefined": [undefined, "undefined"],
    "null": [null, "null"],
    "a string, which may be a secret": ["hunter2", "a string"],
    "a number": [7, "a number"],
    "true": [true, "true"],
    "a symbol": [Symbol("x"), "a symbol"],
    "a function": [() => {}, "a function"],
    "an array": [[], "an array"],
    "a map": [new Map(), "an object of the class Map"],
    "headers": [new Headers(), "an object of the class Headers"],
    "a promise": [Promise.resolve({}), "a promise"],
  };
  for (const [name, [options, found]] of Object.entries(rows)) {
    await t.step(name, () => {
      const message = `Cannot use the options of f(): must be an object of options, not ${found}`;
      assertEquals(messageOf(options), message);
      assertThrows(() => checkBag("f()", options), ConfigurationError, message);
    });
  }
  await t.step("an error, where it can be the cause", () => {
    assertThrows(
      () => checkOptions("f()", new RangeError("x"), { cause: ANY }, TypeError),
      TypeError,
      "must be an object of options, not an object of the class RangeError: write { cause: error }",
    );
  });
  checkBag("f()", {});
});

Deno.test("checkOptions() shows no value of an option that is called a secret", () => {
  for (const name of ["secret", "clientSecret", "salt", "password"]) {
    const { message } = assertThrows(
      () => checkOptions("f()", { [name]: "hunter2" }, { [name]: NUMBER }, RangeError),
      RangeError,
    );
    assertEquals(message, `Cannot use option "${name}" of f(): must be a number, not a string`);
  }
});

Deno.test("checkOptions() does not read an option that may be anything", () => {
  const options = {
    get anything(): unknown {
      throw new Error("read");
    },
  };
  checkOptions("f()", options, KINDS);
});

Deno.test("checkOptions() refuses options that are right only when they are read again", () => {
  let times = 0;
  const shifting = {
    get flag(): unknown {
      return times++ > 0 || "not yet";
    },
  };
  assertEquals(
    messageOf(shifting),
    "Cannot use the options of f(): they change each time they are read",
  );
});

Deno.test("kinds tell what they take", async (t) => {
  class Duck {
    quack() {}
  }
  const duck = withFunctions("quack");
  const rows: Record<
    string,
    [kind: OptionKind, right: unknown[], wrong: unknown[], words: string]
  > = {
    "BOOLEAN": [BOOLEAN, [true, false], [0, "true", null], "true or false"],
    "TEXT": [TEXT, ["", "a"], [7, null, new String("a")], "a string"],
    "NAME": [NAME, ["a"], ["", 7], "a string that is not empty"],
    "TEXTS": [TEXTS, [[], ["a"]], ["a", [7], new Set(["a"])], "a list of strings"],
    "NUMBER": [NUMBER, [0, NaN], ["0", 1n], "a number"],
    "LIMIT": [LIMIT, [0, 1.5, Infinity], [NaN, -1, "1"], "a number of 0 or more"],
    "FUNCTION": [FUNCTION, [() => {}, class {}], [{}], "a function"],
    "OBJECT": [OBJECT, [{}, new Duck()], [null, [], new Map(), "x"], "an object"],
    "oneOf()": [oneOf(true, "auto", 7), [true, "auto", 7], [false, "7"], 'true, "auto" or 7'],
    "orNull()": [orNull(TEXT, " for none"), ["", null], [7], "a string, or null for none"],
    "either()": [
      either(TEXT, numberOf("a number of seconds")),
      ["a", 7],
      [null],
      "a string or a number of seconds",
    ],
    "listOf()": [
      listOf(FUNCTION, "a list of functions"),
      [[() => {}], []],
      [[7], () => {}],
      "a list of functions",
    ],
    "withFunctions()": [
      duck,
      [new Duck(), { quack() {} }, Object.assign(() => {}, { quack() {} })],
      [{}, { quack: 1 }, null, "quack"],
      "an object with the function quack()",
    ],
    "instanceOf()": [instanceOf(Duck, "a duck"), [new Duck()], [{}, Duck], "a duck"],
  };
  for (const [name, [kind, right, wrong, words]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertEquals(right.filter((value) => !kind.is(value)), []);
      assertEquals(wrong.filter((value) => kind.is(value)), []);
      assertEquals(kind.expected, words);
    });
  }
});

Deno.test("checkValue() says what a value is that is refused", async (t) => {
  const store = withFunctions("has", "add");
  const rows: Record<string, [kind: OptionKind, value: unknown, message: string]> = {
    "a function is missing": [
      store,
      { has() {} },
      "must be an object with the functions has() and add(), not one without add()",
    ],
    "no object": [
      store,
      "x",
      "must be an object with the functions has() and add(), not a string",
    ],
    "a promise of it": [
      store,
      Promise.resolve(),
      "must be an object with the functions has() and add(), not a promise",
    ],
    "a long text": [NUMBER, "x".repeat(41), "must be a number, not a string of 41 characters"],
  };
  for (const [name, [kind, value, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      const error = assertThrows(() => checkValue("it", value, kind, TypeError), TypeError);
      assertEquals(error.message, `Cannot use it: ${message}`);
    });
  }
  checkValue("it", 7, NUMBER);
});

Deno.test("describe() says what a value is in a few words that a terminal can show", async (t) => {
  const rows: Record<string, unknown> = {
    'the string "a\\n"': "a\n",
    "a string of 41 characters": "x".repeat(41),
    "the number NaN": NaN,
    "false": false,
    "undefined": undefined,
    "null": null,
    "a bigint": 1n,
    "a symbol": Symbol("x"),
    "a function": () => {},
    "an array": [1],
    "a promise": Promise.resolve(),
    "an object": { a: 1 },
    "an object of the class Date": new Date(0),
  };
  for (const [words, value] of Object.entries(rows)) {
    await t.step(words, () => assertEquals(describe(value), words));
  }
  assertEquals(describe(Object.create(null)), "an object");
});
