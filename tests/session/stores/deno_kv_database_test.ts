import { assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { CONTENDED } from "../../../lib/session/stores/contention.ts";
import { untilCommitted } from "../../../lib/session/stores/deno_kv_database.ts";

Deno.test("untilCommitted() takes a locked database for a conflict, and passes on every other error", async () => {
  const outcomes = [
    () => Promise.reject(new Error("database is locked")),
    () => Promise.resolve(CONTENDED),
    () => Promise.resolve("done"),
    () => Promise.reject(new TypeError("value too large")),
  ] as const;
  let attempts = 0;
  const next = (): Promise<string | typeof CONTENDED> =>
    outcomes[attempts++]?.() ?? Promise.reject(new Error("asked too often"));
  assertEquals(await untilCommitted("save", next), "done");
  assertEquals(attempts, 3);
  await assertRejects(() => untilCommitted("save", next), TypeError, "value too large");
  assertEquals(attempts, 4);
});
