/**
 * Locks, the hour of the end, sweeps, and rows that others wrote. The contract is tested with the
 * other stores'.
 *
 * @module
 */

import { assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { BrokenRecordError, type StoredRecord } from "@pyramidion/pyramidion/stores";
import { postgresStore } from "@pyramidion/pyramidion/stores/postgres";
import { testUnless } from "../../../requirements.ts";
import { CLIENTS, noPostgres, openStore, startPostgres } from "./postgres_server.ts";

const NOW = 1_700_000_000_000;

const server = noPostgres === null ? await startPostgres() : undefined;
globalThis.addEventListener("unload", () => void server?.[Symbol.asyncDispose]());

function record(parts: Partial<StoredRecord> = {}): StoredRecord {
  const times = { renewed: NOW, expires: NOW + 1000 };
  return { head: "1", ...times, account: null, values: new Map([["k", "1"]]), ...parts };
}

/** A store, and what looks into its tables. */
async function open() {
  if (server === undefined) throw new Error("There is no server");
  const store = await openStore("npm:postgres", server);
  const ask = (sql: string) =>
    server.ask(sql.replaceAll("pyramidion_", `${store.schema}.pyramidion_`));
  return { store, ask };
}

testUnless(
  noPostgres,
  "postgresStore() rejects for a row that it did not write so, and removes it when told to",
  async (t) => {
    const { store, ask } = await open();
    await using _ = store;
    const rows: Record<string, [data: string, reason: string]> = {
      "a list": ['["k"]', "its data is not an object"],
      "null": ["null", "its data is not an object"],
      "a text": ['"k"', "its data is not an object"],
      "a value that is a number": ['{"k": 1}', "a value in its data is not text"],
      "a value that is null": ['{"k": null}', "a value in its data is not text"],
    };
    for (const [name, [data, reason]] of Object.entries(rows)) {
      await t.step(name, async () => {
        const spoil = async () => {
          await store.create("a", record({ account: "ada" }), NOW);
          await ask(`UPDATE pyramidion_sessions SET data = '${data}'`);
        };
        await spoil();
        const error = await assertRejects(() => store.load("a", NOW), BrokenRecordError);
        assertEquals(error.message, `Cannot read session "a" from the store: ${reason}`);
        await assertRejects(() => store.update("a", "0", {}, NOW), BrokenRecordError);
        const expecting = { head: "2", expect: ["k", "1"] } as const;
        await assertRejects(() => store.update("a", "1", expecting, NOW), BrokenRecordError);
        if (reason === "its data is not an object") {
          const adding = { set: new Map([["other", "1"]]) };
          await assertRejects(() => store.update("a", "1", adding, NOW), BrokenRecordError);
        }
        const kept = await ask("SELECT head, data::text AS data FROM pyramidion_sessions");
        assertEquals(kept, [{ head: "1", data }]);
        assertEquals(await store.create("a", record({ head: "2" }), NOW), false);
        assertEquals((await store.list("ada", NOW)).length, 1);
        assertEquals(await store.deleteAll("ada", [], NOW), 1);
        await spoil();
        await store.delete("a");
        assertEquals(await store.load("a", NOW), null);
        await spoil();
        assertEquals(await store.sweep(NOW + 1_000_000, 10), 1);
        assertEquals(await store.load("a", NOW), null);
      });
    }
  },
);

testUnless(
  noPostgres,
  "postgresStore() asks its questions again behind a wait for a lock",
  async () => {
    const { store, ask } = await open();
    await using _ = store;
    await store.create("a", record(), NOW);
    const lock = CLIENTS["npm:pg"](server?.port ?? 0, store.schema);
    const other = postgresStore(lock.client);
    const change = (text: string) => (
      { set: new Map([["k", text]]), expect: ["k", "1"] as const }
    );
    // Holds the row, and lets it go once the other one waits for it.
    const held = ask(`BEGIN; UPDATE pyramidion_sessions SET data = '{"k": "9"}';
      DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_locks WHERE NOT granted) LOOP
        PERFORM pg_sleep(0.001); END LOOP; END $$; COMMIT`);
    while (
      (await ask(
        "SELECT FROM pg_locks WHERE relation::regclass::text LIKE '%sessions' AND mode = 'RowExclusiveLock'",
      )).length === 0
    );
    const answer = await other.update("a", "1", change("2"), NOW);
    await held;
    assertEquals(answer, record({ values: new Map([["k", "9"]]) }));
    await lock.close();
  },
);

testUnless(
  noPostgres,
  "postgresStore() keeps the hour of the end for the sweep, and updates of a row stay in its page",
  async () => {
    const { store, ask } = await open();
    await using _ = store;
    const hours = async () =>
      (await ask("SELECT sweep FROM pyramidion_sessions")).map(({ sweep }) => sweep);
    await store.create("a", record({ expires: 3_599_999 }), 0);
    assertEquals(await hours(), [0]);
    await store.update("a", "1", { expires: 3_600_000 }, 0);
    assertEquals(await hours(), [1]);
    await store.update("a", "1", { expires: 7_199_999 }, 0);
    assertEquals(await hours(), [1]);
    for (let at = 0; at < 50; at++) {
      const change = {
        set: new Map([["k", `${at}`]]),
        expires: 3_600_000 + at,
        operation: `op-${at}`,
      };
      await store.update("a", "1", change, 0);
    }
    await store[Symbol.asyncDispose]();
    const counted = () =>
      ask(`SELECT n_tup_upd::int AS all, n_tup_hot_upd::int AS hot FROM pg_stat_user_tables
        WHERE schemaname = '${store.schema}' AND relname LIKE '%\\_sessions'`);
    // The server counts some time behind the end of a connection.
    let [count] = await counted();
    while (count?.all !== 52) [count] = await counted();
    assertEquals(Number(count.hot), 51);
  },
);

testUnless(
  noPostgres,
  "postgresStore() sweeps sessions first, then revocations, no more than the limit, and waits for nobody",
  async () => {
    const { store, ask } = await open();
    await using _ = store;
    for (let index = 0; index < 5; index++) {
      await store.create(`s${index}`, record(), NOW);
      await store.add(`r${index}`, NOW + 1000);
    }
    await store.add("stays", NOW + 9_000_000);
    await store.bump("ada");
    const later = NOW + 1001 + 60_000;
    const removed = [];
    for (let call = 0; call < 4; call++) removed.push(await store.sweep(later, 4));
    assertEquals(removed, [4, 4, 2, 0]);
    assertEquals(await ask("SELECT count(*)::int AS n FROM pyramidion_revocations"), [{ n: 1 }]);
    assertEquals(await store.epoch("ada") > 0, true);
  },
);
