/**
 * Every interleaving of a few requests, and faults that are planted to be found.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { DatabaseSync } from "node:sqlite";
import { SQLITE_TABLES, sqliteStore } from "@pyramidion/pyramidion/stores/sqlite";
import type { SessionStore, StoredRecord } from "@pyramidion/pyramidion/stores";
import { explore, type Fault, type MakeFactory } from "./explorer.ts";
import { pairs, triples } from "./explorer_scenarios.ts";

Deno.test("stored sessions keep what they promise in every interleaving of two requests", async () => {
  const { runs, broken } = await explore([
    ...pairs(),
    ...pairs({ isDue: true }),
    ...pairs({ lostReplies: 1 }),
  ]);
  assertEquals(broken, []);
  say(`interleavings of two requests: ${runs}`);
  assert(runs > 3_000);
});

Deno.test("stored sessions keep what they promise in every interleaving of three requests", async () => {
  const { runs, broken } = await explore(triples());
  assertEquals(broken, []);
  say(`interleavings of three requests: ${runs}`);
  assert(runs > 5_000);
});

/** A database in memory, with its tables. */
function sqliteInMemory(): SessionStore {
  const db = new DatabaseSync(":memory:");
  db.exec(SQLITE_TABLES);
  return sqliteStore(db);
}

Deno.test("stored sessions keep what they promise in every interleaving of two requests on SQLite", async () => {
  const open = sqliteInMemory;
  const { runs, broken } = await explore([...pairs(), ...pairs({ isDue: true })], { open });
  assertEquals(broken, []);
  say(`interleavings of two requests on SQLite: ${runs}`);
  assert(runs > 500);
  const { broken: found } = await explore(pairs(), {
    open,
    fault: (store) => ({ ...store, delete: () => Promise.resolve() }),
    stopsAtFirst: true,
  });
  assert(found.length > 0, "a planted fault was not found");
});

/** What is done wrong in a copy of the layer: in which file, what stands there, and what in its place. */
const PLANTED: Record<string, [file: string, right: string, wrong: string]> = {
  "a sign-in has the grace of a rotation": [
    "stored_head.ts",
    'previous.by === "rotation" ? "rotated lately" : "signed in lately"',
    '"rotated lately"',
  ],
  "the grace has no end": ["stored_head.ts", " || now > previous.until", ""],
  "a rotation has no grace": [
    "stored_head.ts",
    "[replaced, ...earlier].slice(0, MOST_PREVIOUS)",
    "[]",
  ],
  "the secret stays at a rotation": [
    "saving.ts",
    "wantsSecret ? makeKey(randomBytes, key.id) : key",
    "key",
  ],
  "a request that lost its session begins a new one": [
    "saving.ts",
    "if (answer === null) {\n        return leavesCookie",
    "if (answer === null) {\n        return !leavesCookie",
  ],
  "a request from before a sign-in writes": [
    "saving.ts",
    'const mayWrite = standing === "current" ||',
    'const mayWrite = standing !== "outdated" ||',
  ],
  "a late sign-in is written to the session of another": ["saving.ts", " && !leavesCookie;", ";"],
  "a sign-in keeps what others wrote meanwhile": ["saving.ts", "clear: true", "clear: false"],
  "messages of two requests have one key": [
    "stored_keys.ts",
    "return `(flash:${next}${tag})${queue}`;",
    "return `(flash:${next})${queue}`;",
  ],
  "every key is written": [
    "stored_state.ts",
    ".filter(([key, text]) => before.get(key) !== text)",
    "",
  ],
  "a deleted key stays": ["saving.ts", "delete: values.delete }", "delete: [] }"],
  "modify() expects nothing": ["modifying.ts", "expect: [stored, known],", ""],
  "modify() has no name of its operation": [
    "modifying.ts",
    "operation: encodeBase64url(randomBytes(12)),",
    "",
  ],
  "modify() goes on with what it had read": [
    "modifying.ts",
    "known = answer.values.get(stored) ?? null;",
    "",
  ],
  "a late request gets the cookie from before": [
    "saving.ts",
    'if (standingOf(read, key.hash, now) !== "current") return [];',
    "",
  ],
  "a sign-out ends nothing": [
    "stored_backend.ts",
    "await access.delete(id, account);",
    "",
  ],
  "a call is not repeated": [
    "access/store_guard.ts",
    "return !(error instanceof TooLate ||",
    "return !(true ||",
  ],
};

Deno.test("explore() finds a fault that is planted in the layer", async (t) => {
  const scenarios = [...pairs(), ...pairs({ isDue: true }), ...pairs({ lostReplies: 1 })];
  for (const [name, [file, right, wrong]] of Object.entries(PLANTED)) {
    await t.step(name, async () => {
      const { make, remove } = await faultyCopy(file, right, wrong);
      try {
        const { broken } = await explore(scenarios, { make, stopsAtFirst: true });
        assert(broken.length > 0, "nothing was found");
      } finally {
        await remove();
      }
    });
  }
});

Deno.test("explore() finds nothing in a copy of the layer that has no fault", async () => {
  const { make, remove } = await faultyCopy("saving.ts", "", "");
  try {
    assertEquals((await explore(pairs(), { make })).broken, []);
  } finally {
    await remove();
  }
});

/** A copy of the layer with a fault in one of its files. What it imports from other rooms is the same. */
async function faultyCopy(
  file: string,
  right: string,
  wrong: string,
): Promise<{ make: MakeFactory; remove: () => Promise<void> }> {
  const room = new URL("../../../lib/session/stored/", import.meta.url);
  const folder = await Deno.makeTempDir();
  const remove = () => Deno.remove(folder, { recursive: true });
  const copy = toFileUrl(`${folder}/`);
  try {
    for await (const name of filesIn(room)) {
      const from = new URL(name, room);
      const source = await Deno.readTextFile(from);
      if (name === file) assert(source.includes(right), `${file} no longer has: ${right}`);
      const text = name === file ? source.replace(right, () => wrong) : source;
      // Errors are told by their classes, so there is one of each.
      const absolute = text.replace(/"(\.\.?\/[^"]+\.ts)"/g, (whole, path) => {
        const { href } = new URL(path, from);
        const isCopied = href.startsWith(room.href) && !href.endsWith("/record_errors.ts");
        return isCopied ? whole : JSON.stringify(href);
      });
      await Deno.mkdir(new URL(".", new URL(name, copy)), { recursive: true });
      await Deno.writeTextFile(new URL(name, copy), absolute);
    }
    const { storedSessions } = await import(new URL("stored_sessions.ts", copy).href);
    return { make: storedSessions, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The files of a room and its sub-rooms, by their paths. */
async function* filesIn(room: URL, below = ""): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(below, room))) {
    if (isDirectory) yield* filesIn(room, `${below}${name}/`);
    else yield below + name;
  }
}

function toFileUrl(path: string): URL {
  const url = new URL("file:///");
  url.pathname = path;
  return url;
}

/** What only some stores could do wrong. */
const FAULTS: Record<string, Fault> = {
  "update() does not compare the head": (store) => ({
    ...store,
    update: async (id, head, change, now) =>
      await store.update(id, (await store.load(id, now))?.head ?? head, change, now),
  }),
  "update() does not compare what is expected": (store) => ({
    ...store,
    update: (id, head, change, now) =>
      store.update(id, head, { ...change, expect: undefined }, now),
  }),
  "update() creates what is gone": (store) => {
    const known = new Map<string, StoredRecord>();
    return {
      ...store,
      load: async (id, now) => {
        const record = await store.load(id, now);
        if (record !== null) known.set(id, record);
        return record;
      },
      update: async (id, head, change, now) => {
        const answer = await store.update(id, head, change, now);
        const record = known.get(id);
        if (answer !== null || record === undefined) return answer;
        await store.create(id, { ...record, expires: now + 1_000_000 }, now);
        return await store.update(id, head, change, now);
      },
    };
  },
  "update() writes the whole session": (store) => {
    const known = new Map<string, StoredRecord>();
    return {
      ...store,
      load: async (id, now) => {
        const record = await store.load(id, now);
        if (record !== null && !known.has(id)) known.set(id, record);
        return record;
      },
      update: (id, head, change, now) => {
        const set = new Map([...known.get(id)?.values ?? [], ...change.set ?? []]);
        for (const key of change.delete ?? []) set.delete(key);
        return store.update(id, head, { ...change, set }, now);
      },
    };
  },
  "update() forgets operations": (store) => ({
    ...store,
    update: (id, head, change, now) =>
      store.update(id, head, { ...change, operation: undefined }, now),
  }),
  "update() leaves the account as it is": (store) => ({
    ...store,
    update: (id, head, change, now) =>
      store.update(id, head, { ...change, account: undefined }, now),
  }),
  "update() clears nothing": (store) => ({
    ...store,
    update: (id, head, change, now) => store.update(id, head, { ...change, clear: false }, now),
  }),
  "update() leaves out what is deleted": (store) => ({
    ...store,
    update: (id, head, change, now) => store.update(id, head, { ...change, delete: [] }, now),
  }),
  "update() keeps the old head": (store) => ({
    ...store,
    update: (id, head, change, now) => store.update(id, head, { ...change, head: undefined }, now),
  }),
  "delete() ends nothing": (store) => ({ ...store, delete: () => Promise.resolve() }),
  "deleteAll() ends nothing": (store) => ({ ...store, deleteAll: () => Promise.resolve(0) }),
};

Deno.test("explore() finds a fault that is planted in the store", async (t) => {
  const scenarios = [...pairs(), ...pairs({ lostReplies: 1 })];
  for (const [name, fault] of Object.entries(FAULTS)) {
    await t.step(name, async () => {
      const { broken } = await explore(scenarios, {
        fault: (store: SessionStore) => fault({ ...store }),
        stopsAtFirst: true,
      });
      assert(broken.length > 0, "nothing was found");
    });
  }
});

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
