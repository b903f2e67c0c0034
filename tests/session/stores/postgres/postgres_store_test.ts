/**
 * Tables, conflicts, connections that break, and whether PostgreSQL is ready. The contract is tested
 * with the other stores'.
 *
 * @module
 */

import { assertEquals, assertMatch, assertRejects } from "jsr:@std/assert@^1.0.0";
import { ChangeRefusedError, type StoredRecord } from "@pyramidion/pyramidion/stores";
import { POSTGRES_TABLES, postgresStore } from "@pyramidion/pyramidion/stores/postgres";
import { testUnless } from "../../../requirements.ts";
import {
  CLIENT_NAMES,
  noPostgres,
  openStore,
  openStoreIn,
  startPostgres,
} from "./postgres_server.ts";

const NOW = 1_700_000_000_000;

const server = noPostgres === null ? await startPostgres() : undefined;
globalThis.addEventListener("unload", () => void server?.[Symbol.asyncDispose]());

function theServer() {
  if (server === undefined) throw new Error("There is no server");
  return server;
}

function record(parts: Partial<StoredRecord> = {}): StoredRecord {
  const times = { renewed: NOW, expires: NOW + 1000 };
  return { head: "1", ...times, account: null, values: new Map([["k", "1"]]), ...parts };
}

/** What PostgreSQL says of a transaction that lost. */
function conflict(code: string): Error {
  return Object.assign(new Error("could not serialize access"), { code });
}

for (const code of ["40001", "40P01"]) {
  Deno.test(`postgresStore() tries again what lost by ${code}, a bounded number of times`, async () => {
    let losses = 3, calls = 0;
    const query = () => {
      calls++;
      if (losses-- > 0) return Promise.reject(conflict(code));
      return Promise.resolve({ rows: [{ "?column?": 1 }] });
    };
    const store = postgresStore({ query });
    assertEquals(await store.update("a", "1", {}, NOW), true);
    assertEquals(calls, 4);
  });
}

Deno.test("postgresStore() gives up what loses for ever, and hands on every other error at once", async () => {
  let calls = 0;
  const failing = (error: Error) =>
    postgresStore({ query: () => (calls++, Promise.reject(error)) });
  await assertRejects(
    () => failing(conflict("40001")).delete("a"),
    Error,
    "Cannot end a session: others came before at each of 64 attempts",
  );
  assertEquals(calls, 64);
  await assertRejects(
    () => failing(conflict("57014")).load("a", NOW),
    Error,
    "could not serialize",
  );
  assertEquals(calls, 65);
});

Deno.test("postgresStore() tells a change that PostgreSQL refuses from one that came to nothing", async () => {
  const codes = { "53100": true, "25006": true, "57P01": false, "53300": false };
  for (const [code, isRefusal] of Object.entries(codes)) {
    const store = postgresStore({ query: () => Promise.reject(conflict(code)) });
    const error = await assertRejects(() => store.update("a", "1", {}, NOW), Error);
    assertEquals(error instanceof ChangeRefusedError, isRefusal, code);
  }
});

for (const name of CLIENT_NAMES) {
  testUnless(
    noPostgres,
    `postgresStore() by ${name}: counts under repeatable read, whoever else counts`,
    async () => {
      await using store = await openStore(name, theServer());
      await theServer().ask(
        "ALTER ROLE postgres SET default_transaction_isolation = 'repeatable read'",
      );
      await using strict = openStoreIn(name, theServer().port, store.schema);
      await theServer().ask("ALTER ROLE postgres RESET default_transaction_isolation");
      await strict.create("a", record({ values: new Map([["n", "0"]]) }), NOW);
      await Promise.all(Array.from({ length: 20 }, async () => {
        let present = await strict.load("a", NOW);
        while (present !== null) {
          const text = present.values.get("n") ?? "";
          const set = new Map([["n", String(Number(text) + 1)]]);
          const answer = await strict.update("a", "1", { set, expect: ["n", text] }, NOW);
          if (answer === true) return;
          present = answer;
        }
      }));
      assertEquals((await strict.load("a", NOW))?.values.get("n"), "20");
    },
  );

  testUnless(
    noPostgres,
    `postgresStore() by ${name}: connections that are killed lose no answered change, and repeat none`,
    async () => {
      await using store = await openStore(name, theServer());
      await store.create("a", record({ values: new Map([["n", "0"]]) }), NOW);
      let failures = 0;
      const persistently = async <T>(call: () => Promise<T>): Promise<T> => {
        for (;;) {
          try {
            return await call();
          } catch {
            failures++;
            // The client connects again meanwhile.
            await new Promise((resolve) => setTimeout(resolve, 1));
          }
        }
      };
      const killAll = () =>
        theServer().ask(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'",
        );
      for (let counted = 0; counted < 40; counted++) {
        const operation = `op-${counted}`;
        const text = (await persistently(() => store.load("a", NOW)))?.values.get("n") ?? "";
        assertEquals(text, String(counted));
        const set = new Map([["n", String(counted + 1)]]);
        const change = { set, expect: ["n", text], operation } as const;
        const killed = counted % 10 === 5 ? killAll() : undefined;
        assertEquals(await persistently(() => store.update("a", "1", change, NOW)), true);
        await killed;
      }
      assertEquals((await store.load("a", NOW))?.values.get("n"), "40");
      assertEquals(failures < 1000, true);
    },
  );

  testUnless(
    noPostgres,
    `postgresStore() by ${name}: without tables it says what to call; createTables() mends it, by two at once`,
    async () => {
      const schema = `bare_${name.replace(/\W/g, "_")}`;
      await theServer().ask(`CREATE SCHEMA ${schema}`);
      await using store = openStoreIn(name, theServer().port, schema, { clock: () => NOW });
      const hint = (what: string, table: string) =>
        `Cannot ${what}: relation "pyramidion_${table}" does not exist: call createTables() of the store, or run POSTGRES_TABLES`;
      const calls: Record<string, [call: () => unknown, message: string]> = {
        load: [() => store.load("a", NOW), hint("load a session", "sessions")],
        create: [() => store.create("a", record(), NOW), hint("save", "sessions")],
        update: [() => store.update("a", "1", {}, NOW), hint("save", "sessions")],
        has: [() => store.has("a"), hint("ask for a revocation", "revocations")],
        bump: [() => store.bump("ada"), hint("begin an epoch", "epochs")],
      };
      for (const [call, [make, message]] of Object.entries(calls)) {
        const error = await assertRejects(async () => await make(), Error, "", call);
        assertEquals(error.message, message, call);
      }
      await assertRejects(() => store.ready(NOW), Error, "Cannot ask the tables");
      await Promise.all([store.createTables(), store.createTables(), store.createTables()]);
      await store.ready(NOW);
      await store.create("a", record(), NOW);
      await store.createTables();
      assertEquals(await store.load("a", NOW), record());
    },
  );
}

testUnless(noPostgres, "postgresStore() whose tables are others is not ready", async () => {
  for (const [from, to] of [["sweep integer", "hour integer"], ["epoch bigint", "n bigint"]]) {
    const schema = `other_${from?.replace(" ", "_")}`;
    const tables = POSTGRES_TABLES.replace(/^CREATE INDEX .*\n(?: {2}.*\n)?/gm, "");
    await theServer().ask(
      `CREATE SCHEMA ${schema}; SET search_path = ${schema}; ${
        tables.replace(from ?? "", to ?? "")
      }`,
    );
    await using store = openStoreIn("npm:pg", theServer().port, schema);
    await assertRejects(() => store.ready(NOW), Error, "does not exist: call createTables()");
  }
});

testUnless(
  noPostgres,
  "postgresStore().ready() demands that it may write, and compares clocks",
  async () => {
    const warned: string[] = [];
    const logger = { warn: (message: string) => warned.push(message), error: () => {} };
    await using store = await openStore("npm:postgres", theServer(), { logger });
    await store.ready(Date.now());
    assertEquals(warned, []);
    await store.ready(Date.now() - 8000);
    assertMatch(warned[0] ?? "", /^The clock of PostgreSQL is 8 seconds ahead/);
    await theServer().ask("ALTER ROLE postgres SET default_transaction_read_only = on");
    await using reader = openStoreIn("npm:postgres", theServer().port, store.schema);
    await assertRejects(() => reader.ready(NOW), Error, "may only read");
    await assertRejects(() => reader.update("a", "1", {}, NOW), Error, "read-only transaction");
    await theServer().ask(
      "BEGIN READ WRITE; ALTER ROLE postgres RESET default_transaction_read_only; COMMIT",
    );
  },
);
