/**
 * Makes and checks the CSRF tokens of a session.
 *
 * @module
 */

import { checkValue, decided, withFunctions } from "../../check_options.ts";
import type { SessionPolicy, VisitorCsrf } from "./record.ts";
import type { SessionState } from "./state.ts";

const VISITOR_CSRF = withFunctions("token", "renew", "matches", "end");

/**
 * Makes and checks CSRF tokens by a secret in the session. For a visitor without a session, the
 * secret lies outside of the session.
 */
export class CsrfTokens {
  readonly #state: SessionState;
  readonly #policy: SessionPolicy;
  readonly #visitors: VisitorCsrf | undefined;

  /**
   * Takes the state and the policy of the session.
   *
   * @param state The state of the session.
   * @param policy Makes, masks and compares secrets.
   * @param visitors Keeps the secrets of a visitor without a session.
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

  /** Gives a token. The first call makes its secret. */
  token(): string {
    const { csrfToken } = this.#state.record;
    if (csrfToken !== undefined) return this.#policy.maskToken(csrfToken);
    if (this.#visitors === undefined || !this.#isVisitors) return this.#keep();
    if (!this.#visitors.exists) this.#state.refuseLate("make a CSRF token");
    return this.#visitors.token();
  }

  /** Makes a new secret and gives its token. From then on, earlier tokens are rejected. */
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

  /** Whether there is a secret. */
  get exists(): boolean {
    const { csrfToken, userId } = this.#state.record;
    return csrfToken !== undefined || userId === undefined && this.#visitors?.exists === true;
  }

  /** Whether a string is a token of the session or of the visitor. */
  matches(presented: string): boolean {
    const { csrfToken, csrfOthers = [], userId } = this.#state.record;
    const secrets = csrfToken === undefined ? [] : [csrfToken, ...csrfOthers];
    for (const secret of secrets) {
      const answer: unknown = this.#policy.tokenMatches(secret, presented);
      if (decided(answer, "tokenMatches() of the session policy")) return true;
    }
    return userId === undefined && this.#visitors !== undefined &&
      decided(this.#visitors.matches(presented), "matches() of the visitor's CSRF secrets");
  }

  /** Rejects the visitor's own secrets from now on, and those that other requests have made. */
  end(): void {
    this.#state.record.csrfOthers = undefined;
    this.#visitors?.end();
  }

  /** Whether the visitor came without a session and is not signed in. */
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
