/**
 * `sweepAll`: batch after batch, until one is not full.
 *
 * @module
 */

import { assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError } from "@pyramidion/pyramidion";
import { sweepAll } from "@pyramidion/pyramidion/stores";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { sqliteStore } from "@pyramidion/pyramidion/stores/sqlite";

const NOW = 1_700_000_000_000;

/** A store that answers these numbers, one after the other, and notes its calls. */
function answering(...answers: readonly (number | Error)[]) {
  const calls: [now: number, limit: number][] = [];
  const sweep = (now: number, limit: number) => {
    const answer = answers[calls.length] ?? 0;
    calls.push([now, limit]);
    return typeof answer === "number" ? Promise.resolve(answer) : Promise.reject(answer);
  };
  return { calls, sweep };
}

Deno.test("sweepAll() goes on until a batch is not full, with one time and one limit", async () => {
  const rows: [answers: number[], calls: number, removed: number][] = [
    [[0], 1, 0],
    [[9], 1, 9],
    [[10, 0], 2, 10],
    [[10, 10, 3, 10], 3, 23],
  ];
  for (const [answers, calls, removed] of rows) {
    const store = answering(...answers);
    assertEquals(await sweepAll(store, { now: NOW, limit: 10 }), removed);
    assertEquals(store.calls, Array.from({ length: calls }, () => [NOW, 10]));
  }
});

Deno.test("sweepAll() takes the time of the machine and batches of 1,000 by default", async () => {
  const store = answering(1000, 1);
  const before = Date.now();
  assertEquals(await sweepAll(store), 1001);
  const [[first, limit] = [0, 0], [second] = [0]] = store.calls;
  assertEquals([limit, second], [1000, first]);
  assertEquals(before <= first && first <= Date.now(), true);
});

Deno.test("sweepAll() lets others have their turn between two batches", async () => {
  const order: string[] = [];
  const store = {
    sweep() {
      order.push("batch");
      if (order.length === 1) setTimeout(() => order.push("request"));
      return Promise.resolve(order.length < 4 ? 1 : 0);
    },
  };
  await sweepAll(store, { limit: 1 });
  assertEquals(order, ["batch", "request", "batch", "batch"]);
});

Deno.test("sweepAll() rejects with what a batch rejected with, and asks for no other", async () => {
  const fault = new Error("the disk is full");
  const store = answering(10, fault, 10);
  assertEquals(await assertRejects(() => sweepAll(store, { limit: 10 })), fault);
  assertEquals(store.calls.length, 2);
});

Deno.test("sweepAll() removes from stores what expired, and leaves what counts", async (t) => {
  for (const [name, open] of Object.entries({ memoryStore, sqliteStore: sqliteWithTables })) {
    await t.step(name, async () => {
      await using store = await open();
      const record = { head: "1", renewed: NOW, account: null, values: new Map<string, string>() };
      for (let count = 0; count < 25; count++) {
        const expires = count < 23 ? NOW : NOW + 1;
        await store.create(`session${count}`, { ...record, expires }, NOW);
      }
      assertEquals(await sweepAll(store, { now: NOW + 60_001, limit: 10 }), 23);
      assertEquals(await store.load("session22", NOW), null);
      assertEquals((await store.load("session23", NOW))?.expires, NOW + 1);
    });
  }
});

async function sqliteWithTables() {
  const store = sqliteStore(":memory:", { clock: () => NOW });
  await store.createTables();
  return store;
}

Deno.test("sweepAll() refuses what is no store, and options out of bounds", async (t) => {
  const bounds =
    'Cannot use option "limit" of sweepAll(): must be an integer from 1 to 10000, not ';
  const rows: Record<string, [store: unknown, options: unknown, message: string]> = {
    "a store without sweep": [
      {},
      {},
      "Cannot use the store of sweepAll(): must be an object with the function sweep(), not one without sweep()",
    ],
    "limit 0": [answering(), { limit: 0 }, `${bounds}the number 0`],
    "limit 10,001": [answering(), { limit: 10_001 }, `${bounds}the number 10001`],
    "limit 1.5": [answering(), { limit: 1.5 }, `${bounds}the number 1.5`],
    "limit Infinity": [answering(), { limit: Infinity }, `${bounds}the number Infinity`],
    "now NaN": [
      answering(),
      { now: NaN },
      'Cannot use option "now" of sweepAll(): must be milliseconds since 1970, not the number NaN',
    ],
    "an unknown option": [
      answering(),
      { size: 1 },
      'Cannot use option "size" of sweepAll(): no such option',
    ],
  };
  for (const [name, [store, options, message]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const error = await assertRejects(
        () => sweepAll(store as never, options as never),
        ConfigurationError,
      );
      assertEquals(error.message, message);
    });
  }
  for (const limit of [1, 10_000]) {
    assertEquals(await sweepAll(answering(0), { limit }), 0);
  }
});
