/**
 * The head of a stored session, and the graces.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { MOST_ADDRESS, MOST_LABEL } from "../../../lib/session/contract/description.ts";
import {
  GRACE,
  headText,
  readHead,
  standingOf,
  type StoredHead,
  withSecret,
} from "../../../lib/session/stored/stored_head.ts";

const hash = (letter: string) => letter.repeat(43);
const HEAD: StoredHead = {
  created: 1,
  rememberFor: undefined,
  stamp: undefined,
  hash: hash("a"),
  previous: [],
};

Deno.test("readHead() reads what headText() wrote", () => {
  const heads: StoredHead[] = [
    HEAD,
    { ...HEAD, rememberFor: 60, stamp: 'of "ada"\u0000\ud800' },
    withSecret(withSecret(HEAD, hash("b"), "rotation", 5), hash("c"), "sign-in", 6),
    { ...HEAD, description: { label: 'Lynx on "Linux"', address: "192.0.2.1" } },
    { ...HEAD, description: { label: undefined, address: "::1" } },
    withSecret(
      { ...HEAD, description: { label: "x", address: undefined } },
      hash("b"),
      "sign-in",
      6,
    ),
  ];
  for (const head of heads) assertEquals(readHead(headText(head)), head);
});

Deno.test("headText() stays below the 4,096 bytes that a store promises", () => {
  let head: StoredHead = { ...HEAD, created: 8.64e15, rememberFor: 34_560_000 };
  const description = { label: "\ue000".repeat(MOST_LABEL), address: '"'.repeat(MOST_ADDRESS) };
  head = { ...head, stamp: "\u0001".repeat(256), description };
  for (const letter of "bcdefgh") head = withSecret(head, hash(letter), "sign-in", 8.64e15);
  assertEquals(new TextEncoder().encode(headText(head)).length < 4_096, true);
});

Deno.test("readHead() refuses what this version did not write", () => {
  const good = JSON.parse(
    headText({ ...HEAD, previous: [{ hash: hash("b"), by: "rotation", until: 3 }] }),
  );
  const bad: Record<string, unknown> = {
    "another version": good.with(0, 2),
    "a time that is text": good.with(1, "1"),
    "a negative time": good.with(1, -1),
    "an age of 0": good.with(2, 0),
    "an age of over 400 days": good.with(2, 34_560_001),
    "a stamp that is no text": good.with(3, 7),
    "no hash": good.with(4, ""),
    "a hash that is too long": good.with(4, hash("a") + "a"),
    "no list": good.with(5, null),
    "a grace of another kind": good.with(5, [[hash("b"), "guess", 3]]),
    "a grace without end": good.with(5, [[hash("b"), "rotation"]]),
    "something more": [...good, 1],
    "a description that says nothing": [...good, [null, null]],
    "an empty label": [...good, ["", null]],
    "an address that is no text": [...good, [null, 7]],
    "a description of three parts": [...good, ["a", "b", "c"]],
    "something after the description": [...good, ["a", "b"], 1],
    "something less": good.slice(1),
    "no list at all": { ...good },
  };
  assertEquals(readHead(JSON.stringify(good))?.hash, hash("a"));
  for (const [name, head] of Object.entries(bad)) {
    assertEquals(readHead(JSON.stringify(head)), null, name);
  }
  for (const text of ["", "{", "null", "1"]) assertEquals(readHead(text), null);
});

Deno.test("standingOf() gives the secret from before its grace, to the millisecond", () => {
  const rotated = withSecret(HEAD, hash("b"), "rotation", 100);
  const signedIn = withSecret(HEAD, hash("b"), "sign-in", 100);
  assertEquals(standingOf(rotated, hash("b"), 100), "current");
  assertEquals(standingOf(rotated, hash("a"), 100 + GRACE), "rotated lately");
  assertEquals(standingOf(rotated, hash("a"), 101 + GRACE), "outdated");
  assertEquals(standingOf(signedIn, hash("a"), 100 + GRACE), "signed in lately");
  assertEquals(standingOf(signedIn, hash("a"), 101 + GRACE), "outdated");
  assertEquals(standingOf(rotated, hash("c"), 100), "outdated");
});

Deno.test("withSecret(): behind a sign-in no secret from before reads the session", () => {
  const head = withSecret(withSecret(HEAD, hash("b"), "rotation", 100), hash("c"), "sign-in", 101);
  assertEquals(standingOf(head, hash("a"), 102), "signed in lately");
  const later = withSecret(head, hash("d"), "rotation", 103);
  assertEquals(["a", "b", "c"].map((one) => standingOf(later, hash(one), 104)), [
    "signed in lately",
    "signed in lately",
    "rotated lately",
  ]);
});

Deno.test("withSecret() forgets what has no grace any more", () => {
  const head = withSecret(HEAD, hash("b"), "rotation", 100);
  assertEquals(withSecret(head, hash("c"), "rotation", 101 + GRACE).previous.length, 1);
});
