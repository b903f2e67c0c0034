/**
 * Checks of texts that careless stores change, refuse or take for something of their own.
 *
 * @module
 */

import { expectSame } from "./expectation.ts";
import { type Checks, keptValues, put, setting } from "./trial.ts";

/** The longest head, as the contract says. */
const MOST_HEAD_BYTES = 4_096;
/** Keys and values. Lone surrogates and U+0000 are not among them: the session layer refuses these. */
const TEXTS = [
  "",
  " ",
  "a",
  "A",
  "a ",
  " a",
  "á",
  "a\u0301",
  "\u{1f600}",
  "\u202e",
  "\ufeff",
  "\u2028",
  "\uffff",
  "0",
  "1",
  "01",
  "-1",
  "1e3",
  "12345678901234567890",
  "0.1",
  "NaN",
  "null",
  "undefined",
  "true",
  "[]",
  "{}",
  '""',
  '"',
  "'",
  "`",
  "\\",
  "\\u0041",
  "\n",
  "\r\n",
  "\t",
  "\x01",
  "\x7f",
  "%",
  "%00",
  "_",
  "*",
  "?",
  ":",
  ":a",
  "$",
  "$.a",
  "$1",
  "a.b",
  "a/b",
  "a[0]",
  "[0]",
  "#",
  "--",
  "; DROP TABLE sessions",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "head",
  "expires",
  "operations",
  "data",
  "h",
  "r",
  "e",
  "x".repeat(256),
];

/** The store keeps every text unchanged, also text with special characters. */
export const ODD_TEXTS: Checks = {
  "every text is a key: set, expected and removed": async (trial) => {
    const { store, now } = trial;
    await put(trial, "a");
    for (const [index, key] of TEXTS.entries()) {
      const change = setting(key, `${index}`, { expect: [key, null] });
      expectSame(await store.update("a", "1", change, now), true, `update() of ${quoted(key)}`);
    }
    const values = new Map(TEXTS.map((key, index) => [key, `${index}`]));
    expectSame(await keptValues(trial, "a"), values, "all keys");
    for (const [index, key] of TEXTS.entries()) {
      const change = { delete: [key], expect: [key, `${index}`] } as const;
      expectSame(await store.update("a", "1", change, now), true, `removal of ${quoted(key)}`);
      values.delete(key);
      expectSame(await keptValues(trial, "a"), values, `what is left without ${quoted(key)}`);
    }
  },
  "every text is a value: created, set and expected": async (trial) => {
    const { store, now } = trial;
    const values = new Map(TEXTS.map((text, index) => [`k${index}`, text]));
    await put(trial, "created", { values });
    expectSame(await keptValues(trial, "created"), values, "what create() was given");
    await put(trial, "set");
    expectSame(await store.update("set", "1", { set: values }, now), true, "update()");
    expectSame(await keptValues(trial, "set"), values, "what update() was given");
    for (const [key, text] of values) {
      const change = setting("last", key, { expect: [key, text] });
      expectSame(await store.update("set", "1", change, now), true, `expecting ${quoted(text)}`);
    }
  },
  "every text is created as a key": async (trial) => {
    const values = new Map(TEXTS.map((key, index) => [key, `${index}`]));
    await put(trial, "a", { values });
    expectSame(await keptValues(trial, "a"), values, "all keys");
  },
  "every text is a head": async (trial) => {
    const { store, now } = trial;
    let before = "1";
    await put(trial, "a", { head: before });
    for (const head of [...TEXTS, "y".repeat(MOST_HEAD_BYTES)]) {
      expectSame(await store.update("a", before, { head }, now), true, `head ${quoted(head)}`);
      expectSame((await store.load("a", now))?.head, head, "the head");
      before = head;
    }
  },
  "every text of 1 to 512 bytes is an account, and none is taken for another": async (trial) => {
    const { store, now } = trial;
    const accounts = [...TEXTS.filter((text) => text !== ""), "y".repeat(512)];
    for (const [index, account] of accounts.entries()) await put(trial, `s${index}`, { account });
    for (const [index, account] of accounts.entries()) {
      const ids = (await store.list(account, now)).map(({ id }) => id);
      expectSame(ids, [`s${index}`], `the list of ${quoted(account)}`);
    }
    for (const account of accounts) {
      expectSame(await store.deleteAll(account, [], now), 1, `deleteAll() of ${quoted(account)}`);
    }
  },
  "a session holds 256 keys, and 60,000 bytes": async (trial) => {
    const { store, now } = trial;
    const many = new Map(
      Array.from({ length: 256 }, (_, index) => [`key ${index}`, "x".repeat(100)]),
    );
    await put(trial, "many", { values: many });
    expectSame(await keptValues(trial, "many"), many, "256 keys");
    const large = new Map([["large", "x".repeat(29_000)], ["other", "ä".repeat(15_000)]]);
    await put(trial, "large", { values: large });
    expectSame(await keptValues(trial, "large"), large, "60,000 bytes");
    const change = setting("large", "y".repeat(29_000));
    expectSame(await store.update("large", "1", change, now), true, "update()");
    large.set("large", "y".repeat(29_000));
    expectSame(await keptValues(trial, "large"), large, "60,000 bytes that were changed");
  },
};

function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
