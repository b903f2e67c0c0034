/**
 * Several cookies of one name: a browser holds those of every domain, path and partition.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import {
  encryptedCookieSessionFactory,
  pyramidCookieSessionFactory,
  type RevocationStore,
  type Session,
  type SessionFactory,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";
import type { RefusalReason } from "@pyramidion/pyramidion/types";
import { memoryRevocations } from "@pyramidion/pyramidion/stores/memory";
import { settableClock } from "@pyramidion/pyramidion/testing";
import { cookieHeader, FactoryApp, OLD_SECRET, type Surroundings } from "./factory_app.ts";
import { NAME, SECRET, START, textOf } from "./session_app.ts";
import { SubtleSpy } from "./subtle_spy.ts";

interface Format {
  readonly name: string;
  readonly make: (around: Surroundings, secret?: string, store?: RevocationStore) => SessionFactory;
}

const FORMATS: Record<string, Format> = {
  "signed": {
    name: NAME,
    make: (around, secret = SECRET, revocations) =>
      signedCookieSessionFactory(secret, {
        ...around,
        verifiedCookies: 0,
        ...(revocations === undefined ? {} : { revocations }),
      }),
  },
  "signed, cookies remembered": {
    name: NAME,
    make: (around, secret = SECRET, revocations) =>
      signedCookieSessionFactory(secret, {
        ...around,
        ...(revocations === undefined ? {} : { revocations }),
      }),
  },
  "encrypted": {
    name: NAME,
    make: (around, secret = SECRET, revocations) =>
      encryptedCookieSessionFactory(secret, {
        ...around,
        ...(revocations === undefined ? {} : { revocations }),
      }),
  },
  "Pyramid's": {
    name: "session",
    make: (around, secret = SECRET) => pyramidCookieSessionFactory(secret, around),
  },
};

/** The app of a format, and cookies of it by the second in which they were renewed. */
async function cookiesOf({ make }: Format) {
  const clock = settableClock(START - 3_600_000);
  const store = memoryRevocations({ clock });
  const app = new FactoryApp((around) => make(around, SECRET, store), { clock });
  const other = new FactoryApp((around) => make(around, OLD_SECRET), { clock });
  const written = async (in_: FactoryApp, at: number, user: string) => {
    clock.travelTo(START + 1000 * at);
    const { cookies } = await in_.visit(in_.visitor(), (session) => session.set("user", user));
    return textOf(cookies[0]);
  };
  const stale = await written(app, -600, "stale");
  const good = await written(app, -60, "good");
  const same = await written(app, -60, "same");
  const expired = await written(app, -3000, "expired");
  const older = [];
  for (let at = 0; at < 4; at++) older.push(await written(app, -500 + at, `older ${at}`));
  const foreign = await written(other, -10, "foreign");
  const ended = await written(app, -5, "ended");
  // Of our key's id, and not by our key: the last byte is of the tag, or of what it covers.
  const forge = (text: string, at: number) => {
    const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
    bytes[bytes.length - 1 - at % 16]! ^= 1 + at;
    return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
  };
  const forged = Array.from({ length: 200 }, (_, at) => forge(good, at));
  clock.travelTo(START);
  return { app, store, stale, good, same, expired, older, foreign, ended, forged };
}

const userOf = (session: Session) => session.get("user");

Deno.test("of several cookies of one name the valid one counts that was renewed last", async (t) => {
  for (const [format, given] of Object.entries(FORMATS)) {
    const isPyramids = format === "Pyramid's";
    const all = await cookiesOf(given);
    const { app, stale, good, same, expired, older, foreign, ended, forged } = all;
    const header = (texts: readonly string[]) =>
      texts.map((text) => `${given.name}=${text}`).join("; ");
    if (!isPyramids) {
      const isEnded = await app.present(header([ended]), (session) => session.clear());
      assertEquals(isEnded.cookies.length, 1);
    }
    const rows: Record<string, [texts: readonly string[], user: string | undefined]> = {
      "a stale one first": [[stale, good], "good"],
      "a stale one last": [[good, stale], "good"],
      "a stale one alone": [[stale], "stale"],
      "an expired one first": [[expired, good], "good"],
      "one of another secret first": [[foreign, good], "good"],
      "one that is none first": [["BAD", good], "good"],
      "1,000 that are none first": [[...Array(1000).fill("BAD"), good], "good"],
      "one that is too long first": [["A".repeat(5000), good], "good"],
      "an empty one first": [["", good], "good"],
      "three forged ones first": [[...forged.slice(0, 3), good], "good"],
      "four forged ones first": [[...forged.slice(0, 4), good], undefined],
      "200 forged ones first": [[...forged, good], undefined],
      "one forged one 200 times first": [[...Array(200).fill(forged[0]), good], "good"],
      "twice the same": [[good, good], "good"],
      "two of one time": [[good, same], "good"],
      "two of one time, the other way round": [[same, good], "same"],
      "five valid ones, the newest fourth": [[...older.slice(0, 3), good, stale], "good"],
      "five valid ones, the newest fifth": [[...older, good], "older 3"],
      "none of them": [[expired, foreign, "BAD"], undefined],
    };
    if (!isPyramids) rows["one that was ended first"] = [[ended, good], "good"];
    for (const [name, [texts, user]] of Object.entries(rows)) {
      await t.step(`${format}: ${name}`, async () => {
        app.refusals.length = 0;
        const { value, cookies } = await app.present(header(texts), userOf);
        assertEquals([value, app.errors], [user, []]);
        // What is chosen is due to be renewed as it would be alone.
        const alone = user === "good" || user === "same" || user === undefined;
        if (!isPyramids) assertEquals(cookies.length, alone ? 0 : 1);
        assertEquals(app.refusals.length, user === undefined ? 1 : 0);
      });
    }
  }
});

Deno.test("of several cookies at most four are verified, however many come", async (t) => {
  for (const [format, given] of Object.entries(FORMATS)) {
    await t.step(format, async () => {
      const { app, good, forged } = await cookiesOf(given);
      const texts = [good, ...forged].map((text) => `${given.name}=${text}`);
      await app.present(texts[0]!, userOf);
      using spy = new SubtleSpy();
      await app.present(texts.join("; "), userOf);
      const count = spy.calls.filter((call) => call !== "sign").length;
      assert(count <= 4, `${count} verified`);
    });
  }
});

Deno.test("of several refused cookies one reason is told, once", async (t) => {
  const rows: Record<string, [texts: (keyof Awaited<ReturnType<typeof cookiesOf>>)[], string]> = {
    "an expired and one of another secret": [["expired", "foreign"], "unknown-key"],
    "two expired": [["expired", "expired"], "expired-idle"],
    "one of another secret and an expired": [["foreign", "expired"], "unknown-key"],
  };
  const all = await cookiesOf(FORMATS["signed"]!);
  for (const [name, [keys, reason]] of Object.entries(rows)) {
    await t.step(name, async () => {
      all.app.refusals.length = 0;
      const texts = keys.map((key) => `${NAME}=${all[key]}`);
      await all.app.present(texts.join("; "), userOf);
      assertEquals(all.app.refusals, [reason as RefusalReason]);
    });
  }
});

Deno.test("of several cookies of a signed-in visitor, one from before sign-in neither counts nor replaces it", async () => {
  const clock = settableClock(START);
  const store = memoryRevocations({ clock });
  const app = new FactoryApp((around) => FORMATS["signed"]!.make(around, SECRET, store), { clock });
  const ada = app.visitor();
  await app.visit(ada, (session) => session.set("cart", [1]));
  const before = cookieHeader(ada);
  await app.visit(ada, (session) => session.bindTo("ada"));
  const after = cookieHeader(ada);
  for (const header of [`${before}; ${after}`, `${after}; ${before}`]) {
    const { value } = await app.present(header, (session) => session.userId);
    assertEquals(value, "ada");
  }
  // The newer one was lost on the way: what is known of the older one still counts.
  for (const header of [`${NAME}=BAD; ${before}`, `${before}; ${NAME}=BAD`]) {
    const { value, cookies } = await app.present(header, (session) => {
      session.set("late", true);
      return [session.isNew, session.size];
    });
    assertEquals([value, cookies], [[true, 1], []]);
  }
});
