/**
 * Two processes on one file, or on one server, lose nothing of each other.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { denoKvStore } from "@pyramidion/pyramidion/stores/deno-kv";
import type { SessionStore } from "@pyramidion/pyramidion/stores";
import { sqliteStore } from "@pyramidion/pyramidion/stores/sqlite";
import { missingPermission, testUnless } from "../../requirements.ts";
import * as postgres from "../stores/postgres/postgres_server.ts";
import { noRedis, openStore, startRedis } from "../stores/redis/redis_server.ts";
import { withFiles } from "../../temporary_files.ts";

const PROCESSES = ["one", "other"];
const TIMES = 100;
const script = new URL("counting_process.ts", import.meta.url).pathname;
const root = new URL("../../../", import.meta.url).pathname;

const noKv = typeof Deno.openKv === "function" ? null : "Deno KV needs --unstable-kv";
const reason = missingPermission({ name: "read" }, { name: "write" }, {
  name: "run",
  command: Deno.execPath(),
});

/** Runs the processes at once, and looks at what they left. */
async function countTogether(kind: string, file: string, store: SessionStore): Promise<void> {
  const now = Date.now();
  const record = { head: "1", renewed: now, expires: now + 600_000, account: null };
  assertEquals(await store.create("shared", { ...record, values: new Map() }, now), true);
  const children = PROCESSES.map((name) =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--frozen", script, kind, file, name, String(TIMES)],
      cwd: root,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn()
  );
  const readers = children.map(({ stdout }) => stdout.getReader());
  await Promise.all(readers.map((reader) => reader.read()));
  await Promise.all(children.map(async ({ stdin }) => {
    const writer = stdin.getWriter();
    await writer.write(new Uint8Array(1));
    await writer.close();
  }));
  const ends = await Promise.all(children.map(({ status }) => status));
  await Promise.all(readers.map((reader) => reader.cancel()));
  assertEquals(ends.map(({ code }) => code), PROCESSES.map(() => 0));
  const values = (await store.load("shared", now))?.values;
  assertEquals(values?.get("n"), String(PROCESSES.length * TIMES));
  const lost = PROCESSES.flatMap((name) =>
    Array.from({ length: TIMES }, (_, index) => `${name} ${index}`)
  )
    .filter((key) => !values?.has(key));
  assertEquals(lost, []);
}

testUnless(reason, "sqliteStore(): two processes on one file lose nothing", async () => {
  await withFiles({}, async (folder) => {
    const file = `${folder}/sessions.db`;
    await using store = sqliteStore(file);
    await store.createTables();
    await countTogether("sqlite", file, store);
  });
});

testUnless(reason ?? noKv, "denoKvStore(): two processes on one file lose nothing", async () => {
  await withFiles({}, async (folder) => {
    const file = `${folder}/sessions.kv`;
    using kv = await Deno.openKv(file);
    await countTogether("kv", file, denoKvStore(kv));
  });
});

testUnless(
  reason ?? noRedis,
  "redisStore(): two processes with two clients on one server lose nothing",
  async () => {
    await using server = await startRedis();
    await using store = await openStore("npm:redis", server.port, { prefix: "shared:" });
    await countTogether("redis", String(server.port), store);
  },
);

testUnless(
  reason ?? postgres.noPostgres,
  "postgresStore(): two processes with two clients on one server lose nothing",
  async () => {
    await using server = await postgres.startPostgres();
    await using store = await postgres.openStore("npm:pg", server);
    await countTogether("postgres", `${server.port} ${store.schema}`, store);
  },
);
