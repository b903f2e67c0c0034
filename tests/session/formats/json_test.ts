/**
 * JSON that refuses what it would change, and has one text for each value.
 *
 * @module
 */

import { assert, assertEquals, assertStrictEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { checkJson, MAX_DEPTH, stringifyJson } from "../../../lib/session/formats/json.ts";
import { SessionValueError } from "../../../lib/session/errors.ts";
import { testWithVectors } from "../../vectors.ts";

Deno.test("checkJson() takes a proxy that behaves, and refuses one that throws or shifts, by its path", async (t) => {
  const trap = (name: string) => {
    throw new Error(`${name}: not today`);
  };
  const throwing = (name: keyof ProxyHandler<object>, target: object = { a: 1 }) =>
    new Proxy(target, { [name]: () => trap(name) });
  const revoked = (target: object) => {
    const { proxy, revoke } = Proxy.revocable(target, {});
    revoke();
    return proxy;
  };
  let reads = 0;
  const shifting = new Proxy({ a: 1 }, {
    getOwnPropertyDescriptor: () => ({
      value: reads++,
      enumerable: true,
      configurable: true,
      writable: true,
    }),
  });
  let keys = 0;
  const growing = new Proxy({} as Record<string, number>, {
    ownKeys: (target) => (target[`k${keys}`] = keys++, Reflect.ownKeys(target)),
  });
  const throws = "an object that throws when it is read: store a plain copy";
  const rows: Record<string, [value: unknown, found: string]> = {
    "getPrototypeOf throws": [throwing("getPrototypeOf"), throws],
    "ownKeys throws": [throwing("ownKeys"), throws],
    "getOwnPropertyDescriptor throws": [throwing("getOwnPropertyDescriptor"), throws],
    "the length of an array throws": [throwing("get", [1]), throws],
    "revoked": [revoked({}), throws],
    "a revoked array": [revoked([]), throws],
    "another value each time": [
      shifting,
      "another value each time it is read: store a plain copy",
    ],
    "another key each time": [growing, "another value each time it is read: store a plain copy"],
  };
  // Where a member cannot be read, its path is the one.
  const within = (name: string) => name.startsWith("getOwnPropertyDescriptor") ? ".a" : "";
  for (const [name, [value, found]] of Object.entries(rows)) {
    await t.step(name, () => {
      const error = assertThrows(() => checkJson(value, "cart"), SessionValueError);
      const path = `cart${within(name)}`;
      assertEquals(error.message, `Cannot keep a value in the session: ${path} is ${found}`);
    });
    if (found !== throws) continue;
    await t.step(`${name}, nested`, () => {
      const error = assertThrows(() => checkJson({ items: [0, value] }, "cart"), SessionValueError);
      assertEquals(error.path, `cart.items[1]${within(name)}`);
    });
  }
  await t.step("one that behaves", () => {
    const plain = { a: [1, { b: "x" }], n: null };
    const proxy = new Proxy(plain, {});
    checkJson(proxy, "cart");
    checkJson({ list: [proxy] }, "cart");
    assertEquals(stringifyJson(proxy, "cart"), stringifyJson(plain, "cart"));
    const counting = new Proxy(plain, {
      get: () => trap("get, which is not asked"),
      has: () => trap("has, which is not asked"),
    });
    checkJson(counting, "cart");
  });
});

/** A seeded stream of numbers from 0 to 1 (mulberry32), so that a failure can be had again. */
function seeded(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const KEYS = [
  "user",
  "a",
  "b",
  "Z",
  "10",
  "9",
  "",
  "a b",
  "__proto__",
  "constructor",
  "toString",
  "toJSON",
  "é",
  "\ud800",
  "😀",
  "\uffff",
  "\0",
  '"',
  "\u2028",
  "hasOwnProperty",
  "length",
];
const TEXTS = [
  "",
  "ada",
  "\ud800",
  "\udc00\ud800",
  "\0",
  "\u2028",
  "😀".repeat(9),
  '"\\/',
  "</script>",
  "NaN",
  "\x7f\x80",
];
const NUMBERS = [
  0,
  -0,
  1,
  -1,
  0.1,
  1e21,
  1e-7,
  5e-324,
  1.7976931348623157e308,
  2 ** 53,
  -(2 ** 31),
];

function randomValue(random: () => number, depth: number): unknown {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const kind = Math.floor(random() * (depth > 0 ? 7 : 5));
  switch (kind) {
    case 0:
      return null;
    case 1:
      return random() < 0.5;
    case 2:
      return pick(NUMBERS);
    case 3:
      return (random() - 0.5) * 10 ** Math.floor(random() * 40 - 20);
    case 4:
      return pick(TEXTS) + pick(KEYS);
    case 5:
      return Array.from({ length: Math.floor(random() * 5) }, () => randomValue(random, depth - 1));
    default: {
      const object: object = random() < 0.2 ? Object.create(null) : {};
      for (let count = Math.floor(random() * 6); count > 0; count--) {
        put(object, pick(KEYS), randomValue(random, depth - 1));
      }
      return object;
    }
  }
}

function put(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

/** The same value with the keys of every object in another order. */
function shuffled(value: unknown, random: () => number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, random));
  if (typeof value !== "object" || value === null) return value;
  const object = {};
  const entries = Object.entries(value).map((entry) => [random(), entry] as const);
  for (const [, [key, item]] of entries.sort(([a], [b]) => a - b)) {
    put(object, key, shuffled(item, random));
  }
  return object;
}

/** Whether two values of JSON are one, `-0` and own `__proto__` included. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return Object.is(a, b);
  }
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  return left.size === right.size &&
    [...left].every(([key, value]) => right.has(key) && same(value, right.get(key)));
}

function keysSorted(value: unknown): boolean {
  // Read from the text, since objects put integer-like keys first.
  const keys: string[][] = [[]];
  const text = String(value);
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*":?|[{}]/g)) {
    if (token === "{") keys.push([]);
    else if (token === "}") {
      const own = keys.pop()!;
      if (own.some((key, index) => index > 0 && own[index - 1]! >= key)) return false;
    } else if (token.endsWith(":")) keys.at(-1)!.push(JSON.parse(token.slice(0, -1)));
  }
  return true;
}

Deno.test("stringifyJson() writes what JSON.parse() gives back: every value of JSON, whatever its keys", () => {
  const random = seeded(20260101);
  for (let round = 0; round < 3_000; round++) {
    const value = randomValue(random, 4);
    const text = stringifyJson(value, "value");
    checkJson(value, "value");
    assert(same(JSON.parse(text), value), `round ${round}: ${text}`);
  }
});

Deno.test("stringifyJson() gives equal values equal text, with sorted keys", () => {
  const random = seeded(42);
  for (let round = 0; round < 3_000; round++) {
    const value = randomValue(random, 4);
    const text = stringifyJson(value, "value");
    assertStrictEquals(stringifyJson(shuffled(value, random), "value"), text, `round ${round}`);
    assertStrictEquals(stringifyJson(JSON.parse(text), "value"), text);
    assert(keysSorted(text), text);
  }
});

testWithVectors(
  "stringifyJson() keeps every naughty string, as value and as key",
  "blns.json",
  (strings) => {
    assert(Array.isArray(strings) && strings.length > 500);
    for (const text of strings) {
      const object = {};
      put(object, text, text);
      assert(same(JSON.parse(stringifyJson({ text, object }, "")), { text, object }));
    }
  },
);

Deno.test("stringifyJson() writes the text that is told here", async (t) => {
  const proto = {};
  put(proto, "__proto__", { admin: true });
  const rows: Record<string, [value: unknown, text: string]> = {
    "sorted keys at every depth": [
      { b: { d: 1, c: 2 }, a: [{ z: 1, y: 2 }] },
      '{"a":[{"y":2,"z":1}],"b":{"c":2,"d":1}}',
    ],
    "keys by code unit": [{ "9": 1, "10": 2, a: 3, B: 4 }, '{"10":2,"9":1,"B":4,"a":3}'],
    "surrogates before U+FFFF": [{ "\uffff": 1, "😀": 2 }, '{"😀":2,"\uffff":1}'],
    "minus zero": [[-0, 0], "[-0,0]"],
    "an undefined property is left out": [{ a: undefined, b: 1, c: undefined }, '{"b":1}'],
    "an object of undefined properties": [{ a: undefined }, "{}"],
    "own __proto__": [proto, '{"__proto__":{"admin":true}}'],
    "no prototype": [Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    "lone surrogates": ["\ud800", '"\\ud800"'],
    "a frozen object": [Object.freeze({ a: Object.freeze([1]) }), '{"a":[1]}'],
    "toJSON as data": [{ toJSON: "text" }, '{"toJSON":"text"}'],
    "one object twice, side by side": [((one) => [one, one])({ a: 1 }), '[{"a":1},{"a":1}]'],
    "large and small numbers": [[1e21, 1e-7, 5e-324], "[1e+21,1e-7,5e-324]"],
    "null": [null, "null"],
  };
  for (const [name, [value, text]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertStrictEquals(stringifyJson(value, "value"), text);
      checkJson(value, "value");
    });
  }
});

class Cart {
  items = 1;
}
class List extends Array<number> {}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

Deno.test("stringifyJson() and checkJson() refuse by path what JSON would change in silence", async (t) => {
  const cycle: { self?: unknown; list: unknown[] } = { list: [] };
  cycle.list.push({ back: cycle });
  const extra = Object.assign([1], { more: 2 });
  const rows: Record<string, [root: string, value: unknown, path: string, found: string]> = {
    "a function": [
      "cart",
      { items: [1, 2, { price: () => 1 }] },
      "cart.items[2].price",
      "a function",
    ],
    "a function itself": ["f", () => 1, "f", "a function"],
    "a class": ["f", Cart, "f", "a function"],
    "a symbol": ["s", { a: Symbol("x") }, "s.a", "a symbol"],
    "a bigint": ["n", [1n], "n[0]", "a bigint"],
    "undefined itself": ["u", undefined, "u", "undefined"],
    "undefined in an array": ["u", [1, undefined], "u[1]", "undefined"],
    // deno-lint-ignore no-sparse-arrays
    "a hole": ["u", [1, , 2], "u[1]", "a hole in an array"],
    "a hole at the end": ["u", new Array(1), "u[0]", "a hole in an array"],
    "NaN": ["n", { a: NaN }, "n.a", "NaN"],
    "Infinity": ["n", Infinity, "n", "Infinity"],
    "-Infinity": ["n", [[-Infinity]], "n[0][0]", "-Infinity"],
    "a Date": ["user", { since: new Date(0) }, "user.since", "an instance of Date"],
    "an invalid Date": ["d", new Date(NaN), "d", "an instance of Date"],
    "a Map": ["m", new Map(), "m", "an instance of Map"],
    "a Set": ["m", [new Set()], "m[0]", "an instance of Set"],
    "a WeakMap": ["m", new WeakMap(), "m", "an instance of WeakMap"],
    "a RegExp": ["r", /x/, "r", "an instance of RegExp"],
    "an Error": ["e", new RangeError("x"), "e", "an instance of RangeError"],
    "a Promise": ["p", Promise.resolve(1), "p", "an instance of Promise"],
    "bytes": ["b", new Uint8Array(2), "b", "an instance of Uint8Array"],
    "a class instance": ["cart", new Cart(), "cart", "an instance of Cart"],
    "an array of a class": ["l", List.of(1), "l", "an instance of List"],
    "an array without prototype": [
      "l",
      Object.setPrototypeOf([1], null),
      "l",
      "an object with a prototype of its own",
    ],
    "an object with a prototype": [
      "o",
      Object.create({ a: 1 }),
      "o",
      "an object with a prototype of its own",
    ],
    "a prototype without constructor": [
      "o",
      Object.create(Object.create(null)),
      "o",
      "an object with a prototype of its own",
    ],
    "a boxed string": ["b", Object("x"), "b", "an instance of String"],
    "a boxed number": ["b", { a: Object(1) }, "b.a", "an instance of Number"],
    "a toJSON method": ["t", { toJSON: () => 1 }, "t.toJSON", "a function"],
    "a getter": [
      "g",
      {
        get a() {
          throw new Error("it ran");
        },
      },
      "g.a",
      "a getter or setter",
    ],
    "a setter": [
      "g",
      Object.defineProperty({}, "a", { set: () => {}, enumerable: true }),
      "g.a",
      "a getter or setter",
    ],
    "a getter in an array": [
      "g",
      Object.defineProperty([1], 0, { get: () => 1 }),
      "g[0]",
      "a getter or setter",
    ],
    "a hidden property": [
      "h",
      Object.defineProperty({}, "a", { value: 1 }),
      "h.a",
      "not enumerable",
    ],
    "a symbol key": [
      "k",
      { a: { [Symbol.for("x")]: 1 } },
      "k.a",
      "an object with the symbol key Symbol(x)",
    ],
    "an array with a further property": ["x", extra, "x", "an array with a property of its own"],
    "a cycle": ["c", cycle, "c.list[0].back", "a cycle, an object within itself"],
    "too deep": [
      "d",
      nested(MAX_DEPTH + 1),
      "d" + "[0].a".repeat(50),
      `nested more than ${MAX_DEPTH} deep`,
    ],
    "a key with a space": ["k", { "a b": NaN }, 'k["a b"]', "NaN"],
    "an empty key": ["k", { "": NaN }, 'k[""]', "NaN"],
    "a key that is a number": ["k", { 7: NaN }, 'k["7"]', "NaN"],
    "a key with a dot": ["k", { "a.b": NaN }, 'k["a.b"]', "NaN"],
    "a key in another script": ["k", { "é": { "用户": NaN } }, "k.é.用户", "NaN"],
    "no root": ["", { a: { b: NaN } }, "a.b", "NaN"],
    "no root, a key with a space": ["", { "a b": NaN }, '["a b"]', "NaN"],
    "no root, itself": ["", NaN, "", "NaN"],
  };
  for (const [name, [root, value, path, found]] of Object.entries(rows)) {
    await t.step(name, () => {
      for (const refuse of [stringifyJson, checkJson]) {
        const error = assertThrows(() => refuse(value, root), SessionValueError);
        assertEquals([error.path, error.found], [path, found]);
        assert(error.message.includes(`${path || "it"} is ${found}`), error.message);
      }
    });
  }
});

Deno.test("stringifyJson() takes 100 levels, and a cycle of arrays ends", () => {
  assertEquals(stringifyJson(nested(MAX_DEPTH), "").length > MAX_DEPTH, true);
  const loop: unknown[] = [];
  loop.push(loop);
  assertThrows(() => stringifyJson(loop, "loop"), SessionValueError, "loop[0] is a cycle");
});
