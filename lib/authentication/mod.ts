/**
 * What signing in needs besides the session: a way back, lists of permissions, credentials in
 * headers, links that expire, and a limit for attempts.
 *
 * Nothing here is loaded by an app that does not import it.
 *
 * ```ts
 * import { ACLHelper, allow, everyone, principalsOf } from "@pyramidion/pyramidion/authentication";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const list = [allow(everyone, "view")];
 * assertEquals(new ACLHelper().permits(list, principalsOf(null), "view"), true);
 * assertEquals(new ACLHelper().permits(list, principalsOf(null), "edit"), false);
 * ```
 *
 * @module
 */

export {
  type Acl,
  type AclContext,
  type AclEntry,
  ACLHelper,
  type AclPermissions,
  type AclUser,
  ALL_PERMISSIONS,
  allow,
  authenticated,
  deny,
  DENY_ALL,
  everyone,
  type Principal,
  principalsOf,
  role,
  user,
} from "./acl.ts";
export {
  BasicChallenge,
  type BasicChallengeOptions,
  type BasicCredentials,
  basicCredentials,
  BearerChallenge,
  type BearerChallengeOptions,
  bearerToken,
  type CredentialsRequest,
} from "./credentials.ts";
export {
  returnPath,
  type ReturnPathOptions,
  signInAgain,
  type SignInAgainOptions,
} from "./sign_in_again.ts";
export type { AttemptLimit } from "./rate_limit.ts";
export {
  type AttemptOptions,
  type SignInLimiter,
  signInLimiter,
  type SignInLimiterOptions,
} from "./sign_in_limiter.ts";
export {
  InvalidLink,
  type LinkOptions,
  type SignedLinks,
  signedLinks,
  type SignedLinksOptions,
  type VerifiedLink,
  type VerifyOptions,
} from "./signed_links.ts";
