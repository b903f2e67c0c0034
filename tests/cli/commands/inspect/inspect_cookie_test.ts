/**
 * `inspect`: what a session cookie says, and whether it is to be believed.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertRejects } from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationError,
  cookieSessionFactory,
  encryptedCookieSessionFactory,
  pyramidCodec,
  pyramidCookieSessionFactory,
  type SessionFactory,
  signedCodec,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import { settableClock } from "@pyramidion/pyramidion/testing";
import {
  type CookieInspection,
  inspectCookie,
  type InspectionOptions,
} from "../../../../lib/cli/commands/inspect/inspect_cookie.ts";
import {
  inspectionJson,
  inspectionText,
} from "../../../../lib/cli/commands/inspect/inspect_text.ts";
import { signedCodec as internalCodec } from "../../../../lib/session/formats/signed.ts";
import { SAMPLE_SECRET, sampleApp, type SampleData } from "../../../sample_app.ts";

const OTHER_SECRET = "9c1d77e0b35a4f28-another-secret-of-tests-alone";
const NOW = Date.UTC(2026, 0, 1);

/** The value of the cookie that an app writes for a session in which something was done. */
async function cookieOf(
  sessionFactory: SessionFactory<SampleData> | undefined,
  ...acts: ((session: Awaited<ViewRequest<SampleData>["session"]>) => unknown)[]
): Promise<string> {
  const act = acts.values();
  const { app } = sampleApp({
    "/": async (request) => {
      act.next().value?.(await request.session);
      return new Response();
    },
  }, sessionFactory === undefined ? {} : { sessionFactory });
  let value = "";
  for (let request = 0; request < acts.length; request++) {
    const headers: HeadersInit = value === "" ? {} : { cookie: `session=${value}` };
    const response = await app.fetch(new Request("http://localhost/", { headers }));
    const [cookie = ""] = response.headers.getSetCookie();
    value = /^session=([^;]+)/.exec(cookie)?.[1] ?? "";
    assert(value !== "", cookie);
  }
  return value;
}

const ada: Parameters<typeof cookieOf>[1] = (session) => session.set("user", "ada");

function inspect(
  value: string,
  options: Partial<InspectionOptions> & { name?: string } = {},
): Promise<CookieInspection> {
  const { name = "session", ...others } = options;
  return inspectCookie(name, value, { secrets: [SAMPLE_SECRET], now: NOW, ...others });
}

function told(inspection: CookieInspection, showsValues = false, now = NOW): string {
  return inspectionText(inspection, { columns: Infinity, isColoured: false, now, showsValues });
}

function changed(value: string, at: number): string {
  const index = at < 0 ? value.length + at : at;
  return value.slice(0, index) + (value[index] === "A" ? "B" : "A") + value.slice(index + 1);
}

const clock = settableClock(NOW);
const encrypted = () => encryptedCookieSessionFactory<SampleData>(SAMPLE_SECRET, { clock });
const pyramids = () => pyramidCookieSessionFactory<SampleData>(SAMPLE_SECRET, { clock });

Deno.test("inspectCookie verifies what an app wrote, in each format", async (t) => {
  const rows: Record<string, [factory: SessionFactory<SampleData> | undefined, format: string]> = {
    "signed": [undefined, "signed"],
    "encrypted": [encrypted(), "encrypted"],
    "Pyramid's": [pyramids(), "pyramid"],
  };
  for (const [name, [factory, format]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const value = await cookieOf(factory, ada);
      const found = await inspect(value);
      assertEquals(found.format.format, format);
      assertEquals(found.verification, { state: "valid", stale: false });
      assertEquals(found.times, { created: NOW, renewed: NOW });
      assertEquals([...found.values], [["user", "ada"]]);
      assertEquals(found.keys?.map(({ key }) => key), ["user"]);
      assertEquals([found.size, found.limit], ["session".length + value.length, 4096]);
    });
  }
});

Deno.test("inspectCookie says why an app would refuse a cookie", async (t) => {
  const signed = await cookieOf(undefined, ada);
  const [, open] = [signed, await cookieOf(encrypted(), ada)];
  const pyramid = await cookieOf(pyramids(), ada);
  const later = (seconds: number) => ({ now: NOW + seconds * 1000 });
  type Row = [value: string, options: Parameters<typeof inspect>[1], verdict: string];
  const rows: Record<string, Row> = {
    "nothing wrong": [signed, {}, "valid"],
    "the name with its prefix": [signed, { name: "__Host-session" }, "valid"],
    "an older secret": [signed, { secrets: [OTHER_SECRET, SAMPLE_SECRET] }, "valid, stale"],
    "another secret": [signed, { secrets: [OTHER_SECRET] }, "unknown-key"],
    "another name": [signed, { name: "cart" }, "bad-mac"],
    "a changed key id": [changed(signed, 4), {}, "unknown-key"],
    "a changed payload": [changed(signed, 30), {}, "bad-mac"],
    "a changed signature": [changed(signed, -5), {}, "bad-mac"],
    "flags of a later version": ["AQE" + signed.slice(3), {}, "malformed"],
    "cut off": [signed.slice(0, 40), {}, "malformed"],
    "the last second of the timeout": [signed, later(1200), "valid"],
    "idle": [signed, later(1201), "expired-idle"],
    "idle, by the app's timeout": [signed, { ...later(61), timeout: 60 }, "expired-idle"],
    "never idle": [signed, { ...later(90_000), timeout: null }, "valid"],
    "over": [signed, { ...later(2_592_001), timeout: null }, "expired-absolute"],
    "never over": [signed, { ...later(2_592_001), timeout: null, lifetime: null }, "valid"],
    "from the future": [signed, later(-61), "future"],
    "encrypted under another secret": [open, { secrets: [OTHER_SECRET] }, "unknown-key"],
    "encrypted and changed": [changed(open, 60), {}, "bad-mac"],
    "Pyramid's under another secret": [pyramid, { secrets: [OTHER_SECRET] }, "bad-mac"],
    "Pyramid's under another salt": [pyramid, { salt: "x" }, "bad-mac"],
    "Pyramid's from the future": [pyramid, later(-3600), "valid"],
    "Pyramid's, and idle": [pyramid, later(1201), "expired-idle"],
    "nothing": ["", {}, "malformed"],
    "something else": ["hello-world", {}, "malformed"],
    "padding": ["AQAA==", {}, "malformed"],
    "no character of base64url": [signed + ".", {}, "malformed"],
    "too long": ["A".repeat(4097), {}, "malformed"],
  };
  for (const [name, [value, options, verdict]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { verification } = await inspect(value, options);
      const said = verification.state === "refused" ? verification.reason : verification.state +
        (verification.state === "valid" && verification.stale ? ", stale" : "");
      assertEquals(said, verdict);
    });
  }
});

Deno.test("inspectCookie without a secret tells what anybody can read, and that it is not verified", async (t) => {
  const secrets: string[] = [];
  await t.step("signed", async () => {
    const found = await inspect(changed(await cookieOf(undefined, ada), -5), { secrets });
    assertEquals(found.verification, { state: "unverified" });
    assertEquals(found.keys?.map(({ key }) => key), ["user"]);
    assertMatch(told(found), /\nNot verified: SESSION_SECRET is not set, so that anybody can have/);
    assertEquals(found.over, null);
  });
  await t.step("signed and idle", async () => {
    const found = await inspect(await cookieOf(undefined, ada), { secrets, now: NOW + 1_201_000 });
    assertEquals([found.verification.state, found.over], ["unverified", "expired-idle"]);
    assertMatch(told(found), /An app would reject it because of its times: expired-idle\.\n/);
  });
  await t.step("encrypted", async () => {
    const found = await inspect(await cookieOf(encrypted(), ada), { secrets });
    assertEquals([found.verification.state, found.keys, found.times], ["unverified", null, null]);
    assertMatch(told(found), /Its contents are not readable without the secret\./);
  });
  await t.step("flags of a later version", async () => {
    const { verification } = await inspect("AQE" + (await cookieOf(undefined, ada)).slice(3), {
      secrets,
    });
    assertEquals(verification, { state: "refused", reason: "malformed" });
  });
  await t.step("no cookie of ours", async () => {
    assertEquals((await inspect("hello", { secrets })).verification, {
      state: "refused",
      reason: "malformed",
    });
  });
});

Deno.test("inspectCookie knows the name of a stored session from a session", async () => {
  const id = crypto.getRandomValues(new Uint8Array(32));
  const value = await internalCodec(SAMPLE_SECRET, { purpose: "stored" }).encode(id);
  const found = await inspect(value);
  assertEquals([found.content, found.verification.state], ["stored id", "valid"]);
  assertMatch(told(found), /the name of a stored session/);
});

Deno.test("inspectCookie does not take a Pyramid cookie for one of ours, whatever its signature begins with", async (t) => {
  const payload = (length: number) =>
    new TextEncoder().encode(`[1767225600, 1767225600.0, {"user": "${"a".repeat(length)}"}]`);
  const hashes = { "SHA-1": 20, "SHA-256": 32, "SHA-384": 48, "SHA-512": 64 } as const;
  for (const [hash, length] of Object.entries(hashes)) {
    for (const version of [1, 2]) {
      await t.step(`${hash}, ${version}`, async () => {
        // As long as an encrypted cookie may be: header, nonce, blocks of 32 bytes and tag.
        const bare = length + payload(0).length - 34;
        const bytes = payload(64 - bare % 32);
        const token = new Uint8Array(length + bytes.length);
        assertEquals((token.length - 34) % 32, 0);
        token[0] = version;
        token.set(bytes, length);
        const value = token.toBase64({ alphabet: "base64url", omitPadding: true });
        const { format } = await inspect(value);
        assertEquals(format.format === "pyramid" ? String(format.hash) : "", hash);
      });
    }
  }
  await t.step("written with another hash", async () => {
    const codec = pyramidCodec(SAMPLE_SECRET, { hash: "SHA-256" });
    assertEquals((await inspect(await codec.encode(payload(3)))).verification.state, "valid");
  });
});

Deno.test("inspectionText tells sizes, times with their ages, and what is beside the app's keys", async () => {
  const value = await cookieOf(undefined, (session) => {
    session.set("user", "ada\x1b").set("list", [1, 2, 3]);
    session.flash("Hello");
    session.remember(86_400 * 30);
  }, (session) => session.getCsrfToken());
  const found = await inspect(value, { now: NOW + 754_000 });
  const csrf = String(found.keys?.find(({ key }) => key === "(csrf)")?.bytes);
  const text = told(found, false, NOW + 754_000);
  assertMatch(
    text,
    /^Cookie session: signed \(format 1\)\n\nversion +1\nflags +0x00\nkey id +[0-9a-f]{8}\n/,
  );
  assertMatch(text, /\ncreated +2026-01-01T00:00:00\.000Z \(12 minutes ago\)\n/);
  assertMatch(text, /\nremembered +for 30 days\n/);
  const size = String("session".length + value.length);
  assertMatch(
    text,
    new RegExp(`\nsize +${size} of 4,096 bytes \\(\\d.*%\\), the name's 7 included\n`),
  );
  assertMatch(text, new RegExp(`\n\\(csrf\\) +${csrf}\n`));
  // "user" and "ada\u001b" as JSON.
  assertMatch(text, /\nuser +17\n/);
  assertMatch(text, /\n\nValid\n$/);
  assert(!text.includes("ada"));
  assertMatch(told(found, true), /\nuser +17 +"ada\\u001b"\n/);
});

Deno.test("inspectionText and inspectionJson tell no secret, nor what it is made into", async (t) => {
  const weak = "short secret";
  const value = await cookieOf(undefined, ada, (session) => session.getCsrfToken());
  for (const secrets of [[SAMPLE_SECRET], [OTHER_SECRET, weak], [weak]]) {
    await t.step(secrets.join(" "), async () => {
      const found = await inspect(value, { secrets });
      const all = told(found, true) + JSON.stringify(inspectionJson(found, true));
      for (const secret of secrets) assertEquals(all.includes(secret), false);
      assertEquals(found.weakness !== null, secrets.includes(weak));
      assertEquals(
        /An app would throw at start-up: Cannot use .*secret.* 12 bytes long/.test(all),
        secrets.includes(weak),
      );
    });
  }
});

Deno.test("inspectionText escapes what a terminal would obey", async () => {
  const codec = signedCodec(SAMPLE_SECRET);
  const evil = JSON.stringify([NOW, NOW, { "\u009b2J\u202e": "\u009b2J" }]);
  const text = told(await inspect(await codec.encode(new TextEncoder().encode(evil))), true);
  assertMatch(text, /\n\\x9b2J\\u\{202e\} +\d+ +"\\x9b2J"\n/);
  assertMatch(told(await inspect("\x1b[2J")), /"\\x1b" is not a character of base64url/);
});

Deno.test("inspectionText tells times beyond all calendars", async () => {
  const codec = signedCodec(SAMPLE_SECRET);
  const far = Number.MAX_SAFE_INTEGER;
  const bytes = new TextEncoder().encode(`[${far},${far},{}]`);
  const text = told(await inspect(await codec.encode(bytes)));
  assertMatch(text, /created +9007199254740991 ms \(not a date\)/);
  assertMatch(text, /Rejected: future/);
});

Deno.test("inspectCookie does not take for valid what no app could read", async () => {
  const codec = signedCodec(SAMPLE_SECRET);
  const strange = await codec.encode(new TextEncoder().encode('{"json":[1,2,{}]}'));
  assertEquals((await inspect(strange)).verification, { state: "refused", reason: "malformed" });
});

Deno.test("inspectCookie refuses names and limits that are none", async () => {
  const value = await cookieOf(cookieSessionFactory<SampleData>(signedCodec(SAMPLE_SECRET)), ada);
  await assertRejects(() => inspect(value, { name: "a b" }), ConfigurationError);
  await assertRejects(() => inspect(value, { timeout: NaN }), ConfigurationError);
});
