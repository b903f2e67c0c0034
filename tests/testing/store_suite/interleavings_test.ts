import { assert, assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { playInterleavings } from "../../../lib/testing/store_suite/interleavings.ts";
import { FAULTS, planted, trialOf } from "./planted_stores.ts";

const [subtle = ""] = Object.entries(FAULTS).flatMap(([name, { foundBy }]) =>
  foundBy === "rounds of random calls" ? [name] : []
);

/** What is said of a store that breaks the contract where no other check looks. */
async function messageOf(seed: number, rounds: number): Promise<string> {
  const { store, now } = trialOf((clock) => planted(subtle, clock));
  return (await assertRejects(() => playInterleavings(store, seed, rounds, now), Error)).message;
}

Deno.test("playInterleavings() finds a fault that no other check looks for, and prints its seed and calls", async () => {
  const message = await messageOf(1, 200);
  const [, seed = ""] = /seed (\d+), \{ rounds: 1 \}/.exec(message) ?? [];
  assert(message.includes("update(") && message.includes(" → "), message);
  // The sessions' names count the rounds.
  const unnamed = (text: string) => text.replaceAll(/\b\d+-([ab])\b|(ada|bob)-\d+/g, "$1$2");
  assertEquals(unnamed(await messageOf(Number(seed), 1)), unnamed(message));
});

Deno.test("playInterleavings() finds most of the planted faults of sessions", async () => {
  const missed: string[] = [];
  for (const name of Object.keys(FAULTS)) {
    const { store, now } = trialOf((clock) => planted(name, clock));
    await playInterleavings(store, 1, 60, now).then(() => missed.push(name), () => {});
  }
  const found = Object.keys(FAULTS).length - missed.length;
  assert(found > 30, `${found} were found; missed: ${missed.join("; ")}`);
});

Deno.test("playInterleavings() asks the same calls for one seed, and others for another", async () => {
  const callsOf = async (seed: number) => {
    const calls: string[] = [];
    const { store, now } = trialOf((clock) => planted("", clock));
    const update: typeof store.update = (id, head, change, now) => {
      calls.push(JSON.stringify([id, head, change, now, [...change.set ?? []]]));
      return store.update(id, head, change, now);
    };
    await playInterleavings({ ...store, update }, seed, 20, now);
    return calls;
  };
  assertEquals(await callsOf(7), await callsOf(7));
  assert((await callsOf(7)).join() !== (await callsOf(8)).join());
});
