import { assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { increment, keptValues, put, recordAt } from "../../../lib/testing/store_suite/trial.ts";
import { planted, sound, trialOf } from "./planted_stores.ts";

Deno.test("put() demands that the id was free", async () => {
  const trial = trialOf((clock) => sound(clock).store);
  const record = await put(trial, "a", { account: "ada" });
  assertEquals(record, recordAt(trial.now, { account: "ada" }));
  await assertRejects(() => put(trial, "a", { head: "2" }), Error, 'create() of "a"');
});

Deno.test("keptValues() demands that the session is there", async () => {
  const trial = trialOf((clock) => sound(clock).store);
  await assertRejects(() => keptValues(trial, "a"), Error, 'session "a" is gone');
});

Deno.test("increment() adds one, and gives up where nothing is ever applied", async () => {
  const trial = trialOf((clock) => sound(clock).store);
  await assertRejects(() => increment(trial, "a", "n"), Error, 'session "a" is gone');
  await put(trial, "a");
  await increment(trial, "a", "n");
  await increment(trial, "a", "n");
  assertEquals((await keptValues(trial, "a")).get("n"), "2");
  const refusing = {
    ...trial,
    store: { ...trial.store, update: () => Promise.resolve(recordAt(trial.now)) },
  };
  await assertRejects(() => increment(refusing, "a", "n"), Error, "no attempt of 1000 was applied");
});

Deno.test("trialOf() gives each check a store of its own", async () => {
  await put(trialOf((clock) => planted("", clock)), "a");
  const { store, now } = trialOf((clock) => planted("", clock));
  assertEquals(await store.load("a", now), null);
});
