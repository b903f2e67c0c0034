/**
 * What factories of cookie sessions take.
 *
 * @module
 */

import type {
  CommitContext,
  LoggerUser,
  RefusalReason,
  RevocationStore,
  SessionOutcome,
  SessionRequest,
} from "../../../session.ts";
import { BOOLEAN, FUNCTION, NUMBER, type OptionKinds, withFunctions } from "../../check_options.ts";
import { LOGGER, type Logger } from "../../log.ts";
import { REVOCATION_STORE, SESSION_FACTORY } from "../contract/factory.ts";
import { SESSION_COOKIE_KINDS, type SessionCookieOptions } from "../cookie_attributes.ts";
import type { RandomBytes } from "../crypto/bytes.ts";
import type { SessionSerializer } from "../formats/native_payload.ts";
import { LIFETIME_KINDS, type LifetimeOptions } from "../lifetimes.ts";
import { type Migrate, SCHEMA_KIND, type StandardSchema } from "../schema.ts";

/**
 * Any `SessionFactory`, whatever its sessions hold.
 *
 * @internal
 */
export interface FormerSessionFactory extends LoggerUser {
  /** Loads the session of a request. */
  load(request: SessionRequest): object | Promise<object>;
  /** Decides what the response says. */
  commit(
    session: never,
    request: SessionRequest,
    context: CommitContext,
  ): SessionOutcome | Promise<SessionOutcome>;
}

/** What every factory of cookie sessions takes. */
export interface CookieSessionOptions<Data extends object = Record<string, unknown>>
  extends SessionCookieOptions, LifetimeOptions {
  /** Whether a response that answers something thrown carries the session too. @default {true} */
  readonly setOnException?: boolean;
  /** Replaces JSON for everything that the session holds. */
  readonly serializer?: SessionSerializer;
  /**
   * Any Standard Schema for the app's keys: types them, fills in defaults, and refuses what does not
   * fit, in a cookie by a new session and at the end of a request by a {@linkcode SessionSchemaError}.
   * It must take its own output as input.
   */
  readonly schema?: StandardSchema<Data>;
  /** Makes the state of today of one that the schema refuses; anything but an object gives a new session. */
  readonly migrate?: Migrate;
  /**
   * Ends sessions for good, copies of their cookies included, and lets requests that come late with
   * the cookie from before `regenerate()` or `remember()` read for ten seconds. Costs a question to
   * the store for each session that is read or written, and three at once where somebody is signed in.
   */
  readonly revocations?: RevocationStore;
  /**
   * Sessions under another cookie name that visitors keep: read once, written anew here, deleted
   * there. What they hold is checked by `schema`, or by nothing.
   */
  readonly formerly?: FormerSessionFactory;
  /**
   * How many cookies are kept in memory once they were verified, so that they need not be verified
   * again; 0: none. Every other rule is applied to them for each request. About 1 kB each.
   * @default {4096}, of encrypted sessions {0}, since their contents would lie in memory
   */
  readonly verifiedCookies?: number;
  /** Told why a cookie was refused; the visitor is not told. What it throws is logged. */
  readonly onReject?: (reason: RefusalReason, request: SessionRequest) => void;
  /** The time in milliseconds. @default {Date.now} */
  readonly clock?: () => number;
  /** Where random bytes come from; for tests. Default: the platform. */
  readonly randomBytes?: RandomBytes;
  /** Where warnings go. Default: the logger of the app, which the console is until it is made. */
  readonly logger?: Logger;
}

/** What {@linkcode CookieSessionOptions} take. */
export const COOKIE_SESSION_KINDS: OptionKinds<CookieSessionOptions> = {
  ...SESSION_COOKIE_KINDS,
  ...LIFETIME_KINDS,
  setOnException: BOOLEAN,
  serializer: withFunctions("stringify", "parse"),
  schema: SCHEMA_KIND,
  migrate: FUNCTION,
  revocations: REVOCATION_STORE,
  formerly: SESSION_FACTORY,
  verifiedCookies: NUMBER,
  onReject: FUNCTION,
  clock: FUNCTION,
  randomBytes: FUNCTION,
  logger: LOGGER,
};
