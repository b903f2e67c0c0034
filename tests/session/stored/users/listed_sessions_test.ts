/**
 * What a store lists, read.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { headText } from "../../../../lib/session/stored/stored_head.ts";
import { listedSessions } from "../../../../lib/session/stored/users/listed_sessions.ts";

const HEAD = {
  created: 5,
  rememberFor: undefined,
  stamp: undefined,
  hash: "a".repeat(43),
  previous: [],
};
const id = (last: string) => `AAECAwQFBgcICQoLDA0OD${last}`;

Deno.test("listedSessions() reads heads, the session that was used last first", () => {
  const description = { label: "Firefox on Linux", address: undefined };
  assertEquals(
    listedSessions([
      { id: id("w"), head: headText(HEAD), renewed: 6, expires: 9 },
      { id: id("A"), head: headText({ ...HEAD, description }), renewed: 7, expires: 8 },
    ]),
    [
      { id: id("A"), created: 5, renewed: 7, expires: 8, ...description },
      { id: id("w"), created: 5, renewed: 6, expires: 9, label: undefined, address: undefined },
    ],
  );
});

Deno.test("listedSessions() leaves out what it did not write", () => {
  const good = { id: id("w"), head: headText(HEAD), renewed: 1, expires: 2 };
  const listed = [null, { ...good, head: "[2]" }, { ...good, id: "x" }, { ...good, head: 7 }, good];
  assertEquals(listedSessions(listed as (typeof good)[]).map(({ id }) => id), [good.id]);
});
