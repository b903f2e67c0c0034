/**
 * The CSRF tokens of a session.
 *
 * @module
 */

import { checkValue, decided, withFunctions } from "../../check_options.ts";
import type { SessionPolicy, VisitorCsrf } from "./record.ts";
import type { SessionState } from "./state.ts";

const VISITOR_CSRF = withFunctions("token", "renew", "matches", "end");

/**
 * Makes and checks tokens: by a secret in the session, or for a visitor without a session by one of
 * the visitor's own.
 */
export class CsrfTokens {
  readonly #state: SessionState;
  readonly #policy: SessionPolicy;
  readonly #visitors: VisitorCsrf | undefined;

  /**
   * Takes what stands behind the session.
   *
   * @param state The session's.
   * @param policy Makes, masks and compares secrets.
   * @param visitors Secrets for as long as the visitor has no session.
   * @throws {TypeError} If `visitors` lacks one of its functions.
   */
  constructor(state: SessionState, policy: SessionPolicy, visitors: VisitorCsrf | undefined) {
    if (visitors !== undefined) {
      checkValue('option "csrf" of new Session()', visitors, VISITOR_CSRF, TypeError);
    }
    this.#state = state;
    this.#policy = policy;
    this.#visitors = visitors;
  }

  /** A token, made the first time. */
  token(): string {
    const { csrfToken } = this.#state.record;
    if (csrfToken !== undefined) return this.#policy.maskToken(csrfToken);
    if (this.#visitors === undefined || !this.#isVisitors) return this.#keep();
    if (!this.#visitors.exists) this.#state.refuseLate("make a CSRF token");
    return this.#visitors.token();
  }

  /** A new token; every earlier one is refused from now on. */
  renew(): string {
    const isKept = this.#state.record.csrfToken !== undefined;
    if (this.#visitors !== undefined && this.#isVisitors && !isKept) {
      this.#state.refuseLate("make a CSRF token");
      return this.#visitors.renew();
    }
    const token = this.#keep();
    this.end();
    return token;
  }

  /** Whether there is a token. */
  get exists(): boolean {
    const { csrfToken, userId } = this.#state.record;
    return csrfToken !== undefined || userId === undefined && this.#visitors?.exists === true;
  }

  /** Whether a text is one of them. */
  matches(presented: string): boolean {
    const { csrfToken, userId } = this.#state.record;
    if (csrfToken !== undefined) {
      const answer: unknown = this.#policy.tokenMatches(csrfToken, presented);
      if (decided(answer, "tokenMatches() of the session policy")) return true;
    }
    return userId === undefined && this.#visitors !== undefined &&
      decided(this.#visitors.matches(presented), "matches() of the visitor's CSRF secrets");
  }

  /** Refuses the visitor's own secrets from now on. */
  end(): void {
    this.#visitors?.end();
  }

  /** Whether it is of a visitor who came without a session, and is not signed in. */
  get #isVisitors(): boolean {
    return this.#state.record.isNew && this.#state.record.userId === undefined;
  }

  /** Keeps a new secret in the session. */
  #keep(): string {
    this.#state.write("make a CSRF token");
    this.#state.record.csrfToken = this.#policy.makeToken();
    return this.#policy.maskToken(this.#state.record.csrfToken);
  }
}
