/**
 * Cookies that real Pyramid judged, judged again.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import oracle from "../../data/pyramid_cookies.json" with { type: "json" };
import { pyramidCodec, type PyramidSecret } from "../../../lib/session/formats/pyramid.ts";
import type { SessionCodec } from "../../../session.ts";
import { SubtleSpy } from "../subtle_spy.ts";

const STRICT = "Pyramid reads many spellings of base64, we read one";
const NO_HASH = "SubtleCrypto has no such hash: refused when the codec is made";
const NO_SECRET =
  "an empty secret leaves a key that everybody knows: refused when the codec is made";
const TOO_LONG = "longer than browsers keep, and than Pyramid itself writes";

/** The cases that Pyramid accepts and we refuse, on purpose. */
const REFUSED_BY_US: Readonly<Record<string, string>> = {
  "alg md5": NO_HASH,
  "alg sha3_256": NO_HASH,
  "empty secret, default salt": NO_SECRET,
  "a longer cookie than Pyramid would send is still read": TOO_LONG,
  "2 padding characters added": STRICT,
  "3 padding characters added": STRICT,
  "8 padding characters added": STRICT,
  "four exclamation marks in the middle": STRICT,
  "full padding and then garbage": STRICT,
  "padding in the middle ends the data": STRICT,
  "mixed alphabets (one character of the standard one)": STRICT,
  "whole value in double quotes": STRICT,
};

const HASHES: Readonly<Record<string, "SHA-1" | "SHA-256" | "SHA-384" | "SHA-512">> = {
  sha1: "SHA-1",
  sha256: "SHA-256",
  sha384: "SHA-384",
  sha512: "SHA-512",
};

type Case = typeof oracle.cases[number];

function secretOf(text: string | undefined, hex: string | undefined): PyramidSecret {
  return hex === undefined ? text ?? "" : Uint8Array.fromHex(hex);
}

function codecOf(row: Case): SessionCodec {
  const hash = HASHES[row.hashalg];
  if (hash === undefined) throw new RangeError(row.hashalg);
  return pyramidCodec(secretOf(row.secret, row.secret_hex), {
    salt: secretOf(row.salt, row.salt_hex),
    hash,
    insecureAllowWeakSecret: true,
  });
}

function payloadOf(row: Case): Uint8Array<ArrayBuffer> | null {
  if (row.payload_hex !== undefined) return Uint8Array.fromHex(row.payload_hex);
  return row.payload === undefined ? null : new TextEncoder().encode(row.payload);
}

Deno.test("pyramidCodec() judges every signature as Pyramid does, but for the differences named", async (t) => {
  for (const row of oracle.cases) {
    const difference = REFUSED_BY_US[row.name];
    await t.step(difference === undefined ? row.name : `${row.name} (${difference})`, async () => {
      const payload = payloadOf(row);
      if (difference === NO_HASH) {
        assertEquals(HASHES[row.hashalg], undefined);
        // deno-lint-ignore no-explicit-any -- a caller without types
        const hash = row.hashalg as any;
        assertThrows(() => pyramidCodec("x".repeat(32), { hash }), RangeError, "hash");
      } else if (difference === NO_SECRET) {
        assertThrows(() => codecOf(row), RangeError, "is empty");
      } else if (difference !== undefined || payload === null) {
        assert(difference === undefined || payload !== null, "the difference is not one");
        assert("refused" in await codecOf(row).decode(row.cookie));
      } else {
        assertEquals(await codecOf(row).decode(row.cookie), { payload, stale: false });
        assertEquals(await codecOf(row).encode(payload), row.cookie);
      }
    });
  }
  assertEquals(
    Object.keys(REFUSED_BY_US).filter((name) => !oracle.cases.some((row) => row.name === name)),
    [],
  );
});

Deno.test("pyramidCodec() takes salt and secret in UTF-8 as soon as either is beyond Latin-1", async () => {
  const payload = new TextEncoder().encode("[]");
  const weak = { insecureAllowWeakSecret: true };
  const latin = await pyramidCodec("é", { ...weak, salt: "" }).encode(payload);
  const bytes = pyramidCodec(new Uint8Array([0xe9]), { ...weak, salt: "" });
  assertEquals(await bytes.decode(latin), { payload, stale: false });

  const mixed = await pyramidCodec("é", { ...weak, salt: "🔑" }).encode(payload);
  const utf8 = new TextEncoder().encode("🔑é");
  assertEquals(await pyramidCodec(utf8, { ...weak, salt: "" }).decode(mixed), {
    payload,
    stale: false,
  });
});

Deno.test("pyramidCodec() tries its secrets one after another until one fits", async () => {
  const secrets = [
    "first: 7Yx0Jw1mC3sV9kQ2bN8tR5pL4zH",
    "second: q8W2eR4tY6uI1oP3aS5dF7gH9j",
  ] as const;
  const codec = pyramidCodec(secrets);
  const payload = new TextEncoder().encode("[]");
  const old = await pyramidCodec(secrets[1]).encode(payload);
  const fresh = await codec.encode(payload);
  using spy = new SubtleSpy();
  assertEquals(await codec.decode(fresh), { payload, stale: false });
  assertEquals(spy.calls.length, 1);
  spy.reset();
  assertEquals(await codec.decode(old), { payload, stale: true });
  assertEquals(spy.calls.length, 2);
});

Deno.test("pyramidCodec() refuses bad secrets and salts when it is made", async (t) => {
  const good = "good: 7Yx0Jw1mC3sV9kQ2bN8tR5pL4zH";
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const rows: Record<string, () => unknown> = {
    "short": () => pyramidCodec("abcQWE123!@#"),
    "short bytes": () => pyramidCodec(bytes.slice(1)),
    "repeated bytes": () => pyramidCodec(new Uint8Array(32)),
    "no bytes, even with leave": () =>
      pyramidCodec(new Uint8Array(0), { insecureAllowWeakSecret: true }),
    "the same twice, as text and as bytes": () =>
      pyramidCodec([good, new TextEncoder().encode(good)]),
    "a salt with a lone surrogate": () => pyramidCodec(good, { salt: "\ud800" }),
    // deno-lint-ignore no-explicit-any -- a caller without types
    "Python's name of the hash": () => pyramidCodec(good, { hash: "sha512" as any }),
    // deno-lint-ignore no-explicit-any -- a caller without types
    "a hash called constructor": () => pyramidCodec(good, { hash: "constructor" as any }),
  };
  for (const [name, make] of Object.entries(rows)) {
    await t.step(name, () => {
      const error = assertThrows(make);
      assert(error instanceof RangeError || error instanceof TypeError);
    });
  }
  pyramidCodec(bytes);
  assertEquals(pyramidCodec(good).cookieName, undefined);
});

Deno.test("pyramidCodec() takes the bytes of its secrets when it is made", async () => {
  const bytes = new TextEncoder().encode("q8W2eR4tY6uI1oP3aS5dF7gH9jK0lZ2xC4vB6nM8");
  const same = pyramidCodec(bytes.slice());
  const codec = pyramidCodec(bytes);
  bytes.fill(0);
  const payload = new TextEncoder().encode("[1, 1, {}]");
  const decoded = await same.decode(await codec.encode(payload));
  assertEquals(decoded, { payload, stale: false });
});
