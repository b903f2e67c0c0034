/**
 * The memory of sessions: bounded, and what it forgot stays gone. Its contract is tested with the
 * others'.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { RecordTooLargeError, type StoredRecord } from "@pyramidion/pyramidion/stores";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { PlainStore } from "../../../lib/testing/store_suite/plain_store.ts";
import { shown } from "../../../lib/testing/store_suite/expectation.ts";
import { Random } from "../../random.ts";

const NOW = 1_700_000_000_000;

function record(parts: Partial<StoredRecord> = {}): StoredRecord {
  const times = { renewed: NOW, expires: NOW + 1000 };
  return { head: "1", ...times, account: null, values: new Map(), ...parts };
}

Deno.test("memoryStore() holds between half of maxEntries and all, and what it forgot is gone", async () => {
  const store = memoryStore({ maxEntries: 20 });
  const held = async () => (await store.list("ada", NOW)).map(({ id }) => id);
  for (let index = 0; index < 200; index++) {
    assertEquals(await store.create(`s${index}`, record({ account: "ada" }), NOW), true);
    const ids = await held();
    assert(ids.length <= 20 && ids.length >= Math.min(index + 1, 10), `${ids.length} are held`);
    // The newest are kept.
    assertEquals(new Set(ids), new Set(Array.from(ids, (_, back) => `s${index - back}`)));
  }
  const kept = new Set(await held());
  for (let index = 0; index < 200; index++) {
    const id = `s${index}`;
    if (kept.has(id)) continue;
    const change = { set: new Map([["k", "1"]]), account: "ada", expires: NOW + 9000 };
    assertEquals(await store.update(id, "1", change, NOW), null);
    assertEquals(await store.load(id, NOW), null);
  }
  assertEquals(new Set(await held()), kept);
});

Deno.test("memoryStore() keeps what is used", async () => {
  const store = memoryStore({ maxEntries: 20 });
  await store.create("loaded", record(), NOW);
  await store.create("changed", record(), NOW);
  for (let index = 0; index < 200; index++) {
    await store.create(`s${index}`, record(), NOW);
    if (index % 5 > 0) continue;
    assert(await store.load("loaded", NOW) !== null, `forgotten at ${index}`);
    assertEquals(await store.update("changed", "1", {}, NOW), true, `forgotten at ${index}`);
  }
});

Deno.test("memoryStore() gives nothing that is older than the last change, whatever it forgets", async () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = new Random(seed);
    const store = memoryStore({ maxEntries: 2 + random.below(6), maxBytes: 12_000 });
    // What the store forgot is deleted here as well: from then on it must stay gone.
    const plain = new PlainStore();
    let now = NOW;
    const look = async (id: string, label: string) => {
      const loaded = await store.load(id, now);
      if (loaded === null) plain.delete(id);
      assertEquals(shown(loaded), shown(plain.load(id, now)), label);
    };
    for (let step = 0; step < 300; step++) {
      now += random.below(3);
      const id = `s${random.below(10)}`, label = `seed ${seed}, step ${step}`;
      const account = random.pick([null, "ada", "bob"]);
      const values = new Map([[`k${random.below(3)}`, "x".repeat(random.below(900))]]);
      const act = random.below(10);
      // Whatever is looked at is young again, so what ends is not.
      if (act < 2) {
        await store.delete(id);
        plain.delete(id);
        assertEquals(await store.load(id, now), null, label);
        continue;
      }
      if (act === 2) {
        await store.deleteAll("ada", [], now);
        plain.deleteAll("ada", [], now);
        continue;
      }
      await look(id, label);
      if (act < 6) {
        const expires = now + random.below(40);
        const given = record({ account, values, expires, head: `${random.below(2)}` });
        assertEquals(await store.create(id, given, now), plain.create(id, given, now), label);
      } else {
        const change = act < 8 ? { set: values } : { account };
        const answer = await store.update(id, "1", change, now);
        assertEquals(shown(answer), shown(plain.update(id, "1", change, now)), label);
      }
      const listed = (await store.list("ada", now)).map(({ id }) => id);
      const known = new Set(plain.list("ada", now).map(({ id }) => id));
      assertEquals(listed.filter((one) => !known.has(one)), [], `${label}: ghosts`);
      assertEquals(new Set(listed).size, listed.length, `${label}: twins`);
    }
  }
});

Deno.test("memoryStore() ends a session on time that was not used lately", async () => {
  const store = memoryStore({ maxEntries: 4 });
  await store.create("a", record({ account: "ada" }), NOW);
  for (const id of ["b", "c"]) await store.create(id, record(), NOW);
  const late = NOW + 1001;
  assertEquals(await store.update("a", "1", { expires: NOW + 9000 }, late), null);
  assertEquals(await store.load("a", late), null);
  assertEquals((await store.load("a", NOW + 1000))?.account, "ada");
});

Deno.test("memoryStore() holds no more than maxBytes, also when sessions grow", async () => {
  const store = memoryStore({ maxBytes: 100_000 });
  for (let index = 0; index < 100; index++) {
    await store.create(`s${index}`, record({ account: "ada" }), NOW);
  }
  for (let index = 0; index < 100; index++) {
    await store.update(`s${index}`, "1", { set: new Map([["k", "x".repeat(9000)]]) }, NOW);
  }
  const held = await store.list("ada", NOW);
  assert(held.length >= 4 && held.length <= 11, `${held.length} sessions of 9,600 bytes`);
});

Deno.test("memoryStore() frees what a session no longer holds", async () => {
  const store = memoryStore({ maxBytes: 40_000 });
  await store.create("a", record(), NOW);
  const large = "x".repeat(15_000);
  for (let round = 0; round < 50; round++) {
    const change = {
      set: new Map([[`k${round}`, large]]),
      delete: [`k${round - 1}`, `k${round - 1}`],
    };
    assertEquals(await store.update("a", "1", change, NOW), true, `round ${round}`);
  }
  // What is named twice is freed once.
  for (let index = 0; index < 20; index++) {
    await store.create(
      `s${index}`,
      record({ account: "ada", values: new Map([["k", large]]) }),
      NOW,
    );
  }
  assertEquals((await store.list("ada", NOW)).length <= 2, true);
  await store.deleteAll("ada", [], NOW);
  await store.create("a", record(), NOW);
  for (let round = 0; round < 50; round++) {
    await store.create("b", record({ values: new Map([["k", large]]) }), NOW);
    await store.delete("b");
  }
  assert(await store.load("a", NOW) !== null);
});

Deno.test("memoryStore() refuses a session of more than half of maxBytes, and changes nothing", async (t) => {
  const store = memoryStore({ maxBytes: 20_000 });
  const most = { latin: "é".repeat(9_000), other: "ж".repeat(4_500) };
  for (const [name, text] of Object.entries(most)) {
    await t.step(name, async () => {
      const small = record({ values: new Map([["k", "1"]]) });
      assertEquals(await store.create(name, small, NOW), true);
      const change = { set: new Map([["k", text + text]]), head: "2", delete: ["none"] };
      const error = await assertRejects(
        () => store.update(name, "1", change, NOW),
        RecordTooLargeError,
      );
      assertEquals([error.id, error.limit], [name, 10_000]);
      assertEquals(await store.load(name, NOW), small);
      const large = record({ values: new Map([["k", text + text]]) });
      await assertRejects(() => store.create(`${name}-2`, large, NOW), RecordTooLargeError);
      assertEquals(await store.load(`${name}-2`, NOW), null);
      assertEquals(await store.update(name, "1", { set: new Map([["k", text]]) }, NOW), true);
    });
  }
});
