/**
 * What is Deno KV's own: keys, expiry, commits, and entries that others wrote. The contract is tested
 * with the other stores'.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import {
  BrokenRecordError,
  RecordTooLargeError,
  type StoredRecord,
} from "@pyramidion/pyramidion/stores";
import {
  denoKvStore,
  type SessionAtomic,
  type SessionKv,
} from "@pyramidion/pyramidion/stores/deno-kv";
import { testUnless } from "../../requirements.ts";

const NOW = 1_700_000_000_000;
const noKv = typeof Deno.openKv === "function" ? null : "Deno KV needs --unstable-kv";

function record(parts: Partial<StoredRecord> = {}): StoredRecord {
  const times = { renewed: NOW, expires: NOW + 1000 };
  return { head: "1", ...times, account: null, values: new Map([["k", "1"]]), ...parts };
}

const setting = (key: string, text: string) => ({ set: new Map([[key, text]]) });

/** A database that notes its commits, and answers some of them by what the test wants. */
function spied(kv: Deno.Kv) {
  const commits: string[] = [];
  const answers: ((commit: () => Promise<{ ok: boolean }>) => Promise<{ ok: boolean }>)[] = [];
  const database: SessionKv = {
    get: (key) => kv.get([...key]),
    list: ({ prefix }) => kv.list({ prefix: [...prefix] }),
    atomic: () => {
      const real = kv.atomic();
      const steps: string[] = [];
      const step = (text: string) => (steps.push(text), atomic);
      const atomic: SessionAtomic = {
        check: ({ key, versionstamp }) => {
          real.check({ key: [...key], versionstamp });
          return step(`check ${key.slice(1).join("/")}`);
        },
        set: (key, value, options) => {
          real.set([...key], value, options);
          return step(`set ${key.slice(1).join("/")} for ${options?.expireIn} ms`);
        },
        delete: (key) => {
          real.delete([...key]);
          return step(`delete ${key.slice(1).join("/")}`);
        },
        commit: () => {
          commits.push(steps.join(", "));
          return answers.shift()?.(() => real.commit()) ?? real.commit();
        },
      };
      return atomic;
    },
  };
  return { database, commits, answers };
}

testUnless(
  noKv,
  "denoKvStore() writes a session and its entry in the list in one commit, which expire 60 seconds late",
  async () => {
    using kv = await Deno.openKv(":memory:");
    const { database, commits } = spied(kv);
    const store = denoKvStore(database);
    const done = (): string[] => commits.splice(0);
    await store.create("a", record(), NOW);
    assertEquals(done(), ["check sessions/a, set sessions/a for 61000 ms"]);
    await store.update("a", "1", { account: "ada" }, NOW + 1);
    assertEquals(done(), [
      "check sessions/a, set sessions/a for 60999 ms, set accounts/ada/a for 60999 ms",
    ]);
    await store.update("a", "1", setting("k", "2"), NOW + 2);
    assertEquals(done(), ["check sessions/a, set sessions/a for 60998 ms"]);
    await store.update("a", "1", { expires: NOW + 5000 }, NOW);
    assertEquals(done(), [
      "check sessions/a, set sessions/a for 65000 ms, set accounts/ada/a for 65000 ms",
    ]);
    await store.update("a", "1", { account: "bob" }, NOW);
    assertEquals(done(), [
      "check sessions/a, set sessions/a for 65000 ms, delete accounts/ada/a, set accounts/bob/a for 65000 ms",
    ]);
    await store.delete("a");
    assertEquals(done(), ["delete sessions/a, delete accounts/bob/a"]);
  },
);

testUnless(
  noKv,
  "denoKvStore() commits changes of one session that come at once together",
  async () => {
    using kv = await Deno.openKv(":memory:");
    const { database, commits } = spied(kv);
    const store = denoKvStore(database);
    await store.create("a", record(), NOW);
    await store.create("b", record(), NOW);
    commits.length = 0;
    const answers = await Promise.all(
      Array.from(
        { length: 100 },
        (_, index) => store.update("a", "1", setting(`k${index}`, "1"), NOW),
      ),
    );
    assertEquals(answers, Array.from({ length: 100 }, () => true));
    assertEquals(commits.length, 2);
    assertEquals((await store.load("a", NOW))?.values.size, 101);
  },
);

testUnless(noKv, "denoKvStore() judges each change of a commit by those before it", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = denoKvStore(kv);
  await store.create("a", record(), NOW);
  const [first, rotated, late, expired] = await Promise.all([
    store.update("a", "1", {}, NOW),
    store.update("a", "1", { head: "2", expires: NOW + 500 }, NOW),
    store.update("a", "1", setting("k", "late"), NOW),
    store.update("a", "2", setting("k", "expired"), NOW + 501),
  ]);
  const now = record({ head: "2", expires: NOW + 500 });
  assertEquals([first, rotated, late, expired], [true, true, now, null]);
  assertEquals(await store.load("a", NOW), now);
});

testUnless(
  noKv,
  "denoKvStore() tries again after a conflict and a locked database, and judges anew",
  async (t) => {
    const failures: Record<string, () => Promise<{ ok: boolean }>> = {
      "a conflict": () => Promise.resolve({ ok: false }),
      "a lock": () => Promise.reject(new Error("database is locked")),
    };
    for (const [name, fail] of Object.entries(failures)) {
      await t.step(name, async () => {
        using kv = await Deno.openKv(":memory:");
        const { database, commits, answers } = spied(kv);
        const store = denoKvStore(database), other = denoKvStore(kv);
        answers.push(fail, fail);
        assertEquals(await store.create("a", record({ account: "ada" }), NOW), true);
        assertEquals(commits.splice(0).length, 3);
        answers.push(async () => {
          await other.update("a", "1", { head: "2" }, NOW);
          return await fail();
        });
        const refused = await store.update("a", "1", setting("k", "2"), NOW);
        assertEquals(refused, record({ head: "2", account: "ada" }));
        answers.push(async () => {
          await other.delete("a");
          return await fail();
        });
        assertEquals(await store.update("a", "2", setting("k", "2"), NOW), null);
        assertEquals(await store.load("a", NOW), null);
        await store.create("a", record({ account: "ada" }), NOW);
        answers.push(fail);
        assertEquals(await store.deleteAll("ada", [], NOW), 1);
        await store.create("a", record(), NOW);
        answers.push(fail);
        await store.delete("a");
        assertEquals(await store.load("a", NOW), null);
        answers.push(fail);
        await store.bump("ada");
        assert(await store.epoch("ada") > 0);
      });
    }
  },
);

testUnless(
  noKv,
  "denoKvStore() rejects what fails otherwise, for all that waited, and goes on",
  async () => {
    using kv = await Deno.openKv(":memory:");
    const { database, commits, answers } = spied(kv);
    const store = denoKvStore(database);
    await store.create("a", record(), NOW);
    commits.length = 0;
    answers.push(
      () => Promise.reject(new Error("disk is full")),
      () => Promise.reject(new Error("still")),
    );
    const failed = await Promise.allSettled(
      Array.from({ length: 5 }, () => store.update("a", "1", setting("k", "2"), NOW)),
    );
    assertEquals(failed.map(({ status }) => status), Array.from({ length: 5 }, () => "rejected"));
    assertEquals(commits.length, 2);
    assertEquals(await store.update("a", "1", setting("k", "2"), NOW), true);
  },
);

testUnless(
  noKv,
  "denoKvStore() refuses a session of more than 64 KiB, and takes no other change with it",
  async () => {
    using kv = await Deno.openKv(":memory:");
    const store = denoKvStore(kv);
    await store.create("a", record(), NOW);
    const answers = await Promise.allSettled([
      store.update("a", "1", setting("first", "1"), NOW),
      store.update("a", "1", setting("second", "1"), NOW),
      store.update("a", "1", setting("large", "x".repeat(66_000)), NOW),
      store.update("a", "1", setting("third", "1"), NOW),
    ]);
    assertEquals(answers.map(({ status }) => status), [
      "fulfilled",
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    const [, , large] = answers;
    assert(large?.status === "rejected" && large.reason instanceof RecordTooLargeError);
    assertEquals([large.reason.id, large.reason.limit], ["a", 65_536]);
    const keys = [...(await store.load("a", NOW))?.values.keys() ?? []].sort();
    assertEquals(keys, ["first", "k", "second", "third"]);
    const whole = record({ values: new Map([["large", "x".repeat(66_000)]]) });
    await assertRejects(() => store.create("b", whole, NOW), RecordTooLargeError);
  },
);

testUnless(
  noKv,
  "denoKvStore() rejects for an entry that it did not write so, and removes it when told to",
  async (t) => {
    const sound = { ...record({ account: "ada" }), operations: [] };
    const entries: Record<string, [value: unknown, reason: string]> = {
      "a text": ["{}", "it is not an object"],
      "null": [null, "it is not an object"],
      "an empty object": [{}, "its head is not text"],
      "a head that is a number": [{ ...sound, head: 1 }, "its head is not text"],
      "a time that is text": [{ ...sound, renewed: "1" }, "its time of renewal is not an integer"],
      "no end": [{ ...sound, expires: undefined }, "its end is not an integer"],
      "an end that is no number": [{ ...sound, expires: NaN }, "its end is not an integer"],
      "an account that is a number": [{ ...sound, account: 7 }, "its account is not text"],
      "no account": [{ ...sound, account: undefined }, "its account is not text"],
      "values in an object": [
        { ...sound, values: { k: "1" } },
        "its values are not texts by texts",
      ],
      "a value that is a number": [
        { ...sound, values: new Map([["k", 1]]) },
        "its values are not texts by texts",
      ],
      "a key that is a number": [
        { ...sound, values: new Map([[1, "k"]]) },
        "its values are not texts by texts",
      ],
      "no operations": [
        { ...sound, operations: undefined },
        "its operations are not a list of texts",
      ],
      "operations that are numbers": [
        { ...sound, operations: [1] },
        "its operations are not a list of texts",
      ],
    };
    for (const [name, [value, reason]] of Object.entries(entries)) {
      await t.step(name, async () => {
        using kv = await Deno.openKv(":memory:");
        const store = denoKvStore(kv);
        const spoil = async () => {
          await kv.set(["pyramidion", "sessions", "a"], value);
          await kv.set(["pyramidion", "accounts", "ada", "a"], 1);
        };
        await spoil();
        const error = await assertRejects(() => store.load("a", NOW), BrokenRecordError);
        assertEquals(error.message, `Cannot read session "a" from the store: ${reason}`);
        await assertRejects(() => store.update("a", "1", {}, NOW), BrokenRecordError);
        await assertRejects(() => store.create("a", record(), NOW), BrokenRecordError);
        await assertRejects(() => store.list("ada", NOW), BrokenRecordError);
        assertEquals((await kv.get(["pyramidion", "sessions", "a"])).value, value);
        await store.delete("a");
        assertEquals(await store.load("a", NOW), null);
        await spoil();
        await store.deleteAll("ada", [], NOW);
        const isOfNobody = name === "an account that is a number" || name === "no account" ||
          typeof value !== "object" || value === null || !("account" in value);
        const left = await kv.get(["pyramidion", "sessions", "a"]);
        assertEquals(left.versionstamp === null, !isOfNobody);
      });
    }
  },
);

testUnless(
  noKv,
  "denoKvStore() lists no session by an entry that is left over, and leaves the entry",
  async () => {
    using kv = await Deno.openKv(":memory:");
    const store = denoKvStore(kv);
    await store.create("a", record({ account: "bob" }), NOW);
    const leftovers = ["a", "gone", 7];
    for (const id of leftovers) await kv.set(["pyramidion", "accounts", "ada", id], 1);
    assertEquals(await store.list("ada", NOW), []);
    assertEquals(await store.deleteAll("ada", [], NOW), 0);
    assert(await store.load("a", NOW) !== null);
    const entries = await Array.fromAsync(kv.list({ prefix: ["pyramidion", "accounts", "ada"] }));
    assertEquals(entries.length, 3);
  },
);

testUnless(
  noKv,
  "denoKvStore() ends no session that another request takes out of the account meanwhile",
  async () => {
    using kv = await Deno.openKv(":memory:");
    const { database, answers } = spied(kv);
    const store = denoKvStore(database), other = denoKvStore(kv);
    await store.create("a", record({ account: "ada" }), NOW);
    answers.push(async (commit) => {
      await other.update("a", "1", { account: "bob" }, NOW);
      return await commit();
    });
    assertEquals(await store.deleteAll("ada", [], NOW), 0);
    assertEquals((await store.load("a", NOW))?.account, "bob");
  },
);

testUnless(
  noKv,
  "denoKvStore() ends a session that another process changes meanwhile",
  async () => {
    using kv = await Deno.openKv(":memory:");
    const { database, answers, commits } = spied(kv);
    const store = denoKvStore(database), other = denoKvStore(kv);
    await store.create("a", record({ account: "ada" }), NOW);
    commits.length = 0;
    answers.push(async (commit) => {
      await other.update("a", "1", setting("k", "2"), NOW);
      return await commit();
    });
    await store.delete("a");
    assertEquals([await store.load("a", NOW), commits.length], [null, 1]);
  },
);
