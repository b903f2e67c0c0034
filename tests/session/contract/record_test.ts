/**
 * What a session has that no factory made: its policy, its record; and options that are not checked.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertThrows,
} from "jsr:@std/assert@^1.0.0";
import { Session } from "../../../session.ts";
import {
  BARE_POLICY,
  blankRecord,
  LateSessionOptions,
} from "../../../lib/session/contract/record.ts";

Deno.test("BARE_POLICY makes 256 random bits, and takes a token for itself alone", () => {
  const token = BARE_POLICY.makeToken();
  assertMatch(token, /^[\w-]{43}$/);
  assertNotEquals(BARE_POLICY.makeToken(), token);
  assertEquals(BARE_POLICY.maskToken(token), token);
  assertEquals(BARE_POLICY.tokenMatches(token, token), true);
  assertEquals(BARE_POLICY.tokenMatches(token, token.slice(1)), false);
  assertEquals(BARE_POLICY.same({ a: [1] }, { a: [1] }), true);
  assertEquals(BARE_POLICY.same({ a: [1] }, { a: ["1"] }), false);
});

Deno.test("blankRecord() is new and empty, and shares nothing with the next", () => {
  const record = blankRecord(7);
  const { values, flash, ...times } = record;
  assertEquals([values.size, flash.size], [0, 0]);
  assertEquals(times, { created: 7, renewed: 7, isNew: true });
  values.set("a", 1);
  assertEquals(blankRecord(7).values.size, 0);
});

Deno.test("new Session() reads LateSessionOptions when they matter, and checks all others", () => {
  const read: string[] = [];
  class Options extends LateSessionOptions {
    // Not an option: it would be refused in others.
    readonly note = "";
    get keepFlash(): boolean {
      return read.push("keepFlash") > 0;
    }
    get refuseFlash(): boolean {
      return read.push("refuseFlash") > 0;
    }
    get csrf(): undefined {
      read.push("csrf");
      return undefined;
    }
    get cells(): undefined {
      read.push("cells");
      return undefined;
    }
  }
  const session = new Session(undefined, undefined, new Options()).flash("kept");
  assertEquals(read, []);
  assertEquals([session.popFlash(), session.popFlash()], [["kept"], ["kept"]]);
  assert(read.every((name) => name === "keepFlash"));
  assertThrows(
    () => new Session(undefined, undefined, Object.assign({}, new Options())),
    TypeError,
    'Cannot use option "note" of new Session()',
  );
});
