import { assert, assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import {
  CONTENDED,
  isLocked,
  type Patience,
  untilUncontended,
} from "../../../lib/session/stores/contention.ts";

/** Patience that waits for nothing, and notes how long it would have. */
function patience(attempts: number, random = 1): Patience & { readonly pauses: number[] } {
  const pauses: number[] = [];
  return {
    attempts,
    pauses,
    random: () => random,
    wait: (milliseconds) => (pauses.push(milliseconds), Promise.resolve()),
  };
}

Deno.test("untilUncontended() tries until an attempt counts, and waits longer each time", async () => {
  for (const losses of [0, 1, 2, 7]) {
    const waiting = patience(64);
    let attempts = 0;
    const answer = await untilUncontended(
      "save",
      () => attempts++ < losses ? CONTENDED : "done",
      waiting,
    );
    assertEquals(answer, "done");
    assertEquals(waiting.pauses, [2, 4, 8, 16, 32, 32, 32].slice(0, losses));
  }
});

Deno.test("untilUncontended() waits at random", async () => {
  const waiting = patience(4, 0.25);
  await assertRejects(() => untilUncontended("save", () => CONTENDED, waiting), Error);
  assertEquals(waiting.pauses, [0.5, 1, 2]);
});

Deno.test("untilUncontended() gives up after so many attempts, and says so", async () => {
  let attempts = 0;
  const error = await assertRejects(
    () => untilUncontended("save", () => (attempts++, CONTENDED), patience(5)),
    Error,
  );
  assertEquals(error.message, "Cannot save: others came before at each of 5 attempts");
  assertEquals(attempts, 5);
});

Deno.test("untilUncontended() passes on what an attempt throws", async () => {
  const waiting = patience(5);
  const fail = () => Promise.reject(new TypeError("down"));
  await assertRejects(() => untilUncontended("save", fail, waiting), TypeError, "down");
  assertEquals(waiting.pauses, []);
});

Deno.test("isLocked() knows a lock by what SQLite and Deno KV say", () => {
  const locked = ["database is locked", "database table is locked: x", "Error: SQLITE_BUSY"];
  assert(locked.every((message) => isLocked(new Error(message))));
  const others = [new Error("disk is full"), new Error(""), "database is locked", null, undefined];
  assertEquals(others.map(isLocked), others.map(() => false));
});
