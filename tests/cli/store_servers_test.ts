/**
 * Stores on servers, opened by the program: with real servers, and the packages that it imports.
 *
 * @module
 */

import { assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { postgresStore } from "@pyramidion/pyramidion/stores/postgres";
import { CommandFailure } from "../../lib/cli/command.ts";
import { openPostgres, openRedis, PACKAGES } from "../../lib/cli/store_servers.ts";
import { openStore, shownAddress } from "../../lib/cli/store_address.ts";
import { testUnless } from "../requirements.ts";
import { noRedis, startRedis } from "../session/stores/redis/redis_server.ts";
import { noPostgres, startPostgres } from "../session/stores/postgres/postgres_server.ts";

const NOW = 1_700_000_000_000;
const RECORD = { head: "1", renewed: NOW, expires: NOW + 9e9, account: "ada", values: new Map() };

testUnless(
  noRedis,
  "openStore() opens Redis by its URL, with a password, and closes it",
  async () => {
    await using server = await startRedis();
    await server.ask("CONFIG", "SET", "requirepass", "p/w");
    const address = `redis://:p%2Fw@127.0.0.1:${server.port}`;
    {
      await using opened = await openStore(address, "/nowhere");
      await opened.store.create("x", RECORD, NOW);
    }
    await using again = await openStore(`${address}/0`, "/nowhere");
    assertEquals((await again.store.list("ada", NOW)).map(({ id }) => id), ["x"]);
    await assertRejects(
      () => openStore(`redis://:wrong@127.0.0.1:${server.port}`, "/nowhere"),
      Error,
      "WRONGPASS",
    );
  },
);

testUnless(noPostgres, "openStore() opens PostgreSQL by its URL, and closes it", async () => {
  await using server = await startPostgres();
  for (const scheme of ["postgres", "postgresql"]) {
    const address = `${scheme}://postgres@127.0.0.1:${server.port}/postgres`;
    await using opened = await openStore(address, "/nowhere");
    if (scheme === "postgres") {
      await assertRejects(
        async () => await opened.store.ready?.(NOW),
        Error,
        "call createTables() of the store, or run POSTGRES_TABLES",
      );
      const { default: pg } = await import(PACKAGES.postgres);
      const pool = new pg.Pool({ connectionString: address });
      await postgresStore(pool).createTables();
      await pool.end();
    }
    await opened.store.ready?.(Date.now());
    await opened.store.create(scheme, RECORD, NOW);
    assertEquals((await opened.store.load(scheme, NOW))?.account, "ada");
  }
});

Deno.test("openRedis() and openPostgres() say which package they need", async () => {
  const url = new URL("redis://ada:s3cret@localhost");
  const rows = { redis: openRedis, postgres: openPostgres } as const;
  for (const [name, open] of Object.entries(rows)) {
    const offline = () => Promise.reject(new TypeError("offline"));
    const missing = await assertRejects(() => open(url, offline), CommandFailure);
    assertEquals(missing.code, 1);
    const [specifier = ""] = /npm:\w+@\^\d/.exec(missing.message) ?? [];
    assertEquals(specifier, name === "redis" ? PACKAGES.redis : PACKAGES.postgres);
    assertEquals(
      missing.message,
      `Cannot import ${specifier}, which opens the store: offline\n` +
        `"deno cache ${specifier}" downloads it. With --frozen it must be in deno.lock`,
    );
    const other = await assertRejects(() => open(url, () => Promise.resolve({})), CommandFailure);
    assertEquals(other.message.startsWith(`Cannot use ${specifier}: `), true);
  }
});

Deno.test("shownAddress() shows no user, no password and no parameter of a server", () => {
  const rows: Record<string, string> = {
    "sqlite:a b.db": "sqlite:a b.db",
    "sqlite:\x1b[2J": "sqlite:\\x1b[2J",
    "redis://ada:s3cret@host:1": "redis://host:1",
    "rediss:s3cret": "rediss://…",
    "postgresql://ada:s3cret@host/app?password=s3cret": "postgresql://host/app",
  };
  for (const [address, shown] of Object.entries(rows)) {
    assertEquals(shownAddress(address), shown);
  }
});
