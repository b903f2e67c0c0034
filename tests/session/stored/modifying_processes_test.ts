/**
 * Two processes whose sessions lie in one file.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { storedSessionFactory } from "@pyramidion/pyramidion";
import { sqliteStore } from "@pyramidion/pyramidion/stores/sqlite";
import { FactoryApp } from "../factory_app.ts";
import { missingPermission, testUnless } from "../../requirements.ts";
import { withFiles } from "../../temporary_files.ts";
import { SECRET } from "../session_app.ts";
import { cookieOf } from "./stored_app.ts";

const PROCESSES = ["one", "other"];
const TIMES = 50;
const script = new URL("modifying_process.ts", import.meta.url).pathname;
const root = new URL("../../../", import.meta.url).pathname;

const reason = missingPermission({ name: "read" }, { name: "write" }, {
  name: "run",
  command: Deno.execPath(),
});

testUnless(reason, "session.modify() and session.set() of two processes lose nothing", async () => {
  await withFiles({}, async (folder) => {
    const file = `${folder}/sessions.db`;
    await using store = sqliteStore(file);
    await store.createTables();
    const factory = storedSessionFactory<Record<string, unknown>>(store, SECRET);
    const app = new FactoryApp<Record<string, unknown>>(() => factory);
    const visitor = app.visitor();
    await app.visit(visitor, (session) => session.set("n", 0));
    const children = PROCESSES.map((name) =>
      new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          "--no-check",
          "--frozen",
          script,
          file,
          cookieOf(visitor),
          name,
          `${TIMES}`,
        ],
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
    const { value } = await app.visit(visitor, (session) => [session.get("n"), session.size]);
    assertEquals(value, [PROCESSES.length * TIMES, 1 + PROCESSES.length * TIMES]);
  });
});
