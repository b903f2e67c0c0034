/**
 * `sessions list`, `end` and `end-all`: the sessions of a user, with a real file.
 *
 * @module
 */

import { assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { storedSessionFactory } from "@pyramidion/pyramidion";
import { runCommand } from "@pyramidion/pyramidion/cli";
import { redisStore } from "@pyramidion/pyramidion/stores/redis";
import { sqliteStore } from "@pyramidion/pyramidion/stores/sqlite";
import type { SessionStore } from "@pyramidion/pyramidion/stores";
import { missingPermission, testUnless } from "../requirements.ts";
import { FactoryApp } from "../session/factory_app.ts";
import { SECRET, START } from "../session/session_app.ts";
import { CLIENTS, noRedis, startRedis } from "../session/stores/redis/redis_server.ts";
import { withFiles } from "../temporary_files.ts";
import { environment } from "./program.ts";

const HINT = "\nUse --help to see how the commands are used\n";
const UNKNOWN = "AAECAwQFBgcICQoLDA0ODw";
const noFiles = missingPermission({ name: "read" }, { name: "write" });

/** Signs in three devices of Ada and one of Eve, and gives the ids of Ada, the latest first. */
async function signIn(store: SessionStore): Promise<string[]> {
  const app = new FactoryApp<Record<string, unknown>>((around) =>
    storedSessionFactory(store, SECRET, around)
  );
  const label = ["Firefox on Linux", "Safari on an iPhone\x1b[2J", null, "Chrome on Windows"];
  for (const [at, user] of ["ada", "ada", "ada", "eve"].entries()) {
    await app.visit(app.visitor(), (session) => {
      session.bindTo(user);
      session.describe({ label: label[at], address: at === 0 ? "192.0.2.7" : null });
    });
    app.clock.travel(60);
  }
  return (await store.list("ada", START)).sort((one, other) => other.renewed - one.renewed)
    .map(({ id }) => id);
}

function run(folder: string, ...args: string[]) {
  const variable = (name: string) => name === "SESSION_STORE" ? "sqlite:sessions.db" : undefined;
  return runCommand(["sessions", ...args], environment({ folder, now: START, variable }));
}

testUnless(noFiles, "sessions list, end and end-all do what an administrator needs", async (t) => {
  await withFiles({}, async (folder) => {
    await using store = sqliteStore(`${folder}/sessions.db`);
    await store.createTables();
    const [third = "", second = "", first = ""] = await signIn(store);
    const left = async (user: string) => (await store.list(user, START)).length;
    const at = (seconds: number) => new Date(START + 1000 * seconds).toISOString();

    await t.step("list shows each, the one that was used last first", async () => {
      const { code, stdout } = await run(folder, "list", "sqlite:sessions.db", "ada");
      assertEquals(code, 0);
      assertEquals(stdout.split("\n").map((line) => line.split(/  +/)), [
        ["id", "label", "address", "began", "last seen", "expires"],
        [third, at(120), at(120), at(1320)],
        [second, "Safari on an iPhone [2J", at(60), at(60), at(1260)],
        [first, "Firefox on Linux", "192.0.2.7", at(0), at(0), at(1200)],
        [""],
      ]);
    });
    await t.step("list --json has the names of the module", async () => {
      const { stdout } = await run(folder, "list", "env:SESSION_STORE", "eve", "--json");
      const [{ id: _id, ...one }] = JSON.parse(stdout);
      const time = START + 180_000;
      assertEquals(one, {
        created: time,
        renewed: time,
        expires: time + 1_200_000,
        label: "Chrome on Windows",
      });
    });
    await t.step("list of nobody", async () => {
      const { code, stdout } = await run(folder, "list", "sqlite:sessions.db", "nobody\x1b");
      assertEquals([code, stdout], [0, 'User "nobody\\x1b" has no sessions\n']);
    });
    await t.step("end ends one, and none of another user", async () => {
      const end = (user: string, id: string) => run(folder, "end", "sqlite:sessions.db", user, id);
      assertEquals(await end("eve", first), {
        code: 1,
        stdout: `User "eve" has no session "${first}"\n`,
        stderr: "",
      });
      assertEquals((await end("ada", UNKNOWN)).code, 1);
      assertEquals(await left("ada"), 3);
      assertEquals(await end("ada", first), {
        code: 0,
        stdout: `Ended session "${first}" of user "ada"\n`,
        stderr: "",
      });
      assertEquals(await left("ada"), 2);
    });
    await t.step("end-all leaves the one that --except names", async () => {
      const all = (...rest: string[]) => run(folder, "end-all", "sqlite:sessions.db", ...rest);
      assertEquals((await all("ada", "--except", third)).stdout, 'Ended 1 session of user "ada"\n');
      assertEquals(await left("ada"), 1);
      assertEquals((await all("ada")).stdout, 'Ended 1 session of user "ada"\n');
      assertEquals((await all("ada")).stdout, 'Ended 0 sessions of user "ada"\n');
      assertEquals(await left("eve"), 1);
    });
    await t.step("tables are missing", async () => {
      await Deno.writeTextFile(`${folder}/empty.db`, "");
      const { code, stderr } = await run(folder, "list", "sqlite:empty.db", "ada");
      assertEquals(code, 1);
      assertMatch(
        stderr,
        /^Cannot list the sessions of user "ada" in sqlite:empty\.db: .*no such table/,
      );
    });
  });
});

Deno.test("sessions list prints the id of a user in one line, also if it fails", async () => {
  const { code, stderr } = await run("/nowhere", "list", "redis://127.0.0.1:1", "a\nb\x1b");
  assertEquals([code, stderr.split(" in redis:")[0]], [
    1,
    'Cannot list the sessions of user "a\\nb\\x1b"',
  ]);
});

Deno.test("sessions list, end and end-all refuse what cannot be meant, before they open anything", async (t) => {
  const [address, usage] = ["sqlite:a.db", "like this: write sessions"];
  const rows: Record<string, [args: string[], message: string]> = {
    "no user": [["list", address], `Cannot run "sessions list" ${usage} list <address> <user>`],
    "no id": [
      ["end", address, "ada"],
      `Cannot run "sessions end" ${usage} end <address> <user> <id>`,
    ],
    "an id of end-all": [
      ["end-all", address, "ada", UNKNOWN],
      `Cannot run "sessions end-all" ${usage} end-all <address> <user>`,
    ],
    "a user of check": [
      ["check", address, "ada"],
      `Cannot run "sessions check" ${usage} check <address>`,
    ],
    "an empty user": [["list", address, ""], "Cannot use the id of the user: it is empty"],
    "a long user": [
      ["end-all", address, "x".repeat(513)],
      "Cannot use the id of the user: it has more than 512 bytes or the character U+0000",
    ],
    "another id": [
      ["end", address, "ada", "7\x1b"],
      'Cannot use the id "7\\x1b": the id of a session has 22 characters: write one from "sessions list"',
    ],
    "another --except": [
      ["end-all", address, "ada", "--except", "7"],
      'Cannot use option "--except" "7": the id of a session has 22 characters: write one from "sessions list"',
    ],
    "--except of list": [
      ["list", address, "ada", "--except", UNKNOWN],
      'Cannot use option "--except" with "sessions list"',
    ],
    "--json of end-all": [
      ["end-all", address, "ada", "--json"],
      'Cannot use option "--json" with "sessions end-all"',
    ],
    "a variable that is missing": [
      ["list", "env:OTHER", "ada"],
      'Cannot use the address "env:OTHER": the environment has no such variable',
    ],
    "no variable": [
      ["check", "env:"],
      'Cannot use the address "env:": the environment has no such variable',
    ],
  };
  for (const [name, [args, message]] of Object.entries(rows)) {
    await t.step(name, async () => {
      assertEquals(await run("/nowhere", ...args), { code: 2, stdout: "", stderr: message + HINT });
    });
  }
});

testUnless(noRedis, "sessions of Redis: every action, and no password in any text", async (t) => {
  await using server = await startRedis();
  const { client, close } = await CLIENTS["npm:redis"](server.port);
  const [third = "", ...others] = await signIn(redisStore(client));
  assertEquals(others.length, 2);
  await close();
  const [shown, at] = [`redis://127.0.0.1:${server.port}`, `s3cret@127.0.0.1:${server.port}`];
  await server.ask("ACL", "SETUSER", "ada", "on", ">s3cret", "~*", "+@all");
  const rows: [args: string[], code: number, stdout: string][] = [
    [["check", `redis://ada:${at}`], 0, `${shown} is ready\n`],
    [
      ["sweep", `redis://ada:${at}`],
      0,
      `${shown} needs no sweep: the database itself removes expired entries\n`,
    ],
    [["end", `redis://ada:${at}`, "ada", third], 0, `Ended session "${third}" of user "ada"\n`],
    [["end-all", `redis://ada:${at}`, "ada"], 0, 'Ended 2 sessions of user "ada"\n'],
    [["list", `redis://ada:${at}`, "ada"], 0, 'User "ada" has no sessions\n'],
    [
      ["check", `redis://ada:wrong${at}`],
      1,
      `${shown} is not ready: WRONGPASS invalid username-password pair or user is disabled.\n`,
    ],
  ];
  for (const [args, code, stdout] of rows) {
    await t.step(`${args[0]} ${code}`, async () => {
      assertEquals(await run("/nowhere", ...args), { code, stdout, stderr: "" });
    });
  }
  await t.step("a server that is not there", async () => {
    const address = "redis://ada:s3cret@127.0.0.1:1";
    const check = await run("/nowhere", "check", address);
    assertEquals([check.code, check.stderr], [1, ""]);
    assertMatch(check.stdout, /^redis:\/\/127\.0\.0\.1:1 is not ready: .*ECONNREFUSED/);
    const list = await run("/nowhere", "list", address, "ada");
    assertEquals([list.code, list.stdout], [1, ""]);
    assertMatch(
      list.stderr,
      /^Cannot list the sessions of user "ada" in redis:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/,
    );
    const all = check.stdout + list.stderr;
    assertEquals(all.includes("s3cret"), false);
  });
});
