import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { PlainStore } from "../../../lib/testing/store_suite/plain_store.ts";
import { recordAt } from "../../../lib/testing/store_suite/trial.ts";

Deno.test("PlainStore that begins with another goes its own way", () => {
  const one = new PlainStore();
  one.create("a", recordAt(0, { values: new Map([["k", "1"]]) }), 0);
  one.update("a", "1", { operation: "op" }, 0);
  const other = new PlainStore(one);
  assertEquals(other.update("a", "0", { operation: "op" }, 0), true);
  other.update("a", "1", { set: new Map([["k", "2"]]), head: "2" }, 0);
  other.delete("b");
  assertEquals(one.load("a", 0), recordAt(0, { values: new Map([["k", "1"]]) }));
  assertEquals(other.load("a", 0)?.values.get("k"), "2");
});

Deno.test("PlainStore hands out neither what it holds nor its operations", () => {
  const store = new PlainStore();
  store.create("a", recordAt(0), 0);
  const loaded = store.load("a", 0);
  loaded?.values.set("k", "1");
  assertEquals(store.load("a", 0), recordAt(0));
});
