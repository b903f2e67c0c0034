/**
 * What is given to `denoKvStore()`, and where it keeps it.
 *
 * @module
 */

import { assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import type { StoredRecord } from "@pyramidion/pyramidion/stores";
import { denoKvStore } from "@pyramidion/pyramidion/stores/deno-kv";
import { testUnless } from "../../requirements.ts";

const NOW = 1_700_000_000_000;
const noKv = typeof Deno.openKv === "function" ? null : "Deno KV needs --unstable-kv";

function record(parts: Partial<StoredRecord> = {}): StoredRecord {
  const times = { renewed: NOW, expires: NOW + 1000 };
  return { head: "1", ...times, account: null, values: new Map([["k", "1"]]), ...parts };
}

testUnless(noKv, "denoKvStore() keeps apart what has another prefix", async () => {
  using kv = await Deno.openKv(":memory:");
  const one = denoKvStore(kv), other = denoKvStore(kv, { prefix: ["other", 1] });
  await one.create("a", record({ account: "ada" }), NOW);
  await one.add("id", NOW + 1000);
  assertEquals(await other.load("a", NOW), null);
  assertEquals(await other.list("ada", NOW), []);
  assertEquals(await other.has("id"), false);
  await other.create("a", record({ account: "ada", head: "2" }), NOW);
  assertEquals(await one.deleteAll("ada", [], NOW), 1);
  assertEquals((await other.load("a", NOW))?.head, "2");
});

testUnless(noKv, "denoKvStore() whose database was closed rejects, and is not ready", async () => {
  const kv = await Deno.openKv(":memory:");
  const store = denoKvStore(kv);
  await store.ready(NOW);
  kv.close();
  await assertRejects(() => store.ready(NOW), Error);
  await assertRejects(() => store.load("a", NOW), Error);
  await assertRejects(() => store.update("a", "1", {}, NOW), Error);
});
