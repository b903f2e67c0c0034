/**
 * CSRF tokens of a session: by a secret in it, or by one that the visitor keeps apart.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { CsrfTokens } from "../../../lib/session/contract/csrf_tokens.ts";
import {
  BARE_POLICY,
  blankRecord,
  type VisitorCsrf,
} from "../../../lib/session/contract/record.ts";
import { SessionState } from "../../../lib/session/contract/state.ts";

class Visitor implements VisitorCsrf {
  secrets: string[] = [];
  get exists(): boolean {
    return this.secrets.length > 0;
  }
  token(): string {
    return this.secrets[0] ?? this.renew();
  }
  renew(): string {
    this.secrets = [`visitor ${Math.random()}`];
    return this.token();
  }
  matches(presented: string): boolean {
    return this.secrets.includes(presented);
  }
  end(): void {
    this.secrets = [];
  }
}

function tokensOf(visitor: VisitorCsrf | undefined, userId?: string) {
  const state = new SessionState(blankRecord(0));
  state.record.userId = userId;
  return { state, tokens: new CsrfTokens(state, BARE_POLICY, visitor) };
}

Deno.test("CsrfTokens keeps the secret of a visitor without a session out of the session", () => {
  const visitor = new Visitor(), { state, tokens } = tokensOf(visitor);
  const token = tokens.token();
  assertEquals([tokens.matches(token), visitor.matches(token)], [true, true]);
  assertEquals([state.maybeChanged, state.record.csrfToken], [false, undefined]);
});

Deno.test("CsrfTokens keeps the secret in the session of a user, and where the visitor has no place for it", () => {
  for (const made of [tokensOf(new Visitor(), "ada"), tokensOf(undefined)]) {
    const token = made.tokens.token();
    assertEquals([made.state.record.csrfToken, made.state.maybeChanged], [token, true]);
    assertEquals([made.tokens.matches(token), made.tokens.token()], [true, token]);
  }
});

Deno.test("CsrfTokens of a user refuses the secrets that the visitor had before", () => {
  const visitor = new Visitor(), before = visitor.token();
  const { tokens } = tokensOf(visitor, "ada");
  assertEquals([tokens.exists, tokens.matches(before)], [false, false]);
});

Deno.test("CsrfTokens.renew() refuses every earlier token", () => {
  for (
    const made of [tokensOf(new Visitor()), tokensOf(new Visitor(), "ada"), tokensOf(undefined)]
  ) {
    const before = made.tokens.token(), after = made.tokens.renew();
    assertEquals([made.tokens.matches(before), made.tokens.matches(after)], [false, true]);
  }
});

Deno.test("CsrfTokens.renew() of a session that was loaded refuses the secrets that the visitor had before", () => {
  const visitor = new Visitor(), before = visitor.token(), { state, tokens } = tokensOf(visitor);
  state.record.isNew = false;
  assertEquals(tokens.matches(before), true);
  const after = tokens.renew();
  assertEquals([tokens.matches(before), tokens.matches(after)], [false, true]);
});

Deno.test("CsrfTokens makes no secret once the session is closed", () => {
  for (const made of [tokensOf(new Visitor()), tokensOf(undefined)]) {
    made.state.close();
    assertThrows(() => made.tokens.token(), Error, "Cannot make a CSRF token");
    assertThrows(() => made.tokens.renew(), Error, "Cannot make a CSRF token");
  }
});
