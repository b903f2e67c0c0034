/**
 * `sessions`: checks, sweeps and tables of stores, with real files.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { runCommand } from "@pyramidion/pyramidion/cli";
import { SQLITE_TABLES, sqliteStore } from "@pyramidion/pyramidion/stores/sqlite";
import { missingPermission, testUnless } from "../../requirements.ts";
import { withFiles } from "../../temporary_files.ts";
import { environment, program, programMissing } from "../program.ts";

const NOW = 1_700_000_000_000;
const HINT = "\nUse --help to see how the commands are used\n";
const noFiles = missingPermission({ name: "read" }, { name: "write" });

/** A file with so many sessions that expired, as many revocations, and one session that counts. */
function fill(path: string, count: number, tables = SQLITE_TABLES): void {
  using db = new DatabaseSync(path);
  db.exec(tables);
  const session = db.prepare("INSERT INTO pyramidion_sessions VALUES (?, NULL, '1', ?, ?, '', ?)");
  const revocation = db.prepare("INSERT INTO pyramidion_revocations VALUES (?, ?)");
  db.exec("BEGIN");
  for (let at = 0; at < count; at++) {
    session.run(`old${at}`, 1, NOW - 60_001, "{}");
    revocation.run(`old${at}`, NOW - 60_001);
  }
  session.run("present", 1, NOW - 60_000, "{}");
  db.exec("COMMIT");
}

function idsIn(path: string): unknown[] {
  using db = new DatabaseSync(path);
  return db.prepare("SELECT id FROM pyramidion_sessions ORDER BY id").all().map(({ id }) => id);
}

function run(folder: string, ...args: string[]) {
  return runCommand(["sessions", ...args], environment({ folder, now: NOW }));
}

Deno.test("sessions ddl prints the tables of the store and nothing else, so that it can be pasted", async () => {
  assertEquals(await run("/nowhere", "ddl", "sqlite"), {
    code: 0,
    stdout: SQLITE_TABLES,
    stderr: "",
  });
  const { code, stdout } = await run("/nowhere", "ddl", "memory");
  assertEquals([code, stdout], [2, ""]);
});

Deno.test("sessions refuses actions and options that cannot be used, before it opens anything", async (t) => {
  const bounds = 'Cannot use option "--limit": must be an integer from 1 to 10000, not the ';
  const rows: Record<string, [args: string[], message: string]> = {
    "an action near one": [
      ["chek", "sqlite:a.db"],
      'Cannot run "sessions chek": no such action: did you mean "check"?',
    ],
    "an action near none": [
      ["vacuum", "sqlite:a.db"],
      'Cannot run "sessions vacuum": no such action: write check, ddl, end, end-all, list or sweep',
    ],
    "no store": [
      ["sweep"],
      'Cannot run "sessions" with 1 argument: it takes <action> <store> [user] [id]',
    ],
    "limit 0": [["sweep", "sqlite:a.db", "--limit", "0"], `${bounds}number 0`],
    "limit 10001": [["sweep", "sqlite:a.db", "--limit", "10001"], `${bounds}number 10001`],
    "limit -1": [["sweep", "sqlite:a.db", "--limit=-1"], `${bounds}string "-1"`],
    "limit 1e3": [["sweep", "sqlite:a.db", "--limit", "1e3"], `${bounds}string "1e3"`],
    "no limit": [["sweep", "sqlite:a.db", "--limit="], `${bounds}string ""`],
    "limit of check": [
      ["check", "sqlite:a.db", "--limit", "5"],
      'Cannot use option "--limit" with "sessions check"',
    ],
    "limit of ddl": [
      ["ddl", "sqlite", "--limit", "5"],
      'Cannot use option "--limit" with "sessions ddl"',
    ],
  };
  for (const [name, [args, message]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const outcome = await run("/nowhere", ...args);
      assertEquals(outcome, { code: 2, stdout: "", stderr: message + HINT });
    });
  }
});

testUnless(noFiles, "sessions sweep removes what expired, and says how much", async (t) => {
  await withFiles({}, async (folder) => {
    const path = `${folder}/sessions.db`;
    const rows: [expired: number, limit: string[], text: string][] = [
      [1250, [], "Removed 2,500 entries from sqlite:sessions.db\n"],
      [25, ["--limit", "10"], "Removed 50 entries from sqlite:sessions.db\n"],
      [0, ["--limit", "1"], "Removed 0 entries from sqlite:sessions.db\n"],
    ];
    for (const [expired, limit, stdout] of rows) {
      await t.step(`${2 * expired} entries`, async () => {
        fill(path, expired);
        const outcome = await run(folder, "sweep", "sqlite:sessions.db", ...limit);
        assertEquals(outcome, { code: 0, stdout, stderr: "" });
        assertEquals(idsIn(path), ["present"]);
        await Deno.remove(path);
      });
    }
    await t.step("one entry", async () => {
      fill(path, 0);
      const outcome = await runCommand(
        ["sessions", "sweep", "sqlite:sessions.db"],
        environment({ folder, now: NOW + 1 }),
      );
      assertEquals(outcome.stdout, "Removed 1 entry from sqlite:sessions.db\n");
    });
  });
});

testUnless(
  noFiles,
  "sessions sweep removes a broken record when it expired, and check passes it",
  async () => {
    await withFiles({}, async (folder) => {
      const path = `${folder}/sessions.db`;
      fill(path, 0);
      {
        using db = new DatabaseSync(path);
        db.exec(`INSERT INTO pyramidion_sessions VALUES ('broken', NULL, '1', 1, 1, '', '{"a":'),
        ('new', NULL, '1', 1, ${NOW}, '', 'of a newer version')`);
      }
      assertEquals((await run(folder, "check", "sqlite:sessions.db")).code, 0);
      const { stdout } = await run(folder, "sweep", "sqlite:sessions.db");
      assertEquals(stdout, "Removed 1 entry from sqlite:sessions.db\n");
      assertEquals(idsIn(path), ["new", "present"]);
    });
  },
);

testUnless(noFiles, "sessions check says what is missing, and ends with 1", async (t) => {
  const other = SQLITE_TABLES.replace("user TEXT", "name TEXT");
  await withFiles({ "empty.db": "", "text.db": "no database".repeat(100) }, async (folder) => {
    fill(`${folder}/good.db`, 0);
    fill(`${folder}/other.db`, 1, other);
    const hint = '"sessions ddl sqlite" prints the SQL statements that create the tables.\n';
    const rows: Record<string, [code: number, stdout: string]> = {
      good: [0, "sqlite:good.db is ready\n"],
      empty: [
        1,
        "sqlite:empty.db is not ready: Cannot ask the tables: no such table: pyramidion_sessions: " +
        `call createTables() of the store, or run SQLITE_TABLES\n${hint}`,
      ],
      other: [
        1,
        "sqlite:other.db is not ready: Cannot ask the tables: no such column: user: " +
        "the tables are not those of SQLITE_TABLES\n",
      ],
      text: [1, "sqlite:text.db is not ready: file is not a database\n"],
    };
    for (const [name, [code, stdout]] of Object.entries(rows)) {
      await t.step(name, async () => {
        const outcome = await run(folder, "check", `sqlite:${name}.db`);
        assertEquals(outcome, { code, stdout, stderr: "" });
      });
    }
    await t.step("sweep removes nothing from tables that are others", async () => {
      const { code, stdout, stderr } = await run(folder, "sweep", "sqlite:other.db");
      assertEquals([code, stdout], [1, ""]);
      assertMatch(
        stderr,
        /^Cannot sweep sqlite:other\.db: Cannot ask the tables: no such column: /,
      );
      assertEquals(idsIn(`${folder}/other.db`), ["old0", "present"]);
    });
    await t.step("a missing file", async () => {
      for (const action of ["check", "sweep"]) {
        assertEquals(await run(folder, action, "sqlite:none.db"), {
          code: 1,
          stdout: "",
          stderr:
            `Cannot open "${folder}/none.db": the file does not exist, and this command does not create it\n`,
        });
      }
    });
  });
});

testUnless(noFiles, "sessions sweep says how much it removed before a batch failed", async () => {
  await withFiles({}, async (folder) => {
    fill(`${folder}/sessions.db`, 20);
    {
      using db = new DatabaseSync(`${folder}/sessions.db`);
      db.exec(`CREATE TRIGGER keeps BEFORE DELETE ON pyramidion_revocations
        WHEN old.id = 'old9' BEGIN SELECT raise(ABORT, 'kept'); END`);
    }
    const outcome = await run(folder, "sweep", "sqlite:sessions.db", "--limit", "10");
    assertEquals([outcome.code, outcome.stdout], [1, ""]);
    assertMatch(
      outcome.stderr,
      /^Cannot sweep sqlite:sessions\.db: kept \(before, it removed [23]0 entries\)\n$/,
    );
  });
});

testUnless(
  noFiles,
  "sessions of Deno KV: check asks it, sweep says that it needs none",
  async () => {
    await withFiles({}, async (folder) => {
      {
        using kv = await Deno.openKv(`${folder}/kv.db`);
        await kv.set(["any"], 1);
      }
      assertEquals(await run(folder, "check", "deno-kv:kv.db"), {
        code: 0,
        stdout: "deno-kv:kv.db is ready\n",
        stderr: "",
      });
      assertEquals(await run(folder, "sweep", "deno-kv:kv.db"), {
        code: 0,
        stdout: "deno-kv:kv.db needs no sweep: the database itself removes expired entries\n",
        stderr: "",
      });
    });
  },
);

testUnless(noFiles, "sessions calls a fault of the store so, and a bug in it a bug", async () => {
  await withFiles({}, async (folder) => {
    (await Deno.openKv(`${folder}/kv.db`)).close();
    const openKv = Object.getOwnPropertyDescriptor(Deno, "openKv") ?? {};
    const rows: [error: Error, code: number][] = [
      [new Error("planted"), 1],
      [new TypeError("planted"), 70],
      [new RangeError("planted"), 70],
      [new ReferenceError("planted"), 70],
    ];
    try {
      for (const [error, code] of rows) {
        const value = () => Promise.reject(error);
        Object.defineProperty(Deno, "openKv", { value, configurable: true });
        for (const action of ["check", "sweep"]) {
          const outcome = await run(folder, action, "deno-kv:kv.db");
          assertEquals(outcome.code, code, `${action} ${error.name}`);
          assertMatch(outcome.stdout + outcome.stderr, /planted/);
        }
      }
    } finally {
      Object.defineProperty(Deno, "openKv", openKv);
    }
  });
});

testUnless(
  programMissing,
  "the program sweeps beside an app, with the permissions of the guide",
  async (t) => {
    await withFiles({}, async (folder) => {
      const path = `${folder}/sessions.db`;
      await using store = sqliteStore(path);
      await store.createTables();
      await store.add("gone", 1);
      await store.add("held", Date.now() + 60_000);
      const permissions = [`--allow-read=${path}`, `--allow-write=${path}`];
      const sweep = ["sessions", "sweep", "sqlite:sessions.db"];
      await t.step("another process has locked the file", async () => {
        using other = new DatabaseSync(path);
        other.exec("BEGIN IMMEDIATE");
        const { code, stdout, stderr } = await program(sweep, { cwd: folder, permissions });
        assertEquals([code, stdout], [1, ""]);
        assertMatch(
          stderr,
          /^Cannot sweep sqlite:sessions\.db: Cannot sweep: others came before at each of 64 attempts\n$/,
        );
      });
      await t.step("the file is free", async () => {
        const outcome = await program(sweep, { cwd: folder, permissions });
        const stdout = "Removed 1 entry from sqlite:sessions.db\n";
        assertEquals(outcome, { code: 0, stdout, stderr: "" });
        assertEquals([await store.has("gone"), await store.has("held")], [false, true]);
      });
      await t.step("a permission is missing", async () => {
        for (const permission of permissions) {
          const outcome = await program(sweep, { cwd: folder, permissions: [permission] });
          assertEquals([outcome.code, outcome.stdout], [1, ""]);
          assertMatch(outcome.stderr, /^Requires (?:read|write) access to /);
        }
      });
    });
  },
);
