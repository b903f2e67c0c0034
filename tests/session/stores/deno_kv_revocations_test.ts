/**
 * Revocations in Deno KV, under both names. Their contract is tested with the others'.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { denoKvRevocations, denoKvStore } from "@pyramidion/pyramidion/stores/deno-kv";
import { testUnless } from "../../requirements.ts";

const NOW = 1_700_000_000_000;
const noKv = typeof Deno.openKv === "function" ? null : "Deno KV needs --unstable-kv";

testUnless(noKv, "denoKvStore() and denoKvRevocations() read what the other wrote", async () => {
  using kv = await Deno.openKv(":memory:");
  const clock = () => NOW;
  const store = denoKvStore(kv, { clock }), revocations = denoKvRevocations(kv, { clock });
  await store.add("one", NOW + 1000);
  await revocations.add("other", NOW + 1000);
  await revocations.bump("ada");
  assertEquals([await revocations.has("one"), await store.has("other")], [true, true]);
  assertEquals(await store.epoch("ada"), NOW + 1);
});
