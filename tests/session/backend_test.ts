/**
 * `LoadedRecord`: what is known of a session when it is loaded, and what became of it since.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { type Arrival, isKeptBy, LoadedRecord } from "../../lib/session/backend.ts";
import { blankRecord } from "../../lib/session/contract/record.ts";
import type { WrittenRecord } from "../../lib/session/formats/payload.ts";
import { MemoryBackend, type Texts } from "./memory_backend.ts";
import { sessionSettings } from "../../lib/session/options.ts";

const { cookie } = sessionSettings({}, { prefix: true, csrfCookies: false });
const BACKEND = new MemoryBackend(cookie);
const LOADED: Texts = new Map();

function record(
  written: Partial<WrittenRecord> = {},
  arrival: Partial<Arrival<Texts>> = {},
): LoadedRecord<Texts> {
  return new LoadedRecord(
    { ...blankRecord(1), ...written },
    { loaded: LOADED, ...arrival },
    BACKEND,
  );
}

Deno.test("LoadedRecord is new where no state was loaded, and keeps what it was loaded with", () => {
  assertEquals([record().isNew, record({}, { loaded: null }).isNew], [false, true]);
  const loaded = record({ id: "a", userId: "ada", rememberFor: 60 });
  loaded.id = loaded.userId = undefined;
  loaded.rememberFor = 90;
  const { loadedId, loadedUserId, loadedRememberFor } = loaded;
  assertEquals([loadedId, loadedUserId, loadedRememberFor], ["a", "ada", 60]);
  const { stale, takenOver, isLate } = loaded;
  assertEquals([stale, takenOver, isLate], [false, false, false]);
});

Deno.test("LoadedRecord.signsIn: a user without an epoch, as bindTo() leaves one", () => {
  assertEquals(record().signsIn, false);
  assertEquals(record({ userId: "ada", epoch: 0 }).signsIn, false);
  assertEquals(record({ userId: "ada" }).signsIn, true);
});

Deno.test("LoadedRecord.isRelived goes by the time of the cookie from before a rotation, if it is known", () => {
  assertEquals(record({ rememberFor: 60 }).isRelived, false);
  assertEquals(record({}, { rotatedRememberFor: 60 }).isRelived, true);
  assertEquals(record({ rememberFor: 60 }, { rotatedRememberFor: 60 }).isRelived, false);
  const loaded = record();
  loaded.rememberFor = 60;
  assertEquals(loaded.isRelived, true);
});

Deno.test("LoadedRecord.hasExtra: messages, a CSRF secret and a user are, for how long it is remembered is not", () => {
  assertEquals(record({ rememberFor: 60, values: new Map([["a", 1]]) }).hasExtra, false);
  assertEquals(record({ flash: new Map([["", ["Hello"]]]) }).hasExtra, true);
  assertEquals(record({ csrfToken: "x" }).hasExtra, true);
  assertEquals(record({ userId: "ada" }).hasExtra, true);
});

Deno.test("isKeptBy() knows the records of a backend from those of another, and from others", () => {
  assertEquals(isKeptBy(BACKEND, record()), true);
  assertEquals(isKeptBy(new MemoryBackend(cookie), record()), false);
  assertEquals(isKeptBy(BACKEND, blankRecord(1)), false);
});
