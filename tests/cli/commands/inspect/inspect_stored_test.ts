/**
 * `inspect` of the cookie of a stored session: with and without the secret, with and without the store.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { storedSessionFactory } from "@pyramidion/pyramidion";
import { runCommand } from "@pyramidion/pyramidion/cli";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { sqliteStore } from "@pyramidion/pyramidion/stores/sqlite";
import { plantSession, settableClock, TestClient } from "@pyramidion/pyramidion/testing";
import {
  inspectCookie,
  type InspectionOptions,
} from "../../../../lib/cli/commands/inspect/inspect_cookie.ts";
import {
  inspectionJson,
  inspectionText,
} from "../../../../lib/cli/commands/inspect/inspect_text.ts";
import { decodeBase64url } from "../../../../lib/session/crypto/bytes.ts";
import { missingPermission, testUnless } from "../../../requirements.ts";
import { SAMPLE_SECRET } from "../../../sample_app.ts";
import { withFiles } from "../../../temporary_files.ts";
import { environment } from "../../program.ts";

const NOW = Date.UTC(2026, 0, 1);
const noFiles = missingPermission({ name: "read" }, { name: "write" });

/** A session in a store, and its cookie. */
async function planted(inner = memoryStore()) {
  const clock = settableClock(NOW);
  const factory = storedSessionFactory<Record<string, unknown>>(inner, SAMPLE_SECRET, { clock });
  const client = new TestClient({ fetch: () => new Response() }, { clock });
  const options = { userId: "ada", flash: ["hello"], csrfToken: true, remember: 86_400 };
  await plantSession(client, factory, { cart: [1] }, options);
  const value = client.cookie("__Host-session") ?? "";
  const [{ id = "" } = {}] = await factory.list("ada");
  const inspect = (options: Partial<InspectionOptions> = {}, text = value) =>
    inspectCookie("__Host-session", text, { secrets: [SAMPLE_SECRET], now: NOW, ...options });
  return { inner, value, id, inspect };
}

/** All that is told of it: none of it may hold the secret, in any form. */
function told(inspection: Awaited<ReturnType<typeof inspectCookie>>, value: string): string {
  const options = { columns: Infinity, isColoured: false, now: NOW, showsValues: true };
  const text = inspectionText(inspection, options);
  const json = JSON.stringify(inspectionJson(inspection, true));
  const secret = decodeBase64url(value)?.slice(6 + 16, 6 + 48) ?? new Uint8Array();
  assertEquals(secret.length, 32);
  const forms = [
    secret.toBase64({ alphabet: "base64url", omitPadding: true }),
    secret.toBase64(),
    secret.toHex(),
    String(secret),
    value,
  ];
  for (const form of forms) assert(!text.includes(form) && !json.includes(form), form);
  return text;
}

Deno.test("inspectCookie tells whether a given secret signed the key of a stored session, and never its secret part", async () => {
  const { inspect, value, id } = await planted();
  const valid = await inspect();
  assertEquals([valid.content, valid.id, valid.verification], ["stored session", id, {
    state: "valid",
    stale: false,
  }]);
  const text = told(valid, value);
  assertMatch(text, /^Cookie __Host-session: the key of a stored session \(format 3\)\n/);
  assertMatch(text, new RegExp(`\nsession id +${id}\n`));
  assertMatch(text, /\nValid: the secret signed it\. Give --store to ask the store/);
  const unknown = await inspect({ secrets: [] });
  assertEquals([unknown.id, unknown.verification.state], [id, "unverified"]);
  assertMatch(told(unknown, value), /\nNot verified: SESSION_SECRET is not set/);
  const other = await inspect({ secrets: ["another secret: 8fK2mQ7zXw4Rt9LbV1nY6cHs3JdPgA"] });
  assertEquals(other.verification, { state: "refused", reason: "unknown-key" });
  told(other, value);
  const changed = value.slice(0, -2) + (value.endsWith("AA") ? "BA" : "AA");
  assertEquals((await inspect({}, changed)).verification.state, "refused");
});

Deno.test("inspectCookie shows what the store holds of a session, with its age", async () => {
  const { inspect, inner, value, id } = await planted();
  const found = await inspect({ store: inner, now: NOW + 120_000 });
  assertEquals(found.verification.state, "valid");
  const text = told(found, value);
  assertMatch(text, /\nsigned in +yes\ncreated +2026-01-01T00:00:00\.000Z/);
  assertMatch(text, /\nremembered +for 1 day\n/);
  assertMatch(text, /\nexpires +2026-01-02T00:00:00\.000Z \(in 1 day/);
  assertMatch(text, /\ncart +7 +\[1\]\n/);
  assertMatch(text, /\n\(csrf\) +\d+ *\n/);
  assertMatch(text, /\n\(flash\) +\d+ *\n/);
  assertMatch(text, /\nValid\n$/);
  assert(!text.includes("ada"));
  const unverified = told(await inspect({ store: inner, secrets: [] }), value);
  assertMatch(unverified, /anybody can have written this cookie\. The store holds its session\./);

  // Its secret was replaced since.
  const { head = "" } = await inner.load(id, NOW) ?? {};
  const replaced = JSON.parse(head);
  replaced[5] = [[replaced[4], "rotation", NOW + 5_000]];
  replaced[4] = "x".repeat(43);
  await inner.update(id, head, { head: JSON.stringify(replaced) }, NOW);
  const late = await inspect({ store: inner });
  assertEquals([late.verification.state, late.stored?.standing], ["valid", "rotated lately"]);
  assertMatch(told(late, value), /\nValid for a few seconds: the session has a newer cookie/);
  assertEquals((await inspect({ store: inner, now: NOW + 5_001 })).verification, {
    state: "refused",
    reason: "revoked",
  });
});

Deno.test("inspectCookie tells of a session that the store does not hold", async () => {
  const { inspect, inner, value, id } = await planted();
  const idle = await inspect({ store: inner, now: NOW + 86_400_001 });
  assertEquals(idle.verification, { state: "refused", reason: "gone" });
  await inner.delete(id);
  const gone = await inspect({ store: inner });
  assertEquals(gone.verification, { state: "refused", reason: "gone" });
  assertMatch(told(gone, value), /\nRejected: gone: the store does not hold it\n$/);
  const unverified = await inspect({ store: inner, secrets: [] });
  assertMatch(told(unverified, value), /The store does not hold its session\.\n$/);
});

testUnless(noFiles, "runCommand inspect asks the store of --store", async () => {
  await withFiles({}, async (folder) => {
    const path = `${folder}/sessions.db`;
    await using store = sqliteStore(path);
    await store.createTables();
    const factory = storedSessionFactory<Record<string, unknown>>(store, SAMPLE_SECRET);
    const client = new TestClient({ fetch: () => new Response() });
    await plantSession(client, factory, { cart: [1] }, { userId: "ada" });
    const pair = `__Host-session=${client.cookie("__Host-session")}`;
    const run = (...args: string[]) =>
      runCommand(
        ["inspect", pair, ...args],
        environment({ folder, variable: () => SAMPLE_SECRET }),
      );
    const found = await run("--store=sqlite:sessions.db", "--values");
    assertEquals([found.code, found.stderr], [0, ""]);
    assertMatch(found.stdout, /\ncart +7 +\[1\]\n\nValid\n$/);
    const json = JSON.parse((await run("--store=sqlite:sessions.db", "--json")).stdout);
    assertEquals([json.stored.standing, json.stored.isSignedIn], ["current", true]);
    assertEquals("isStoreAsked" in json || "values" in json, false);
    const [{ id = "" } = {}] = await factory.list("ada");
    await factory.end("ada", id);
    assertEquals((await run("--store=sqlite:sessions.db")).code, 1);
    assertEquals((await run("--store=sqlite:missing.db")).code, 1);
    assertEquals((await run("--store=nowhere")).code, 2);
  });
});

testUnless(
  noFiles,
  "runCommand inspect says why a store cannot be asked, and shows no password",
  async () => {
    const files = {
      "empty.db": "",
      "text.db": "not a database, but a text of some length\n".repeat(99),
    };
    await withFiles(files, async (folder) => {
      const client = new TestClient({ fetch: () => new Response() });
      const factory = storedSessionFactory<Record<string, unknown>>(memoryStore(), SAMPLE_SECRET);
      await plantSession(client, factory, {}, { userId: "ada" });
      const pair = `__Host-session=${client.cookie("__Host-session")}`;
      const addresses: Record<string, string> = {
        DOWN: "redis://:s3cret@127.0.0.1:1",
        EMPTY: "sqlite:empty.db",
        TEXT: "sqlite:text.db",
      };
      const variable = (name: string) => addresses[name] ?? SAMPLE_SECRET;
      const run = (address: string) =>
        runCommand(["inspect", pair, `--store=${address}`], environment({ folder, variable }));
      const rows: Record<string, RegExp> = {
        "env:DOWN": /^Cannot ask redis:\/\/127\.0\.0\.1:1 for the session: .*refused/i,
        "env:EMPTY": /^Cannot ask sqlite:empty\.db for the session: .*: no such table/,
        "env:TEXT": /^Cannot ask sqlite:text\.db for the session: file is not a database/,
      };
      for (const [address, message] of Object.entries(rows)) {
        const { code, stdout, stderr } = await run(address);
        assertEquals([code, stdout], [1, ""], address);
        assertMatch(stderr, message);
        assertEquals(stderr.includes("s3cret"), false);
      }
    });
  },
);
