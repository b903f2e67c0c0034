/**
 * Keys from secrets, derived once.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { hkdfSync } from "node:crypto";
import { hmacSign } from "../../../lib/session/crypto/hmac.ts";
import { type KeyPurpose, KeyRing } from "../../../lib/session/crypto/key_ring.ts";
import { SubtleSpy } from "../subtle_spy.ts";

const SIGN: KeyPurpose = { info: "test/sign", algorithm: "HMAC-SHA-256" };
const ENCRYPT: KeyPurpose = { info: "test/encrypt", algorithm: "AES-256-GCM" };
const SECRETS = [
  "first: 7Yx0Jw1mC3sV9kQ2bN8tR5pL4zH",
  "second: q8W2eR4tY6uI1oP3aS5dF7gH9j",
] as const;

Deno.test("KeyRing gives a promise until the keys are derived, and the keys themselves afterwards", async () => {
  const ring = new KeyRing(SECRETS, SIGN);
  const promise = ring.keys();
  assert(promise instanceof Promise);
  const keys = await promise;
  assertEquals(ring.keys(), keys);
  assert(!(ring.keys() instanceof Promise));
});

Deno.test("KeyRing derives once, however often it is asked", async () => {
  using spy = new SubtleSpy();
  const ring = new KeyRing(SECRETS, SIGN);
  await Promise.all([ring.keys(), ring.keys(), ring.keys()]);
  await ring.keys();
  assertEquals(spy.calls.filter((call) => call === "deriveBits").length, 2 * SECRETS.length);
});

Deno.test("KeyRing keeps the order of the secrets and calls all but the first stale", async () => {
  const keys = await new KeyRing(SECRETS, SIGN).keys();
  assertEquals(keys.map(({ stale }) => stale), [false, true]);
  const ids = SECRETS.map((secret) =>
    Number(
      `0x${Buffer.from(hkdfSync("sha256", secret, "", "pyramidion/1/key-id", 4)).toString("hex")}`,
    )
  );
  assertEquals(keys.map(({ id }) => id), ids);
});

Deno.test("KeyRing gives equal ids to secrets whose ids collide, and different keys", async () => {
  const [one, two] = await new KeyRing([
    "a secret whose key id collides, number 58845",
    "a secret whose key id collides, number 159205",
  ], SIGN).keys();
  assert(two !== undefined);
  assertEquals(one.id, two.id);
  const data = new Uint8Array(1);
  assertNotEquals(await hmacSign(one.key, data), await hmacSign(two.key, data));
});

Deno.test("KeyRing makes keys that serve one algorithm, cannot be read and differ by info", async () => {
  const [sign] = await new KeyRing(SECRETS, SIGN).keys();
  const [other] = await new KeyRing(SECRETS, { ...SIGN, info: "test/other" }).keys();
  const [encrypt] = await new KeyRing(SECRETS, ENCRYPT).keys();
  assertEquals([sign.key.extractable, encrypt.key.extractable], [false, false]);
  assertEquals([sign.key.algorithm.name, encrypt.key.algorithm.name], ["HMAC", "AES-GCM"]);
  assertEquals(sign.id, encrypt.id);
  const data = new Uint8Array(1);
  assertNotEquals(await hmacSign(sign.key, data), await hmacSign(other.key, data));
});

Deno.test("KeyRing tells a failed derivation to everybody who asks, and tries again", async () => {
  const failing = () => Promise.reject(new Error("no keys today"));
  const ring = new KeyRing(SECRETS, SIGN);
  Object.defineProperty(crypto.subtle, "deriveBits", { configurable: true, value: failing });
  try {
    const asked = await Promise.allSettled([ring.keys(), ring.keys()]);
    assertEquals(asked.map(({ status }) => status), ["rejected", "rejected"]);
    await assertRejects(async () => await ring.keys(), Error, "no keys today");
  } finally {
    Reflect.deleteProperty(crypto.subtle, "deriveBits");
  }
  assertEquals((await ring.keys()).length, SECRETS.length);
});

Deno.test("KeyRing derives nothing before it is asked, and everything once", async () => {
  using spy = new SubtleSpy();
  const ring = new KeyRing(SECRETS, SIGN);
  assertEquals(spy.calls, []);
  await Promise.all([ring.keys(), ring.keys()]);
  assertEquals(spy.calls.filter((call) => call === "deriveBits").length, 2 * SECRETS.length);
  spy.reset();
  await ring.keys();
  assertEquals(spy.calls, []);
});
