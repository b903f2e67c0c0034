/**
 * What loads and commits cookie sessions, put together from a factory's checked settings.
 *
 * @module
 */

import {
  type CommitContext,
  type Session,
  type SessionOutcome,
  type SessionPolicy,
  type SessionRequest,
  sessionState,
} from "../../../session.ts";
import { platformRandomBytes } from "../crypto/bytes.ts";
import { checkJson, stringifyJson } from "../formats/json.ts";
import { NativePayload } from "../formats/native_payload.ts";
import type { Payload } from "../formats/payload.ts";
import { SessionCommitting } from "./commit.ts";
import { makeToken, maskedTokenMatches, maskToken } from "./csrf.ts";
import { FormerSessions } from "./former.ts";
import { SessionLoading } from "./load.ts";
import type { CookieSessionOptions } from "./options.ts";
import type { CookieSessionParts } from "./parts.ts";
import { CookieRecord } from "./record.ts";
import { VerifiedCookies } from "./verified_cookies.ts";

/** What a format writes otherwise than the native ones. */
export interface CookieContents {
  /** How a session is written as text. */
  readonly payload: Payload;
  /** How tokens are made and masked. */
  readonly policy: Partial<SessionPolicy>;
}

/** What is checked when a factory is made. */
export interface CookieSessionSettings
  extends Omit<CookieSessionParts, "payload" | "policy" | "verified"> {
  /** How many verified cookies are remembered. */
  readonly verifiedCookies: number;
}

/** Loads and commits the sessions of one factory. */
export class CookieSessionAssembly<Data extends object> {
  readonly #loading: SessionLoading<Data>;
  readonly #committing: SessionCommitting;
  readonly #setOnException: boolean;

  /**
   * Puts the parts together.
   *
   * @param settings The checked ones.
   * @param options What the app said.
   * @param contents What the format writes, where it is not a native one.
   */
  constructor(
    settings: CookieSessionSettings,
    options: CookieSessionOptions<Data>,
    contents: CookieContents | undefined,
  ) {
    const { verifiedCookies, ...checked } = settings;
    const parts: CookieSessionParts = {
      ...checked,
      payload: contents?.payload ?? new NativePayload(options.serializer),
      policy: { ...policyOf(options), ...contents?.policy },
      verified: verifiedCookies === 0 ? undefined : new VerifiedCookies(verifiedCookies),
    };
    const { formerly, onReject, setOnException } = options;
    this.#loading = new SessionLoading<Data>(parts, {
      onReject,
      formerly: formerly && new FormerSessions(formerly),
    });
    this.#committing = new SessionCommitting(parts);
    this.#setOnException = setOnException !== false;
  }

  /** Loads the session of a request: at most one verification. */
  load(request: SessionRequest): Session<Data> | Promise<Session<Data>> {
    return this.#loading.load(request);
  }

  /** Decides what the response says about a session that is closed: at most one signature. */
  commit(
    session: Session<Data>,
    request: SessionRequest,
    context: CommitContext,
  ): SessionOutcome | Promise<SessionOutcome> {
    const { record, maybeChanged } = sessionState(session);
    if (!(record instanceof CookieRecord)) {
      throw new TypeError(
        "Cannot commit the session: it was made by another factory: load and commit it by one",
      );
    }
    if (context.byException && !this.#setOnException) return { do: "nothing" };
    const outcome = this.#committing.commit(record, maybeChanged, request, context);
    const { csrfCookies } = record;
    // Of a late request nothing is kept: its CSRF secret would be one too many.
    if (csrfCookies === undefined || record.isLate && !(outcome instanceof Promise)) return outcome;
    return outcome instanceof Promise
      ? outcome.then((outcome) => withCookies(outcome, csrfCookies.setCookies()))
      : withCookies(outcome, csrfCookies.setCookies());
  }
}

/** An outcome with further `Set-Cookie` values. */
function withCookies(outcome: SessionOutcome, cookies: readonly string[]): SessionOutcome {
  if (cookies.length === 0) return outcome;
  if (outcome.do === "nothing") return { do: "write", cookies };
  return { ...outcome, cookies: [...outcome.cookies, ...cookies] };
}

function policyOf<Data extends object>(options: CookieSessionOptions<Data>): SessionPolicy {
  const { clock = Date.now, randomBytes = platformRandomBytes, serializer } = options;
  const stringify = serializer === undefined
    ? (value: unknown) => stringifyJson(value, "")
    : (value: unknown) => serializer.stringify(value);
  return {
    canRemember: true,
    now: clock,
    check: serializer === undefined ? checkJson : () => {},
    makeToken: () => makeToken(randomBytes),
    maskToken: (token) => maskToken(token, randomBytes),
    same: (one, other) => stringify(one) === stringify(other),
    tokenMatches: maskedTokenMatches,
  };
}
