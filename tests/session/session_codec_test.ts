/**
 * The contract of {@linkcode SessionCodec}, kept by all three codecs; tokens of each release.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { createDecipheriv, createHmac, hkdfSync } from "node:crypto";
import golden from "../data/golden_tokens.json" with { type: "json" };
import { pyramidCodec } from "../../lib/session/formats/pyramid.ts";
import { encryptedCodec } from "../../lib/session/formats/encrypted.ts";
import type { SessionCodec } from "../../session.ts";
import { signedCodec } from "../../lib/session/formats/signed.ts";
import { codecSuite } from "./codec_suite.ts";

codecSuite({
  name: "signedCodec()",
  make: (secrets) => signedCodec(secrets),
  calls: { decode: "verify", encode: "sign" },
  strangers: (secret, payload) =>
    Promise.all([
      encryptedCodec(secret).encode(payload),
      pyramidCodec(secret).encode(payload),
      pyramidCodec(secret, { hash: "SHA-256", salt: "" }).encode(payload),
    ]),
});

codecSuite({
  name: "encryptedCodec()",
  make: (secrets) => encryptedCodec(secrets),
  calls: { decode: "decrypt", encode: "encrypt" },
  strangers: (secret, payload) =>
    Promise.all([signedCodec(secret).encode(payload), pyramidCodec(secret).encode(payload)]),
});

codecSuite({
  name: "pyramidCodec()",
  make: (secrets) => pyramidCodec(secrets),
  calls: { decode: "verify", encode: "sign" },
  strangers: (secret, payload) =>
    Promise.all([
      signedCodec(secret).encode(payload),
      encryptedCodec(secret).encode(payload),
      pyramidCodec(secret, { hash: "SHA-256" }).encode(payload),
      pyramidCodec(secret, { salt: "another" }).encode(payload),
    ]),
});

type Golden = typeof golden.tokens[number];

function codecOf({ format, secret, cookieName, purpose, nonce }: Golden): SessionCodec {
  switch (format) {
    case "signed":
      return signedCodec(secret, {
        cookieName,
        purpose: purpose === "stored" ? "stored" : "session",
      });
    case "sealed":
      return encryptedCodec(secret, { cookieName, randomBytes: () => Uint8Array.fromHex(nonce) });
    default:
      return pyramidCodec(secret);
  }
}

/** Reads a token by another implementation of the primitives, written from the format's text. */
function readIndependently({ format, secret, cookieName, purpose, token }: Golden): string {
  const bytes = Buffer.from(token, "base64url");
  const derive = (info: string, length: number) =>
    Buffer.from(hkdfSync("sha256", Buffer.from(secret), "", info, length));
  if (format === "pyramid") {
    const encoding = /[^\0-\xff]/.test(secret) ? "utf8" : "latin1";
    const hmac = createHmac("sha512", Buffer.from("pyramid.session." + secret, encoding));
    assertEquals(
      bytes.subarray(0, 64).toString("hex"),
      hmac.update(bytes.subarray(64)).digest("hex"),
    );
    return bytes.subarray(64).toString();
  }
  assertEquals(
    bytes.subarray(2, 6).toString("hex"),
    derive("pyramidion/1/key-id", 4).toString("hex"),
  );
  if (format === "signed") {
    assertEquals([...bytes.subarray(0, 2)], [1, 0]);
    const key = derive(`pyramidion/1/signed/${purpose}/${cookieName}`, 32);
    const tag = createHmac("sha256", key).update(bytes.subarray(0, -32)).digest("hex");
    assertEquals(bytes.subarray(-32).toString("hex"), tag);
    return bytes.subarray(6, -32).toString();
  }
  assertEquals([...bytes.subarray(0, 2)], [2, 0]);
  const key = derive(`pyramidion/2/sealed/session/${cookieName}`, 32);
  const open = createDecipheriv("aes-256-gcm", key, bytes.subarray(6, 18));
  open.setAAD(bytes.subarray(0, 6)).setAuthTag(bytes.subarray(-16));
  const padded = Buffer.concat([open.update(bytes.subarray(18, -16)), open.final()]);
  assertEquals(padded.length % 32, 0);
  return padded.toString("latin1").replace(/\x80\0*$/, (padding) => {
    assertEquals(padding.length <= 32, true);
    return "";
  });
}

Deno.test("tokens of every release are still read, and still written alike", async (t) => {
  for (const row of golden.tokens) {
    await t.step(row.name, async () => {
      const payload = new TextEncoder().encode(row.payload);
      const codec = codecOf(row);
      assertEquals(await codec.decode(row.token), { payload, stale: false });
      assertEquals(await codec.encode(payload), row.token);
    });
  }
});

Deno.test("tokens are what an independent implementation makes of the formats", async (t) => {
  for (const row of golden.tokens) {
    await t.step(row.name, () => assertEquals(readIndependently(row), row.payload));
  }
});
