/**
 * What the loading and the committing of cookie sessions share.
 *
 * @module
 */

import type { SessionCodec, SessionPolicy } from "../../../session.ts";
import type { Logger } from "../../log.ts";
import type { SessionCookie } from "../cookie_attributes.ts";
import type { Payload } from "../formats/payload.ts";
import type { Lifetimes } from "../lifetimes.ts";
import type { SessionSchema } from "../schema.ts";
import type { RevocationGuard } from "./revocation.ts";
import type { VerifiedCookies } from "./verified_cookies.ts";

/** The parts of a factory. */
export interface CookieSessionParts {
  /** Makes and reads the cookie's text. */
  readonly codec: SessionCodec;
  /** Writes a session as a payload. */
  readonly payload: Payload;
  /** Cookies that need not be verified again, where they are remembered. */
  readonly verified: VerifiedCookies | undefined;
  /** The cookie's name and attributes. */
  readonly cookie: SessionCookie;
  /** The cookies of CSRF secrets; undefined where the format keeps the secret in the session. */
  readonly csrfCookie: SessionCookie | undefined;
  /** The limits. */
  readonly lifetimes: Lifetimes;
  /** What sessions ask their factory. */
  readonly policy: SessionPolicy;
  /** What the app's keys must fit, if anything. */
  readonly schema: SessionSchema | undefined;
  /** Ends sessions for good, where the app wants it. */
  readonly guard: RevocationGuard | undefined;
  /** Told what went wrong on our side. */
  readonly logger: Logger;
}
