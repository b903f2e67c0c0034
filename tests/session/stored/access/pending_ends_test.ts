/**
 * Sign-outs that the store did not confirm.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { PendingEnds } from "../../../../lib/session/stored/access/pending_ends.ts";

/** Timers that a test lets pass. */
function timers() {
  const waiting: { then: () => void; pause: number }[] = [];
  return {
    setTimer: (then: () => void, pause: number) => {
      waiting.push({ then, pause });
      return () => {};
    },
    async pass(): Promise<number[]> {
      const due = waiting.splice(0);
      for (const { then } of due) then();
      // What they began is a promise of a few steps.
      for (let step = 0; step < 10; step++) await Promise.resolve();
      return due.map(({ pause }) => pause);
    },
  };
}

const unused = () => Promise.reject(new TypeError("it is not to be called"));

Deno.test("PendingEnds tries until the store has ended the session", async () => {
  const { setTimer, pass } = timers();
  let failures = 2;
  const asked: (string | null)[][] = [], errors: unknown[] = [];
  const end = (id: string, account: string | null) => {
    asked.push([id, account]);
    return failures-- > 0 ? Promise.reject(new Error("down")) : Promise.resolve();
  };
  const ends = new PendingEnds(
    { end, endAnyway: unused },
    setTimer,
    { warn: () => {}, error: (_message, cause) => void errors.push(cause) },
  );
  assertEquals(ends.has("x"), false);
  ends.add("x", "ada");
  ends.add("x", "ada");
  assertEquals(ends.has("x"), true);
  assertEquals([await pass(), await pass()], [[1_000], [2_000]]);
  assertEquals([ends.has("x"), ends.has("y")], [true, false]);
  assertEquals([await pass(), await pass()], [[4_000], []]);
  assertEquals([ends.has("x"), asked.length, asked[0], errors], [false, 3, ["x", "ada"], []]);
});

Deno.test("PendingEnds gives up after ten attempts, and tells the log; the session stays shut", async () => {
  const { setTimer, pass } = timers();
  const errors: unknown[] = [], failure = new Error("down");
  const logger = { warn: () => {}, error: (_: string, cause: unknown) => void errors.push(cause) };
  const ends = new PendingEnds(
    { end: () => Promise.reject(failure), endAnyway: unused },
    setTimer,
    logger,
  );
  ends.add("x", null);
  const pauses: number[] = [];
  for (let attempt = 0; attempt < 12; attempt++) pauses.push(...await pass());
  assertEquals([pauses.length, pauses.at(-1), errors], [10, 60_000, [failure]]);
  assertEquals(ends.has("x"), true);
});

Deno.test("PendingEnds remembers a thousand, and forgets the oldest", () => {
  const logger = { warn: () => {}, error: () => {} };
  const ends = new PendingEnds({ end: unused, endAnyway: unused }, () => () => {}, logger);
  for (let at = 0; at <= 1_000; at++) ends.add(`${at}`, null);
  assertEquals([ends.has("0"), ends.has("1"), ends.has("1000")], [false, true, true]);
});

Deno.test("PendingEnds.flush() tries each session once more at once, and counts those that stay", async () => {
  const asked: string[] = [];
  let waiting = 0;
  const ends = new PendingEnds(
    {
      end: unused,
      endAnyway: (id) => {
        asked.push(id);
        return id === "bad" ? Promise.reject(new Error("down")) : Promise.resolve();
      },
    },
    () => {
      waiting++;
      return () => waiting--;
    },
    { warn: () => {}, error: () => {} },
  );
  assertEquals(await ends.flush(), 0);
  for (const id of ["one", "bad", "two"]) ends.add(id, "ada");
  assertEquals(await ends.flush(), 1);
  assertEquals(asked, ["one", "bad", "two"]);
  assertEquals(["one", "bad", "two"].map((id) => ends.has(id)), [false, true, false]);
  assertEquals(waiting, 1);
});
