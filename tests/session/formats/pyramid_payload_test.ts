/**
 * Payloads of Pyramid's cookies, read and written.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStringIncludes,
  assertThrows,
} from "jsr:@std/assert@^1.0.0";
import oracle from "../../data/pyramid_cookies.json" with { type: "json" };
import type { WrittenRecord } from "../../../lib/session/formats/payload.ts";
import { PyramidPayload } from "../../../lib/session/formats/pyramid_payload.ts";
import { SessionTooLargeError } from "../../../lib/session/errors.ts";
import { rowsOf } from "../pyramid_differences.ts";

const SORTED = "keys are sorted";
const WHOLE = "keys are sorted, and a whole float becomes an integer";

/** What Pyramid wrote and we write otherwise: why, and in which cases. */
const OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  [SORTED]: [
    "alg sha1, 64-character secret",
    "payload: booleans and null",
    "payload: keys named like Object members",
    "payload: keys named like session members",
    "payload: integer-like keys keep their order in Python",
    "payload: non-string Python keys become strings",
    "csrf: token beside user data and flash",
  ],
  [WHOLE]: ["payload: floats"],
};
/** Not read at all; `pyramid_cookies_test.ts` has why. */
const NOT_READ = ["payload: integers", "payload: NaN and Infinity"];

const payload = new PyramidPayload({ name: "session", lengthOf: (bytes) => bytes });

function read(text: string): WrittenRecord {
  const record = payload.parse(text);
  assert(record !== null, "not read");
  return record;
}

function written(text: string): string {
  const record = read(text);
  return payload.restamp(payload.stringify(record, 0), record, 1_700_000_000_000);
}

function characters(text: string): string {
  return [...text].sort().join("");
}

Deno.test("PyramidPayload writes every session again as Pyramid wrote it, but for the differences named", async (t) => {
  const reasons = rowsOf(OTHERWISE);
  const minted = oracle.cases.filter(({ name, factory, payload = "" }) =>
    factory.outcome === "accepted" && payload.startsWith("[1700000000, 1700000000.25, {") &&
    payload.length <= 4064 && !NOT_READ.includes(name)
  );
  for (const { name, payload: text = "" } of minted) {
    const reason = reasons.get(name);
    await t.step(reason === undefined ? name : `${name} (${reason})`, () => {
      if (reason === undefined) return assertEquals(written(text), text);
      const same = reason === WHOLE ? text.replace('"one": 1.0', '"one": 1') : text;
      assertNotEquals(written(text), text, "the difference is not one");
      assertEquals(characters(written(text)), characters(same));
    });
  }
  await t.step("every difference is one of a case", () => {
    const names = minted.map(({ name }) => name);
    assertEquals([...reasons.keys()].filter((name) => !names.includes(name)), []);
    assert(minted.length > 40, `only ${minted.length} cases`);
  });
});

Deno.test("PyramidPayload.restamp() refuses what Pyramid could not write again, and nothing shorter", () => {
  const record = read('[0, 1700000000, {"a": ""}]');
  const around = written('[0, 1700000000, {"a": ""}]').length;
  record.values.set("a", "x".repeat(4064 - around));
  assertEquals(
    payload.restamp(payload.stringify(record, 0), record, 1_700_000_000_000).length,
    4064,
  );
  record.values.set("a", "x".repeat(4065 - around));
  const error = assertThrows(
    () => payload.restamp(payload.stringify(record, 0), record, 1_700_000_000_000),
    SessionTooLargeError,
  );
  assertEquals([error.size, error.limit], ["session".length + 4065, "session".length + 4064]);
  assertEquals(error.keys, [{ key: "a", bytes: 4065 - around + 2 + 3 }]);
});

Deno.test("PyramidPayload measures text beyond ASCII as Pyramid will write it", () => {
  const record = read('[0, 1700000000, {"a": ""}]');
  record.values.set("a", "é".repeat(680)); // 1,360 bytes of UTF-8, 4,080 characters here
  const error = assertThrows(
    () => payload.restamp(payload.stringify(record, 0), record, 0),
    SessionTooLargeError,
  );
  assertEquals(error.keys, [{ key: "a", bytes: 4080 + 2 + 3 }]);
});

Deno.test("PyramidPayload keeps flash queues, CSRF token and user where Pyramid keeps them", () => {
  const text =
    '[1700000000, 1700000000.5, {"_csrft_": "0b30", "_f_": ["a"], "_f_err": [{"b": 1}], "auth.userid": "ada", "n": 1}]';
  const record = read(text);
  assertEquals([...record.values], [["n", 1]]);
  assertEquals([...record.flash], [["", ["a"]], ["err", [{ b: 1 }]]]);
  assertEquals([record.csrfToken, record.userId], ["0b30", "ada"]);
  assertEquals(written(text), text);
});

Deno.test("PyramidPayload leaves what only looks like a queue, a token or a user among the app's keys", () => {
  const text =
    '[1700000000, 1700000000.5, {"_csrft_": "", "_f_": "a", "_f_n": null, "auth.userid": 7}]';
  const record = read(text);
  assertEquals([record.values.size, record.flash.size], [4, 0]);
  assertEquals([record.csrfToken, record.userId], [undefined, undefined]);
  assertEquals(written(text), text);
});

Deno.test("PyramidPayload makes no queue of an empty list, and no key either", () => {
  const record = read('[1700000000, 1700000000.5, {"_f_": [], "_f_err": [], "n": 1}]');
  assertEquals([[...record.flash], [...record.values]], [[], [["n", 1]]]);
  assertStringIncludes(payload.stringify(record, 0), '{"n": 1}');
});

Deno.test("PyramidPayload writes the user who signed in instead of one whose name was a number", () => {
  const record = read('[1700000000, 1700000000.5, {"auth.userid": 7}]');
  record.userId = "ada";
  assertStringIncludes(payload.stringify(record, 0), '{"auth.userid": "ada"}');
});

Deno.test("PyramidPayload refuses times whose milliseconds are no number", () => {
  for (const times of ["1e306, 0", "0, 1e306", "-1e306, 0"]) {
    assertEquals(payload.parse(`[${times}, {}]`), null);
  }
});
