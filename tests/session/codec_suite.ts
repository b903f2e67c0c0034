/**
 * What every {@linkcode SessionCodec} promises, as tests.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals } from "jsr:@std/assert@^1.0.0";
import type { Secrets } from "../../lib/session/crypto/secrets.ts";
import type { SessionCodec } from "../../session.ts";
import { SubtleSpy } from "./subtle_spy.ts";

/** One codec under test. */
export interface CodecUnderTest {
  /** What the tests call it. */
  readonly name: string;
  /** Makes one of given secrets. */
  readonly make: (secrets: Secrets) => SessionCodec;
  /** The calls of SubtleCrypto that reading and writing one token cost. */
  readonly calls: { readonly decode: string; readonly encode: string };
  /** Tokens of other formats under the same secret. */
  readonly strangers: (secret: string, payload: Uint8Array<ArrayBuffer>) => Promise<string[]>;
}

const NEWEST = "newest: 7Yx0Jw1mC3sV9kQ2bN8tR5pL4zH6dF";
const OLDER = "older: q8W2eR4tY6uI1oP3aS5dF7gH9jK0lZ";
const OLDEST = "oldest: m3N5bV7cX9zL1kJ2hG4fD6sA8pO0iU";
const OTHER = "other: T5r4E3w2Q1y6U7i8O9p0A1s2D3f4G5";
const BASE64URL = { alphabet: "base64url", omitPadding: true } as const;
const PAYLOAD = new TextEncoder().encode('[1,2,{"user":"ada"}]');

async function assertRefused(codec: SessionCodec, text: string, name: string): Promise<void> {
  assert("refused" in await codec.decode(text), name);
}

/** Registers the tests of the contract for one codec. */
export function codecSuite({ name, make, calls, strangers }: CodecUnderTest): void {
  Deno.test(`${name} gives back the bytes it was given, at the length it foretold`, async (t) => {
    const codec = make(NEWEST);
    for (const length of [0, 1, 2, 3, 31, 32, 33, 100, 2_900]) {
      await t.step(`${length} bytes`, async () => {
        const payload = crypto.getRandomValues(new Uint8Array(length));
        const text = await codec.encode(payload);
        assertEquals(await codec.decode(text), { payload, stale: false });
        assertEquals(text.length, codec.encodedLength(length));
        assert(/^[\w-]+$/.test(text));
      });
    }
  });

  Deno.test(`${name} writes 3,000 bytes whole and reads what fits into 4,096 characters`, async () => {
    const codec = make(NEWEST);
    let length = 3_000;
    assertEquals((await codec.encode(new Uint8Array(length))).length, codec.encodedLength(length));
    while (codec.encodedLength(length) > 4_096) length--;
    const payload = crypto.getRandomValues(new Uint8Array(length));
    assertEquals(await codec.decode(await codec.encode(payload)), { payload, stale: false });
    while (codec.encodedLength(length) <= 4_096) length++;
    const tooLong = await codec.encode(new Uint8Array(length));
    assertEquals(await codec.decode(tooLong), { refused: "malformed" });
  });

  Deno.test(`${name} refuses a token with any single bit flipped`, async () => {
    const codec = make(NEWEST);
    const token = Uint8Array.fromBase64(await codec.encode(PAYLOAD), BASE64URL);
    for (let bit = 0; bit < token.length * 8; bit++) {
      const flipped = token.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      await assertRefused(codec, flipped.toBase64(BASE64URL), `bit ${bit}`);
    }
  });

  Deno.test(`${name} accepts exactly one spelling`, async (t) => {
    const codec = make(NEWEST);
    // A token that has loose bits and both special characters.
    let text = "";
    for (let length = 32; !/(?=.*-)(?=.*_)/.test(text) || text.length % 4 < 2; length++) {
      text = await codec.encode(new Uint8Array(length).fill(length));
    }
    assert("payload" in await codec.decode(text));
    const last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const loose = text.slice(0, -1) + last[last.indexOf(text.at(-1)!) + 1];
    const rows: Record<string, string> = {
      "one =": text + "=",
      "two =": text + "==",
      "the other alphabet": text.replaceAll("-", "+").replaceAll("_", "/"),
      "white space before": " " + text,
      "white space after": text + " ",
      "a line break after": text + "\n",
      "white space within": text.slice(0, 9) + " " + text.slice(9),
      "a tab within": text.slice(0, 9) + "\t" + text.slice(9),
      "in quotes": `"${text}"`,
      "percent-encoded": `%${text.charCodeAt(0).toString(16)}${text.slice(1)}`,
      "a letter beyond ASCII": text + "é",
      "full-width letters": text.replace(
        /[A-Z]/,
        (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0),
      ),
      "NUL after": text + "\0",
      "loose trailing bits": loose,
    };
    for (const [row, spelling] of Object.entries(rows)) {
      await t.step(row, async () => {
        assertNotEquals(spelling, text);
        assertEquals(await codec.decode(spelling), { refused: "malformed" });
      });
    }
    await t.step("another case, which spells other bytes", async () => {
      await assertRefused(codec, text.toLowerCase(), "small letters");
      await assertRefused(codec, text.toUpperCase(), "capital letters");
    });
  });

  Deno.test(`${name} never sees loose trailing bits as the same token`, async () => {
    const codec = make(NEWEST);
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let loose = 0;
    for (const length of [1, 2, 3, 33, 65, 97]) {
      const text = await codec.encode(new Uint8Array(length));
      if (text.length % 4 === 0) continue;
      const free = text.length % 4 === 2 ? 16 : 4;
      const at = alphabet.indexOf(text.at(-1)!);
      for (let bits = 1; bits < free; bits++) {
        const spelling = text.slice(0, -1) + alphabet[at + bits];
        assertEquals(await codec.decode(spelling), { refused: "malformed" });
        loose++;
      }
    }
    assert(loose > 0);
  });

  Deno.test(`${name} refuses a token that is cut, doubled, joined or not one at all`, async (t) => {
    const codec = make(NEWEST);
    const text = await codec.encode(PAYLOAD);
    await t.step("cut at the end or the start", async () => {
      for (let cut = 1; cut <= text.length; cut++) {
        await assertRefused(codec, text.slice(0, -cut), `${cut} from the end`);
        await assertRefused(codec, text.slice(cut), `${cut} from the start`);
      }
    });
    const rows: Record<string, string> = {
      "empty": "",
      "doubled": text + text,
      "joined by a comma": `${text},${text}`,
      "one dot": ".",
      "100,000 separators": ".".repeat(100_000),
      "4,096 characters": "A".repeat(4_096),
      "4,097 characters": text + "A".repeat(4_097 - text.length),
      "a megabyte": "A".repeat(1_000_000),
      "a length that base64 lacks": text + "A".repeat((5 - text.length % 4) % 4),
      "percent": "%",
      "lone surrogate": "\ud800",
      "emoji": "🍪".repeat(20),
      "__proto__": "__proto__",
      "constructor": "constructor",
      "[object Object]": "[object Object]",
      "a JWT without algorithm": "eyJhbGciOiJub25lIn0.eyJ1c2VyIjoicm9vdCJ9.",
    };
    for (const [row, junk] of Object.entries(rows)) {
      await t.step(row, () => assertRefused(codec, junk, row));
    }
  });

  Deno.test(`${name} writes with the newest secret and reads with all of them`, async (t) => {
    const rotated = make([NEWEST, OLDER, OLDEST]);
    for (const [secret, stale] of [[NEWEST, false], [OLDER, true], [OLDEST, true]] as const) {
      await t.step(`${secret.split(":")[0]}: stale is ${stale}`, async () => {
        const text = await make(secret).encode(PAYLOAD);
        assertEquals(await rotated.decode(text), { payload: PAYLOAD, stale });
      });
    }
    await t.step("a fresh token is of the newest secret and of no other", async () => {
      const text = await rotated.encode(PAYLOAD);
      assertEquals(await make(NEWEST).decode(text), { payload: PAYLOAD, stale: false });
      await assertRefused(make([OLDER, OLDEST]), text, "older secrets");
    });
    await t.step("another secret", async () => {
      await assertRefused(rotated, await make(OTHER).encode(PAYLOAD), "another secret");
    });
  });

  Deno.test(`${name} refuses the other formats under the same secret`, async () => {
    const texts = await strangers(NEWEST, PAYLOAD);
    assert(texts.length >= 2);
    for (const text of texts) await assertRefused(make(NEWEST), text, text);
  });

  Deno.test(`${name} calls SubtleCrypto once for a token and not at all for junk`, async () => {
    const codec = make([NEWEST, OLDER, OLDEST, OTHER]);
    const text = await codec.encode(PAYLOAD);
    using spy = new SubtleSpy();
    await codec.decode("junk");
    await codec.decode(text + "A".repeat(4_097 - text.length));
    await codec.decode(text + "=");
    assertEquals(spy.calls, []);

    await codec.decode(text);
    assertEquals(spy.calls, [calls.decode]);
    spy.reset();

    await codec.encode(PAYLOAD);
    assertEquals(spy.calls, [calls.encode]);
  });

  Deno.test(`${name} does nothing after its keys are there until it is used`, async () => {
    const codec = make([NEWEST, OLDER]);
    await codec.encode(PAYLOAD);
    using spy = new SubtleSpy();
    codec.encodedLength(100);
    await new Promise((resolve) => setTimeout(resolve, 0));
    assertEquals(spy.calls, []);
  });

  Deno.test(`${name} tells a failure to make its keys to the first use, and to nobody before`, async () => {
    let unhandled = 0;
    const count = (event: PromiseRejectionEvent) => {
      event.preventDefault();
      unhandled++;
    };
    addEventListener("unhandledrejection", count);
    const failing = () => Promise.reject(new Error("no keys today"));
    Object.defineProperty(crypto.subtle, "importKey", { configurable: true, value: failing });
    try {
      const codec = make([NEWEST, OLDER]);
      await new Promise((resolve) => setTimeout(resolve, 0));
      assertEquals(unhandled, 0);
      const told = await codec.encode(PAYLOAD).then(() => "", (error: Error) => error.message);
      assertEquals(told, "no keys today");
    } finally {
      Reflect.deleteProperty(crypto.subtle, "importKey");
      removeEventListener("unhandledrejection", count);
    }
  });
}
